"""Length and size of a finished MP4, read from its index alone, without a media library.

Understands what `joining` writes: the index (`moov`) in front, one video track. Box layouts: ISO/IEC 14496-12.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

INDEX_LIMIT_BYTES: Final = 64 * 2**20
"""Ten hours of video have an index of about 10 MB."""

_CONTAINERS: Final = frozenset({b"trak", b"mdia", b"minf", b"stbl"})


@dataclass(frozen=True, slots=True)
class Mp4Facts:
    """Of the video track; sizes in pixels."""

    frames: int
    duration_s: float
    width: int
    height: int


def read_mp4_facts(path: Path) -> Mp4Facts | None:
    """The facts of a file; None when it is no such MP4. Remembered until the file changes. Raises OSError."""
    stat = path.stat()
    return _read(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=4096)
def _read(path: Path, size_bytes: int, changed_ns: int) -> Mp4Facts | None:  # noqa: ARG001 (part of the key)
    index = _read_index(path)
    if index is None:
        return None
    boxes = dict(_boxes(index))
    try:
        timescale, duration = _movie_length(boxes[b"mvhd"])
        width, height = struct.unpack_from(">II", boxes[b"tkhd"], len(boxes[b"tkhd"]) - 8)
        (frames,) = struct.unpack_from(">I", boxes[b"stsz"], 8)
    except (KeyError, struct.error):
        return None
    return Mp4Facts(frames, duration / timescale if timescale else 0.0, width >> 16, height >> 16)


def _read_index(path: Path) -> bytes | None:
    """The content of `moov`."""
    with path.open("rb") as file:
        while len(head := file.read(8)) == 8:
            length, kind = struct.unpack(">I4s", head)
            if kind == b"moov":
                return file.read(min(length - 8, INDEX_LIMIT_BYTES))
            if kind == b"mdat" or length < 8:
                return None
            file.seek(length - 8, 1)
    return None


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of all boxes, those inside containers too."""
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if length < 8:
            return
        content = data[at + 8 : at + length]
        yield kind, content
        if kind in _CONTAINERS:
            yield from _boxes(content)
        at += length


def _movie_length(header: bytes) -> tuple[int, int]:
    """Time scale and duration of `mvhd`, whose version decides how wide its times are."""
    if header[:1] == b"\x01":
        timescale, duration = struct.unpack_from(">IQ", header, 20)
    else:
        timescale, duration = struct.unpack_from(">II", header, 12)
    return timescale, duration
