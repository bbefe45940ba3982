"""What the engine commands do: configure, seed, reset, snapshot.

Owns what each changes in the world and what it answers. Whoever calls has the engine: that they run one after another
and between passes is `world`'s business.
"""

import asyncio
from typing import TYPE_CHECKING, TypeAlias, assert_never

import structlog

from deployments.images import InvalidImageError, decode_image, fit_frame
from deployments.world_model.batches import seed_batch
from deployments.world_model.engine import EngineRequest, Frame
from protocol.errors import BiomeError, DeviceLostError, InvalidSeedError, SeedLoadError
from protocol.link import (
    CommandFailed,
    Configure,
    Configured,
    ErrorReport,
    FrameTaken,
    ResetWorld,
    Restarted,
    Seed,
    Seeded,
    StageReached,
    TakeSnapshot,
    WorldFailed,
)
from protocol.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployments.world_model.gate import PassGate
    from deployments.world_model.outbox import Outbox
    from deployments.world_model.parts import WorldParts
    from deployments.world_model.timeline import Timeline

EngineCommand: TypeAlias = Configure | Seed | ResetWorld | TakeSnapshot

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class EngineCommands:
    """One session's."""

    def __init__(self, parts: "WorldParts", gate: "PassGate", timeline: "Timeline", outbox: "Outbox") -> None:
        self._parts = parts
        self._gate = gate
        self._timeline = timeline
        self._outbox = outbox

    async def obey(self, command: EngineCommand, tasks: asyncio.TaskGroup) -> None:
        """Carry out one command and answer it, also when it fails. Encoding is done in `tasks`."""
        try:
            await self._carry_out(command, tasks)
        except BiomeError as error:
            self._report_failure(command, error)

    async def _carry_out(self, command: EngineCommand, tasks: asyncio.TaskGroup) -> None:
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

    async def _configure(self, command: Configure) -> None:
        request = EngineRequest(model=command.model, quant=command.quant, backend=command.backend)
        if not self._parts.holder.holds(request):
            self._timeline.drop()
        is_new = await self._parts.holder.hold(request, self._stage_reporter())
        spec = self._parts.holder.spec_held()
        self._parts.encoder.keep_apart(wanted=not self._parts.holder.uses_host_cores())
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
