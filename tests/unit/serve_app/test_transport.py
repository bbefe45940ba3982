"""The client's socket below Starlette, on a real loopback server with real clients."""

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import uvicorn
from ray.serve.config import HTTPOptions
from uvicorn.protocols.utils import ClientDisconnected
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage
from websockets.frames import Frame, Opcode

from configs.ingress import IngressConfig
from protocol.errors import StartupError
from serve_app import transport
from serve_app.transport import BindError, PlayerSocket, check_tls, listen, server_config
from tests.fakes.links import PATIENCE_S
from tests.fakes.tls import CERTIFICATE, KEY

if TYPE_CHECKING:
    from starlette.types import ASGIApp
    from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope


class Endpoint:
    """An ASGI app that accepts, then sends envelopes while a test lets it."""

    def __init__(self) -> None:
        self.taken = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.is_over = asyncio.Event()
        self.stuck = asyncio.Event()
        """Set when a send was not taken at once."""
        self.heard: list[dict[str, Any]] = []

    async def __call__(self, scope: "Scope", receive: "ASGIReceiveCallable", send: "ASGISendCallable") -> None:
        assert scope["type"] == "websocket"
        self.headers = list(scope["headers"])
        try:
            self.heard.append(dict(await receive()))
            await send({"type": "websocket.accept"})
            sending = asyncio.create_task(self._flood(send))
            while self.heard[-1]["type"] != "websocket.disconnect":
                self.heard.append(dict(await receive()))
            sending.cancel()
            await asyncio.wait([sending])
        finally:
            self.is_over.set()

    async def _flood(self, send: "ASGISendCallable") -> None:
        with suppress(ClientDisconnected):
            while True:
                one = asyncio.ensure_future(send({"type": "websocket.send", "bytes": bytes(2**20)}))
                done, _ = await asyncio.wait([one], timeout=0.2)
                if not done:
                    self.stuck.set()
                await one
                self.taken += 1


class Farewell:
    """An ASGI app that sends until its client is behind, and then ends."""

    def __init__(self) -> None:
        self.sent = 0
        self.is_over = asyncio.Event()

    async def __call__(self, scope: "Scope", receive: "ASGIReceiveCallable", send: "ASGISendCallable") -> None:
        assert scope["type"] == "websocket"
        await receive()
        await send({"type": "websocket.accept"})
        is_behind = False
        while not is_behind:
            last = asyncio.ensure_future(send({"type": "websocket.send", "bytes": bytes(2**20)}))
            self.sent += 1
            _, waiting = await asyncio.wait([last], timeout=0.2)
            is_behind = bool(waiting)
            last.cancel()
        self.is_over.set()


class Listener(Endpoint):
    """An ASGI app that accepts, and only listens."""

    async def _flood(self, send: "ASGISendCallable") -> None:
        pass


class WatchedSocket(PlayerSocket):
    """Tells when it is gone."""

    lost: asyncio.Event

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.lost.set()


class HearingSocket(PlayerSocket):
    """Tells what it has read, and until when it waits for a pong."""

    opened: "asyncio.Queue[HearingSocket]"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._has_read = asyncio.Event()
        self.opened.put_nowait(self)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._has_read.set()

    async def hear(self, client: ClientConnection, data: bytes) -> None:
        """Return when something was read after `client` wrote this."""
        self._has_read.clear()
        client.transport.write(data)
        await self._has_read.wait()

    def pong_due_s(self) -> float:
        """By the event loop's clock."""
        assert self.pong_timer is not None
        return self.pong_timer.when()


@asynccontextmanager
async def served(
    app: "Endpoint | Farewell", *, ping_s: float, sockets: type[PlayerSocket] = PlayerSocket
) -> AsyncGenerator[int]:
    """A server with our sockets; the block's value is its port."""
    config = uvicorn.Config(
        app,
        interface="asgi3",
        lifespan="off",
        access_log=False,
        log_config=None,
        ws=sockets,
        ws_ping_interval=ping_s,
        ws_ping_timeout=ping_s,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=1,
    )
    config.load()
    async with listening(config) as port:
        yield port


@asynccontextmanager
async def listening(config: uvicorn.Config) -> AsyncGenerator[int]:
    """A server of that configuration; the block's value is its port."""
    listener = listen("127.0.0.1", 0, reuse_port=False)
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    try:
        yield listener.getsockname()[1]
    finally:
        await server.shutdown(sockets=[listener])


