"""The session's recording: hands batches over to the Recorder and never waits for it.

Owns the hand-over queue and the recorder's lease and link. Whatever goes wrong here costs the recording, not the
play: the open segment is given up, the client is told, and the next segment tries again.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import structlog

from deployments.exception_groups import first_leaf
from deployments.link import LinkLostError
from protocol.errors import BiomeError, ServerBusyError
from protocol.link import (
    CloseSegment,
    OpenSegment,
    RecordBatch,
    RecorderCommand,
    RecorderFact,
    RecordingFailed,
    SegmentClosed,
)

if TYPE_CHECKING:
    from deployments.link import Link
    from protocol.link import Batch, SessionId
    from serve_app.admission import OpenRecorder

UNSENT_LIMIT_BYTES: Final = 128 * 2**20
"""About fifteen seconds of 720p video: the recorder spools far faster than a world runs, so more means it is stuck."""

PLAYER_FIRST_S: Final = 0.012
"""How long a batch waits that has no other behind it: the player's own copy is sent and read meanwhile."""

FLUSH_S: Final = 5.0
"""How long the end of a session waits for the recorder to take what is left."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A segment that will not be whole."""

    reason: str
    is_open: bool
    """Whether it is the one that is open now; otherwise it had been closed, and was still being handed over."""
    may_retry: bool
    """Whether opening another one at once makes sense."""


TellLoss: TypeAlias = Callable[[Loss], None]

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Recording:
    """One session's hand-over to the Recorder."""

    def __init__(self, open_recorder: "OpenRecorder", session_id: "SessionId", tell_loss: TellLoss) -> None:
        self._open_recorder = open_recorder
        self._session_id = session_id
        self._tell_loss = tell_loss
        self._queue: deque[RecorderCommand] = deque()
        self._unsent_bytes = 0
        self._is_open = False
        """The latest segment was neither closed nor given up: only then are batches queued."""
        self._is_inside = False
        """The recorder has been sent the beginning of a segment, and not yet its end."""
        self._is_finished = False
        self._changed = asyncio.Event()
        self.lost_batches = 0

    @property
    def unsent_bytes(self) -> int:
        """What the recorder has not been sent yet."""
        return self._unsent_bytes

    def post(self, command: RecorderCommand) -> None:
        """Hand a command over. Never waits; past the queue's bound a segment is given up."""
        if not self._is_open and not isinstance(command, OpenSegment):
            self.lost_batches += isinstance(command, RecordBatch)
            return
        self._is_open = not isinstance(command, CloseSegment)
        self._queue.append(command)
        self._unsent_bytes += _size(command)
        if self._unsent_bytes > UNSENT_LIMIT_BYTES:
            self._give_up("the recorder does not keep up", may_retry=False)
        self._changed.set()

    def batch(self, batch: "Batch") -> None:
        """Hand over a batch as the client gets it."""
        self.post(
            RecordBatch.model_construct(
                frame_id=batch.frame_id, sub_frames=batch.sub_frames, consumed=batch.consumed, payload=batch.payload
            )
        )

    def finish(self) -> None:
        """No more commands come; `run` ends when the recorder has taken what is there."""
        self._is_finished = True
        self._changed.set()

    async def run(self) -> None:
        """Serve the queue until finished. The recorder is leased when the first segment opens."""
        while await self._has_work():
            try:
                await self._serve_one_lease()
            except ServerBusyError:
                self._give_up("no recorder is free", may_retry=False)
            except BiomeError as error:
                self._give_up(error.message, may_retry=False)
            except Exception as error:
                log.exception("recording failed")
                self._give_up(f"{type(error).__name__}: {error}", may_retry=False)

    async def _has_work(self) -> bool:
        while not self._queue:
            if self._is_finished:
                return False
            self._changed.clear()
            await self._changed.wait()
        return True

    async def _serve_one_lease(self) -> None:
        async with self._open_recorder(self._session_id) as recorder:
            try:
                async with asyncio.TaskGroup() as tasks:
                    listening = tasks.create_task(self._listen(recorder.link))
                    await self._pump(recorder.link)
                    listening.cancel()
            except* LinkLostError as lost:
                reason = str(first_leaf(lost))
                if self._is_inside:
                    self._give_up(reason, may_retry=True)
                else:
                    log.info("recorder lost between segments", reason=reason)

    async def _pump(self, link: "Link[RecorderFact, RecorderCommand]") -> None:
        while await self._has_work():
            if len(self._queue) == 1 and isinstance(self._queue[0], RecordBatch) and not self._is_finished:
                await asyncio.sleep(PLAYER_FIRST_S)
                if not self._queue:
                    continue  # it was given up meanwhile
            command = self._queue.popleft()
            self._unsent_bytes -= _size(command)
            self._is_inside = not isinstance(command, CloseSegment)
            await link.send(command)

    async def _listen(self, link: "Link[RecorderFact, RecorderCommand]") -> None:
        async for fact in link:
            match fact:
                case SegmentClosed(recording_id=recording_id, frames=frames):
                    log.info("segment recorded", recording_id=recording_id, frames=frames)
                case RecordingFailed(reason=reason):
                    self._failed(reason)
        raise LinkLostError("closed")

    def _failed(self, reason: str) -> None:
        """The recorder could not keep a segment: the one that it is in, or one that had ended already."""
        if self._is_inside:
            self._give_up(reason, may_retry=False)
        else:
            self._tell(Loss(reason, is_open=False, may_retry=False))

    def _give_up(self, reason: str, *, may_retry: bool) -> None:
        """Drop what is left of the segment at the head; segments that were opened behind it stay."""
        if not self._is_inside and self._queue:
            self._drop_first()
        while self._queue and not isinstance(self._queue[0], OpenSegment):
            self._drop_first()
        self._is_inside = False
        is_open = self._is_open and not self._queue
        if is_open:
            self._is_open = False
        self._tell(Loss(reason, is_open=is_open, may_retry=may_retry))

    def _tell(self, loss: Loss) -> None:
        log.error("recording given up", reason=loss.reason, is_open=loss.is_open, may_retry=loss.may_retry)
        self._tell_loss(loss)

    def _drop_first(self) -> None:
        command = self._queue.popleft()
        self._unsent_bytes -= _size(command)
        self.lost_batches += isinstance(command, RecordBatch)


def _size(command: RecorderCommand) -> int:
    return len(command.payload) if isinstance(command, RecordBatch) else 0
