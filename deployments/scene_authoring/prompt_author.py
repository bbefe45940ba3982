"""The PromptAuthor deployment: a player's words in, an instruction or a refusal out.

`build_app` makes a deployment of the class. What is understood is the backend's business, the thread and the model's
life are `lazy_model`'s.
"""

from functools import partial
from typing import TYPE_CHECKING, Final

from deployments.images import decode_image
from deployments.logs import configure_logs
from deployments.scene_authoring.lazy_model import LazyModel
from deployments.scene_authoring.loading import free_memory, load_author
from deployments.scene_authoring.metrics import AuthoringMetrics

if TYPE_CHECKING:
    from configs.scene_authoring import PromptAuthorConfig
    from deployments.scene_authoring.contract import AuthorResult, SceneAuthor

FRAME_LIMIT_PIXELS: Final = 40_000_000


class PromptAuthor:
    """Writes instructions. Nothing is loaded before somebody asks."""

    def __init__(self, config: "PromptAuthorConfig") -> None:
        configure_logs("prompt_author")
        self._metrics = AuthoringMetrics("author")
        self._model: LazyModel[SceneAuthor] = LazyModel(
            partial(load_author, config),
            free_memory,
            config,
            name="author",
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

    async def author_edit(self, request: str, frame_jpeg: bytes) -> "AuthorResult":
        """An instruction that changes the frame as `request` says. Raises AuthoringLoadError, AuthoringFailedError."""
        with self._metrics.request("edit"):
            return await self._model.run(
                lambda author: author.author_edit(request, decode_image(frame_jpeg, limit_pixels=FRAME_LIMIT_PIXELS))
            )

    async def author_scene(self, request: str) -> "AuthorResult":
        """An instruction for a whole new scene. Raises AuthoringLoadError, AuthoringFailedError."""
        with self._metrics.request("scene"):
            return await self._model.run(lambda author: author.author_scene(request))

    async def check_health(self) -> None:
        """Called by Serve. Raises AuthoringFailedError when only a new process can help."""
        await self._model.check_health()
