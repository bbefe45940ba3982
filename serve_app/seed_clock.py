"""How long a client may hold a replica without a seed."""

import asyncio

from protocol.errors import SeedTimeoutError
from serve_app.ending import end_with
from serve_app.phases import Phase


class SeedClock:
    """Runs while the session waits for a seed, and stands still while an `init` is worked on.

    A failed `init` does not wind it up again; only a world that ran does.
    """

    def __init__(self, budget_s: float, expire: "asyncio.Future[None]") -> None:
        self._budget_s = budget_s
        self._left_s = budget_s
        self._expire = expire
        self._timer: asyncio.TimerHandle | None = None

    def entered(self, phase: Phase) -> None:
        """The session's phase changed."""
        self.stop()
        if phase is Phase.PLAYING:
            self._left_s = self._budget_s
        elif phase is Phase.WAITING_FOR_SEED:
            self._timer = asyncio.get_running_loop().call_later(self._left_s, self._expired)

    def stop(self) -> None:
        """Stand still; what is left counts from here next time."""
        if self._timer is not None:
            self._left_s = max(0.0, self._timer.when() - asyncio.get_running_loop().time())
            self._timer.cancel()
            self._timer = None

    def _expired(self) -> None:
        end_with(self._expire, SeedTimeoutError(f"no seed within {self._budget_s:g} s"))
