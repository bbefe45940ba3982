"""One session of the fake server: the answers to every message of a plain v5 client, without a world behind them.

Owns what is said on one socket. Which sockets there are is `wire_server`'s business.
"""

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, assert_never

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from protocol.client import (
    CheckSeedSafety,
    Control,
    GenerateScene,
    Init,
    Pause,
    Prompt,
    Request,
    Reset,
    Resume,
    SceneEdit,
    parse_client_message,
)
from protocol.errors import InvalidMessageError, MessageId
from protocol.frame import FrameHeader, pack_envelope
from protocol.server import (
    CheckSeedSafetyResponseData,
    ErrorPush,
    FailureResponse,
    GenerateSceneResponseData,
    InitResponseData,
    ResponseData,
    SceneEditResponseData,
    ServerMessage,
    StatusPush,
    SuccessResponse,
    SystemInfo,
    SystemInfoPush,
    WarningPush,
)
from protocol.stages import Stage

UNSAFE: Final = b"UNSAFE"
LATE_S: Final = 0.005
"""A timer may be so late without the rhythm starting anew."""

MACHINE: Final = SystemInfo(cpu_name="a fake", torch_version="0")


@dataclass(frozen=True, slots=True)
class FakeSettings:
    """What the fake pretends to be."""

    frame_height: int = 360
    frame_width: int = 640
    sub_frames: int = 4
    inference_fps: int = 60
    pass_s: float = 0.03
    capacity: int = 1
    seed_timeout_s: float = 60.0
    compression: bool = False


@dataclass(slots=True)
class World:
    """What one session holds."""

    has_seed: bool = False
    is_paused: bool = False
    is_capped: bool = True
    can_author: bool = False
    next_frame_id: int = 1
    latest: Control | None = None
    """The control that no batch has consumed yet."""
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def restart(self) -> None:
        """Back to the seed."""
        self.next_frame_id = 1
        self.latest = None


