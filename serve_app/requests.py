"""What a client sends, and who handles it.

Owns the reading of its socket: which message is handled when, what is refused, how much may wait, and that every
request gets exactly one reply. What an `init` does to a world is in `play`, which message is allowed when in `phases`.
"""

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from protocol.client import (
    CheckSeedSafety,
    ClientMessage,
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
from protocol.errors import (
    BiomeError,
    InitFailedError,
    InvalidMessageError,
    ReplicaLostError,
    RequestRefusedError,
)
from protocol.server import CheckSeedSafetyResponseData, FailureResponse, ServerMessage, SuccessResponse
from serve_app.answers import Answer, failure_of, plain_failure_of
from serve_app.phases import WITH_A_WORLD, Admission, Event, Phase, admit
from serve_app.scene_desk import SceneDesk

if TYPE_CHECKING:
    from serve_app.answers import Post
    from serve_app.client_socket import ClientSocket
    from serve_app.course import Course
    from serve_app.idle_clock import IdleClock
    from serve_app.play import Play
    from serve_app.session_parts import SessionParts

INITS_LIMIT: Final = 4
"""So many `init` may wait behind the one being worked on; more are refused."""

CHECKS_LIMIT: Final = 4
"""So many safety checks of one client may run at once; more are refused."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Requests:
    """One client's messages."""

    def __init__(
        self, parts: "SessionParts", socket: "ClientSocket", course: "Course", idle_clock: "IdleClock", post: "Post"
    ) -> None:
        self._parts = parts
        self._socket = socket
        self._course = course
        self._idle_clock = idle_clock
        self._send = post
        self._open: set[str] = set()
        """Ids of the requests that have no reply yet."""
        self._inits: asyncio.Queue[Init] = asyncio.Queue(INITS_LIMIT)
        self._desk = SceneDesk(parts.scenes, self._post, parts.snapshot)
        self._play: Play | None = None
        self._checks = 0
        self._invalid_messages = 0

    async def read(self) -> None:
        """Handle what comes. Raises ClientGoneError at the end, TooManyInvalidMessagesError, ReplicaLostError."""
        async with asyncio.TaskGroup() as tasks:
            async for text in self._socket.texts():
                try:
                    if isinstance(text, InvalidMessageError):
                        raise text
                    message = parse_client_message(text)
                except InvalidMessageError as error:
                    self._count_invalid(error)
                    continue
                self._idle_clock.came(message)
                if isinstance(message, Request):
                    self._open.add(message.req_id)
                match admit(self._course.phase, message):
                    case Admission.HANDLE:
                        await self._handle(message, tasks)
                    case Admission.IGNORE:
                        log.debug("message ignored", type=message.type, phase=self._course.phase.name)
                    case Admission.REFUSE:
                        self._refuse(message)

    def last_replies(self, why: BiomeError) -> list[FailureResponse]:
        """What to answer to the requests that a session's end leaves open: every request gets its one reply."""
        return [failure_of(req_id, why) for req_id in sorted(self._open)]

    def _post(self, message: ServerMessage) -> None:
        if isinstance(message, SuccessResponse | FailureResponse):
            self._open.discard(message.req_id)
        self._send(message)

    async def work_on_inits(self, play: "Play") -> None:
        """One at a time, in order, on the world that there is now. Raises ReplicaLostError."""
        self._play = play
        while True:
            init = await self._inits.get()
            answer = Answer(init.req_id, self._post)
            if self._course.phase is Phase.WAITING_FOR_SEED:
                self._course.move(Event.INIT_BEGAN)
            try:
                with self._idle_clock.waiting():
                    await play.init(init, self._parts.gate, self._desk.prepare, answer.succeed)
            except ReplicaLostError:
                raise
            except BiomeError as error:
                log.warning("init failed", error=error.message, message_id=error.message_id)
                answer.fail(error, self._parts.snapshot())
            await self._settle_after_init(play)

    async def _settle_after_init(self, play: "Play") -> None:
        if self._course.phase is Phase.INITIALISING:
            self._course.move(Event.SEEDED if play.has_seed else Event.INIT_FAILED)
        elif self._course.phase in WITH_A_WORLD and not play.has_seed:
            if self._course.phase is Phase.PAUSED:
                # The next world starts running, and its client has no pause to end.
                await play.resume()
            self._course.move(Event.SEED_DROPPED)

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
                self._course.move(Event.PAUSED)
                await play.pause()
            case Resume():
                self._course.move(Event.RESUMED)
                await play.resume()
            case Reset() | Prompt():
                await play.reset()
            case SceneEdit() | GenerateScene():
                self._desk.take(message, play, tasks, is_paused=lambda: self._course.phase is Phase.PAUSED)

    def _queue_init(self, init: Init) -> None:
        try:
            self._inits.put_nowait(init)
        except asyncio.QueueFull:
            self._post(failure_of(init.req_id, TooManyRequestsError(INITS_LIMIT)))

    def _check_seed(self, request: CheckSeedSafety, tasks: asyncio.TaskGroup) -> None:
        if self._checks >= CHECKS_LIMIT:
            self._post(failure_of(request.req_id, TooManyRequestsError(CHECKS_LIMIT)))
            return
        self._checks += 1
        tasks.create_task(self._answer_check(request))

    async def _answer_check(self, request: CheckSeedSafety) -> None:
        try:
            verdict = await self._parts.gate.check(request.image_data)
        except BiomeError as error:
            self._post(plain_failure_of(request.req_id, error))
        else:
            data = CheckSeedSafetyResponseData(is_safe=verdict.is_safe, hash=verdict.sha256)
            self._post(SuccessResponse(req_id=request.req_id, data=data))
        finally:
            self._checks -= 1

    def _refuse(self, message: ClientMessage) -> None:
        """A request that needs a world, before there is one."""
        if isinstance(message, SceneEdit | GenerateScene):
            self._post(failure_of(message.req_id, InitFailedError("there is no world yet")))

    def _count_invalid(self, error: InvalidMessageError) -> None:
        """An invalid request gets its reply, an invalid notification a log record; too many end the session."""
        self._invalid_messages += 1
        self._parts.metrics.message_invalid()
        log.warning("invalid message", error=error.message, count=self._invalid_messages)
        if error.req_id is not None:
            self._post(failure_of(error.req_id, error))
        if self._invalid_messages >= self._parts.config.limits.invalid_messages:
            raise TooManyInvalidMessagesError(self._invalid_messages)


class TooManyRequestsError(RequestRefusedError):
    """A client sent more requests of a kind than may wait."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} such requests are waiting already")


class TooManyInvalidMessagesError(RequestRefusedError):
    """A client keeps sending what is no message."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} invalid messages in one session")
