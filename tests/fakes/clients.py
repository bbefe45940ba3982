"""A player at the other end of a WebSocket that exists only in memory."""

import asyncio
import json
from typing import TYPE_CHECKING, Any, cast

from starlette.websockets import WebSocketDisconnect, WebSocketState

from protocol.frame import Envelope, unpack_envelope
from serve_app.client_socket import ClientSocket
from tests.fakes.links import PATIENCE_S

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

Heard = dict[str, Any] | Envelope


class FakeWebSocket:
    """What Starlette gives to an endpoint, for as much of it as a session uses."""

    def __init__(self) -> None:
        self.application_state = WebSocketState.CONNECTED
        self.incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.outgoing: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self.may_take = asyncio.Event()
        """Clear it, and whatever is sent waits until it is set."""
        self.may_take.set()
        self.is_gone = False

    async def receive(self) -> dict[str, Any]:
        """The next ASGI message."""
        return await self.incoming.get()

    async def send_text(self, data: str) -> None:
        """Take a text frame."""
        await self._take(data)

    async def send_bytes(self, data: bytes) -> None:
        """Take a binary frame."""
        await self._take(data)

    async def close(self) -> None:
        """Our side is closed."""
        self.application_state = WebSocketState.DISCONNECTED
        self.outgoing.put_nowait(None)

    async def _take(self, data: str | bytes) -> None:
        await self.may_take.wait()
        if self.is_gone:
            raise WebSocketDisconnect(1006)
        self.outgoing.put_nowait(data)


class FakePlayer:
    """Speaks the wire contract over a fake WebSocket."""

    def __init__(self) -> None:
        self.websocket = FakeWebSocket()
        self.socket = ClientSocket(cast("WebSocket", self.websocket), messages_per_s=1e6)

    def say(self, message: dict[str, Any]) -> None:
        """Send one JSON message."""
        self.say_text(json.dumps(message))

    def say_text(self, text: str) -> None:
        """Send one text frame."""
        self.websocket.incoming.put_nowait({"type": "websocket.receive", "text": text})

    def say_bytes(self, data: bytes) -> None:
        """Send one binary frame."""
        self.websocket.incoming.put_nowait({"type": "websocket.receive", "bytes": data})

    def leave(self) -> None:
        """Be gone, as a client whose connection broke."""
        self.websocket.is_gone = True
        self.websocket.may_take.set()
        self.websocket.incoming.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def hear(self) -> Heard:
        """The next thing from the server. Raises HungUpError when it has closed the socket."""
        async with asyncio.timeout(PATIENCE_S):
            data = await self.websocket.outgoing.get()
        if data is None:
            raise HungUpError
        return unpack_envelope(data) if isinstance(data, bytes) else json.loads(data)

    async def hear_until(self, kind: str, **fields: object) -> list[Heard]:
        """Everything up to the first message of this type with these fields, which comes last."""
        heard: list[Heard] = []
        while True:
            heard.append(await self.hear())
            last = heard[-1]
            if isinstance(last, dict) and last["type"] == kind and fields.items() <= last.items():
                return heard

    async def message(self, kind: str, **fields: object) -> dict[str, Any]:
        """The first message of this type with these fields; what comes before it is passed over."""
        last = (await self.hear_until(kind, **fields))[-1]
        assert isinstance(last, dict)
        return last

    async def envelope(self) -> Envelope:
        """The next envelope; what comes before it is passed over."""
        while not isinstance(heard := await self.hear(), Envelope):
            pass
        return heard

    async def the_rest(self) -> list[Heard]:
        """Everything until the server closes the socket."""
        heard: list[Heard] = []
        while True:
            try:
                heard.append(await self.hear())
            except HungUpError:
                return heard


class HungUpError(Exception):
    """The server closed the socket."""


def kinds(heard: list[Heard]) -> list[str]:
    """What was heard, in short: stages by name, envelopes by their first frame."""
    return [
        f"frame {item.header.frame_id}"
        if isinstance(item, Envelope)
        else str(item.get("stage") or item.get("message_id") or item["type"])
        for item in heard
    ]
