"""One client, from an accepted socket to its last words.

Owns the phases: which message is handled when, how long a client may wait, and how a session ends. All its tasks live
in one TaskGroup. What happens on the replica is in `play`; what an error becomes is in `answers`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import structlog

from protocol.client import (
    CheckSeedSafety,
    ClientMessage,
    Control,
    GenerateScene,
    Init,
    Pause,
    Prompt,
    Reset,
    Resume,
    SceneEdit,
    parse_client_message,
)
from protocol.errors import (
    BiomeError,
    InitFailedError,
    InvalidMessageError,
    MessageId,
    ReplicaLostError,
    RequestRefusedError,
    ServerError,
)
from protocol.link import WORLD_COMMANDS, WORLD_FACTS, Batch, SessionId
from protocol.server import CheckSeedSafetyResponseData, LogPush, Snapshot, StatusPush, WarningPush
from protocol.stages import Stage
from protocol.version import Feature
from serve_app.admission import lease, linked
from serve_app.answers import Answer, failure_of, push_of
from serve_app.client_socket import ClientGoneError, ClientSocket
from serve_app.log_tail import follow_server_records
from serve_app.outbox import Outbox
from serve_app.phases import WITH_A_WORLD, Admission, Event, Phase, admit, next_phase
from serve_app.play import Play, WorldFailedError
from serve_app.recording import FLUSH_S, Loss, Recording
from serve_app.seed_clock import SeedClock
from serve_app.world_client import WorldClient

if TYPE_CHECKING:
    from pathlib import Path

    from ray.serve.handle import DeploymentHandle

    from configs.ingress import IngressConfig
    from serve_app.scenes import Scenes
    from serve_app.seeds import SeedGate
    from serve_app.standing import Standing
    from serve_app.startup import Startup

INITS_LIMIT: Final = 4
"""So many `init` may wait behind the one being worked on; more are refused."""

CHECKS_LIMIT: Final = 4
"""So many safety checks of one client may run at once; more are refused."""

GOODBYE_S: Final = 2.0
"""How long the last words may take to leave."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SessionParts:
    """What a session borrows from its ingress."""

    world: "DeploymentHandle"
    recorder: "DeploymentHandle"
    gate: "SeedGate"
    scenes: "Scenes"
    startup: "Startup"
    standing: "Standing"
    config: "IngressConfig"
    server_log: "Path | None"
    """The log file to show to clients; None where they may see only their own session's records."""
    snapshot: Callable[[], Snapshot]


