"""The engines behind the one contract of `deployments.world_model.engine`."""
