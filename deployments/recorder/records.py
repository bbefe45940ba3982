"""The spool's byte format: length-prefixed, checked records, and where a file that was cut short ends.

    file    = magic, then records: one CHUNK record first, then BATCH and EDIT records as they happened
    record  = u32 body_len, u32 crc32 of kind and body, u8 kind, body; little-endian

A killed process leaves a record half written; a power cut may leave zeros or old blocks behind a correct file size.
Either fails the check, and the file counts as ending before that record. Pure: bytes in, records out.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO, Final

from pydantic import BaseModel, ConfigDict

MAGIC: Final = b"BIOMESP1"

_HEAD: Final = struct.Struct("<IIB")


class RecordKind(IntEnum):
    """What a record's body is."""

    CHUNK = 1
    """JSON of `ChunkStart`."""
    BATCH = 2
    """An envelope as the client got it."""
    EDIT = 3
    """The prompt of a scene edit, UTF-8."""


class ShownCaption(BaseModel):
    """A caption and for how many frames it has been shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str
    age_frames: int


class ChunkStart(BaseModel):
    """What a chunk has to know of those before it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    caption: ShownCaption | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One record, and where in the file it ends."""

    kind: RecordKind
    body: bytes
    end: int


def pack_head(kind: RecordKind, body: bytes) -> bytes:
    """What stands before `body`."""
    return _HEAD.pack(len(body), _check_sum(kind, body), kind)


def read_records(file: BinaryIO, size: int) -> Iterator[Record]:
    """The complete records of a file of `size` bytes, read from its start; ends before the first damaged one."""
    if file.read(len(MAGIC)) != MAGIC:
        return
    at = len(MAGIC)
    while at + _HEAD.size <= size:
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return
        length, check_sum, kind = _HEAD.unpack(head)
        at += _HEAD.size + length
        if at > size or kind not in _KINDS:
            return
        body = file.read(length)
        if len(body) < length or _check_sum(kind, body) != check_sum:
            return
        yield Record(RecordKind(kind), body, at)


_KINDS: Final = frozenset(RecordKind)


def _check_sum(kind: int, body: bytes) -> int:
    return zlib.crc32(body, kind)