@pytest.fixture
def pem(tmp_path: Path) -> dict[str, str]:
    """Serve's options for TLS."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    certificate.write_text(CERTIFICATE)
    key.write_text(KEY)
    return {"ssl_certfile": str(certificate), "ssl_keyfile": str(key)}


def tls_config(app: Endpoint, **options: str) -> uvicorn.Config:
    """What the server gets that Serve starts with these options."""
    return server_config(cast("ASGIApp", app), HTTPOptions.model_validate(options), IngressConfig())


def text_frames(text: str, count: int) -> bytes:
    """One text message in so many frames, as a client writes it."""
    data, size = text.encode(), -(-len(text) // count)
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(
        Frame(Opcode.CONT if i else Opcode.TEXT, part, fin=i == len(parts) - 1).serialize(mask=True)
        for i, part in enumerate(parts)
    )


@asynccontextmanager
async def pinged(app: Endpoint) -> AsyncGenerator[tuple[ClientConnection, HearingSocket]]:
    """A client that does not read, and the server's end of its socket, which waits for a pong."""

    class OpenedSocket(HearingSocket):
        opened: "asyncio.Queue[HearingSocket]" = asyncio.Queue()

    async with (
        served(app, ping_s=60.0, sockets=OpenedSocket) as port,
        connect(f"ws://127.0.0.1:{port}", proxy=None, ping_interval=None, close_timeout=0.1) as client,
    ):
        server = await OpenedSocket.opened.get()
        client.transport.pause_reading()
        server.send_keepalive_ping()
        yield client, server


