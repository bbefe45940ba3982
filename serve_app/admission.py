"""Admission: one session, one lease, one link.

Owns getting a replica and giving it back. The pin is Serve's: a lease is a streaming request to a deployment with
`max_ongoing_requests`, and the replica is ours until the stream ends.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

import structlog
from ray.serve.exceptions import BackPressureError

from deployments.link import Link, LinkLostError, open_link
from protocol.base import LinkModel
from protocol.errors import ReplicaLostError, ServerBusyError
from protocol.link import RecorderCommand, RecorderFact, SessionId, WorldCommand, WorldFact
from serve_app.calls import RAY_FAILURES, first_line, withdraw

if TYPE_CHECKING:
    from ray.serve.handle import DeploymentHandle, DeploymentResponseGenerator

    from protocol.link import LeaseGrant, LinkCodec

ReceivedT = TypeVar("ReceivedT", bound=LinkModel)
SentT = TypeVar("SentT", bound=LinkModel)
AdmittedT = TypeVar("AdmittedT")

RETRY_S: Final = 0.5
"""Between two requests for a lease: a replica that waits to be replaced refuses each of them within milliseconds."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Hosted(Generic[ReceivedT, SentT]):
    """A replica that is ours for the length of a block."""

    replica: str
    link: Link[ReceivedT, SentT]
    watch: Callable[[], Coroutine[object, object, None]]
    """Returns when the replica ends the lease. Raises ReplicaLostError when it dies."""


OpenWorld: TypeAlias = Callable[[SessionId], AbstractAsyncContextManager[Hosted[WorldFact, WorldCommand]]]
OpenRecorder: TypeAlias = Callable[[SessionId], AbstractAsyncContextManager[Hosted[RecorderFact, RecorderCommand]]]


class Outcome(StrEnum):
    """What becomes of a session that asks for a replica."""

    GRANTED = "granted"
    BUSY = "busy"
    FAILED = "failed"
    """The replica that answered died, or its link could not be opened."""
    ABANDONED = "abandoned"
    """The client left, or the server is stopping."""


class Lease:
    """A replica that is ours, and the stream that keeps it so."""

    def __init__(self, grant: "LeaseGrant", stream: "DeploymentResponseGenerator[LeaseGrant]") -> None:
        self.grant = grant
        self._stream = stream

    async def watch(self) -> None:
        """Return when the replica ends the lease. Raises ReplicaLostError when it dies."""
        try:
            async for _ in self._stream:
                pass
        except RAY_FAILURES as error:
            raise ReplicaLostError(first_line(error)) from error

    def end(self) -> None:
        """Give the replica back."""
        withdraw(self._stream)


@asynccontextmanager
async def lease(handle: "DeploymentHandle", session_id: SessionId, *, wait_s: float) -> AsyncGenerator[Lease]:
    """Hold one replica for the length of the block.

    A replica that is lost may be the only free one until Serve has replaced it, so `wait_s` is used to ask again.
    Raises ServerBusyError when none is free within it or too many wait already, ReplicaLostError when the one that
    answered last is lost.
    """
    leased = await _first_granted(handle, session_id, asyncio.get_running_loop().time() + wait_s)
    try:
        yield leased
    finally:
        leased.end()


async def _first_granted(handle: "DeploymentHandle", session_id: SessionId, deadline_s: float) -> Lease:
    """Ask, and ask again while there is time for it."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            return await _ask(handle, session_id, deadline_s)
        except ReplicaLostError as error:
            if loop.time() + RETRY_S >= deadline_s:
                raise
            log.warning("no lease, asking again", error=error.message)
        await asyncio.sleep(RETRY_S)


async def _ask(handle: "DeploymentHandle", session_id: SessionId, deadline_s: float) -> Lease:
    """One request, withdrawn unless it is granted."""
    try:
        stream: DeploymentResponseGenerator[LeaseGrant] = handle.options(stream=True).lease.remote(session_id)
        try:
            async with asyncio.timeout_at(deadline_s):
                return Lease(await anext(stream), stream)
        except BaseException:
            withdraw(stream)
            raise
    except (TimeoutError, BackPressureError) as error:
        raise ServerBusyError from error
    except (*RAY_FAILURES, StopAsyncIteration) as error:
        raise ReplicaLostError(first_line(error)) from error


@asynccontextmanager
async def linked(
    leased: Lease, received: "LinkCodec[ReceivedT]", sent: "LinkCodec[SentT]", *, timeout_s: float
) -> AsyncGenerator[Link[ReceivedT, SentT]]:
    """The link of a lease. Raises ReplicaLostError when it cannot be opened."""
    try:
        async with open_link(leased.grant, received, sent, timeout_s=timeout_s) as link:
            yield link
    except LinkLostError as error:
        raise ReplicaLostError(str(error)) from error


@asynccontextmanager
async def hosted(
    handle: "DeploymentHandle",
    session_id: SessionId,
    received: "LinkCodec[ReceivedT]",
    sent: "LinkCodec[SentT]",
    *,
    wait_s: float,
    link_s: float,
) -> AsyncGenerator[Hosted[ReceivedT, SentT]]:
    """A lease and its link, for the length of the block.

    Raises ServerBusyError when no replica is free within `wait_s`, ReplicaLostError when the one that answered died.
    """
    async with (
        lease(handle, session_id, wait_s=wait_s) as leased,
        linked(leased, received, sent, timeout_s=link_s) as link,
    ):
        yield Hosted(leased.grant.replica, link, leased.watch)


@asynccontextmanager
async def observed(
    opening: AbstractAsyncContextManager[AdmittedT], tell: Callable[[Outcome, float], None]
) -> AsyncGenerator[AdmittedT]:
    """Enter `opening`, and tell what became of it after how many seconds."""
    asked_s = time.perf_counter()
    async with AsyncExitStack() as stack:
        outcome = Outcome.ABANDONED
        try:
            admitted = await stack.enter_async_context(opening)
            outcome = Outcome.GRANTED
        except ServerBusyError:
            outcome = Outcome.BUSY
            raise
        except ReplicaLostError:
            outcome = Outcome.FAILED
            raise
        finally:
            tell(outcome, time.perf_counter() - asked_s)
        yield admitted
