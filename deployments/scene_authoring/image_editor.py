"""The ImageEditor deployment: an instruction and a picture in, a picture out.

`build_app` makes a deployment of the class. How pictures are painted is the backend's business, the thread and the
model's life are `lazy_model`'s. Whether a picture may be shown is the safety checker's to say.
"""

import time
from functools import partial
from typing import TYPE_CHECKING

from deployments.images import decode_image
from deployments.logs import configure_logs
from deployments.scene_authoring.lazy_model import LazyModel
from deployments.scene_authoring.loading import free_memory, load_painter
from deployments.scene_authoring.metrics import AuthoringMetrics
from deployments.scene_authoring.pictures import describe, encode_picture

if TYPE_CHECKING:
    from PIL.Image import Image

    from configs.scene_authoring import ImageEditorConfig
    from deployments.scene_authoring.contract import Instruction
    from deployments.scene_authoring.painter import Painter


class ImageEditor:
    """Paints. Nothing is loaded before somebody asks."""

    def __init__(self, config: "ImageEditorConfig") -> None:
        configure_logs("image_editor")
        self._config = config
        self._metrics = AuthoringMetrics("editor")
        self._model: LazyModel[Painter] = LazyModel(
            partial(load_painter, config),
            free_memory,
            config,
            name="editor",
            tell=self._metrics.loaded,
            is_heavy=config.backend != "procedural",
        )

    async def is_loaded(self) -> bool:
        """Whether the models are in memory, so that a request does not have to wait for them."""
        return self._model.is_loaded

    async def ensure_loaded(self) -> None:
        """Load the models unless they are there. Raises AuthoringLoadError, AuthoringFailedError."""
        with self._metrics.request("load"):
            await self._model.ensure_loaded()

    async def edit(self, jpeg: bytes, instruction: "Instruction") -> bytes:
        """A changed copy of the picture, as JPEG of the same size. Raises AuthoringLoadError, AuthoringFailedError."""

        def paint(painter: "Painter") -> bytes:
            image = decode_image(jpeg, limit_pixels=self._config.limit_pixels)
            seed = painter.draw_seed(instruction)
            return self._encoded(painter.edit(image, instruction, seed), instruction, seed)

        with self._metrics.request("edit"):
            return await self._model.run(paint)

    async def generate(self, instruction: "Instruction", width: int, height: int) -> bytes:
        """A new picture of that size in pixels, as JPEG. Raises AuthoringLoadError, AuthoringFailedError."""

        def paint(painter: "Painter") -> bytes:
            seed = painter.draw_seed(instruction)
            return self._encoded(painter.generate(instruction, (width, height), seed), instruction, seed)

        with self._metrics.request("scene"):
            return await self._model.run(paint)

    async def check_health(self) -> None:
        """Called by Serve. Raises AuthoringFailedError when only a new process can help."""
        await self._model.check_health()

    def _encoded(self, image: "Image", instruction: "Instruction", seed: int) -> bytes:
        properties = describe(image, prompt=instruction.text, model=self._config.name, seed=seed, now_s=time.time())
        return encode_picture(image, properties, quality=self._config.jpeg_quality)
