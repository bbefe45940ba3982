"""One session on a replica: commands come down the link, facts go up.

Owns the order of things: commands that need the engine run one after another and never during a pass; everything
that goes up leaves in the order in which it happened. Passes are made by `playing`, and what lets them start is `gate`.
"""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

import structlog

from deployments.exception_groups import first_leaf
from deployments.images import InvalidImageError, decode_image, fit_frame
from deployments.link import Link, LinkLostError
from deployments.world_model.batches import seed_batch
from deployments.world_model.engine import EngineRequest, Frame
from deployments.world_model.gate import PassGate
from deployments.world_model.outbox import Outbox
from deployments.world_model.playing import Playing
from deployments.world_model.timeline import Timeline
from protocol.errors import BiomeError, DeviceLostError, InvalidSeedError, SeedLoadError, ServerError
from protocol.link import (
    CommandFailed,
    Configure,
    Configured,
    Credit,
    ErrorReport,
    FrameTaken,
    Hello,
    LogRecord,
    PauseWorld,
    ResetWorld,
    Restarted,
    ResumeWorld,
    Seed,
    Seeded,
    SetPace,
    StageReached,
    Steer,
    TakeSnapshot,
    WorldCommand,
    WorldFact,
    WorldFailed,
)
from protocol.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployments.world_model.parts import WorldParts
    from protocol.server import LogPush

EngineCommand: TypeAlias = Configure | Seed | ResetWorld | TakeSnapshot

COMMANDS_LIMIT: Final = 16
"""Past so many waiting engine commands the link is not read: the ingress sends them one at a time."""

