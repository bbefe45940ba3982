"""The binary envelope: one message per inference pass, little-endian.

`u32 header_len · header JSON · u32 sub_count · sub_count times (u32 jpeg_len · JPEG)`
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from protocol.base import OutboundModel

JPEG_QUALITY: Final = 85

_U32: Final = struct.Struct("<I")


class FrameHeader(OutboundModel):
    """What a client knows of a batch. `t_*` are on generated batches only; all of them in milliseconds."""

    frame_id: int
    """Id of the first sub-frame; the others follow on."""
    client_ts: float
    """The `ts` of the latest control that this batch consumed, on the client's clock, in milliseconds."""
    gen_ms: float
    """From the start of the pass until its frames were in host memory."""
    temporal_compression: int = 1
    vram_used_bytes: int = -1
    gpu_util_percent: float = -1
    t_infer_ms: float | None = None
    """In the engine: from the call until it returned."""
    t_sync_ms: float | None = None
    """Waiting for the device and copying its frames to host memory."""
    t_enc_ms: float | None = None
    """Encoding all sub-frames to JPEG, wall-clock."""
    t_metrics_ms: float | None = None
    """Reading the device's memory and load."""
    t_overhead_ms: float | None = None
    """The rest, from the start of the pass until the envelope was packed."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A decoded envelope."""

    header: FrameHeader
    jpegs: tuple[bytes, ...]


class EnvelopeError(ValueError):
    """Bytes that are no envelope."""

    def __init__(self, flaw: str) -> None:
        super().__init__(f"not an envelope: {flaw}")


def pack_envelope(header: FrameHeader, jpegs: Sequence[bytes]) -> bytes:
    """The wire bytes of one batch."""
    head = header.to_json().encode()
    parts: list[bytes] = [_U32.pack(len(head)), head, _U32.pack(len(jpegs))]
    for jpeg in jpegs:
        parts += (_U32.pack(len(jpeg)), jpeg)
    return b"".join(parts)


def unpack_envelope(data: bytes) -> Envelope:
    """The inverse of `pack_envelope`. Raises EnvelopeError for anything else, trailing bytes included."""
    head, at = _take(data, 0)
    if at + _U32.size > len(data):
        raise EnvelopeError("truncated")
    (count,) = _U32.unpack_from(data, at)
    at += _U32.size
    jpegs: list[bytes] = []
    for _ in range(count):
        jpeg, at = _take(data, at)
        jpegs.append(jpeg)
    if at != len(data):
        raise EnvelopeError("overlong")
    try:
        header = FrameHeader.model_validate_json(head, strict=True)
    except ValidationError as error:
        raise EnvelopeError(str(error)) from error
    return Envelope(header=header, jpegs=tuple(jpegs))


def _take(data: bytes, at: int) -> tuple[bytes, int]:
    """The length-prefixed field at `at`, and where the next one starts."""
    start = at + _U32.size
    if start > len(data):
        raise EnvelopeError("truncated")
    (length,) = _U32.unpack_from(data, at)
    if start + length > len(data):
        raise EnvelopeError("truncated")
    return data[start : start + length], start + length
