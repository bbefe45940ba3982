"""The event loop's time and timers, moved by hand."""

import asyncio
from collections.abc import Callable

import pytest


class Hands:
    """Those of the running loop."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        loop = asyncio.get_running_loop()
        self.now_s = 1000.0
        self._set: list[tuple[asyncio.TimerHandle, Callable[[], object]]] = []
        monkeypatch.setattr(loop, "time", lambda: self.now_s)

        def call_later(delay_s: float, callback: Callable[[], object]) -> asyncio.TimerHandle:
            handle = asyncio.TimerHandle(self.now_s + delay_s, callback, (), loop)
            self._set.append((handle, callback))
            return handle

        monkeypatch.setattr(loop, "call_later", call_later)

    def pass_by(self, seconds: float) -> None:
        """Let time pass; timers that come due meanwhile are called, each once and at its time."""
        until_s = self.now_s + seconds
        while due := [timer for timer in self._set if timer[0].when() <= until_s]:
            first = min(due, key=lambda timer: timer[0].when())
            self._set.remove(first)
            handle, callback = first
            if not handle.cancelled():
                self.now_s = max(self.now_s, handle.when())
                callback()
        self.now_s = until_s
