"""The one thread that talks to the device.

Compiled graphs are bound to the thread that made them, so every call of an engine goes through here. Owns order:
calls run one after another as they were submitted, also when whoever awaited one was cancelled.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

import structlog

P = ParamSpec("P")
T = TypeVar("T")

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class DeviceThread:
    """Runs calls in order on one thread. Use as `async with`: the block's end waits for the last call.

    The queue is bounded by its callers: each awaits its call before it makes the next.
    """

    def __init__(self, name: str = "device") -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._executor.shutdown, wait=True)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `function(*args, **kwargs)`, called on the device thread in the caller's context variables.

        A call that was submitted is always made: cancelling the caller neither stops it nor lets a later one
        overtake it. What such an abandoned call raises is logged. Raises RuntimeError after the block's end.
        """
        context = contextvars.copy_context()
        call = asyncio.wrap_future(self._executor.submit(context.run, partial(function, *args, **kwargs)))
        try:
            return await asyncio.shield(call)
        except asyncio.CancelledError:
            call.add_done_callback(_report_abandoned)
            raise


def _report_abandoned(call: "asyncio.Future[T]") -> None:
    error = None if call.cancelled() else call.exception()
    if error is not None:
        log.warning("an abandoned call on the device thread failed", error=str(error), kind=type(error).__name__)
