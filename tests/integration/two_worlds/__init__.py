"""Tests of a server with two worlds."""
