"""The client's socket, below Starlette: what Serve's own HTTP server does not let us configure.

Serve starts uvicorn itself, with `permessage-deflate` on and no bound on what the kernel buffers. Installing this
module's configuration before that gives every WebSocket: no compression (JPEGs do not shrink, and trying costs tens
of milliseconds a batch), our size limit and ping times, a bound on unsent bytes, and a `send` that returns only when
the kernel has taken the whole message, so that flow control sees what the client really took.
"""

import asyncio
import socket
from typing import TYPE_CHECKING, Any, Final, cast

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent
    from websockets.http11 import Request

    from configs.ingress import IngressConfig

_TCP_NOTSENT_LOWAT: Final[int | None] = getattr(socket, "TCP_NOTSENT_LOWAT", None)
"""Bounds unsent bytes and leaves bytes in flight to the kernel. Where there is none (Windows), the send buffer is."""

_READ_BY_US: Final = (b"x-request-disconnect-disabled", b"?1")
"""Serve's own header: hand `receive` to the app as it is. Otherwise Serve reads ahead into a queue without a bound, and
cancels the app when the client leaves."""


class PlayerSocket(WebSocketsSansIOProtocol):
    """One client's WebSocket."""

    unsent_bytes: int = 128 * 1024

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound what the kernel and the transport hold back before anything is written."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=0)
        raw: socket.socket | None = self.transport.get_extra_info("socket")
        if raw is None:
            return
        if _TCP_NOTSENT_LOWAT is None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.unsent_bytes)
        else:
            raw.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, self.unsent_bytes)

    def handle_connect(self, event: "Request") -> None:
        """Tell Serve to leave reading to us."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            cast("list[tuple[bytes, bytes]]", self.scope["headers"]).append(_READ_BY_US)

    async def send(self, message: "ASGISendEvent") -> None:
        """Send one ASGI message and wait until the kernel has taken all of it."""
        await super().send(message)
        await self.writable.wait()


class ServerConfig(uvicorn.Config):
    """uvicorn's configuration with our socket in it, whatever Serve asks for."""

    socket_options: dict[str, Any]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **(options | self.socket_options))


def install(config: "IngressConfig") -> None:
    """Make the HTTP server that Serve starts next in this process use our socket."""

    class ConfiguredSocket(PlayerSocket):
        unsent_bytes = config.limits.unsent_bytes

    class ConfiguredServer(ServerConfig):
        socket_options: dict[str, Any] = {  # noqa: RUF012 - a class attribute is how one Config type differs from another
            "ws": ConfiguredSocket,
            "ws_max_size": config.limits.message_bytes,
            "ws_ping_interval": config.timing.ping_interval_s,
            "ws_ping_timeout": config.timing.ping_timeout_s,
            "ws_per_message_deflate": False,
        }

    uvicorn.Config = ConfiguredServer
