"""The envelope under any content and any damage."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.frame import Envelope, EnvelopeError, FrameHeader, pack_envelope, unpack_envelope

finite = st.floats(allow_nan=False, allow_infinity=False)
timing = st.none() | finite

headers = st.builds(
    FrameHeader,
    frame_id=st.integers(min_value=0, max_value=2**63),
    client_ts=finite,
    gen_ms=finite,
    temporal_compression=st.integers(min_value=1, max_value=64),
    vram_used_bytes=st.integers(min_value=-1, max_value=2**50),
    gpu_util_percent=st.floats(min_value=-1, max_value=100),
    t_infer_ms=timing,
    t_sync_ms=timing,
    t_enc_ms=timing,
    t_metrics_ms=timing,
    t_overhead_ms=timing,
)
envelopes = st.builds(Envelope, header=headers, jpegs=st.lists(st.binary(max_size=64), max_size=6).map(tuple))

WHOLE = pack_envelope(FrameHeader(frame_id=3, client_ts=1.5, gen_ms=30), (b"first", b"", b"third"))


@given(envelopes)
def test_every_envelope_comes_back_as_it_was(envelope: Envelope) -> None:
    assert unpack_envelope(pack_envelope(envelope.header, envelope.jpegs)) == envelope


@given(st.binary(max_size=256))
def test_random_bytes_are_an_envelope_or_an_envelope_error(data: bytes) -> None:
    try:
        envelope = unpack_envelope(data)
    except EnvelopeError:
        return
    assert unpack_envelope(pack_envelope(envelope.header, envelope.jpegs)) == envelope


@given(st.integers(min_value=0, max_value=len(WHOLE) - 1), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_never_raises_anything_but_an_envelope_error(at: int, change: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[at] ^= change
    try:
        unpack_envelope(bytes(damaged))
    except EnvelopeError:
        return


@given(st.text(alphabet=string.printable, max_size=64))
def test_a_header_of_any_text_is_accepted_whole_or_refused(text: str) -> None:
    head = text.encode()
    with pytest.raises(EnvelopeError):
        unpack_envelope(len(head).to_bytes(4, "little") + head + bytes(4))


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_an_envelope_cut_at_any_byte_is_refused(length: int) -> None:
    with pytest.raises(EnvelopeError):
        unpack_envelope(WHOLE[:length])


def test_an_envelope_may_be_empty_of_pictures() -> None:
    header = FrameHeader(frame_id=0, client_ts=0, gen_ms=0)
    assert unpack_envelope(pack_envelope(header, ())).jpegs == ()
