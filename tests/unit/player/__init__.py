"""Tests of the player page's modules."""
