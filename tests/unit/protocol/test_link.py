"""Link messages survive the way from one process to another."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pydantic import ValidationError

from protocol.base import LinkModel
from protocol.errors import BiomeError, DeviceLostError, InvalidMessageError, MessageId, ProtocolVersionError
from protocol.link import (
    RECORDER_COMMANDS,
    RECORDER_FACTS,
    WORLD_COMMANDS,
    WORLD_FACTS,
    Batch,
    CommandId,
    ErrorReport,
    LeaseGrant,
    LinkCodec,
    LinkCodecError,
    RecorderCommand,
    RecorderFact,
    ResetWorld,
    Seed,
    WorldCommand,
    WorldFact,
)
from protocol.server import LogPush, Snapshot

CODECS: list[tuple[LinkCodec[Any], tuple[type[LinkModel], ...]]] = [
    (WORLD_COMMANDS, get_args(WorldCommand)),
    (WORLD_FACTS, get_args(WorldFact)),
    (RECORDER_COMMANDS, get_args(RecorderCommand)),
    (RECORDER_FACTS, get_args(RecorderFact)),
]
KINDS = [(codec, kind) for codec, kinds in CODECS for kind in kinds]

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(
    LogPush, st.builds(LogPush, event=st.text(), fields=st.none() | st.just({"i": 1, "f": 1.5, "b": True, "s": "1"}))
)


def any_message(kind: type[LinkModel]) -> SearchStrategy[LinkModel]:
    """Messages of a kind with every field drawn, the optional ones too."""
    fields: dict[str, Any] = {name: ... for name in kind.model_fields if name not in {"type", "payload"}}
    if "payload" in kind.model_fields:
        fields["payload"] = st.binary(max_size=64)
    return st.builds(kind, **fields)


def head(text: bytes) -> bytes:
    return len(text).to_bytes(4, "little") + text


@pytest.mark.parametrize(("codec", "kind"), KINDS, ids=[kind.__name__ for _, kind in KINDS])
@given(data=st.data())
def test_every_link_message_comes_back_as_it_was(
    codec: LinkCodec[Any], kind: type[LinkModel], data: st.DataObject
) -> None:
    message = data.draw(any_message(kind))
    assert codec.decode(codec.encode(message)) == message


@pytest.mark.parametrize(("codec", "_kinds"), CODECS)
@given(data=st.binary(max_size=64) | st.binary(max_size=32).map(head))
def test_random_bytes_on_a_link_raise_nothing_but_value_errors(
    codec: LinkCodec[Any], _kinds: tuple[type[LinkModel], ...], data: bytes
) -> None:
    with pytest.raises(ValueError):
        codec.decode(data)


def test_a_payload_travels_as_it_is_behind_its_header() -> None:
    jpeg = b"\xff\xd8 not escaped \x00"
    data = WORLD_FACTS.encode(Batch(epoch=1, frame_id=5, sub_frames=4, consumed=None, payload=jpeg))
    assert data.endswith(jpeg)
    assert int.from_bytes(data[:4], "little") == len(data) - 4 - len(jpeg)


def test_a_message_of_the_other_direction_is_refused() -> None:
    with pytest.raises(ValidationError):
        WORLD_FACTS.decode(WORLD_COMMANDS.encode(ResetWorld()))


def test_a_payload_behind_a_message_that_has_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        WORLD_COMMANDS.decode(WORLD_COMMANDS.encode(ResetWorld()) + b"x")


@pytest.mark.parametrize("data", [head(b"[]"), head(b"[]") + b"payload", head(b"3") + b"payload"])
def test_a_header_that_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(LinkCodecError):
        WORLD_COMMANDS.decode(data)


def test_a_link_message_cut_inside_its_header_is_refused() -> None:
    whole = WORLD_COMMANDS.encode(ResetWorld())
    for length in range(len(whole)):
        with pytest.raises(LinkCodecError):
            WORLD_COMMANDS.decode(whole[:length])


def test_a_picture_does_not_show_in_the_representation_of_its_message() -> None:
    seed = Seed(command_id=CommandId(1), is_original=True, announce=True, payload=b"secret picture")
    assert "secret" not in repr(seed)


def test_a_lease_grant_survives_a_dump_and_a_load() -> None:
    grant = LeaseGrant(replica="r", url="ws://10.0.0.1:4242", token="t")
    assert LeaseGrant.model_validate(grant.model_dump()) == grant


@pytest.mark.parametrize(
    "error",
    [
        DeviceLostError("the device is gone"),
        ProtocolVersionError("version 4", params={"client": "4", "server": "5"}),
        InvalidMessageError("not JSON"),
    ],
)
def test_an_error_keeps_its_facts_across_a_link(error: BiomeError) -> None:
    report = ErrorReport.of(error, Snapshot(process_rss_bytes=1))
    remote = ErrorReport.model_validate_json(report.model_dump_json()).to_error()
    assert (str(remote), remote.message_id, remote.params) == (str(error), error.message_id, error.params)
    assert remote.is_warning is error.is_warning


def test_a_report_carries_the_state_of_the_machine_that_failed() -> None:
    snapshot = Snapshot(process_rss_bytes=1, gpu_util_percent=2.5)
    report = ErrorReport.of(DeviceLostError("gone"), snapshot)
    assert report.snapshot == snapshot
    assert report.message_id is MessageId.DEVICE_RECOVERY_FAILED
