"""One client, from an accepted socket to its last words.

Owns the life: what a session waits for, what it holds meanwhile, and how it ends. All its tasks live in one TaskGroup.
What the client asks for is handled in `requests`, what happens on the replica in `play`; what an error becomes is in
`answers`.
"""

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from deployments.exception_groups import first_leaf
from protocol.errors import BiomeError, IdleTooLongError, MessageId, ReplicaLostError, ServerError, StartupError
from protocol.server import StatusPush, WarningPush
from protocol.version import Feature
from serve_app.answers import push_of
from serve_app.client_socket import ClientGoneError
from serve_app.course import Course
from serve_app.ending import end_with
from serve_app.idle_clock import IdleClock
from serve_app.log_tail import follow_server_records
from serve_app.metrics import SessionLoad
from serve_app.outbox import ClientTooSlowError, Outbox
from serve_app.phases import Event, Phase
from serve_app.play import Play, WorldFailedError
from serve_app.recording import FLUSH_S, Loss, Recording
from serve_app.requests import Requests
from serve_app.seed_clock import SeedClock
from serve_app.session_meter import SessionMeter
from serve_app.world_client import WorldClient

if TYPE_CHECKING:
    from protocol.link import Batch, SessionId
    from protocol.server import ErrorPush, LogPush
    from serve_app.client_socket import ClientSocket
    from serve_app.session_parts import SessionParts

