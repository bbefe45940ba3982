"""The one place that imports a classifier, and only the configured one: each brings a heavy library along."""

from typing import TYPE_CHECKING

from configs.safety import FREEPIK_MODEL_ID, SafetyConfig

if TYPE_CHECKING:
    from deployments.safety_checker.contract import SafetyBackend


def load_backend(config: SafetyConfig) -> "SafetyBackend":
    """Import and load the configured classifier. Raises `StartupError` that says what to do."""
    match config.backend:
        case "open_nsfw":
            from deployments.safety_checker.backends.open_nsfw import OpenNsfwBackend

            return OpenNsfwBackend()
        case "freepik":
            from deployments.safety_checker.backends.freepik import FreepikBackend

            return FreepikBackend(config.model_id or FREEPIK_MODEL_ID, device=config.device)
