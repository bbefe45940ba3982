"""When the launcher has to stop, and how long it may take.

Owns the decision and the deadline. Signals arrive over a wake-up socket in a thread of their own, because the main
thread may be inside of Ray's C++ code for seconds. What stopping consists of is the launcher's business.
"""

import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import Final

STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
STOP_LIMIT_S: Final = 8.0
"""An orderly stop that takes longer is cut short."""


class StopRequestedError(Exception):
    """Raised between two steps of starting, when a stop was requested meanwhile."""


class Stopper:
    """One request to stop, whoever made it; `cut_short` is called when it takes too long, or on the second signal."""

    def __init__(self, cut_short: Callable[[], None], *, limit_s: float = STOP_LIMIT_S) -> None:
        self.reason: str | None = None
        self._cut_short = cut_short
        self._limit_s = limit_s
        self._requested = threading.Event()
        self._lock = threading.Lock()
        self._deadline: threading.Timer | None = None

    @property
    def is_requested(self) -> bool:
        """Whether stopping has begun."""
        return self._requested.is_set()

    def request(self, reason: str) -> bool:
        """Ask for a stop. False when one is under way already."""
        with self._lock:
            if self._requested.is_set():
                return False
            self.reason = reason
            self._deadline = threading.Timer(self._limit_s, self._cut_short)
            self._deadline.daemon = True
            self._deadline.start()
            self._requested.set()
            return True

    def on_signal(self, number: int) -> None:
        """A first signal stops in order, any later one at once."""
        if not self.request(signal.Signals(number).name):
            self._cut_short()

    def check(self) -> None:
        """Raise StopRequestedError when a stop was requested."""
        if self._requested.is_set():
            raise StopRequestedError

    def wait(self, timeout_s: float) -> bool:
        """Wait for a request, for so long at most. Whether there is one."""
        return self._requested.wait(timeout_s)

    def finish(self) -> None:
        """Stopped in time: the deadline is off."""
        with self._lock:
            if self._deadline is not None:
                self._deadline.cancel()


class SignalWatch:
    """Takes the stop signals of this process and hands their numbers to `on_signal`, on a thread of its own."""

    def __init__(self, on_signal: Callable[[int], None]) -> None:
        self._on_signal = on_signal
        self._receiver, self._sender = socket.socketpair()
        self._sender.settimeout(0)

    def start(self) -> None:
        """Begin to watch. Main thread only."""
        threading.Thread(target=self._watch, name="signals", daemon=True).start()
        self.take_signals()

    def take_signals(self) -> None:
        """Make the signals ours, also after a library took them. Main thread only."""
        signal.set_wakeup_fd(self._sender.fileno(), warn_on_full_buffer=False)
        for number in STOP_SIGNALS:
            signal.signal(number, _leave_to_the_watch)

    def _watch(self) -> None:
        while received := self._receiver.recv(16):
            for number in received:
                if number in STOP_SIGNALS:
                    self._on_signal(number)


def _leave_to_the_watch(_number: int, _frame: FrameType | None) -> None:
    """The wake-up socket has told the watch already."""
