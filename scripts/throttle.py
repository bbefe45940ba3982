"""A slow network in front of a socket: what comes down it is read at a bounded rate, with a small receive buffer.

The server sees what a player on a slow line makes it see: a full TCP window. What the client sends is not slowed.
"""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from math import inf
from typing import Final

CHUNK_BYTES: Final = 4096
"""Read at a time; small against what a second brings, so that the rate is smooth."""

RECEIVE_BUFFER_BYTES: Final = 32 * 1024
SLACK_S: Final = 0.02
"""How much a timer may be late without the line becoming slower than it says."""


@dataclass(slots=True)
class Meter:
    """When may the next bytes be taken? A rate without bursts: time that was not used is lost, but for a late timer."""

    bytes_per_s: float
    free_at_s: float = -inf

    def take(self, count: int, now_s: float) -> float:
        """Account for `count` bytes taken at `now_s`; seconds until the next may be taken."""
        self.free_at_s = max(self.free_at_s, now_s - SLACK_S) + count / self.bytes_per_s
        return max(0.0, self.free_at_s - now_s)


@asynccontextmanager
async def throttled_socket(
    host: str, port: int, *, read_mbit: float, receive_buffer_bytes: int = RECEIVE_BUFFER_BYTES
) -> AsyncGenerator[socket.socket]:
    """A connected socket to `host:port` from which `read_mbit` million bits a second come at most.

    Closing it closes the connection; the connection's end ends it.
    """
    loop = asyncio.get_running_loop()
    family, kind, protocol, _, address = (await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM))[0]
    far = socket.socket(family, kind, protocol)
    far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
    far.settimeout(0)
    near, inner = socket.socketpair()
    near.settimeout(0)
    inner.settimeout(0)
    with far, near, inner:
        await loop.sock_connect(far, address)
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pumps = [
            asyncio.create_task(_pump(far, inner, Meter(read_mbit * 1e6 / 8))),
            asyncio.create_task(_pump(inner, far, None)),
        ]
        try:
            yield near
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)


async def _pump(source: socket.socket, sink: socket.socket, meter: Meter | None) -> None:
    """Carry bytes from one socket to the other until either end is gone."""
    loop = asyncio.get_running_loop()
    with suppress(OSError):
        while data := await loop.sock_recv(source, CHUNK_BYTES if meter else 2**16):
            await loop.sock_sendall(sink, data)
            if meter:
                await asyncio.sleep(meter.take(len(data), loop.time()))
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
