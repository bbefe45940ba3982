"""The binary envelope, byte by byte. If this fails, fix the change, not the test."""

import pytest

from protocol.frame import JPEG_QUALITY, Envelope, EnvelopeError, FrameHeader, pack_envelope, unpack_envelope

SEED_BYTES = (
    b"\x71\x00\x00\x00"
    b'{"frame_id":0,"client_ts":0.0,"gen_ms":0.0,"temporal_compression":1,"vram_used_bytes":-1,"gpu_util_percent":-1.0}'
    b"\x01\x00\x00\x00"
    b"\x03\x00\x00\x00abc"
)
SEED = Envelope(header=FrameHeader(frame_id=0, client_ts=0, gen_ms=0), jpegs=(b"abc",))

BATCH_BYTES = (
    b"\xdb\x00\x00\x00"
    b'{"frame_id":257,"client_ts":1234.5,"gen_ms":30.25,"temporal_compression":4,"vram_used_bytes":8589934592,'
    b'"gpu_util_percent":97.5,'
    b'"t_infer_ms":30.0,"t_sync_ms":0.25,"t_enc_ms":9.5,"t_metrics_ms":0.125,"t_overhead_ms":0.5}'
    b"\x02\x00\x00\x00"
    b"\x02\x00\x00\x00\xff\xd8"
    b"\x00\x01\x00\x00" + b"x" * 256
)
BATCH = Envelope(
    header=FrameHeader(
        frame_id=257,
        client_ts=1234.5,
        gen_ms=30.25,
        temporal_compression=4,
        vram_used_bytes=8 * 2**30,
        gpu_util_percent=97.5,
        t_infer_ms=30,
        t_sync_ms=0.25,
        t_enc_ms=9.5,
        t_metrics_ms=0.125,
        t_overhead_ms=0.5,
    ),
    jpegs=(b"\xff\xd8", b"x" * 256),
)

HEAD = b'{"frame_id":1,"client_ts":2,"gen_ms":3}'
"""What a client may rely on having: the other fields have defaults."""

BOTH = pytest.mark.parametrize(("data", "envelope"), [(SEED_BYTES, SEED), (BATCH_BYTES, BATCH)], ids=["seed", "batch"])


def u32(number: int) -> bytes:
    return number.to_bytes(4, "little")


@BOTH
def test_envelope_is_written_as_the_bytes(data: bytes, envelope: Envelope) -> None:
    assert pack_envelope(envelope.header, envelope.jpegs) == data


@BOTH
def test_bytes_are_read_as_the_envelope(data: bytes, envelope: Envelope) -> None:
    assert unpack_envelope(data) == envelope


def test_absent_fields_of_a_header_have_the_defaults_of_the_contract() -> None:
    header = unpack_envelope(u32(len(HEAD)) + HEAD + u32(0)).header
    assert (header.temporal_compression, header.vram_used_bytes, header.gpu_util_percent) == (1, -1, -1)
    assert (header.t_infer_ms, header.t_sync_ms, header.t_enc_ms) == (None, None, None)
    assert (header.t_metrics_ms, header.t_overhead_ms) == (None, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        u32(0),
        u32(0) + u32(0),
        u32(2**32 - 1) + HEAD,
        u32(len(HEAD)) + HEAD + u32(2**32 - 1),
        u32(len(HEAD)) + HEAD + u32(1) + u32(2**32 - 1),
        u32(len(HEAD)) + HEAD + u32(0) + b"x",
        len(HEAD).to_bytes(4, "big") + HEAD + u32(0),
        u32(2) + b"{}" + u32(0),
        u32(4) + b"null" + u32(0),
        u32(1) + b"\xff" + u32(0),
        u32(len(HEAD) + 4) + HEAD.replace(b"2", b"1e999") + u32(0),
        u32(len(HEAD) + 2) + HEAD.replace(b"1", b'"1"') + u32(0),
    ],
    ids=[
        "nothing",
        "no count",
        "empty header",
        "endless header",
        "endless count",
        "endless jpeg",
        "trailing byte",
        "big-endian",
        "header without fields",
        "null header",
        "header that is not text",
        "infinite number",
        "number as text",
    ],
)
def test_bytes_that_are_no_envelope_are_refused(data: bytes) -> None:
    with pytest.raises(EnvelopeError):
        unpack_envelope(data)


def test_jpeg_quality() -> None:
    assert JPEG_QUALITY == 85
