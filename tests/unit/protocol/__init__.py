"""Mirror of protocol/."""
