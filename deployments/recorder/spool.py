"""Writing and reading the spool of one segment: a row of append-only chunk files.

Every record goes to the operating system at once, unbuffered, so that the death of this process loses nothing that was
appended; only a power cut may cost the last seconds. Blocking: it belongs on the disk thread. Formats are in
`records`, file names in `folder`.
"""

import errno
import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Final, Protocol

from deployments.recorder.folder import SegmentFolder, is_chunk_name
from deployments.recorder.naming import parse_recording_id
from deployments.recorder.records import MAGIC, ChunkStart, Record, RecordKind, ShownCaption, pack_head, read_records

MIB: Final = 2**20


class SpoolError(Exception):
    """Nothing more can be recorded; `str` is the reason for a person. What was appended before stays."""


@dataclass(frozen=True, slots=True)
class SpoolLimits:
    """When a chunk is full, and when the disk is."""

    chunk_bytes: int
    min_free_bytes: int
    spool_bytes: int


class ByteSink(Protocol):
    """The part of a raw file that a chunk needs; tests put a full disk here."""

    def write(self, data: memoryview, /) -> int | None: ...
    def truncate(self, size: int, /) -> int: ...
    def seek(self, offset: int, /) -> int: ...
    def close(self) -> None: ...


class ChunkWriter:
    """One chunk file. A record that does not fit on the disk leaves no trace in it."""

    def __init__(self, sink: ByteSink) -> None:
        self._sink = sink
        self.size = 0
        self._write(MAGIC)
        self.size = len(MAGIC)

    def append(self, kind: RecordKind, body: bytes) -> None:
        """Append one record. Raises OSError; the file then ends with the record before."""
        head = pack_head(kind, body)
        try:
            self._write(head)
            self._write(body)
        except OSError:
            self._sink.truncate(self.size)
            self._sink.seek(self.size)
            raise
        self.size += len(head) + len(body)

    def close(self) -> None:
        """Close the file."""
        self._sink.close()

    def _write(self, data: bytes) -> None:
        """All of `data`: a raw file takes as much as it likes."""
        rest = memoryview(data)
        while rest:
            taken = self._sink.write(rest)
            if not taken:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            rest = rest[taken:]


class SegmentSpool:
    """The spool of an open segment. Not for two threads at once."""

    def __init__(self, folder: SegmentFolder, limits: SpoolLimits) -> None:
        """Begin the first chunk. Raises SpoolError when the disk does not allow it."""
        self._folder = folder
        self._limits = limits
        self._caption: ShownCaption | None = None
        self._index = 0
        self.frames = 0
        self.bytes = 0
        with told_to_a_person():
            self._chunk = self._begin_chunk()

    def append_batch(self, envelope: bytes, frames: int) -> bool:
        """Append an envelope of so many frames; whether a chunk was completed by it. Raises SpoolError."""
        with told_to_a_person():
            self._chunk.append(RecordKind.BATCH, envelope)
            self.frames += frames
            self.bytes += len(envelope)
            if self._caption is not None:
                self._caption = ShownCaption(prompt=self._caption.prompt, age_frames=self._caption.age_frames + frames)
            if self._chunk.size < self._limits.chunk_bytes:
                return False
            self._end_chunk()
            self._chunk = self._begin_chunk()
            return True

    def append_edit(self, prompt: str) -> None:
        """Append a caption that begins with the next frame. Raises SpoolError."""
        with told_to_a_person():
            self._chunk.append(RecordKind.EDIT, prompt.encode())
        self._caption = ShownCaption(prompt=prompt, age_frames=0)

    def close(self) -> None:
        """Complete the last chunk. Raises SpoolError; then the chunk is found as one that was left open."""
        with told_to_a_person():
            self._end_chunk()

    def _begin_chunk(self) -> ChunkWriter:
        self._check_disk()
        path = self._folder.chunk_path(self._index, is_open=True)
        chunk = ChunkWriter(FileIO(path, "xb"))
        chunk.append(RecordKind.CHUNK, ChunkStart(caption=self._caption).model_dump_json().encode())
        return chunk

    def _end_chunk(self) -> None:
        self._chunk.close()
        path = self._folder.chunk_path(self._index, is_open=True)
        if path.exists():
            path.rename(self._folder.chunk_path(self._index, is_open=False))
        self._index += 1

    def _check_disk(self) -> None:
        free_bytes = shutil.disk_usage(self._folder.path).free
        if free_bytes < self._limits.min_free_bytes:
            limit = self._limits.min_free_bytes // MIB
            msg = f"the disk has {free_bytes // MIB} MiB left, and recording stops at {limit}"
            raise SpoolError(msg)
        waiting_bytes = backlog(self._folder.path.parent).bytes
        if waiting_bytes > self._limits.spool_bytes:
            msg = f"the encoder is {waiting_bytes // MIB} MiB behind, and recording stops at that"
            raise SpoolError(msg)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits to be encoded."""

    files: int
    bytes: int


def backlog(spool_dir: Path) -> Backlog:
    """What waits in all folders that have not been set aside. A file or folder that cannot be read counts nothing."""
    sizes = list(_sizes(spool_dir))
    return Backlog(len(sizes), sum(sizes))


def _sizes(spool_dir: Path) -> Iterator[int]:
    for folder in _entries(spool_dir):
        if parse_recording_id(folder.name) is None:
            continue
        for file in _entries(folder.path):
            if is_chunk_name(file.name):
                with suppress(OSError):
                    yield file.stat().st_size


def _entries(folder: str | os.PathLike[str]) -> list[os.DirEntry[str]]:
    """What is in a folder, as far as it can be read: the encoder deletes folders meanwhile."""
    with suppress(OSError), os.scandir(folder) as entries:
        return list(entries)
    return []


def read_chunk(path: Path) -> Iterator[Record]:
    """The complete records of a chunk file."""
    with path.open("rb") as file:
        yield from read_records(file, path.stat().st_size)


@contextmanager
def told_to_a_person() -> Generator[None]:
    """Turns an OSError into a SpoolError."""
    try:
        yield
    except OSError as error:
        msg = f"cannot write: {error.strerror or error}"
        raise SpoolError(msg) from error
