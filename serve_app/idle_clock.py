"""How long a player may hold a world without touching anything."""

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

from protocol.client import ClientMessage, Control
from protocol.errors import IdleTooLongError
from serve_app.ending import end_with
from serve_app.phases import WITH_A_WORLD, Phase

if TYPE_CHECKING:
    from collections.abc import Generator


class IdleClock:
    """Runs while there is a world, paused or not; whatever its player does winds it up again.

    It stands still while the player waits for the server.
    """

    def __init__(self, limit_s: float | None, expire: "asyncio.Future[None]") -> None:
        """`limit_s` None: it never runs out."""
        self._limit_s = limit_s
        self._expire = expire
        self._touched_s = 0.0
        self._is_kept_waiting = False
        self._timer: asyncio.TimerHandle | None = None

    def entered(self, phase: Phase) -> None:
        """The session's phase changed."""
        if phase not in WITH_A_WORLD:
            self._stop()
        elif self._timer is None and self._limit_s is not None:
            self._touched_s = asyncio.get_running_loop().time()
            self._run_for(self._limit_s)

    def came(self, message: ClientMessage) -> None:
        """The client sent something. A control without input is what a client sends by itself."""
        if not isinstance(message, Control) or message.buttons or message.mouse_dx or message.mouse_dy:
            self._touched_s = asyncio.get_running_loop().time()

    @contextmanager
    def waiting(self) -> "Generator[None]":
        """Meanwhile the player waits for the server. Afterwards there is the whole time again."""
        self._is_kept_waiting = True
        try:
            yield
        finally:
            self._is_kept_waiting = False
            self._touched_s = asyncio.get_running_loop().time()

    def _run_for(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        assert self._limit_s is not None, "nothing runs without a limit"
        now_s = asyncio.get_running_loop().time()
        left_s = self._limit_s if self._is_kept_waiting else self._touched_s + self._limit_s - now_s
        if left_s > 0:
            self._run_for(left_s)
        else:
            end_with(self._expire, IdleTooLongError(f"nobody played for {self._limit_s:g} s"))

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
