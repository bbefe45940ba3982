"""The client's socket, below Starlette: what Serve's own HTTP server does not let us configure.

Serve starts uvicorn itself: with `permessage-deflate` on, no bound on what the kernel buffers, and a listening socket
that cannot follow a killed predecessor. Installing this module's server instead gives every WebSocket no compression
(JPEGs do not shrink, and trying costs tens of milliseconds a batch), our size limit and ping times, patience with the
pong of a client that uploads, a bound on unsent bytes, and a `send` that returns only when the kernel has taken the
whole message, so that flow control sees what the client really took.
"""

import asyncio
import contextlib
import socket
import ssl
import sys
from typing import TYPE_CHECKING, Final, cast

import uvicorn
from ray.serve._private import replica
from ray.serve._private.constants import RAY_SERVE_ENABLE_HA_PROXY
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from configs.serve_file import TLS_IS_HALF, half_of_tls
from protocol.errors import StartupError

if TYPE_CHECKING:
    from collections.abc import Generator

    from ray.serve.config import HTTPOptions
    from starlette.types import ASGIApp
    from uvicorn._types import ASGISendEvent
    from websockets.http11 import Request

    from configs.ingress import IngressConfig

_TCP_NOTSENT_LOWAT: Final[int | None] = getattr(socket, "TCP_NOTSENT_LOWAT", None)
"""Bounds unsent bytes and leaves bytes in flight to the kernel. Where there is none (Windows), the send buffer is."""

LINGER_S: Final = 10.0
"""How long a socket may take to deliver what is left when its session is over."""

_READ_BY_US: Final = (b"x-request-disconnect-disabled", b"?1")
"""Serve's own header: hand `receive` to the app as it is. Otherwise Serve reads ahead into a queue without a bound, and
cancels the app when the client leaves."""


class PlayerSocket(WebSocketsSansIOProtocol):
    """One client's WebSocket."""

    unsent_bytes: int = 128 * 1024

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound what the kernel and the transport hold back before anything is written."""
        super().connection_made(transport)
        # Not 0: asyncio's TLS calls a buffer full that has reached its limit, so also an empty one.
        self.transport.set_write_buffer_limits(high=1)
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

    def handle_events(self) -> None:
        """While a large message comes in, its client's pong is due later: it stands behind what was written before it.

        Only bytes that end no frame say so. A client that stopped reading may send on, but its controls come whole.
        """
        if self.pong_timer is not None and self.ping_timeout is not None and not self._something_ended():
            self.pong_timer.cancel()
            self.pong_timer = self.loop.call_later(self.ping_timeout, self.keepalive_timeout)
        super().handle_events()

    def _something_ended(self) -> bool:
        return any(isinstance(event, Frame) and event.fin for event in self.conn.events)

    def keepalive_timeout(self) -> None:
        """Drop a client that does not answer, with all that it has not read.

        A close alone waits until the peer has read what is unsent: one that stopped reading would never be gone.
        """
        super().keepalive_timeout()
        self.transport.abort()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """The app is done with this socket; what it has left to deliver gets a limited time."""
        super().on_task_complete(task)
        self.loop.call_later(LINGER_S, self.transport.abort)

    async def send(self, message: "ASGISendEvent") -> None:
        """Send one ASGI message and wait until the kernel has taken all of it; over TLS, all but the last message."""
        await super().send(message)
        await self.writable.wait()


def install(config: "IngressConfig") -> None:
    """Make the HTTP server that Serve starts next in this process ours.

    Serve looks the function up when the replica's server starts, which is after the deployment's constructor.
    """

    async def start_http_server(
        app: "ASGIApp",
        http_options: "HTTPOptions",
        *,
        event_loop: asyncio.AbstractEventLoop,
        enable_so_reuseport: bool = False,
    ) -> tuple[asyncio.Task[None], uvicorn.Server]:
        """Listen as Serve's own function does. Raises RuntimeError from OSError, which Serve's retries look at, and
        StartupError for TLS that cannot be had."""
        check_tls(http_options, behind_haproxy=RAY_SERVE_ENABLE_HA_PROXY)
        server = _Server(server_config(app, http_options, config))
        listener = listen(http_options.host or "127.0.0.1", http_options.port, reuse_port=enable_so_reuseport)
        return event_loop.create_task(server.serve(sockets=[listener])), server

    replica.start_asgi_http_server = start_http_server  # pyright: ignore[reportPrivateImportUsage]


def server_config(app: "ASGIApp", http_options: "HTTPOptions", config: "IngressConfig") -> uvicorn.Config:
    """What Serve's options and ours ask of uvicorn. Raises StartupError for a certificate that cannot be used."""

    class ConfiguredSocket(PlayerSocket):
        unsent_bytes = config.limits.unsent_bytes

    for middleware in http_options.middlewares:
        app = middleware.cls(app, *middleware.args, **middleware.kwargs)
    built = uvicorn.Config(
        app,
        root_path=http_options.root_path,
        timeout_keep_alive=http_options.keep_alive_timeout_s,
        interface="asgi3",
        lifespan="off",
        access_log=False,
        log_level=None,
        log_config=None,
        ws=ConfiguredSocket,
        ws_max_size=config.limits.message_bytes,
        ws_ping_interval=config.timing.ping_interval_s,
        ws_ping_timeout=config.timing.ping_timeout_s,
        ws_per_message_deflate=False,
        ssl_certfile=http_options.ssl_certfile,
        ssl_keyfile=http_options.ssl_keyfile,
        ssl_keyfile_password=http_options.ssl_keyfile_password,
        ssl_ca_certs=http_options.ssl_ca_certs,
        ssl_cert_reqs=ssl.CERT_REQUIRED if http_options.ssl_ca_certs else ssl.CERT_NONE,
    )
    try:
        # Left to the server, it would fail in a task that nobody looks at.
        built.load()
    except OSError as error:
        reason = f"http_options: no TLS with {built.ssl_certfile} and {built.ssl_keyfile}: {error}"
        raise StartupError(reason) from error
    return built


def check_tls(options: "HTTPOptions", *, behind_haproxy: bool) -> None:
    """Raise StartupError where TLS is asked for and would not be spoken."""
    half = half_of_tls(options)
    if half is not None:
        reason = f"http_options.{half}: {TLS_IS_HALF}"
        raise StartupError(reason)
    if options.ssl_certfile and behind_haproxy:
        reason = "http_options.ssl_certfile: HAProxy speaks no TLS to replicas; put TLS in front of HAProxy"
        raise StartupError(reason)


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the process is Ray's."""

    @contextlib.contextmanager
    def capture_signals(self) -> "Generator[None]":
        """Leave signals alone."""
        yield


def listen(host: str, port: int, *, reuse_port: bool) -> socket.socket:
    """A bound socket. It may take over a port whose last owner was killed: connections in TIME_WAIT do not block it."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if reuse_port:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise BindError(host, port) from error
    return listener


class BindError(RuntimeError):
    """The address is taken, or is none of this machine's."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"cannot listen on {host}:{port}")
