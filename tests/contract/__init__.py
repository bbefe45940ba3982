"""The wire, pinned literally. If one of these fails, fix the change, not the test: clients in the field speak this."""
