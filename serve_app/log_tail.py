"""Following a log file that other processes append to, line by line.

Owns the splitting of chunks into lines and the reading of what is new. Used twice: by the launcher, which prints the
server's log, and by the ingress of the local profile, which sends the server's own records to its client.
"""

import asyncio
import os
from collections import deque
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

from deployments.log_records import parse_record, to_log_push
from protocol.server import LogPush

LINE_LIMIT_BYTES: Final = 256 * 1024
"""A line that grows beyond this without ending is handed on in pieces."""

CHUNK_LIMIT_BYTES: Final = 1024 * 1024
REPLAY_WINDOW_BYTES: Final = 512 * 1024
"""How far back a replay looks for its records."""

REPLAYED_RECORDS: Final = 220
POLL_INTERVAL_S: Final = 0.25


class LineSplitter:
    """Chunks of bytes in, whole lines of text out, without their ends. Blank lines are dropped."""

    def __init__(self) -> None:
        self._partial = b""

    def feed(self, chunk: bytes) -> list[str]:
        """The lines that `chunk` completes."""
        *whole, self._partial = (self._partial + chunk).split(b"\n")
        while len(self._partial) > LINE_LIMIT_BYTES:
            whole.append(self._partial[:LINE_LIMIT_BYTES])
            self._partial = self._partial[LINE_LIMIT_BYTES:]
        return [line.decode("utf-8", "replace") for line in whole if line.strip()]

    def flush(self) -> list[str]:
        """What is left of a line that nobody will complete."""
        rest, self._partial = self._partial, b""
        return [rest.decode("utf-8", "replace")] if rest.strip() else []


class LogTail:
    """What was appended to `path` since the last look. A truncated or replaced file is read from its start."""

    def __init__(self, path: Path, *, start_bytes: int = 0) -> None:
        self._path = path
        self._offset_bytes = start_bytes
        self._inode: int | None = None
        self._splitter = LineSplitter()

    def read_lines(self) -> list[str]:
        """The lines completed since the last call; none while the file is not there."""
        try:
            with self._path.open("rb") as file:
                return self._read_new(file.fileno())
        except FileNotFoundError:
            return []

    def flush(self) -> list[str]:
        """The new lines, and the unfinished one after them."""
        return [*self.read_lines(), *self._splitter.flush()]

    def _read_new(self, fd: int) -> list[str]:
        status = os.fstat(fd)
        if status.st_size < self._offset_bytes or self._inode not in {None, status.st_ino}:
            self._offset_bytes = 0
            self._splitter = LineSplitter()
        self._inode = status.st_ino
        lines: list[str] = []
        while chunk := os.pread(fd, CHUNK_LIMIT_BYTES, self._offset_bytes):
            self._offset_bytes += len(chunk)
            lines += self._splitter.feed(chunk)
        return lines


async def follow_server_records(
    path: Path, *, replayed: int = REPLAYED_RECORDS, poll_interval_s: float = POLL_INTERVAL_S
) -> AsyncGenerator[LogPush]:
    """The server's own records, those that belong to no session: the last `replayed` ones first, then as they come."""
    start_bytes = await asyncio.to_thread(_replay_start_bytes, path)
    tail = LogTail(path, start_bytes=start_bytes)
    lines = await asyncio.to_thread(tail.read_lines)
    if start_bytes > 0:
        # The window begins somewhere within a line.
        lines = lines[1:]
    recent: deque[LogPush] = deque(_server_records(lines), maxlen=replayed)
    while True:
        for push in recent:
            yield push
        await asyncio.sleep(poll_interval_s)
        recent = deque(_server_records(await asyncio.to_thread(tail.read_lines)))


def _server_records(lines: list[str]) -> list[LogPush]:
    records = (parse_record(line) for line in lines)
    return [to_log_push(record) for record in records if record.get("session_id") is None]


def _replay_start_bytes(path: Path) -> int:
    try:
        return max(0, path.stat().st_size - REPLAY_WINDOW_BYTES)
    except FileNotFoundError:
        return 0
