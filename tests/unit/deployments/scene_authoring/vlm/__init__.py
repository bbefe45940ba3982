"""Tests of deployments/scene_authoring/vlm."""
