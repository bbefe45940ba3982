"""A client's WebSocket as a session sees it: text messages in, messages and envelopes out, and one way to be gone."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Final

from starlette.websockets import WebSocketDisconnect, WebSocketState
from uvicorn.protocols.utils import ClientDisconnected

from protocol.errors import InvalidMessageError

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

BURST_S: Final = 0.5
"""A client may save up so much of its message rate."""


BINARY: Final = "a binary frame: clients send text"


class ClientGoneError(Exception):
    """The client closed its socket, or vanished."""


class RateLimit:
    """A token bucket: how long to wait before the next message is read. Time is an argument, in seconds."""

    def __init__(self, per_s: float) -> None:
        self._per_s = per_s
        self._earliest_s = 0.0

    def delay_s(self, now_s: float) -> float:
        """Account for one message at `now_s`; the time to wait before reading on, 0 within the rate."""
        self._earliest_s = max(self._earliest_s, now_s - BURST_S) + 1 / self._per_s
        return max(0.0, self._earliest_s - now_s)


class ClientSocket:
    """An accepted WebSocket."""

    def __init__(self, websocket: "WebSocket", *, messages_per_s: float) -> None:
        self._websocket = websocket
        self._rate = RateLimit(messages_per_s)

    async def texts(self) -> AsyncIterator[str | InvalidMessageError]:
        """Text frames in order; a binary frame is yielded as the error that it is. Raises ClientGoneError at the end.

        Past the rate limit the socket is read more slowly, and TCP holds the sender back.
        """
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                raise ClientGoneError
            delay_s = self._rate.delay_s(time.monotonic())
            if delay_s > 0:
                await asyncio.sleep(delay_s)
            text: str | None = message.get("text")
            yield InvalidMessageError(BINARY) if text is None else text

    async def send_text(self, data: str) -> None:
        """Send a JSON message; returns when the socket has taken it. Raises ClientGoneError."""
        try:
            await self._websocket.send_text(data)
        except (WebSocketDisconnect, ClientDisconnected, RuntimeError) as error:
            raise ClientGoneError from error

    async def send_bytes(self, data: bytes) -> None:
        """Send an envelope; returns when the socket has taken it. Raises ClientGoneError."""
        try:
            await self._websocket.send_bytes(data)
        except (WebSocketDisconnect, ClientDisconnected, RuntimeError) as error:
            raise ClientGoneError from error

    async def close(self) -> None:
        """Close our side, if it is still open."""
        if self._websocket.application_state is WebSocketState.CONNECTED:
            try:
                await self._websocket.close()
            except (WebSocketDisconnect, ClientDisconnected, RuntimeError) as error:
                raise ClientGoneError from error
