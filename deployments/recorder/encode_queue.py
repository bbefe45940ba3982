"""Which recording is encoded next, and what follows from how it went. Pure: knows neither processes nor files.

Recordings take turns, oldest work first. A recording that is still open is encoded chunk by chunk; a closed one is
finished. One that fails twice is set aside, and one that met a full disk waits for the next `retry_waiting`.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from deployments.recorder.naming import RecordingId

TRIES_LIMIT: Final = 2


class RunResult(Enum):
    """How one run of the encoder ended."""

    DONE = auto()
    TRY_LATER = auto()
    """The disk refused; the recording is sound."""
    FAILED = auto()


class Verdict(Enum):
    """What becomes of the recording after a run."""

    STAYS = auto()
    GONE = auto()
    """All is done; its folder can go."""
    SET_ASIDE = auto()
    """Kept for a person to look at, and not tried again."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run of the encoder. `finish` makes the recording's files; without it, only complete chunks are encoded."""

    recording_id: RecordingId
    finish: bool


@dataclass(slots=True)
class _Entry:
    is_closed: bool = False
    has_work: bool = False
    is_running: bool = False
    is_waiting: bool = False
    is_dropped: bool = False
    failures: int = 0


class EncodeQueue:
    """The recordings that are not finished yet."""

    def __init__(self) -> None:
        self._entries: dict[RecordingId, _Entry] = {}

    def __contains__(self, recording_id: object) -> bool:
        return recording_id in self._entries

    @property
    def is_idle(self) -> bool:
        """Nothing runs, and nothing could."""
        return not any(entry.is_running or _is_ready(entry) for entry in self._entries.values())

    def opened(self, recording_id: RecordingId) -> None:
        """A segment was opened; there is nothing to encode yet."""
        self._entries[recording_id] = _Entry()

    def chunk_ready(self, recording_id: RecordingId) -> None:
        """A chunk is complete."""
        self._entries[recording_id].has_work = True

    def closed(self, recording_id: RecordingId) -> None:
        """The segment is complete, and worth keeping."""
        entry = self._entries[recording_id]
        entry.is_closed = entry.has_work = True

    def found(self, recording_id: RecordingId, failures: int) -> None:
        """A dead recorder left this one, after so many failed tries."""
        self._entries[recording_id] = _Entry(is_closed=True, has_work=True, failures=failures)

    def dropped(self, recording_id: RecordingId) -> None:
        """The segment was deleted. It is gone at once, or when the run that has it ends."""
        if self._entries[recording_id].is_running:
            self._entries[recording_id].is_dropped = True
        else:
            del self._entries[recording_id]

    def retry_waiting(self) -> None:
        """The disk may have room again."""
        for entry in self._entries.values():
            entry.is_waiting = False

    def take(self) -> Job | None:
        """The next run; None when there is nothing to do."""
        for recording_id, entry in self._entries.items():
            if _is_ready(entry):
                entry.is_running, entry.has_work = True, False
                return Job(recording_id, finish=entry.is_closed)
        return None

    def done(self, job: Job, result: RunResult) -> Verdict:
        """The run has ended."""
        entry = self._entries.pop(job.recording_id)
        entry.is_running = False
        if entry.is_dropped or (result is RunResult.DONE and job.finish):
            return Verdict.GONE
        if result is RunResult.FAILED:
            entry.failures += 1
            if job.finish and entry.failures >= TRIES_LIMIT:
                return Verdict.SET_ASIDE
        if result is not RunResult.DONE:
            entry.has_work = True
        entry.is_waiting = result is RunResult.TRY_LATER
        self._entries[job.recording_id] = entry  # at the end: the others are next
        return Verdict.STAYS


def _is_ready(entry: _Entry) -> bool:
    """An open recording that keeps failing is left alone until it is closed."""
    may_try = entry.is_closed or entry.failures < TRIES_LIMIT
    return entry.has_work and may_try and not entry.is_running and not entry.is_waiting
