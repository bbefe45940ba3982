"""Tests against servers that really run."""
