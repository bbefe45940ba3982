"""A line to a server that can be cut or go dead: TCP in the middle, so that a test may lose a server without harm."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final

HOST: Final = "127.0.0.1"
CHUNK_BYTES: Final = 64 * 1024


class CuttableLine:
    """Passes bytes on, both ways, until it is cut or goes dead; mended, it takes new connections again."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._is_cut = False
        self._is_alive = asyncio.Event()
        self._is_alive.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._port = 0

    @property
    def url(self) -> str:
        """Where the server seems to be."""
        return f"http://{HOST}:{self._port}"

    def cut(self) -> None:
        """Drop every connection, and every new one at once."""
        self._is_cut = True
        for writer in tuple(self._writers):
            writer.transport.abort()

    def go_dead(self) -> None:
        """Keep every connection and pass nothing on, as a network does that went away."""
        self._is_alive.clear()

    def mend(self) -> None:
        """Take connections again, and pass on what was kept back."""
        self._is_cut = False
        self._is_alive.set()

    @asynccontextmanager
    async def open(self) -> AsyncGenerator["CuttableLine"]:
        """Listen on a free port for as long as the block lasts."""
        server = await asyncio.start_server(self._serve, HOST, 0)
        self._port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()
            self._is_alive.set()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        there_reader, there_writer = await asyncio.open_connection(HOST, self._target_port)
        ends = {writer, there_writer}
        self._writers |= ends
        try:
            async with asyncio.TaskGroup() as both_ways:
                both_ways.create_task(self._pass_on(reader, there_writer))
                both_ways.create_task(self._pass_on(there_reader, writer))
        finally:
            self._writers -= ends
            for end in ends:
                end.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK_BYTES):
                await self._is_alive.wait()
                writer.write(data)
                await writer.drain()
        # The other direction may still have something to say; a WebSocket that one side left does not.
        writer.transport.abort()
