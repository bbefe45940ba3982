"""A session's world: what an `init` makes of it, what its facts mean, what is kept of it.

Owns the replica's side of a session. Who may ask for what, and when, is decided in `phases`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, assert_never

import structlog

from protocol.client import Control, EngineBackend, Init, Quant
from protocol.errors import BiomeError, MessageId, MissingSeedError, RemoteError
from protocol.link import (
    Batch,
    ErrorReport,
    Hello,
    LogRecord,
    RecordingMetadata,
    RecordSceneEdit,
    Restarted,
    Seeded,
    StageReached,
    WorldFailed,
    WorldSpec,
)
from protocol.server import InitResponseData, StatusPush, SystemInfo, SystemInfoPush
from protocol.stages import Stage
from serve_app.answers import push_of
from serve_app.segments import Segments, Wishes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocol.link import CloseSegment, OpenSegment
    from serve_app.outbox import Outbox
    from serve_app.recording import Loss, Recording
    from serve_app.seeds import AcceptedSeed, SeedGate
    from serve_app.session_meter import SessionMeter
    from serve_app.standing import Standing
    from serve_app.world_client import Notice, WorldClient

Prepare: TypeAlias = Callable[[Init], Awaitable[bool]]
"""Makes the rest of the server ready for an `init`; whether the client was shown that."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class WorldFailedError(BiomeError):
    """The world cannot go on; the replica has said why."""

    def __init__(self, report: ErrorReport) -> None:
        super().__init__(report.message, params=report.params)
        self.report = report

    @property
    def message_id(self) -> MessageId | None:
        """The id given by the replica."""
        return self.report.message_id


@dataclass(frozen=True, slots=True)
class Held:
    """What the client asked the replica to hold."""

    model: str
    quant: Quant | None
    backend: EngineBackend


