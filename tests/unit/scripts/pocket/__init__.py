"""Tests of the pocket world's making and judging."""
