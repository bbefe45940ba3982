"""From words to a picture that may be shown: author, then editor, then safety checker.

Owns the order, and which refusal is which. It knows neither worlds nor sockets: what becomes of the picture is
`scene_desk`'s business. The author and the editor are behind `studio`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from deployments.scene_authoring.contract import Instruction, Rejected
from deployments.scene_authoring.errors import AuthoringFailedError, NotUnderstoodError
from protocol.errors import (
    AuthoringNotLoadedError,
    EmptyPromptError,
    RequestRefusedError,
    SceneEditRejectedError,
    SceneRejectedError,
    SceneRequestError,
    SeedCheckError,
)

if TYPE_CHECKING:
    from deployments.scene_authoring.contract import AuthorResult
    from serve_app.seeds import SeedGate
    from serve_app.studio import Studio

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class PromptTooLongError(RequestRefusedError):
    """A prompt that no author should have to read."""

    def __init__(self, limit_chars: int) -> None:
        super().__init__(f"the prompt is longer than {limit_chars} characters")


@dataclass(frozen=True, slots=True)
class Painting:
    """A picture that passed the safety check, and what it was painted from."""

    instruction: Instruction
    jpeg: bytes
    sha256: str


class Scenes:
    """The scene authoring of this server, shared by its sessions."""

    def __init__(self, studio: "Studio", gate: "SeedGate", *, limit_chars: int) -> None:
        self._studio = studio
        self._gate = gate
        self._limit_chars = limit_chars

    @property
    def image_model(self) -> str:
        """What pictures are painted with."""
        return self._studio.image_model

    def admit(self, prompt: str, *, is_on: bool) -> str:
        """The prompt without white space around it.

        Raises EmptyPromptError, PromptTooLongError, AuthoringNotLoadedError.
        """
        words = prompt.strip()
        if not words:
            raise EmptyPromptError("empty")
        if len(prompt) > self._limit_chars:
            raise PromptTooLongError(self._limit_chars)
        if not is_on:
            raise AuthoringNotLoadedError("off")
        return words

    async def prepare(self, tell_load: Callable[[], None]) -> None:
        """Return when the models are there; `tell_load` is called before any is loaded.

        Raises AuthoringLoadError, AuthoringFailedError.
        """
        if not await self._studio.is_ready():
            tell_load()
            await self._studio.get_ready()

    async def edit(self, words: str, frame_jpeg: bytes) -> Painting:
        """`frame_jpeg` changed as `words` say.

        Raises SceneEditRejectedError, NotUnderstoodError, AuthoringLoadError, AuthoringFailedError.
        """
        instruction = _written(await self._studio.author_edit(words, frame_jpeg), SceneEditRejectedError)
        return await self._shown(instruction, await self._studio.edit(frame_jpeg, instruction), SceneEditRejectedError)

    async def generate(self, words: str, width: int, height: int) -> Painting:
        """A new scene of that size in pixels.

        Raises SceneRejectedError, NotUnderstoodError, AuthoringLoadError, AuthoringFailedError.
        """
        instruction = _written(await self._studio.author_scene(words), SceneRejectedError)
        jpeg = await self._studio.generate(instruction, width, height)
        return await self._shown(instruction, jpeg, SceneRejectedError)

    async def _shown(self, instruction: Instruction, jpeg: bytes, refusal: type[SceneRequestError]) -> Painting:
        """The picture, if it may be shown. Fails closed."""
        try:
            verdict = await self._gate.check_picture(jpeg)
        except SeedCheckError as error:
            raise AuthoringFailedError(error.message) from error
        log.info("painting checked", is_safe=verdict.is_safe, source=verdict.source, sha256=verdict.sha256)
        if verdict.fault is not None:
            raise AuthoringFailedError(verdict.reason or "the picture could not be checked")
        if not verdict.is_safe:
            raise refusal(verdict.reason or "unsafe")
        return Painting(instruction, jpeg, verdict.sha256)


def _written(answer: "AuthorResult", refusal: type[SceneRequestError]) -> Instruction:
    if isinstance(answer, Instruction):
        log.info("instruction written", text=answer.text)
        return answer
    raise _refused(answer, refusal)


def _refused(answer: Rejected, refusal: type[SceneRequestError]) -> SceneRequestError:
    match answer.because:
        case "policy":
            return refusal(answer.reason)
        case "not_understood":
            return NotUnderstoodError(answer.reason)
