"""Both ends of a link over a real loopback socket."""

import socket
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from deployments.link import Link, LinkServer, open_link
from protocol.base import LinkModel
from protocol.link import LinkCodec

DownT = TypeVar("DownT", bound=LinkModel)
UpT = TypeVar("UpT", bound=LinkModel)

PATIENCE_S = 10.0
"""Past it a test is stuck; nothing is decided by it."""


@dataclass(frozen=True, slots=True)
class LinkPair(Generic[DownT, UpT]):
    """One link: commands go down from `near`, facts go up from `far`."""

    near: Link[UpT, DownT]
    far: Link[DownT, UpT]


@asynccontextmanager
async def linked_pair(down: LinkCodec[DownT], up: LinkCodec[UpT]) -> AsyncGenerator[LinkPair[DownT, UpT]]:
    """A link whose both ends are in this process."""
    async with (
        LinkServer("127.0.0.1") as server,
        server.expect("a-replica") as expected,
        open_link(expected.grant, up, down, timeout_s=PATIENCE_S) as near,
    ):
        far = await expected.arrive(down, up, timeout_s=PATIENCE_S)
        yield LinkPair(near, far)


def cut(link: Link[UpT, DownT]) -> None:
    """Cut a link's TCP connection as a killed process does: a reset, and no closing handshake."""
    transport = link._connection.transport  # pyright: ignore[reportPrivateUsage]
    raw: socket.socket = transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
