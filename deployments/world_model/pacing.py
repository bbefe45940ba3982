"""Pacing: when may the next inference pass start?

Owns the frame-rate cap and the credits of flow control. Knows nothing of engines, clocks or sleeping: the caller
passes the time in and does the waiting.
"""

from dataclasses import dataclass
from typing import Final

BATCHES_OUT_LIMIT: Final = 2
"""One batch on its way through the client's socket, and one behind it so that the socket never runs dry."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A cap of `fps` perceptual frames per second, `sub_frames` of them to a pass; `fps` 0 is no cap."""

    fps: float
    sub_frames: int

    @property
    def interval_s(self) -> float:
        """Time from the start of one pass to the start of the next."""
        return self.sub_frames / self.fps if self.fps > 0 else 0.0

    def next_start_s(self, previous_start_s: float | None, now_s: float) -> float:
        """When the next pass is due, given when the previous one was due.

        Reckoned from due time to due time, so that waking up late does not lower the rate. A pass late by more than
        half an interval starts the rhythm anew: after a stall nothing is caught up.
        """
        if previous_start_s is None or self.fps <= 0:
            return now_s
        due_s = previous_start_s + self.interval_s
        return due_s if now_s - due_s <= self.interval_s / 2 else now_s


class Credits:
    """How many batches may still be sent before the client's socket has taken one."""

    def __init__(self, limit: int = BATCHES_OUT_LIMIT) -> None:
        self._limit = limit
        self._out = 0

    @property
    def may_send(self) -> bool:
        """Whether another batch may go out. A pass whose batch may not go out is not started."""
        return self._out < self._limit

    def sent(self) -> None:
        """One more batch is out."""
        self._out += 1

    def returned(self, batches: int) -> None:
        """The client's socket took so many. More than are out is an error of the other end and counts as all."""
        self._out = max(0, self._out - batches)
