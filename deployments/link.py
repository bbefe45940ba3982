"""The link: a typed duplex pipe between ingress and a leased replica, on one WebSocket without compression.

Owns the sockets, the one-time tokens and what an ending means: closed by me, closed by you, lost.
The messages and their bytes are in `protocol.link`.
"""

import asyncio
import http
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Final, Generic, Self, TypeVar

import ray
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, WebSocketException
from websockets.http11 import Request, Response

from protocol.base import LinkModel
from protocol.link import LeaseGrant, LinkCodec

PING_INTERVAL_S: Final = 5.0
PING_TIMEOUT_S: Final = 10.0
CLOSE_TIMEOUT_S: Final = 1.0
QUEUED_MESSAGES_LIMIT: Final = 64
"""Messages read ahead of the consumer; past it the socket is not read, and the sender's `send` waits."""

ReceivedT = TypeVar("ReceivedT", bound=LinkModel)
SentT = TypeVar("SentT", bound=LinkModel)


class LinkLostError(Exception):
    """The other end vanished without closing the link: killed, or unreachable."""

    def __init__(self, cause: Exception | str) -> None:
        super().__init__(f"the link is lost: {cause}")


class Link(Generic[ReceivedT, SentT]):
    """One end of a link. Iterating yields what the other end sends, and ends when it closes the link."""

    def __init__(
        self,
        connection: ClientConnection | ServerConnection,
        received: LinkCodec[ReceivedT],
        sent: LinkCodec[SentT],
    ) -> None:
        self._connection = connection
        self._received = received
        self._sent = sent

    async def send(self, message: SentT) -> None:
        """Send one message; waits while the other end is behind. Raises LinkLostError when there is no other end."""
        try:
            await self._connection.send(self._sent.encode(message))
        except ConnectionClosed as error:
            raise LinkLostError(error) from error

    async def __aiter__(self) -> AsyncGenerator[ReceivedT]:
        """Messages in order. Ends when either end closed the link.

        Raises LinkLostError when it broke, or when the other end talks like a build that this one cannot understand.
        """
        try:
            async for data in self._connection:
                yield self._decode(data if isinstance(data, bytes) else data.encode())
        except ConnectionClosedError as error:
            raise LinkLostError(error) from error

    async def close(self) -> None:
        """Close this end; the other end's iteration ends. Harmless when closed already."""
        await self._connection.close()

    def _decode(self, data: bytes) -> ReceivedT:
        try:
            return self._received.decode(data)
        except ValueError as error:
            raise LinkLostError(error) from error


class LinkServer:
    """Listens for the links of one replica. Every link is announced by a token, which opens it once.

    Use as `async with`; its port is free when the block ends.
    """

    def __init__(self, host: str) -> None:
        self._host = host
        self._server: Server | None = None
        self._awaited: dict[str, asyncio.Future[ServerConnection]] = {}

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await serve(
            self._hold,
            self._host,
            0,
            compression=None,
            max_size=None,
            max_queue=QUEUED_MESSAGES_LIMIT,
            ping_interval=PING_INTERVAL_S,
            ping_timeout=PING_TIMEOUT_S,
            close_timeout=CLOSE_TIMEOUT_S,
            process_request=self._admit,
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    @asynccontextmanager
    async def expect(self, replica: str) -> "AsyncGenerator[Expected]":
        """Announce one link. The block's value holds the grant to hand out; its end withdraws the token."""
        assert self._server is not None, "expect() is called inside the server's own block"
        port = next(iter(self._server.sockets)).getsockname()[1]
        token = secrets.token_urlsafe(24)
        arrival = self._awaited[token] = asyncio.get_running_loop().create_future()
        try:
            host = f"[{self._host}]" if ":" in self._host else self._host
            yield Expected(LeaseGrant(replica=replica, url=f"ws://{host}:{port}", token=token), arrival)
        finally:
            self._awaited.pop(token, None)
            if arrival.done() and not arrival.cancelled():
                await arrival.result().close()

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        token = request.path.removeprefix("/")
        if token in self._awaited and not self._awaited[token].done():
            return None
        return connection.respond(http.HTTPStatus.FORBIDDEN, "no such lease\n")

    async def _hold(self, connection: ServerConnection) -> None:
        """Hand the connection to whoever expects it, and keep it open until somebody closes it."""
        token = "" if connection.request is None else connection.request.path.removeprefix("/")
        arrival = self._awaited.get(token)
        if arrival is None or arrival.done():
            return
        arrival.set_result(connection)
        await connection.wait_closed()


class Expected:
    """An announced link."""

    def __init__(self, grant: LeaseGrant, arrival: asyncio.Future[ServerConnection]) -> None:
        self.grant = grant
        self._arrival = arrival

    async def arrive(
        self, received: LinkCodec[ReceivedT], sent: LinkCodec[SentT], *, timeout_s: float
    ) -> Link[ReceivedT, SentT]:
        """The link, once the other end has connected. Raises TimeoutError when it does not."""
        async with asyncio.timeout(timeout_s):
            return Link(await asyncio.shield(self._arrival), received, sent)


def node_address() -> str:
    """The address of this node as its cluster knows it. Asks Ray's head node, so it blocks."""
    here = ray.get_runtime_context().get_node_id()
    return next(node["NodeManagerAddress"] for node in ray.nodes() if node["NodeID"] == here)


@asynccontextmanager
async def open_link(
    grant: LeaseGrant, received: LinkCodec[ReceivedT], sent: LinkCodec[SentT], *, timeout_s: float
) -> AsyncGenerator[Link[ReceivedT, SentT]]:
    """Connect to the link that a lease granted; the block's end closes it.

    Raises LinkLostError when nobody listens there or the token is not accepted.
    """
    try:
        connection = await connect(
            f"{grant.url}/{grant.token}",
            compression=None,
            max_size=None,
            max_queue=QUEUED_MESSAGES_LIMIT,
            open_timeout=timeout_s,
            ping_interval=PING_INTERVAL_S,
            ping_timeout=PING_TIMEOUT_S,
            close_timeout=CLOSE_TIMEOUT_S,
            proxy=None,
        )
    except (OSError, WebSocketException, TimeoutError) as error:
        raise LinkLostError(error) from error
    link = Link(connection, received, sent)
    try:
        yield link
    finally:
        await link.close()
