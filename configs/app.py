"""The application's settings: the `args` of the Serve YAML, validated whole before anything starts."""

from platformdirs import user_data_path
from pydantic import Field

from configs.base import SettingsPath, StrictModel
from configs.ingress import IngressConfig
from configs.recorder import RecorderConfig
from configs.safety import SafetyConfig
from configs.scene_authoring import ImageEditorConfig, PromptAuthorConfig
from configs.world_model import WorldModelConfig


class AppConfig(StrictModel):
    """Everything the code needs to know. Counts, resources and autoscaling stand in the YAML's `deployments:`."""

    data_dir: SettingsPath = Field(default_factory=lambda: user_data_path("biome-serve"))
    """Where recordings, verdicts and logs go."""
    launched_from_standalone: bool = False
    """Whether the desktop app started this server; set by the launcher."""
    ingress: IngressConfig = IngressConfig()
    world_model: WorldModelConfig = WorldModelConfig()
    safety: SafetyConfig = SafetyConfig()
    prompt_author: PromptAuthorConfig = PromptAuthorConfig()
    image_editor: ImageEditorConfig = ImageEditorConfig()
    recorder: RecorderConfig = RecorderConfig()
