"""The event loop's time and timers, moved by hand."""

import asyncio
from collections.abc import Callable

import pytest


class Hands:
    """Those of the running loop."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        loop = asyncio.get_running_loop()
        self.now_s = 1000.0
        self._due: list[tuple[asyncio.TimerHandle, Callable[[], object]]] = []
        monkeypatch.setattr(loop, "time", lambda: self.now_s)

        def call_later(delay_s: float, callback: Callable[[], object]) -> asyncio.TimerHandle:
            handle = asyncio.TimerHandle(self.now_s + delay_s, callback, (), loop)
            self._due.append((handle, callback))
            return handle

        monkeypatch.setattr(loop, "call_later", call_later)

    def pass_by(self, seconds: float) -> None:
        """Let time pass; timers that come due are called."""
        self.now_s += seconds
        for handle, callback in self._due:
            if not handle.cancelled() and handle.when() <= self.now_s:
                callback()
