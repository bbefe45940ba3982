"""A small server that speaks the wire contract with a moving gradient instead of a world.

    python -m tests.fakes.wire_server --port 7987

For the tests of clients and for work on them without Ray. It honours every message of a plain v5 client, and
`/health`; it loads, records and judges nothing (a picture is unsafe when its bytes contain UNSAFE).
"""

import argparse
import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs, urlsplit

import numpy as np
import simplejpeg
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response as HttpResponse

from protocol.errors import MessageId
from protocol.http import Capabilities, HealthResponse, SafetyHealth, WorldEngineHealth
from protocol.server import ErrorPush
from protocol.version import PROTOCOL_VERSION, speaks_our_version
from tests.fakes.wire_session import FakeSession, FakeSettings

PICTURES: Final = 32
"""So many different gradients are encoded once and sent round and round."""


def gradient(height: int, width: int, phase: float) -> bytes:
    """JPEG of a colour gradient; phases from 0 to 1 make a loop."""
    rows, columns = np.linspace(0, 1, height)[:, None], np.linspace(0, 1, width)[None, :]
    waves = [np.sin(2 * np.pi * (weight * rows + columns + phase)) for weight in (0.5, 1.0, 2.0)]
    pixels = np.stack([np.broadcast_to(127.5 + 127.5 * wave, (height, width)) for wave in waves], axis=-1)
    return simplejpeg.encode_jpeg(np.ascontiguousarray(pixels, dtype=np.uint8), quality=85)


class FakeServer:
    """The server and what it has seen."""

    def __init__(self, settings: FakeSettings) -> None:
        self.settings = settings
        self.open_sessions = 0
        self.sessions_so_far = 0
        self.texts: list[str | bytes] = []
        """Every message it received, valid or not."""
        self.pictures = [
            gradient(settings.frame_height, settings.frame_width, phase / PICTURES) for phase in range(PICTURES)
        ]
        self.port = 0

    @property
    def url(self) -> str:
        """What a client connects to."""
        return f"ws://127.0.0.1:{self.port}"

    def answer_http(self, connection: ServerConnection, request: HttpRequest) -> HttpResponse | None:
        """`/health`; everything but the socket is not found."""
        path = urlsplit(request.path).path
        if path == "/ws":
            return None
        if path != "/health":
            return connection.respond(HTTPStatus.NOT_FOUND, "not found\n")
        is_busy = self.open_sessions > 0
        body = HealthResponse(
            startup_complete=True,
            world_engine=WorldEngineHealth(loaded=is_busy, warmed_up=is_busy, has_seed=is_busy),
            safety=SafetyHealth(loaded=True),
            capabilities=Capabilities(backends=(), quants={}),
            launched_from_standalone=False,
        )
        response = connection.respond(HTTPStatus.OK, body.to_json())
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "application/json"
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    async def converse(self, connection: ServerConnection) -> None:
        """One socket, from the judgement of its URL to its end."""
        query = parse_qs(urlsplit(connection.request.path if connection.request else "").query)
        claimed = query.get("protocol_version", [None])[0]
        session = FakeSession(connection, self.settings, self.pictures, self.texts.append)
        if not speaks_our_version(claimed):
            params = {"client": claimed or "unknown", "server": str(PROTOCOL_VERSION)}
            await session.send(ErrorPush(message_id=MessageId.PROTOCOL_VERSION_MISMATCH, params=params))
            return
        if self.open_sessions >= self.settings.capacity:
            await session.send(ErrorPush(message_id=MessageId.SERVER_BUSY))
            return
        self.open_sessions += 1
        self.sessions_so_far += 1
        try:
            with suppress(ConnectionClosed):
                await session.run()
        finally:
            self.open_sessions -= 1


@asynccontextmanager
async def fake_server(settings: FakeSettings | None = None, port: int = 0) -> AsyncGenerator[FakeServer]:
    """A running fake; port 0 means any free one."""
    fake = FakeServer(settings or FakeSettings())
    async with serve(
        fake.converse,
        "127.0.0.1",
        port,
        compression="deflate" if fake.settings.compression else None,
        process_request=fake.answer_http,
        max_size=2**25,
    ) as server:
        fake.port = _port(server)
        yield fake


def _port(server: Server) -> int:
    return next(iter(server.sockets)).getsockname()[1]


async def _serve_forever(settings: FakeSettings, port: int) -> None:
    async with fake_server(settings, port) as fake:
        print(f"a fake Biome server at {fake.url}", flush=True)
        await asyncio.get_running_loop().create_future()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=7987)
    parser.add_argument("--height", type=int, default=360)
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--sub-frames", type=int, default=4)
    parser.add_argument("--pass-ms", type=float, default=30.0)
    parser.add_argument("--capacity", type=int, default=4)
    options = parser.parse_args()
    settings = FakeSettings(
        frame_height=options.height,
        frame_width=options.width,
        sub_frames=options.sub_frames,
        pass_s=options.pass_ms / 1000,
        capacity=options.capacity,
    )
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve_forever(settings, options.port))


if __name__ == "__main__":
    main()
