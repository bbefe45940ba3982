"""The one thread that talks to the device.

Compiled graphs are bound to the thread that made them, so every call of an engine goes through here. Owns order:
calls run one after another as they were submitted, also when whoever awaited one was cancelled. Owns the time as well:
what runs longer than it may hangs, and nothing that is queued behind it would ever be made.
"""

import asyncio
import contextvars
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Final, ParamSpec, Self, TypeVar

import structlog

from protocol.errors import DeviceLostError

P = ParamSpec("P")
T = TypeVar("T")

WATCH_S: Final = 1.0
"""How often whoever waits for a call looks whether the thread hangs."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class DeviceThread:
    """Runs calls in order on one thread. Use as `async with`: the block's end waits for the last call.

    A replica never reaches that end, so that a thread which hangs cannot keep it: Serve kills the process.
    The queue is bounded by its callers: each awaits its call before it makes the next.
    """

    def __init__(
        self, name: str = "device", *, clock: Callable[[], float] = time.monotonic, watch_s: float = WATCH_S
    ) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._clock = clock
        self._watch_s = watch_s
        self._work: _Work | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._executor.shutdown, wait=True)

    def check(self) -> None:
        """Raise DeviceLostError when the thread hangs: its present work has outlived its limit."""
        work = self._work
        if work is not None and self._clock() > work.deadline_s:
            reason = f"the device hangs: {work.name} has not ended within {work.limit_s:g} s"
            raise DeviceLostError(reason)

    @contextmanager
    def limit(self, name: str, limit_s: float) -> Generator[None]:
        """To be used on the thread: the block, told of as `name`, hangs when it lasts longer. Not to be nested."""
        self._work = _Work(name, limit_s, deadline_s=self._clock() + limit_s)
        try:
            yield
        finally:
            self._work = None

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `function(*args, **kwargs)`, called on the device thread in the caller's context variables.

        A call that was submitted is always made: cancelling the caller neither stops it nor lets a later one
        overtake it. What such an abandoned call raises is logged. Raises RuntimeError after the block's end, and
        DeviceLostError when this call, or one before it, hangs; it is abandoned then.
        """
        self.check()
        context = contextvars.copy_context()
        call = asyncio.wrap_future(self._executor.submit(context.run, partial(function, *args, **kwargs)))
        try:
            while not (await asyncio.wait({call}, timeout=self._watch_s))[0]:
                self.check()
        except (asyncio.CancelledError, DeviceLostError):
            call.add_done_callback(_report_abandoned)
            raise
        return call.result()


@dataclass(frozen=True, slots=True)
class _Work:
    """What the thread is doing, and by the clock until when it may."""

    name: str
    limit_s: float
    deadline_s: float


def _report_abandoned(call: "asyncio.Future[T]") -> None:
    error = None if call.cancelled() else call.exception()
    if error is not None:
        log.warning("an abandoned call on the device thread failed", error=str(error), kind=type(error).__name__)