GOODBYE_S: Final = 2.0
"""How long the last words may take to leave."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Session:
    """A client's stay. `run` is its whole life and raises nothing that the client caused."""

    def __init__(
        self, parts: "SessionParts", socket: "ClientSocket", session_id: "SessionId", features: frozenset[Feature]
    ) -> None:
        self._parts = parts
        self._socket = socket
        self._session_id = session_id
        self._features = features
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Set by whoever finds that the session is over, from a place that cannot raise into the TaskGroup."""
        self._outbox = Outbox(parts.config.limits.queued_messages)
        timing = parts.config.timing
        idle_clock = IdleClock(timing.idle_s, self._end)
        self._course = Course(SeedClock(timing.seed_s, self._end), idle_clock, self._outbox.post)
        self._requests = Requests(parts, socket, self._course, idle_clock, self._outbox.post)
        self._recording = Recording(parts.open_recorder, session_id, self._recording_lost)
        self._meter = SessionMeter(parts.metrics, socket)
        self._play: Play | None = None

    # --- life

    async def run(self) -> None:
        """Serve the client until it leaves, is refused, or its world fails."""
        async with asyncio.TaskGroup() as around:
            writing = around.create_task(self._write())
            recording = around.create_task(self._recording.run())
            cause = await self._live()
            why = cause if isinstance(cause, BiomeError) else None
            self._course.move(Event.ENDED)
            self._leave_world(why)
            self._outbox.close(*([] if why is None else [*self._requests.last_replies(why), self._last_word(why)]))
            self._recording.finish()
            await _finish(writing, GOODBYE_S)
            await _finish(recording, FLUSH_S)
            self._parts.metrics.session_over(cause, self.load())

    def load(self) -> SessionLoad:
        """What this session holds now."""
        return SessionLoad(
            phase=self._course.phase,
            queued_messages=self._outbox.queued_messages,
            unrecorded_bytes=self._recording.unsent_bytes,
            dropped_logs=self._outbox.dropped_logs,
            lost_batches=self._recording.lost_batches,
        )

    def stop(self) -> None:
        """The server is stopping: end the session without a word, as going away."""
        end_with(self._end, ServerStoppingError())

    async def _live(self) -> Exception:
        """All that a session does, until something ends it. Returns that; a BiomeError is for the client to know."""
        cause: Exception = ClientGoneError()
        try:
            async with asyncio.TaskGroup() as tasks:
                for part in (self._requests.read(), self._host(), self._await_end(), self._tell_server_log()):
                    tasks.create_task(part)
        except* ClientGoneError:
            log.info("client left", phase=self._course.phase.name)
        except* ServerStoppingError as errors:
            log.info("session stopped", phase=self._course.phase.name)
            cause = first_leaf(errors)
        except* BiomeError as errors:
            cause = first_leaf(errors)
        except* Exception as errors:
            log.exception("session failed")
            cause = SessionFailedError(first_leaf(errors))
        return cause

    async def _await_end(self) -> None:
        await self._end

    def _leave_world(self, why: BiomeError | None) -> None:
        if self._play is None:
            return
        self._play.end()
        if isinstance(why, ReplicaLostError | WorldFailedError):
            self._parts.standing.lost()
        else:
            self._parts.standing.released()

    def _last_word(self, error: BiomeError) -> "ErrorPush | WarningPush":
        """The last push: why the session ends."""
        log.warning("session ends", error=error.message, message_id=error.message_id, fault=error.fault)
        snapshot = error.report.snapshot if isinstance(error, WorldFailedError) else self._parts.snapshot()
        push = push_of(error, snapshot)
        if isinstance(error, IdleTooLongError) and Feature.IDLE_LIMIT not in self._features:
            # A client that does not know the id would drop the push.
            return push.model_copy(update={"message_id": None})
        return push

    # --- the replica

    async def _host(self) -> None:
        """Find a replica and live on it. Raises StartupError, ServerBusyError, ReplicaLostError, WorldFailedError."""
        await self._start_up()
        async with self._parts.open_world(self._session_id) as hosted:
            log.info("replica leased", replica=hosted.replica)
            world = WorldClient(hosted.link)
            self._play = play = Play(world, self._outbox, self._recording, self._parts.standing, self._meter)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(hosted.watch())
                tasks.create_task(world.pump_controls())

                def begin() -> None:
                    self._course.move(Event.REPLICA_READY)
                    tasks.create_task(self._requests.work_on_inits(play))

                await play.follow(begin)
                raise ReplicaLostError

    async def _start_up(self) -> None:
        limit_s = self._parts.config.timing.startup_s
        try:
            async with asyncio.timeout(limit_s):
                async for stage in self._parts.startup.stages():
                    self._outbox.post(StatusPush(stage=stage))
        except TimeoutError as error:
            reason = f"not everything came up within {limit_s:g} s"
            raise StartupError(reason) from error

    # --- telling

    async def _write(self) -> None:
        try:
            await self._outbox.write(self._meter, self._taken)
            await self._socket.close()
        except ClientGoneError as error:
            end_with(self._end, error)

    async def _taken(self, batch: "Batch") -> None:
        if self._play is None or self._course.phase is Phase.ENDED:
            return
        try:
            await self._play.taken(batch)
        except ReplicaLostError as error:
            end_with(self._end, error)

    def post_log(self, record: "LogPush") -> None:
        """A log record of this session; dropped when the client is behind. Call it on the event loop's thread."""
        self._outbox.post_log(record)

    async def _tell_server_log(self) -> None:
        """In the local profile the player is the operator, and sees what the server logs for itself."""
        if self._parts.server_log is not None:
            async for record in follow_server_records(self._parts.server_log):
                self._outbox.post_log(record)

    def _recording_lost(self, loss: Loss) -> None:
        if Feature.RECORDING_STATUS in self._features:
            try:
                self._outbox.post(WarningPush(message_id=MessageId.RECORDING_FAILED, message=loss.reason))
            except ClientTooSlowError as error:
                end_with(self._end, error)
        if self._play is not None and self._course.phase is not Phase.ENDED:
            self._play.recording_lost(loss)


class ServerStoppingError(Exception):
    """Sessions end because the server does."""


class SessionFailedError(ServerError):
    """A defect of ours ended the session."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(f"the session failed: {type(cause).__name__}: {cause}")


async def _finish(task: asyncio.Task[None], limit_s: float) -> None:
    """Wait for a task to end by itself, then cancel it."""
    await asyncio.wait([task], timeout=limit_s)
    task.cancel()
