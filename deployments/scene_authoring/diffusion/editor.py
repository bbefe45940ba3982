"""The editor behind `backend: flux2_klein`: an instruction and a picture go in, a picture of the same size comes out.

Owns sizes, the blank canvas and giving up in the middle. Loading is in `loading`.
"""

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import torch
from PIL import Image

from deployments.scene_authoring.diffusion.loading import load_pipeline
from deployments.scene_authoring.errors import AuthoringFailedError

if TYPE_CHECKING:
    from configs.scene_authoring import ImageEditorConfig
    from deployments.scene_authoring.contract import Instruction
    from deployments.scene_authoring.lazy_model import IsWanted

SIDE_STEP_PX: Final = 16
"""The model works on patches of two by two latents, eight pixels each."""

SIDE_LIMIT_PX: Final = 64
"""The pipeline takes nothing smaller."""

GUIDANCE: Final = 1.0
"""None: the distilled model has it built in."""

WHITE: Final = (255, 255, 255)


class DiffusionEditor:
    """A `Painter`. Use it on one thread."""

    def __init__(self, config: "ImageEditorConfig", is_wanted: "IsWanted") -> None:
        """Load the pipeline. Raises AuthoringLoadError."""
        self._steps = config.steps
        self._is_wanted = is_wanted
        self._pipeline = load_pipeline(config)

    def draw_seed(self, instruction: "Instruction") -> int:  # noqa: ARG002 - the protocol's parameter
        """Another one every time: who asks again wants to see something else."""
        return secrets.randbits(32)

    def edit(self, image: Image.Image, instruction: "Instruction", seed: int) -> Image.Image:
        """A changed copy of `image`, RGB and of the same size."""
        return self._paint(image, instruction, seed)

    def generate(self, instruction: "Instruction", size: tuple[int, int], seed: int) -> Image.Image:
        """A new picture of `size` (width, height): the instruction painted on a blank white canvas."""
        return self._paint(Image.new("RGB", size, WHITE), instruction, seed)

    def _paint(self, image: Image.Image, instruction: "Instruction", seed: int) -> Image.Image:
        width, height = inner_size(image.size)
        painted = self._pipeline(
            image=image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS),
            prompt=instruction.text,
            height=height,
            width=width,
            num_inference_steps=self._steps,
            guidance_scale=GUIDANCE,
            generator=torch.Generator("cpu").manual_seed(seed),
            callback_on_step_end=self._after_step,
        )
        picture = painted.images[0].convert("RGB")
        return picture if picture.size == image.size else picture.resize(image.size, Image.Resampling.LANCZOS)

    def _after_step(
        self, _pipeline: object, _step: int, _time: object, state: Mapping[str, object]
    ) -> dict[str, object]:
        """Called by the pipeline between its steps. Raises AuthoringFailedError when nobody waits any more."""
        if not self._is_wanted():
            raise AuthoringFailedError("abandoned")
        return dict(state)


def inner_size(size: tuple[int, int]) -> tuple[int, int]:
    """The size (width, height) at which the model paints a picture of `size`: rounded down to `SIDE_STEP_PX`."""
    width, height = (max(SIDE_LIMIT_PX, side - side % SIDE_STEP_PX) for side in size)
    return width, height
