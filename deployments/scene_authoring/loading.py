"""The one place that imports a backend, and only the configured one: some bring a heavy library along."""

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from configs.scene_authoring import ImageEditorConfig, PromptAuthorConfig
    from deployments.scene_authoring.contract import SceneAuthor
    from deployments.scene_authoring.lazy_model import IsWanted
    from deployments.scene_authoring.painter import Painter


def load_author(config: "PromptAuthorConfig", is_wanted: "IsWanted") -> "SceneAuthor":
    """Import and load the configured author. Raises AuthoringLoadError."""
    match config.backend:
        case "procedural":
            from deployments.scene_authoring.procedural.author import ProceduralAuthor

            return ProceduralAuthor()
        case "vlm":
            from deployments.scene_authoring.vlm.author import VlmAuthor

            return VlmAuthor(config, is_wanted)


def load_painter(config: "ImageEditorConfig", is_wanted: "IsWanted") -> "Painter":
    """Import and load the configured editor. Raises AuthoringLoadError."""
    match config.backend:
        case "procedural":
            from deployments.scene_authoring.painter import RepeatingPainter
            from deployments.scene_authoring.procedural.editor import ProceduralEditor

            return RepeatingPainter(ProceduralEditor())
        case "flux2_klein":
            from deployments.scene_authoring.diffusion.editor import DiffusionEditor

            return DiffusionEditor(config, is_wanted)


def free_memory() -> None:
    """Give back what a dropped model held, on the device too."""
    gc.collect()
    if "torch" in sys.modules:
        import torch

        if torch.cuda.is_available():
            torch.cuda.empty_cache()