LAST_WORD_S: Final = 1.0
"""How long a failed world tries to say why."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class World:
    """A session's world on this replica. `run` is its whole life."""

    def __init__(self, parts: "WorldParts", link: Link[WorldCommand, WorldFact]) -> None:
        self._parts = parts
        self._link = link
        self._outbox = Outbox()
        self._commands: asyncio.Queue[EngineCommand] = asyncio.Queue(COMMANDS_LIMIT)
        self._gate = PassGate()
        self._timeline = Timeline()
        """Whoever has the engine has the timeline: a burst of passes, or a command."""
        self._engine_free = asyncio.Lock()
        self._playing = Playing(parts, self._gate, self._timeline, self._outbox, self._engine_free)
        self._reset_at_the_end: ResetWorld | None = None
        """The waiting reset with no command behind it: another one would change nothing."""

    async def run(self) -> None:
        """Serve the link until either end closes it, or it breaks."""
        self._outbox.post(Hello(system_info=self._parts.system_info, spec=self._parts.holder.spec))
        try:
            async with asyncio.TaskGroup() as tasks:
                workers = [
                    tasks.create_task(self._outbox.pump(self._link)),
                    tasks.create_task(self._work(tasks)),
                    tasks.create_task(self._playing.run(tasks)),
                ]
                await self._read()
                for worker in workers:
                    worker.cancel()
        except* LinkLostError as lost:
            log.info("link lost", error=str(first_leaf(lost)))
        except* Exception as errors:
            log.exception("world failed")
            await self._say_why(first_leaf(errors))

    @property
    def dropped_logs(self) -> int:
        """Log records that the link did not take."""
        return self._outbox.dropped_logs

    def post_log(self, record: "LogPush") -> None:
        """Send a log record of this session up. Call it on the event loop's thread."""
        self._outbox.post_log(LogRecord(record=record))

    async def _say_why(self, error: Exception) -> None:
        """A defect ended this world: tell it past the queue, which nobody pumps any more."""
        report = ErrorReport.of(WorldDefectError(error), self._parts.snapshot())
        with suppress(LinkLostError, TimeoutError):
            async with asyncio.timeout(LAST_WORD_S):
                await self._link.send(WorldFailed(report=report, is_fatal=True))

    # --- coming down

    async def _read(self) -> None:
        async for command in self._link:
            match command:
                case Steer():
                    self._gate.steer(command)
                case Credit(batches=batches):
                    self._gate.credit(batches)
                case PauseWorld():
                    self._gate.pause()
                case ResumeWorld():
                    self._gate.resume()
                case SetPace(cap_fps=cap_fps):
                    self._gate.set_cap(caps_fps=cap_fps)
                case Configure() | Seed() | ResetWorld() | TakeSnapshot():
                    await self._queue(command)
                case _:
                    assert_never(command)
            self._playing.look_again()

    async def _queue(self, command: EngineCommand) -> None:
        if isinstance(command, ResetWorld):
            # What comes behind a reset is meant for the world after it.
            self._gate.forget_controls()
            if self._reset_at_the_end is not None:
                return
            self._reset_at_the_end = command
        else:
            self._reset_at_the_end = None
        self._gate.command_came()
        await self._commands.put(command)

    async def _work(self, tasks: asyncio.TaskGroup) -> None:
        """Engine commands, one at a time."""
        while True:
            command = await self._commands.get()
            if command is self._reset_at_the_end:
                self._reset_at_the_end = None
            try:
                async with self._engine_free:
                    await self._obey(command, tasks)
            except BiomeError as error:
                self._report_failure(command, error)
            self._gate.command_done()
            self._playing.look_again()

    async def _obey(self, command: EngineCommand, tasks: asyncio.TaskGroup) -> None:
        match command:
            case Configure():
                await self._configure(command)
            case Seed():
                await self._start_from(command, tasks)
            case ResetWorld():
                await self._reset()
            case TakeSnapshot():
                await self._hand_over_frame(command)
            case _:
                assert_never(command)

    def _report_failure(self, command: EngineCommand, error: BiomeError) -> None:
        log.warning("command failed", command=command.type, error=error.message, message_id=error.message_id)
        report = ErrorReport.of(error, self._parts.snapshot())
        is_fatal = isinstance(error, DeviceLostError)
        if not isinstance(command, ResetWorld):
            self._outbox.post(CommandFailed(command_id=command.command_id, report=report))
        if is_fatal:
            self._timeline.drop()
        if is_fatal or isinstance(command, ResetWorld):
            self._outbox.post(WorldFailed(report=report, is_fatal=is_fatal))

    # --- engine commands

    async def _configure(self, command: Configure) -> None:
        request = EngineRequest(model=command.model, quant=command.quant, backend=command.backend)
        if not self._parts.holder.holds(request):
            self._timeline.drop()
        is_new = await self._parts.holder.hold(request, self._stage_reporter())
        spec = self._parts.holder.spec_held()
        self._outbox.post(Configured(command_id=command.command_id, spec=spec, was_loaded_now=is_new))

    async def _start_from(self, command: Seed, tasks: asyncio.TaskGroup) -> None:
        spec = self._parts.holder.spec_held()
        try:
            picture = await asyncio.to_thread(decode_image, command.payload, limit_pixels=self._parts.limit_pixels)
        except InvalidImageError as error:
            raise InvalidSeedError(str(error)) from error
        frame = await asyncio.to_thread(fit_frame, picture, spec.frame_height, spec.frame_width)
        try:
            await self._parts.holder.seed(frame, self._stage_reporter())
        except SeedLoadError:
            self._gate.forget_controls()
            await self._return_to(self._timeline.seed)
            raise
        self._outbox.post(StageReached(stage=Stage.INIT_FRAME))
        self._gate.forget_controls()
        self._timeline.start(frame, is_original=command.is_original)
        epoch = self._timeline.epoch
        if command.announce:
            self._outbox.post(tasks.create_task(seed_batch(frame, epoch, self._parts.encoder)))
        self._outbox.post(Seeded(command_id=command.command_id, is_original=command.is_original, epoch=epoch))

    async def _reset(self) -> None:
        await self._return_to(self._timeline.original)

    async def _return_to(self, seed: Frame | None) -> None:
        """Put the world back to a picture that it knows. Nothing happens when there is none."""
        if seed is None:
            return
        await self._parts.holder.reseed(seed)
        self._timeline.start(seed, is_original=False)
        self._outbox.post(Restarted(epoch=self._timeline.epoch))

    async def _hand_over_frame(self, command: TakeSnapshot) -> None:
        frame = self._timeline.last
        if frame is None:
            raise NoFrameError
        jpeg = await asyncio.to_thread(self._parts.still_encoder, frame)
        self._outbox.post(FrameTaken(command_id=command.command_id, payload=jpeg))

    def _stage_reporter(self) -> "Callable[[Stage], None]":
        """Posts a stage from whichever thread reaches it."""
        loop = asyncio.get_running_loop()

        def report(stage: Stage) -> None:
            loop.call_soon_threadsafe(self._outbox.post, StageReached(stage=stage))

        return report


class NoFrameError(BiomeError):
    """A snapshot was asked for before there was a frame."""

    def __init__(self) -> None:
        super().__init__("the world has no frame yet")


class WorldDefectError(ServerError):
    """A defect of ours, or of an engine, ended the world."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(f"the world failed: {type(cause).__name__}: {cause}")