class Session:
    """A client's stay. `run` is its whole life and raises nothing that the client caused."""

    def __init__(
        self, parts: SessionParts, socket: ClientSocket, session_id: SessionId, features: frozenset[Feature]
    ) -> None:
        self._parts = parts
        self._socket = socket
        self._session_id = session_id
        self._features = features
        self._outbox = Outbox(parts.config.limits.queued_messages)
        self._recording = Recording(parts.recorder, session_id, self._recording_lost)
        self._phase = Phase.STARTING
        self._inits: asyncio.Queue[Init] = asyncio.Queue(INITS_LIMIT)
        self._play: Play | None = None
        self._checks = 0
        self._invalid_messages = 0
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Set by whoever finds that the session is over, from a place that cannot raise into the TaskGroup."""
        self._seed_clock = SeedClock(parts.config.timing.seed_s, self._end)

    # --- life

    async def run(self) -> None:
        """Serve the client until it leaves, is refused, or its world fails."""
        async with asyncio.TaskGroup() as around:
            writing = around.create_task(self._write())
            recording = around.create_task(self._recording.run())
            try:
                async with asyncio.TaskGroup() as tasks:
                    for part in (self._read(tasks), self._host(), self._await_end(), self._tell_server_log()):
                        tasks.create_task(part)
            except* ClientGoneError:
                log.info("client left", phase=self._phase.name)
            except* ServerStoppingError:
                log.info("session stopped", phase=self._phase.name)
            except* BiomeError as errors:
                self._say_why(_first_leaf(errors))
            except* Exception as errors:
                log.exception("session failed")
                self._say_why(SessionFailedError(_first_leaf(errors)))
            self._move(Event.ENDED)
            if self._play is not None:
                self._play.end()
                self._parts.standing.released()
            self._outbox.close()
            self._recording.finish()
            await _finish(writing, GOODBYE_S)
            await _finish(recording, FLUSH_S)

    def stop(self) -> None:
        """The server is stopping: end the session without a word, as going away."""
        self._end_with(ServerStoppingError())

    async def _await_end(self) -> None:
        await self._end

    async def _write(self) -> None:
        try:
            await self._outbox.write(self._socket, self._taken)
            await self._socket.close()
        except ClientGoneError as error:
            self._end_with(error)

    async def _taken(self, batch: Batch) -> None:
        if self._play is None or self._phase is Phase.ENDED:
            return
        try:
            await self._play.taken(batch)
        except ReplicaLostError as error:
            self._end_with(error)

    def _end_with(self, error: Exception) -> None:
        if not self._end.done():
            self._end.set_exception(error)

    def _say_why(self, error: BaseException) -> None:
        """The last push: why the session ends."""
        assert isinstance(error, BiomeError), "only ours come here"
        log.warning("session ends", error=error.message, message_id=error.message_id, fault=error.fault)
        snapshot = error.report.snapshot if isinstance(error, WorldFailedError) else self._parts.snapshot()
        self._outbox.post(push_of(error, snapshot))

    def _move(self, event: Event) -> None:
        self._phase = next_phase(self._phase, event)
        self._seed_clock.entered(self._phase)
        if self._phase is Phase.WAITING_FOR_SEED:
            self._outbox.post(StatusPush(stage=Stage.WAITING_FOR_SEED))

    # --- the replica

    async def _host(self) -> None:
        """Find a replica and live on it. Raises StartupError, ServerBusyError, ReplicaLostError, WorldFailedError."""
        timing = self._parts.config.timing
        async for stage in self._parts.startup.stages():
            self._outbox.post(StatusPush(stage=stage))
        async with (
            lease(self._parts.world, self._session_id, wait_s=timing.admission_s) as leased,
            linked(leased, WORLD_FACTS, WORLD_COMMANDS, timeout_s=timing.link_s) as link,
        ):
            log.info("replica leased", replica=leased.grant.replica)
            world = WorldClient(link)
            self._play = play = Play(world, self._outbox, self._recording, self._parts.standing)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(leased.watch())
                tasks.create_task(world.pump_controls())

                def begin() -> None:
                    self._move(Event.REPLICA_READY)
                    tasks.create_task(self._work_on_inits(play))

                await play.follow(begin)
                raise ReplicaLostError("closed")

    async def _work_on_inits(self, play: Play) -> None:
        """One at a time, in order."""
        while True:
            init = await self._inits.get()
            answer = Answer(init.req_id, self._outbox.post)
            if self._phase is Phase.WAITING_FOR_SEED:
                self._move(Event.INIT_BEGAN)
            try:
                await play.init(init, self._parts.gate, answer.succeed)
            except BiomeError as error:
                if isinstance(error, ReplicaLostError):
                    raise
                log.warning("init failed", error=error.message, message_id=error.message_id)
                answer.fail(error, self._parts.snapshot())
            self._settle_after_init(has_seed=play.has_seed)

    def _settle_after_init(self, *, has_seed: bool) -> None:
        if self._phase is Phase.INITIALISING:
            self._move(Event.SEEDED if has_seed else Event.INIT_FAILED)
        elif self._phase in WITH_A_WORLD and not has_seed:
            self._move(Event.SEED_DROPPED)

    # --- the client

    async def _read(self, tasks: asyncio.TaskGroup) -> None:
        async for text in self._socket.texts():
            try:
                if isinstance(text, InvalidMessageError):
                    raise text
                message = parse_client_message(text)
            except InvalidMessageError as error:
                self._count_invalid(error)
                continue
            match admit(self._phase, message):
                case Admission.HANDLE:
                    await self._handle(message, tasks)
                case Admission.IGNORE:
                    log.debug("message ignored", type=message.type, phase=self._phase.name)
                case Admission.REFUSE:
                    self._refuse(message)

    async def _handle(self, message: ClientMessage, tasks: asyncio.TaskGroup) -> None:
        match message:
            case Init():
                self._queue_init(message)
                return
            case CheckSeedSafety():
                self._check_seed(message, tasks)
                return
            case _:
                pass
        play = self._play
        assert play is not None, "only a session with a world admits these"
        match message:
            case Control():
                play.steer(message)
            case Pause():
                self._move(Event.PAUSED)
                await play.pause()
            case Resume():
                self._move(Event.RESUMED)
                await play.resume()
            case Reset() | Prompt():
                await play.reset()
            case SceneEdit() | GenerateScene():
                self._author(message)

    def _queue_init(self, init: Init) -> None:
        try:
            self._inits.put_nowait(init)
        except asyncio.QueueFull:
            self._outbox.post(failure_of(init.req_id, TooManyRequestsError(INITS_LIMIT)))

    def _check_seed(self, request: CheckSeedSafety, tasks: asyncio.TaskGroup) -> None:
        if self._checks >= CHECKS_LIMIT:
            self._outbox.post(failure_of(request.req_id, TooManyRequestsError(CHECKS_LIMIT)))
            return
        self._checks += 1
        tasks.create_task(self._answer_check(request))

    async def _answer_check(self, request: CheckSeedSafety) -> None:
        answer = Answer(request.req_id, self._outbox.post)
        try:
            verdict = await self._parts.gate.check(request.image_data)
            answer.succeed(CheckSeedSafetyResponseData(is_safe=verdict.is_safe, hash=verdict.sha256))
        except BiomeError as error:
            answer.fail(error, self._parts.snapshot())
        finally:
            self._checks -= 1

    def _author(self, request: SceneEdit | GenerateScene) -> None:
        try:
            self._parts.scenes.refuse(request)
        except BiomeError as error:
            Answer(request.req_id, self._outbox.post).fail(error, None)

    def _refuse(self, message: ClientMessage) -> None:
        """A request that needs a world, before there is one."""
        if isinstance(message, SceneEdit | GenerateScene):
            self._outbox.post(failure_of(message.req_id, InitFailedError("there is no world yet")))

    def _count_invalid(self, error: InvalidMessageError) -> None:
        """An invalid request gets its reply, an invalid notification a log record; too many end the session."""
        self._invalid_messages += 1
        log.warning("invalid message", error=error.message, count=self._invalid_messages)
        if error.req_id is not None:
            self._outbox.post(failure_of(error.req_id, error))
        if self._invalid_messages >= self._parts.config.limits.invalid_messages:
            raise TooManyInvalidMessagesError(self._invalid_messages)

    # --- telling

    def post_log(self, record: LogPush) -> None:
        """A log record of this session; dropped when the client is behind. Call it on the event loop's thread."""
        self._outbox.post_log(record)

    async def _tell_server_log(self) -> None:
        """In the local profile the player is the operator, and sees what the server logs for itself."""
        if self._parts.server_log is not None:
            async for record in follow_server_records(self._parts.server_log):
                self._outbox.post_log(record)

    def _recording_lost(self, loss: Loss) -> None:
        if Feature.RECORDING_STATUS in self._features:
            self._outbox.post(WarningPush(message_id=MessageId.RECORDING_FAILED, message=loss.reason))
        if self._play is not None and self._phase is not Phase.ENDED:
            self._play.recording_lost(loss)


class ServerStoppingError(Exception):
    """Sessions end because the server does."""


class TooManyRequestsError(RequestRefusedError):
    """A client sent more requests of a kind than may wait."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} such requests are waiting already")


class TooManyInvalidMessagesError(RequestRefusedError):
    """A client keeps sending what is no message."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} invalid messages in one session")


class SessionFailedError(ServerError):
    """A defect of ours ended the session."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(f"the session failed: {type(cause).__name__}: {cause}")


def _first_leaf(errors: ExceptionGroup[Exception]) -> Exception:
    """The first exception inside nested groups."""
    first: Exception = errors.exceptions[0]
    while isinstance(first, ExceptionGroup):
        first = cast("ExceptionGroup[Exception]", first).exceptions[0]
    return first


async def _finish(task: asyncio.Task[None], limit_s: float) -> None:
    """Wait for a task to end by itself, then cancel it."""
    await asyncio.wait([task], timeout=limit_s)
    task.cancel()
