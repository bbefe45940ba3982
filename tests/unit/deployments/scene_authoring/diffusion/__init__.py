"""Tests of deployments/scene_authoring/diffusion."""
