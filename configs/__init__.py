"""Settings: one strict model for the application, one module per deployment, and the profiles as YAML."""
