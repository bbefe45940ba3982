"""The parser of client messages under whatever a socket can deliver."""

import json
from collections.abc import Mapping
from typing import TypeAlias, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.client import NAME_LIMIT_CHARS, REASON_LIMIT_CHARS, ClientMessage, Init, parse_client_message
from protocol.errors import InvalidMessageError

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None

TYPES = ("control", "pause", "resume", "reset", "prompt", "init", "scene_edit", "generate_scene", "check_seed_safety")
FIELDS = (
    *("type", "buttons", "mouse_dx", "mouse_dy", "ts", "prompt", "req_id", "model", "config", "quant"),
    *("engine_backend", "scene_authoring", "action_logging", "video_recording", "video_output_dir"),
    *("cap_inference_fps", "seed_image_data", "seed_filename", "biome_version", "image_data"),
)

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values: st.SearchStrategy[Json] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner, max_size=4),
    max_leaves=12,
)
near_misses = st.dictionaries(st.sampled_from(FIELDS), values, max_size=8).flatmap(
    lambda fields: st.sampled_from(TYPES).map(lambda kind: {**fields, "type": kind})
)
messages = st.fixed_dictionaries(
    {"type": st.just("control")},
    optional={
        "buttons": st.lists(st.text(max_size=32), max_size=64),
        "mouse_dx": st.floats(min_value=-1e6, max_value=1e6),
        "mouse_dy": st.floats(min_value=-1e6, max_value=1e6),
        "ts": st.floats(allow_nan=False, allow_infinity=False) | st.none(),
    },
)


def typed_or_refused(data: str | bytes) -> ClientMessage | InvalidMessageError:
    """The message or the refusal; any other exception fails the test."""
    try:
        message = parse_client_message(data)
    except InvalidMessageError as error:
        assert len(error.message) <= REASON_LIMIT_CHARS
        return error
    assert isinstance(message, get_args(ClientMessage))
    return message


@given(st.text(alphabet=st.characters(), max_size=200))
def test_any_text_is_a_message_or_refused(text: str) -> None:
    typed_or_refused(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    typed_or_refused(data)


@given(values)
def test_any_json_is_a_message_or_refused(value: Json) -> None:
    typed_or_refused(json.dumps(value))


@given(near_misses)
def test_a_message_with_any_fields_is_typed_or_refused_and_keeps_its_id(fields: Mapping[str, Json]) -> None:
    outcome = typed_or_refused(json.dumps(fields))
    req_id = fields.get("req_id")
    if isinstance(outcome, InvalidMessageError) and isinstance(req_id, str):
        assert outcome.req_id == req_id


@given(messages)
def test_every_valid_control_is_accepted_with_its_values(fields: Mapping[str, Json]) -> None:
    message = parse_client_message(json.dumps(fields))
    sent = {"buttons": [], "mouse_dx": 0.0, "mouse_dy": 0.0, "ts": None} | dict(fields)
    assert message.model_dump(mode="json") == sent


@given(messages, st.data())
def test_a_message_cut_anywhere_is_refused(fields: Mapping[str, Json], data: st.DataObject) -> None:
    text = json.dumps(fields)
    cut = text[: data.draw(st.integers(min_value=0, max_value=len(text) - 1))]
    assert isinstance(typed_or_refused(cut), InvalidMessageError)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"type":' * 100_000,
        '{"type": "init", "req_id": "r", "model": "m", "config": ' + "[" * 100_000,
        '{"type": "control", "buttons": ' + "[" * 100_000 + "]" * 100_000 + "}",
    ],
    ids=["brackets", "braces", "in config", "in buttons, closed"],
)
def test_deep_nesting_is_refused(text: str) -> None:
    assert isinstance(typed_or_refused(text), InvalidMessageError)


@pytest.mark.parametrize("digits", [310, 5000, 1_000_000])
@pytest.mark.parametrize("field", ["mouse_dx", "ts"])
def test_a_number_of_many_digits_is_refused(field: str, digits: int) -> None:
    assert isinstance(typed_or_refused(f'{{"type": "control", "{field}": {"9" * digits}}}'), InvalidMessageError)


@pytest.mark.parametrize(
    "data",
    [
        "\ud800",
        '{"type": "prompt", "prompt": "\udfff"}',
        '{"type": "prompt", "prompt": "\\ud800"}',
        b'{"type": "prompt", "prompt": "\xff"}',
        b'{"type": "prompt", "prompt": "\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"type": "pause"}',
        '{"type": "pause"}'.encode("utf-16"),
        '{"type": "prompt", "prompt": "\x00"}',
    ],
    ids=["surrogate", "inside", "escaped", "not UTF-8", "surrogate in UTF-8", "byte order mark", "UTF-16", "raw NUL"],
)
def test_text_that_is_no_valid_unicode_json_is_refused(data: str | bytes) -> None:
    assert isinstance(typed_or_refused(data), InvalidMessageError)


SWITCHES = ("scene_authoring", "action_logging", "video_recording", "cap_inference_fps")
CONFIG: dict[str, Json] = {**dict.fromkeys(SWITCHES, False), "video_output_dir": None}
INIT: dict[str, Json] = {"type": "init", "req_id": "r", "model": "m"}


def init_with(field: str, length: int) -> str:
    """An `init` of which one name is so long."""
    name = "n" * length
    if field in CONFIG:
        return json.dumps({**INIT, "config": {**CONFIG, field: name}})
    return json.dumps({**INIT, "config": CONFIG, field: name})


@pytest.mark.parametrize("field", ["model", "seed_filename", "biome_version", "video_output_dir"])
def test_a_name_may_be_as_long_as_a_path_and_no_longer(field: str) -> None:
    assert isinstance(typed_or_refused(init_with(field, NAME_LIMIT_CHARS)), Init)
    refused = typed_or_refused(init_with(field, NAME_LIMIT_CHARS + 1))
    assert isinstance(refused, InvalidMessageError)
    assert refused.req_id == "r"


def test_a_request_that_nests_too_deep_cannot_be_addressed_but_is_refused() -> None:
    text = '{"req_id": "r", "type": "init", "config": ' + "[" * 100_000 + "]" * 100_000 + "}"
    outcome = typed_or_refused(text)
    assert isinstance(outcome, InvalidMessageError)
    assert outcome.req_id is None


def test_the_last_of_two_equal_keys_counts_for_both_type_and_id() -> None:
    outcome = typed_or_refused('{"req_id": "a", "req_id": "b", "type": "pause", "type": "scene_edit"}')
    assert isinstance(outcome, InvalidMessageError)
    assert outcome.req_id == "b"
