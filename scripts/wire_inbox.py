"""The log of what a client received, and waiting on it.

Owns the history, the ending and every wait. Knows no socket: `wire_client` puts events in.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

from protocol.server import ErrorPush, FailureResponse, StatusPush, SuccessResponse
from protocol.stages import Stage
from scripts.wire_events import (
    Arrival,
    Batch,
    ContractViolationError,
    Event,
    NothingCameError,
    SocketClosedError,
)

EventT = TypeVar("EventT")

TIMEOUT_S: Final = 10.0


class Inbox:
    """Events in the order of their arrival. A wait ends with the event, its time-out, or the conversation's end."""

    def __init__(self, *, keep_jpegs: bool = True) -> None:
        self.history: list[Arrival] = []
        """Everything that came, in order."""
        self._keep_jpegs = keep_jpegs
        self._ending: SocketClosedError | ContractViolationError | None = None
        self._over = asyncio.Event()
        self._waiters: set[asyncio.Event] = set()
        self._answered: set[str] = set()
        self._next_batch_index = 0

    # --- what comes in

    def put(self, event: Event, at_ms: float) -> None:
        """Take an event. Raises ContractViolationError for a second reply to one request."""
        if isinstance(event, SuccessResponse | FailureResponse):
            if event.req_id in self._answered:
                message = f"a second reply to request {event.req_id}"
                raise ContractViolationError(message)
            self._answered.add(event.req_id)
        if isinstance(event, Batch) and not self._keep_jpegs:
            event = event.without_jpegs()
        self.history.append(Arrival(at_ms, event))
        for waiter in self._waiters:
            waiter.set()

    def end_closed(self, code: int, reason: str) -> None:
        """The socket is closed: nothing more will come."""
        errors = self.events(ErrorPush)
        self.end(SocketClosedError(code, reason, errors[-1] if errors else None))

    def end(self, ending: SocketClosedError | ContractViolationError) -> None:
        """Nothing more will come: every wait raises this once the history is exhausted. The first ending counts."""
        self._ending = self._ending or ending
        self._over.set()
        for waiter in self._waiters:
            waiter.set()

    # --- what is asked of it

    def mark(self) -> int:
        """A place in the history, for `since`: what comes from now on."""
        return len(self.history)

    def events(self, kind: type[EventT], since: int = 0) -> list[EventT]:
        """The events of a kind that came already."""
        return [arrival.event for arrival in self.history[since:] if isinstance(arrival.event, kind)]

    def batches(self, since: int = 0) -> list[tuple[float, Batch]]:
        """The batches that came already, each with its time of arrival in milliseconds."""
        return [(each.at_ms, each.event) for each in self.history[since:] if isinstance(each.event, Batch)]

    async def first(
        self,
        kind: type[EventT],
        where: Callable[[EventT], bool] = lambda _: True,
        *,
        since: int = 0,
        timeout_s: float = TIMEOUT_S,
    ) -> EventT:
        """The first event of a kind since a mark for which `where` holds; waits for it if it has not come.

        Raises NothingCameError after `timeout_s`, and SocketClosedError once the socket is closed without it.
        """
        _, event = await self._find(kind, where, kind.__name__, since, timeout_s)
        return event

    async def stage(self, stage: Stage, *, since: int = 0, timeout_s: float = TIMEOUT_S) -> StatusPush:
        """The first status of that stage since a mark."""
        what = f"stage {stage.value}"
        _, status = await self._find(StatusPush, lambda status: status.stage is stage, what, since, timeout_s)
        return status

    async def reply_to(self, req_id: str, *, timeout_s: float = TIMEOUT_S) -> SuccessResponse | FailureResponse:
        """The reply to a request that was sent, whether it came already or not."""
        return await self._reply(req_id, f"reply to request {req_id}", timeout_s)

    async def next_batch(self, timeout_s: float = TIMEOUT_S) -> Batch:
        """The next batch that this method has not returned yet."""
        index, batch = await self._find(Batch, lambda _: True, "batch", self._next_batch_index, timeout_s)
        self._next_batch_index = index + 1
        return batch

    def skip_batches(self) -> None:
        """Let `next_batch` return only what comes from now on."""
        self._next_batch_index = self.mark()

    async def closed(self, timeout_s: float = TIMEOUT_S) -> SocketClosedError:
        """How the server closed the socket; waits for it."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._over.wait()
        except TimeoutError:
            raise self.nothing_came("close", timeout_s) from None
        if isinstance(self._ending, SocketClosedError):
            return self._ending
        raise self._ending or AssertionError

    async def wait_until_s(self, due_s: float) -> None:
        """Wait for a time of the event loop's clock; raises at once when the conversation ends before it."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(due_s):
                await self._over.wait()
        self._raise_if_over()

    # --- waiting

    async def _reply(self, req_id: str, what: str, timeout_s: float) -> SuccessResponse | FailureResponse:
        def is_it(reply: SuccessResponse | FailureResponse) -> bool:
            return reply.req_id == req_id

        kinds = (SuccessResponse, FailureResponse)
        index = await self._find_index(lambda event: isinstance(event, kinds) and is_it(event), what, 0, timeout_s)
        reply = self.history[index].event
        assert isinstance(reply, kinds)
        return reply

    async def _find(
        self, kind: type[EventT], where: Callable[[EventT], bool], what: str, since: int, timeout_s: float
    ) -> tuple[int, EventT]:
        def matches(event: Event) -> bool:
            return isinstance(event, kind) and where(event)

        index = await self._find_index(matches, what, since, timeout_s)
        event = self.history[index].event
        assert isinstance(event, kind)
        return index, event

    async def _find_index(self, matches: Callable[[Event], bool], what: str, since: int, timeout_s: float) -> int:
        news = asyncio.Event()
        self._waiters.add(news)
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    news.clear()
                    for index in range(since, len(self.history)):
                        if matches(self.history[index].event):
                            return index
                    since = len(self.history)
                    self._raise_if_over()
                    await news.wait()
        except TimeoutError:
            raise self.nothing_came(what, timeout_s) from None
        finally:
            self._waiters.discard(news)

    def _raise_if_over(self) -> None:
        if self._ending is not None:
            raise self._ending

    def nothing_came(self, what: str, timeout_s: float) -> NothingCameError:
        return NothingCameError(what, timeout_s, self.history[-1].event if self.history else None)