class FakeSession:
    """What is said on one socket. `pictures` are sent round and round; `on_text` hears whatever comes."""

    def __init__(
        self,
        connection: ServerConnection,
        settings: FakeSettings,
        pictures: Sequence[bytes],
        on_text: Callable[[str | bytes], None],
    ) -> None:
        self._connection = connection
        self._settings = settings
        self._pictures = pictures
        self._on_text = on_text
        self._world = World()

    async def send(self, message: ServerMessage) -> None:
        """Send a push or a reply."""
        await self._connection.send(message.to_json())

    async def run(self) -> None:
        """The session, to its end."""
        await self._stages(Stage.STARTUP_BEGIN, Stage.STARTUP_READY)
        await self.send(SystemInfoPush(**MACHINE.model_dump()))
        await self._stages(Stage.WAITING_FOR_SEED)
        try:
            async with asyncio.timeout(self._settings.seed_timeout_s):
                while not self._world.has_seed:
                    await self._take(await self._connection.recv())
        except TimeoutError:
            await self.send(ErrorPush(message_id=MessageId.TIMEOUT_WAITING_FOR_SEED))
            return
        generator = asyncio.create_task(self._generate())
        try:
            while True:
                await self._take(await self._connection.recv())
        finally:
            generator.cancel()
            with suppress(asyncio.CancelledError, ConnectionClosed):
                await generator

    async def _stages(self, *stages: Stage) -> None:
        for stage in stages:
            await self.send(StatusPush(stage=stage))

    async def _take(self, data: str | bytes) -> None:
        self._on_text(data)
        world = self._world
        try:
            message = parse_client_message(data)
        except InvalidMessageError as error:
            if error.req_id is not None:
                await self.send(FailureResponse(req_id=error.req_id, error=error.message))
            return
        match message:
            case Control() if not world.is_paused:
                pending = world.latest
                dx, dy = (pending.mouse_dx, pending.mouse_dy) if pending else (0.0, 0.0)
                world.latest = message.model_copy(
                    update={"mouse_dx": message.mouse_dx + dx, "mouse_dy": message.mouse_dy + dy}
                )
                world.wake.set()
            case Control():
                pass
            case Pause() | Resume():
                world.is_paused = isinstance(message, Pause)
                world.latest = None
            case Reset() | Prompt():
                world.restart()
            case _:
                await self._answer(message)

    async def _answer(self, request: Request) -> None:
        match request:
            case Init():
                await self._init(request)
            case CheckSeedSafety():
                image = _decoded(request.image_data)
                verdict = CheckSeedSafetyResponseData(
                    is_safe=image is not None and UNSAFE not in image, hash=hashlib.sha256(image or b"").hexdigest()
                )
                await self._reply(request, verdict)
            case SceneEdit() | GenerateScene():
                await self._author(request)
            case _:
                assert_never(request)

    async def _reply(self, request: Request, outcome: ResponseData | MessageId) -> None:
        if isinstance(outcome, MessageId):
            await self.send(FailureResponse(req_id=request.req_id, error_id=outcome))
        else:
            await self.send(SuccessResponse(req_id=request.req_id, data=outcome))

    async def _init(self, request: Init) -> None:
        world = self._world
        flaw = _seed_flaw(request)
        if flaw is not None and not (world.has_seed and request.seed_image_data is None):
            await self.send(WarningPush(message_id=flaw))
            await self._reply(request, MessageId.INIT_FAILED)
            return
        world.is_capped, world.can_author = request.config.cap_inference_fps, request.config.scene_authoring
        if not world.has_seed:
            await self._stages(Stage.LOADING_MODEL_LOAD, Stage.INIT_RESET, Stage.INIT_SEED, Stage.INIT_FRAME)
            header = FrameHeader(frame_id=0, client_ts=0, gen_ms=0)
            await self._connection.send(pack_envelope(header, self._pictures[:1]))
            await self._stages(Stage.READY)
            world.has_seed = True
        elif request.seed_image_data is not None:
            world.restart()
        fps = self._settings.inference_fps
        await self._reply(request, InitResponseData(model=request.model, inference_fps=fps, system_info=MACHINE))

    async def _author(self, request: SceneEdit | GenerateScene) -> None:
        world, picture = self._world, base64.b64encode(self._pictures[0]).decode()
        if not world.has_seed:
            await self._reply(request, MessageId.INIT_FAILED)
        elif not request.prompt.strip():
            await self._reply(request, MessageId.SCENE_AUTHORING_EMPTY_PROMPT)
        elif not world.can_author:
            await self._reply(request, MessageId.SCENE_AUTHORING_MODEL_NOT_LOADED)
        elif isinstance(request, SceneEdit):
            world.restart()
            edit = SceneEditResponseData(
                original_jpeg_b64=picture, preview_jpeg_b64=picture, edit_prompt=request.prompt
            )
            await self._reply(request, edit)
        else:
            world.restart()
            scene = GenerateSceneResponseData(
                elapsed_ms=1.0,
                image_jpeg_base64=picture,
                user_prompt=request.prompt,
                sanitized_prompt=request.prompt,
                image_model="fake",
            )
            await self._reply(request, scene)

    async def _generate(self) -> None:
        """One pass after another, each in answer to a control, `pass_s` long and no faster than the cap."""
        settings, world, loop = self._settings, self._world, asyncio.get_running_loop()
        next_start_s = loop.time()
        while True:
            await world.wake.wait()
            await asyncio.sleep(max(0.0, next_start_s - loop.time()))
            world.wake.clear()
            control, world.latest = world.latest, None
            if control is None or world.is_paused:
                continue
            interval_s = settings.sub_frames / settings.inference_fps if world.is_capped else 0.0
            next_start_s = max(next_start_s, loop.time() - LATE_S) + interval_s
            await asyncio.sleep(settings.pass_s)
            header = FrameHeader(
                frame_id=world.next_frame_id,
                client_ts=control.ts or 0.0,
                gen_ms=settings.pass_s * 1000,
                temporal_compression=settings.sub_frames,
                t_infer_ms=settings.pass_s * 1000,
                t_sync_ms=0.0,
                t_enc_ms=0.0,
                t_metrics_ms=0.0,
                t_overhead_ms=0.0,
            )
            first = world.next_frame_id
            pictures = [self._pictures[(first + index) % len(self._pictures)] for index in range(settings.sub_frames)]
            world.next_frame_id += settings.sub_frames
            await self._connection.send(pack_envelope(header, pictures))


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None


def _seed_flaw(request: Init) -> MessageId | None:
    if request.seed_image_data is None:
        return MessageId.MISSING_SEED_DATA
    image = _decoded(request.seed_image_data)
    if not image:
        return MessageId.INVALID_SEED_DATA
    return MessageId.SEED_UNSAFE if UNSAFE in image else None
