"""One session's scene requests: taken one at a time, carried out beside the play, answered once.

Owns when a request is taken, and the swap of the world at its end. How words become a picture is in `scenes`. The
world goes on meanwhile; if anything fails, or its client leaves, it is as it was.
"""

import base64
import time
from typing import TYPE_CHECKING

import structlog

from deployments.scene_authoring.errors import AuthoringFailedError
from protocol.client import GenerateScene, SceneEdit
from protocol.errors import (
    AuthoringBusyError,
    AuthoringLoadError,
    BiomeError,
    ReplicaLostError,
    RequestRefusedError,
)
from protocol.server import (
    GenerateSceneResponseData,
    ResponseData,
    SceneEditResponseData,
    StatusPush,
    SuccessResponse,
)
from protocol.stages import Stage
from serve_app.answers import plain_failure_of, push_of
from serve_app.seeds import AcceptedSeed

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from protocol.client import Init
    from protocol.server import Snapshot
    from serve_app.answers import Post
    from serve_app.play import Play
    from serve_app.scenes import Scenes

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class WorldChangedError(RequestRefusedError):
    """The world that was to be edited is gone: another one was loaded meanwhile."""

    def __init__(self) -> None:
        super().__init__("the world changed while its picture was painted")


class SceneDesk:
    """Takes the scene requests of one client."""

    def __init__(self, scenes: "Scenes", post: "Post", snapshot: "Callable[[], Snapshot]") -> None:
        self._scenes = scenes
        self._post = post
        self._snapshot = snapshot
        self._is_on = False
        self._is_busy = False

    async def prepare(self, init: "Init") -> bool:
        """Switch as the `init` says, and load the models if they are wanted and not there.

        Whether the client was shown the load. If it fails the client is told, and plays without.
        """
        self._is_on = init.config.scene_authoring
        if not self._is_on:
            return False
        try:
            return await self._load(beside_play=False)
        except (AuthoringLoadError, AuthoringFailedError) as error:
            log.warning("scene authoring not loaded", error=error.message)
            self._post(push_of(AuthoringLoadError(error.message), self._snapshot()))
            return True

    def take(
        self,
        request: SceneEdit | GenerateScene,
        play: "Play",
        tasks: "asyncio.TaskGroup",
        *,
        is_paused: "Callable[[], bool]",
    ) -> None:
        """Begin with a request, or refuse it at once. A paused client is sent a new world as a frame."""
        try:
            words = self._scenes.admit(request.prompt, is_on=self._is_on)
            if self._is_busy:
                raise AuthoringBusyError("busy")
        except BiomeError as error:
            self._refuse(request, error)
            return
        self._is_busy = True
        tasks.create_task(self._carry_out(request, words, play, is_paused))

    async def _carry_out(
        self, request: SceneEdit | GenerateScene, words: str, play: "Play", is_paused: "Callable[[], bool]"
    ) -> None:
        """Raises ReplicaLostError, which ends the session; every other failure is an answer."""
        try:
            await self._load(beside_play=True)
            match request:
                case SceneEdit():
                    data = await self._edit(words, play)
                case GenerateScene():
                    data = await self._generate(request.prompt, words, play, is_paused)
            self._post(SuccessResponse(req_id=request.req_id, data=data))
        except ReplicaLostError:
            raise
        except BiomeError as error:
            self._refuse(request, error)
        finally:
            self._is_busy = False

    async def _edit(self, words: str, play: "Play") -> ResponseData:
        original = play.original
        frame = await play.take_frame()
        painting = await self._scenes.edit(words, frame)
        _check_world(play, original)
        await play.edited(painting.jpeg, painting.instruction.caption)
        return SceneEditResponseData(
            original_jpeg_b64=base64.b64encode(frame).decode(),
            preview_jpeg_b64=base64.b64encode(painting.jpeg).decode(),
            edit_prompt=painting.instruction.text,
        )

    async def _generate(self, prompt: str, words: str, play: "Play", is_paused: "Callable[[], bool]") -> ResponseData:
        started_s = time.perf_counter()
        original = play.original
        painting = await self._scenes.generate(words, *play.frame_size)
        _check_world(play, original)
        seed = AcceptedSeed(painting.jpeg, painting.sha256, painting.instruction.caption)
        await play.start_from(seed, announce=is_paused())
        return GenerateSceneResponseData(
            elapsed_ms=(time.perf_counter() - started_s) * 1e3,
            image_jpeg_base64=base64.b64encode(painting.jpeg).decode(),
            user_prompt=prompt,
            sanitized_prompt=painting.instruction.text,
            image_model=self._scenes.image_model,
        )

    async def _load(self, *, beside_play: bool) -> bool:
        """Load what is not there; whether the client was shown that. Beside play, the stage ends with it."""
        shown = False

        def show() -> None:
            nonlocal shown
            shown = True
            self._post(StatusPush(stage=Stage.SCENE_AUTHORING_LOAD))

        try:
            await self._scenes.prepare(show)
        finally:
            if shown and beside_play:
                self._post(StatusPush(stage=Stage.READY))
        return shown

    def _refuse(self, request: SceneEdit | GenerateScene, error: BiomeError) -> None:
        log.warning("scene request failed", type=request.type, error=error.message, message_id=error.message_id)
        self._post(plain_failure_of(request.req_id, error))


def _check_world(play: "Play", original: AcceptedSeed | None) -> None:
    """Raises WorldChangedError."""
    if play.original is None or play.original is not original:
        raise WorldChangedError
