"""One session on a replica: commands come down the link, facts go up.

Owns the order of things: commands that need the engine run one after another and never during a pass; everything
that goes up leaves in the order in which it happened. What a command does is in `commands`; passes are made by
`playing`, and what lets them start is `gate`.
"""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, assert_never

import structlog

from deployments.exception_groups import first_leaf
from deployments.link import Link, LinkLostError
from deployments.world_model.commands import EngineCommand, EngineCommands
from deployments.world_model.gate import PassGate
from deployments.world_model.outbox import Outbox
from deployments.world_model.playing import Playing
from deployments.world_model.timeline import Timeline
from protocol.errors import ServerError
from protocol.link import (
    Configure,
    Credit,
    ErrorReport,
    Hello,
    LogRecord,
    PauseWorld,
    ResetWorld,
    ResumeWorld,
    Seed,
    SetPace,
    Steer,
    TakeSnapshot,
    WorldCommand,
    WorldFact,
    WorldFailed,
)

if TYPE_CHECKING:
    from deployments.world_model.parts import WorldParts
    from protocol.server import LogPush

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
        self._waiting: asyncio.Queue[EngineCommand] = asyncio.Queue(COMMANDS_LIMIT)
        self._gate = PassGate()
        self._engine_free = asyncio.Lock()
        timeline = Timeline()  # Whoever has the engine has the timeline: a command, or a burst of passes.
        self._engine_commands = EngineCommands(parts, self._gate, timeline, self._outbox)
        self._playing = Playing(parts, self._gate, timeline, self._outbox, self._engine_free)
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
        await self._waiting.put(command)

    async def _work(self, tasks: asyncio.TaskGroup) -> None:
        """Engine commands, one at a time."""
        while True:
            command = await self._waiting.get()
            if command is self._reset_at_the_end:
                self._reset_at_the_end = None
            async with self._engine_free:
                await self._engine_commands.obey(command, tasks)
            self._gate.command_done()
            self._playing.look_again()


class WorldDefectError(ServerError):
    """A defect of ours, or of an engine, ended the world."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(f"the world failed: {type(cause).__name__}: {cause}")