@asynccontextmanager
async def client_that_reads_slowly(port: int, tls: ssl.SSLContext | None = None) -> AsyncGenerator[ClientConnection]:
    """A client that reads one message ahead and no more."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    raw.settimeout(0)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
    url = f"{'ws' if tls is None else 'wss'}://127.0.0.1:{port}"
    async with connect(
        url, sock=raw, ssl=tls, proxy=None, max_queue=1, ping_interval=None, close_timeout=0.1
    ) as client:
        yield client


async def test_a_send_returns_only_when_the_kernel_has_taken_the_message() -> None:
    app = Endpoint()
    async with served(app, ping_s=60.0) as port, client_that_reads_slowly(port) as client:
        async with asyncio.timeout(PATIENCE_S):
            await app.stuck.wait()
        assert app.taken < 16
        before = app.taken
        for _ in range(before + 1):
            await client.recv()
        client.transport.abort()


async def test_a_client_that_stops_reading_and_answering_is_gone() -> None:
    app = Endpoint()
    async with served(app, ping_s=0.1) as port, client_that_reads_slowly(port):
        async with asyncio.timeout(PATIENCE_S):
            await app.is_over.wait()
        assert app.heard[-1]["type"] == "websocket.disconnect"


@pytest.mark.parametrize("frames", [1, 4])
async def test_while_an_upload_comes_in_its_clients_pong_is_due_later(frames: int) -> None:
    app, upload = Listener(), text_frames("x" * 1000, frames)
    async with asyncio.timeout(PATIENCE_S), pinged(app) as (client, server):
        due_s = server.pong_due_s()
        for start in range(0, 900, 300):
            await server.hear(client, upload[start : start + 300])
            assert server.pong_due_s() > due_s
            due_s = server.pong_due_s()
        await server.hear(client, upload[900:])
        client.transport.resume_reading()
        while server.pong_timer is not None:
            await server.hear(client, b"")
        assert [message.get("text") for message in app.heard[1:]] == ["x" * 1000]


@pytest.mark.parametrize(
    "message", [Frame(Opcode.TEXT, b'{"type":"control"}'), Frame(Opcode.PING, b""), Frame(Opcode.PONG, b"")]
)
async def test_what_a_client_sends_that_has_stopped_reading_is_no_pong(message: Frame) -> None:
    async with asyncio.timeout(PATIENCE_S), pinged(Listener()) as (client, server):
        due_s = server.pong_due_s()
        for _ in range(3):
            await server.hear(client, message.serialize(mask=True))
        assert server.pong_due_s() == due_s


async def test_a_client_that_falls_silent_in_the_middle_of_an_upload_is_gone() -> None:
    app = Listener()
    async with (
        served(app, ping_s=0.1) as port,
        connect(f"ws://127.0.0.1:{port}", proxy=None, ping_interval=None, close_timeout=0.1) as client,
    ):
        client.transport.pause_reading()
        client.transport.write(text_frames("x" * 1000, 1)[:500])
        async with asyncio.timeout(PATIENCE_S):
            await app.is_over.wait()


async def test_a_client_that_never_reads_the_last_words_is_dropped_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LINGER_S", 0.1)
    monkeypatch.setattr(WatchedSocket, "lost", lost := asyncio.Event(), raising=False)
    async with served(Farewell(), ping_s=60.0, sockets=WatchedSocket) as port, client_that_reads_slowly(port):
        async with asyncio.timeout(PATIENCE_S):
            await lost.wait()


async def test_a_client_that_is_slow_to_read_the_last_words_gets_them_all() -> None:
    app, heard = Farewell(), 0
    async with served(app, ping_s=60.0) as port, client_that_reads_slowly(port) as client:
        async with asyncio.timeout(PATIENCE_S):
            await app.is_over.wait()
            with suppress(ConnectionClosed):
                async for _ in client:
                    heard += 1
    assert heard == app.sent


async def test_serve_is_told_to_leave_reading_to_us_and_no_compression_is_agreed() -> None:
    app = Endpoint()
    async with (
        served(app, ping_s=60.0) as port,
        connect(f"ws://127.0.0.1:{port}", proxy=None, compression="deflate", max_size=None) as client,
    ):
        await client.recv()
        assert client.response is not None
        assert "Sec-WebSocket-Extensions" not in client.response.headers
        assert (b"x-request-disconnect-disabled", b"?1") in app.headers
        client.transport.abort()


async def test_the_port_speaks_tls_where_serves_options_say_so(pem: dict[str, str]) -> None:
    app, trusting = Endpoint(), ssl.create_default_context(cafile=pem["ssl_certfile"])
    async with (
        asyncio.timeout(PATIENCE_S),
        listening(tls_config(app, **pem)) as port,
        connect(f"wss://127.0.0.1:{port}", proxy=None, ssl=trusting, max_size=None) as client,
    ):
        for _ in range(3):
            assert len(await client.recv()) == 2**20
        client.transport.abort()
        await app.is_over.wait()


async def test_clients_show_a_certificate_where_one_is_asked_for(pem: dict[str, str]) -> None:
    app = Endpoint()
    stranger = ssl.create_default_context(cafile=pem["ssl_certfile"])
    friend = ssl.create_default_context(cafile=pem["ssl_certfile"])
    friend.load_cert_chain(pem["ssl_certfile"], pem["ssl_keyfile"])
    config = tls_config(app, **pem, ssl_ca_certs=pem["ssl_certfile"])
    async with asyncio.timeout(PATIENCE_S), listening(config) as port:
        with pytest.raises((ssl.SSLError, ConnectionError, InvalidMessage)):
            await connect(f"wss://127.0.0.1:{port}", proxy=None, ssl=stranger)
        async with connect(f"wss://127.0.0.1:{port}", proxy=None, ssl=friend, max_size=None) as client:
            await client.recv()
            client.transport.abort()
            await app.is_over.wait()


async def test_over_tls_too_a_send_waits_for_a_client_that_reads_slowly(pem: dict[str, str]) -> None:
    app, trusting = Endpoint(), ssl.create_default_context(cafile=pem["ssl_certfile"])
    async with listening(tls_config(app, **pem)) as port, client_that_reads_slowly(port, trusting) as client:
        async with asyncio.timeout(PATIENCE_S):
            await app.stuck.wait()
        assert app.taken < 16
        client.transport.abort()


def test_a_certificate_that_cannot_be_read_keeps_the_server_from_starting(pem: dict[str, str]) -> None:
    with pytest.raises(StartupError, match=r"no TLS with /nowhere/certificate\.pem and .*: .*No such file"):
        tls_config(Endpoint(), ssl_certfile="/nowhere/certificate.pem", ssl_keyfile=pem["ssl_keyfile"])


@pytest.mark.parametrize("option", ["ssl_keyfile", "ssl_keyfile_password", "ssl_ca_certs"])
def test_half_of_what_tls_needs_is_refused(option: str) -> None:
    with pytest.raises(StartupError, match=f"http_options.{option}: TLS needs both ssl_certfile and ssl_keyfile"):
        check_tls(HTTPOptions.model_validate({option: "x"}), behind_haproxy=False)


def test_tls_that_haproxy_would_not_speak_is_refused(pem: dict[str, str]) -> None:
    with pytest.raises(StartupError, match="HAProxy speaks no TLS to replicas"):
        check_tls(HTTPOptions.model_validate(pem), behind_haproxy=True)
    check_tls(HTTPOptions.model_validate(pem), behind_haproxy=False)
    check_tls(HTTPOptions(), behind_haproxy=True)


def test_a_port_in_use_is_an_error_that_names_it() -> None:
    with listen("127.0.0.1", 0, reuse_port=False) as first:
        first.listen()
        port = first.getsockname()[1]
        with pytest.raises(BindError, match=f"cannot listen on 127.0.0.1:{port}"):
            listen("127.0.0.1", port, reuse_port=False)


def test_an_ipv6_address_gets_a_socket_of_its_family() -> None:
    with listen("::1", 0, reuse_port=False) as listener:
        assert listener.family is socket.AF_INET6
