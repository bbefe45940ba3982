"""What runs behind the ingress: one package per Serve deployment, and the link that they share."""
