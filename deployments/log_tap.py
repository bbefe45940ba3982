"""A session's own view of the log: its client receives the records that carry its id.

Owns the subscriptions of this process. A sink is called by the thread that logs, so it must not block; what it logs
itself while it is being called goes to the log, but to no tap.
"""

import contextlib
import threading
from collections.abc import Callable, Generator
from typing import Final, TypeAlias

from deployments.log_records import Record, to_log_push
from protocol.server import LogPush

Sink: TypeAlias = Callable[[LogPush], object]

TAPS_PER_SESSION: Final = 4
"""A session runs in one part of an ingress and one of a replica; more subscriptions than this are a leak."""


class TapLeakError(RuntimeError):
    """A session subscribed again and again without ending its subscriptions."""

    def __init__(self, session_id: str) -> None:
        super().__init__(f"session {session_id} has {TAPS_PER_SESSION} log taps open")


class LogTaps:
    """Who receives the records of which session."""

    def __init__(self) -> None:
        self._sinks: dict[str, tuple[Sink, ...]] = {}
        self._lock = threading.Lock()
        self._delivering = threading.local()

    @contextlib.contextmanager
    def tap(self, session_id: str, sink: Sink) -> Generator[None]:
        """Within the block, `sink` receives every record of this process that is bound to `session_id`."""
        with self._lock:
            sinks = self._sinks.get(session_id, ())
            if len(sinks) >= TAPS_PER_SESSION:
                raise TapLeakError(session_id)
            self._sinks[session_id] = (*sinks, sink)
        try:
            yield
        finally:
            with self._lock:
                left = list(self._sinks[session_id])
                left.remove(sink)
                if left:
                    self._sinks[session_id] = tuple(left)
                else:
                    del self._sinks[session_id]

    def deliver(self, _logger: object, _method: str, record: Record) -> Record:
        """As a processor of structlog: hand the record to whoever listens to its session, and pass it on."""
        sinks = self._sinks.get(record.get("session_id", "")) if self._sinks else None
        if sinks is None or getattr(self._delivering, "busy", False):
            return record
        self._delivering.busy = True
        try:
            push = to_log_push(record)
            for sink in sinks:
                sink(push)
        finally:
            self._delivering.busy = False
        return record


taps: Final = LogTaps()
tap = taps.tap