class Play:
    """One session on one replica."""

    def __init__(
        self,
        world: "WorldClient",
        outbox: "Outbox",
        recording: "Recording",
        standing: "Standing",
        meter: "SessionMeter",
    ) -> None:
        self._standing = standing
        self._meter = meter
        self._world = world
        self._outbox = outbox
        self._recording = recording
        self._segments = Segments()
        self._held: Held | None = None
        self._spec: WorldSpec | None = None
        self._system_info: SystemInfo | None = None
        self._seed: AcceptedSeed | None = None
        """The original; None while the world has none."""
        self._coming: AcceptedSeed | None = None
        """What the replica was asked to start from, until it answers."""
        self._changing = asyncio.Lock()
        """Held while the replica is asked for another model or another original: one at a time."""
        self._init: Init | None = None
        """The latest that was carried out."""
        self._is_initialising = False
        self._shows_progress = False
        """The client shows a stage of an `init`, and goes on showing it until the next one."""
        self._next_frame_id = 1

    @property
    def has_seed(self) -> bool:
        """Whether the world runs, or could."""
        return self._seed is not None

    @property
    def original(self) -> "AcceptedSeed | None":
        """What `reset` returns to; None while the world has none."""
        return self._seed

    @property
    def frame_size(self) -> tuple[int, int]:
        """Width and height of the world's frames in pixels."""
        assert self._spec is not None, "only a loaded world is asked"
        return self._spec.frame_width, self._spec.frame_height

    # --- what the replica says

    async def follow(self, on_hello: Callable[[], None]) -> None:
        """Act on the replica's facts until the link ends. Raises WorldFailedError, ReplicaLostError."""
        async with aclosing(self._world.notices()) as notices:
            async for notice in notices:
                if isinstance(notice, Hello):
                    self._system_info = notice.system_info
                    self._outbox.post(SystemInfoPush(**notice.system_info.model_dump()))
                    on_hello()
                else:
                    self._act_on(notice)

    def _act_on(self, notice: "Notice") -> None:
        match notice:
            case Batch():
                self._forward(notice)
            case StageReached(stage=stage):
                if self._is_initialising or stage is Stage.RESET:
                    self._outbox.post(StatusPush(stage=stage))
                    self._shows_progress = self._is_initialising
            case Seeded(is_original=is_original):
                self._next_frame_id = 1
                self._standing.seeded()
                if is_original:
                    self._seed = self._coming
                    self._record(self._segments.started(*self._about()))
            case Restarted():
                self._next_frame_id = 1
                self._record(self._segments.started(*self._about()))
            case LogRecord(record=record):
                self._outbox.post_log(record)
            case WorldFailed(report=report, is_fatal=is_fatal):
                if is_fatal:
                    raise WorldFailedError(report)
                self._outbox.post(push_of(report.to_error(), report.snapshot))
            case Hello():
                pass
            case _:
                assert_never(notice)

    def _forward(self, batch: Batch) -> None:
        self._outbox.post(batch)
        if batch.consumed is None:
            return
        self._next_frame_id = batch.frame_id + batch.sub_frames
        if self._segments.is_open:
            self._recording.batch(batch)

    async def taken(self, batch: Batch) -> None:
        """The client's socket took a batch; the seed's own costs no credit. Raises ReplicaLostError."""
        if batch.consumed is not None:
            self._meter.batch_taken(batch.consumed.client_ts)
            await self._world.credit(1)

    # --- what the client asks for

    async def init(
        self, init: Init, gate: "SeedGate", prepare: Prepare, reply: Callable[[InitResponseData], None]
    ) -> None:
        """Load, seed and start, or re-configure the running world. `prepare` makes the rest of the server ready.

        The first reply is deferred until the world stands at its seed; a running world replies as soon as the request
        is known to be good. A picture that is the seed already is not loaded again. Raises SeedError for a missing or
        refused seed, RemoteError from the replica; a running world then goes on, unless its model had to be replaced.
        """
        is_live = self.has_seed
        self._is_initialising = True
        try:
            async with self._changing:
                await self._configure(init)
            seed = await self._new_seed(init, gate)
            if seed is None and not is_live:
                raise MissingSeedError
            if is_live:
                reply(self._init_data())
            self._init = init
            self._record(self._segments.configure(Wishes.of(init), *self._about(), self._next_frame_id))
            self._shows_progress |= await prepare(init)
            if seed is not None:
                await self.start_from(seed, announce=True)
            if seed is not None or (self.has_seed and self._shows_progress):
                self._outbox.post(StatusPush(stage=Stage.READY))
            if not is_live:
                reply(self._init_data())
        except RemoteError:
            if self.has_seed and self._shows_progress:
                self._outbox.post(StatusPush(stage=Stage.READY))
            raise
        finally:
            self._is_initialising = self._shows_progress = False

    def steer(self, control: Control) -> None:
        """Pass a control on; it never waits."""
        self._meter.control_came(control.ts)
        self._world.steer(control)

    async def pause(self) -> None:
        """Stop generating; the segment ends."""
        await self._world.pause()
        self._record(self._segments.paused())

    async def resume(self) -> None:
        """Go on; a new segment begins."""
        self._record(self._segments.resumed(self._next_frame_id))
        await self._world.resume()

    async def take_frame(self) -> bytes:
        """The last frame as JPEG. Raises RemoteError, ReplicaLostError."""
        return await self._world.take_snapshot()

    async def edited(self, picture: bytes, caption: str) -> None:
        """Go on from an edited frame; `reset` still returns to the original. Raises RemoteError, ReplicaLostError."""
        await self._world.seed(picture, is_original=False, announce=False)
        if self._segments.is_open:
            self._recording.post(RecordSceneEdit(ts_s=time.time(), frame_id=self._next_frame_id, prompt=caption))

    async def start_from(self, seed: "AcceptedSeed", *, announce: bool) -> None:
        """Start a world from a new original; `announce` sends it as a frame.

        Raises RemoteError, ReplicaLostError; the original is then the one before.
        """
        async with self._changing:
            self._coming = seed
            try:
                await self._world.seed(seed.picture, is_original=True, announce=announce)
            finally:
                self._coming = None

    async def reset(self) -> None:
        """Back to the original seed; the segments change when the replica says that it happened."""
        await self._world.reset()

    def end(self) -> None:
        """The session is over: the segment ends, and what is queued is still handed over."""
        self._record(self._segments.stopped())

    def recording_lost(self, loss: "Loss") -> None:
        """The recorder gave a segment up; after a crash the next one opens at once."""
        if not loss.is_open:
            return
        self._segments.broken()
        if loss.may_retry:
            self._record(self._segments.reopened(self._next_frame_id))

    # --- parts of an init

    async def _configure(self, init: Init) -> None:
        """Hold the model and set the pace; another model drops the seed, even if it then cannot be loaded.

        Raises RemoteError when it cannot, ReplicaLostError.
        """
        held = Held(init.model, init.config.quant, init.config.engine_backend)
        if held != self._held:
            self._record(self._segments.stopped())
            self._held = self._seed = None
        try:
            configured = await self._world.configure(held.model, held.quant, held.backend)
        except RemoteError:
            self._standing.load_failed()
            raise
        self._spec = configured.spec
        self._standing.model_held(is_new=configured.was_loaded_now)
        self._held = held
        await self._world.set_pace(cap_fps=init.config.cap_inference_fps)

    async def _new_seed(self, init: Init, gate: "SeedGate") -> "AcceptedSeed | None":
        """The seed that came along, None when there was none or the world has it already."""
        if not init.seed_image_data:
            return None
        seed = await gate.accept(init.seed_image_data, init.seed_filename)
        return None if self._seed is not None and seed.sha256 == self._seed.sha256 else seed

    def _init_data(self) -> InitResponseData:
        assert self._spec is not None, "the reply follows the load"
        assert self._system_info is not None, "the load follows the replica's hello"
        return InitResponseData(
            model=self._spec.model, inference_fps=self._spec.inference_fps, system_info=self._system_info
        )

    def _about(self) -> tuple[RecordingMetadata, WorldSpec]:
        assert self._spec is not None, "recording follows the load"
        assert self._init is not None, "the load follows an init"
        metadata = RecordingMetadata(
            biome_version=self._init.biome_version,
            model=self._spec.model,
            quant=self._init.config.quant,
            seed=self._seed.name if self._seed else None,
            scene_authoring_enabled=self._init.config.scene_authoring,
        )
        return metadata, self._spec

    def _record(self, commands: "Sequence[OpenSegment | CloseSegment]") -> None:
        for command in commands:
            self._recording.post(command)
