"""The studio: the author and the editor, as the ingress reaches them.

Owns turning what goes wrong on the way, and there, into our errors, and calling off what nobody waits for any more.
What is asked of them, and in which order, is decided in `scenes`.
"""

import asyncio
from typing import TYPE_CHECKING, Any, Final, Protocol

from ray.exceptions import RayTaskError

from deployments.scene_authoring.errors import AuthoringFailedError
from protocol.errors import BiomeError
from serve_app.calls import RAY_FAILURES, WAY_S, answer_of, first_line

if TYPE_CHECKING:
    from ray.serve.handle import DeploymentHandle

    from configs.scene_authoring import ImageEditorConfig, ModelHoldingConfig, PromptAuthorConfig
    from deployments.scene_authoring.contract import AuthorResult, Instruction

LOOK_S: Final = 5.0
"""For the answer whether models are there, which takes a millisecond. A part that gives none hangs or is gone."""


class Studio(Protocol):
    """Who writes and who paints. Every method raises AuthoringLoadError or AuthoringFailedError."""

    @property
    def image_model(self) -> str:
        """What pictures are painted with."""
        ...

    async def is_ready(self) -> bool:
        """Whether all models are in memory."""
        ...

    async def get_ready(self) -> None:
        """Load the models that are not."""
        ...

    async def author_edit(self, request: str, frame_jpeg: bytes) -> "AuthorResult":
        """An instruction that changes the frame as `request` says."""
        ...

    async def author_scene(self, request: str) -> "AuthorResult":
        """An instruction for a whole new scene."""
        ...

    async def edit(self, jpeg: bytes, instruction: "Instruction") -> bytes:
        """A changed copy of a picture, as JPEG of the same size."""
        ...

    async def generate(self, instruction: "Instruction", width: int, height: int) -> bytes:
        """A new picture of that size in pixels, as JPEG."""
        ...


class ServeStudio:
    """The `Studio` of two deployments."""

    def __init__(
        self,
        author: "DeploymentHandle",
        editor: "DeploymentHandle",
        author_config: "PromptAuthorConfig",
        editor_config: "ImageEditorConfig",
    ) -> None:
        self._author_handle = author
        self._editor_handle = editor
        self._author_config = author_config
        self._editor_config = editor_config
        self.image_model = editor_config.name

    async def is_ready(self) -> bool:
        """Whether all models are in memory, as far as the replicas that answer know."""
        author, editor = await asyncio.gather(
            self._author(LOOK_S, "is_loaded"),
            self._editor(LOOK_S, "is_loaded"),
        )
        return author and editor

    async def get_ready(self) -> None:
        """Load both at the same time. Raises AuthoringLoadError, AuthoringFailedError."""
        outcomes = await asyncio.gather(
            self._author(self._author_config.load_timeout_s + WAY_S, "ensure_loaded"),
            self._editor(self._editor_config.load_timeout_s + WAY_S, "ensure_loaded"),
            return_exceptions=True,
        )
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def author_edit(self, request: str, frame_jpeg: bytes) -> "AuthorResult":
        """An instruction that changes the frame."""
        return await self._author(_limit_s(self._author_config), "author_edit", request, frame_jpeg)

    async def author_scene(self, request: str) -> "AuthorResult":
        """An instruction for a whole new scene."""
        return await self._author(_limit_s(self._author_config), "author_scene", request)

    async def edit(self, jpeg: bytes, instruction: "Instruction") -> bytes:
        """A changed copy of a picture."""
        return await self._editor(_limit_s(self._editor_config), "edit", jpeg, instruction)

    async def generate(self, instruction: "Instruction", width: int, height: int) -> bytes:
        """A new picture."""
        return await self._editor(_limit_s(self._editor_config), "generate", instruction, width, height)

    async def _author(self, limit_s: float, method: str, *arguments: object) -> Any:
        return await ask("author", self._author_handle, limit_s, method, *arguments)

    async def _editor(self, limit_s: float, method: str, *arguments: object) -> Any:
        return await ask("editor", self._editor_handle, limit_s, method, *arguments)


async def ask(part: str, handle: "DeploymentHandle", limit_s: float, method: str, *arguments: object) -> Any:
    """The answer of a deployment's method. The call is called off when the caller is cancelled or the time is over.

    Raises what the deployment raised if it is ours, and AuthoringFailedError for everything else.
    """
    try:
        async with asyncio.timeout(limit_s):
            return await answer_of(getattr(handle, method).remote(*arguments))
    except TimeoutError as error:
        reason = f"the {part} did not answer within {limit_s:g} s"
        raise AuthoringFailedError(reason) from error
    except RayTaskError as error:
        cause: object = error.cause
        if isinstance(cause, BiomeError):
            raise cause from error
        reason = f"the {part} failed: {first_line(error)}"
        raise AuthoringFailedError(reason) from error
    except RAY_FAILURES as error:
        reason = f"the {part} is gone, and comes back by itself: {first_line(error)}"
        raise AuthoringFailedError(reason) from error


def _limit_s(config: "ModelHoldingConfig") -> float:
    """What the deployment itself allows, and some for the way there and back."""
    return config.load_timeout_s + config.timeout_s + WAY_S
