"""What one session contributes to the metrics: its socket, timed, and how long controls take to become frames.

Owns the bookkeeping of a session. The metrics themselves are the ingress's.
"""

import time
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from serve_app.outbox import WritesFrames

CONTROLS_LIMIT: Final = 256
"""So many controls may wait for their frames; past it the oldest are no longer timed."""


class CountsDelivery(Protocol):
    """The part of the metrics that a session feeds while it lasts."""

    def controls(self, count: int) -> None:
        """Worlds were given so many."""
        ...

    def text_sent(self, size_bytes: int) -> None:
        """A client took a JSON message."""
        ...

    def batch_sent(self, size_bytes: int, elapsed_s: float) -> None:
        """A client took an envelope, `elapsed_s` after it was written."""
        ...

    def control_answered(self, elapsed_s: float) -> None:
        """The frames that a control led to are with the client."""
        ...


class ControlClock:
    """When controls came in, by their own time stamps. Time is an argument, in seconds of any steady clock."""

    def __init__(self) -> None:
        self._came_s: dict[float, float] = {}
        self._untold = 0

    def came(self, client_ts: float | None, now_s: float) -> None:
        """A control came in. One without a time stamp cannot be recognised in its frames, and is only counted."""
        self._untold += 1
        if client_ts is None:
            return
        self._came_s.setdefault(client_ts, now_s)
        if len(self._came_s) > CONTROLS_LIMIT:
            del self._came_s[next(iter(self._came_s))]

    def answered(self, client_ts: float, now_s: float) -> float | None:
        """Frames are out whose latest control carries `client_ts`: the seconds since it came, None for an unknown one.

        Controls that came before it went into the same frames and are forgotten with it.
        """
        came_s = self._came_s.get(client_ts)
        if came_s is None:
            return None
        for earlier in list(self._came_s):
            del self._came_s[earlier]
            if earlier == client_ts:
                break
        return now_s - came_s

    def take_count(self) -> int:
        """How many came since the last call."""
        count, self._untold = self._untold, 0
        return count


class SessionMeter:
    """One session's writing half, metered. Its controls are counted with the batches that they led to."""

    def __init__(self, metrics: CountsDelivery, socket: "WritesFrames") -> None:
        self._metrics = metrics
        self._socket = socket
        self._clock = ControlClock()

    def control_came(self, client_ts: float | None) -> None:
        """The world was given a control."""
        self._clock.came(client_ts, time.perf_counter())

    def batch_taken(self, client_ts: float) -> None:
        """The client took a batch whose latest control carries `client_ts`."""
        elapsed_s = self._clock.answered(client_ts, time.perf_counter())
        if elapsed_s is not None:
            self._metrics.control_answered(elapsed_s)
        count = self._clock.take_count()
        if count:
            self._metrics.controls(count)

    async def send_text(self, data: str) -> None:
        """Send a JSON message."""
        await self._socket.send_text(data)
        self._metrics.text_sent(len(data))

    async def send_bytes(self, data: bytes) -> None:
        """Send an envelope."""
        started_s = time.perf_counter()
        await self._socket.send_bytes(data)
        self._metrics.batch_sent(len(data), time.perf_counter() - started_s)
