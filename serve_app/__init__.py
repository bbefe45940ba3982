"""The Serve application: launcher, ingress, admission and the session."""
