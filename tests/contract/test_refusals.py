"""What is refused on the wire, and what of it can still be answered. If this fails, fix the change, not the test."""

import pytest

from protocol.client import parse_client_message
from protocol.errors import InvalidMessageError

CONFIG_FIELDS = (
    '"scene_authoring": false, "action_logging": false, "video_recording": false, '
    '"video_output_dir": null, "cap_inference_fps": true'
)


def init_with(config: str, rest: str = "") -> str:
    return '{"type": "init", "req_id": "r", "model": "m", "config": {' + config + "}" + rest + "}"


NOTIFICATIONS = [
    pytest.param("", id="nothing"),
    pytest.param("hello", id="not JSON"),
    pytest.param('{"type": "pause"', id="cut short"),
    pytest.param('{"type": "pause"} {"type": "pause"}', id="two documents"),
    pytest.param("null", id="null"),
    pytest.param("[]", id="a list"),
    pytest.param('"pause"', id="a string"),
    pytest.param("{}", id="no type"),
    pytest.param('{"type": "jump"}', id="unknown type"),
    pytest.param('{"type": "PAUSE"}', id="type in capitals"),
    pytest.param('{"type": null}', id="null type"),
    pytest.param('{"type": "status", "stage": "session.ready"}', id="a push"),
    pytest.param('{"type": "pause", "why": "tea"}', id="unknown field of pause"),
    pytest.param('{"type": "control", "scroll": 1}', id="unknown field of control"),
    pytest.param('{"type": "prompt", "text": "x"}', id="unknown field of prompt"),
    pytest.param('{"type": "control", "mouse_dx": NaN}', id="NaN"),
    pytest.param('{"type": "control", "mouse_dx": Infinity}', id="infinity"),
    pytest.param('{"type": "control", "mouse_dy": -Infinity}', id="minus infinity"),
    pytest.param('{"type": "control", "mouse_dx": 1e308}', id="1e308 to the right"),
    pytest.param('{"type": "control", "mouse_dy": -1e308}', id="1e308 upwards"),
    pytest.param('{"type": "control", "mouse_dx": 1e999}', id="1e999"),
    pytest.param('{"type": "control", "ts": NaN}', id="NaN as a time"),
    pytest.param('{"type": "control", "ts": 1e999}', id="1e999 as a time"),
    pytest.param('{"type": "control", "ts": "12"}', id="a time as text"),
    pytest.param('{"type": "control", "ts": true}', id="a truth as a time"),
    pytest.param('{"type": "control", "mouse_dx": null}', id="null as a delta"),
    pytest.param('{"type": "control", "buttons": null}', id="null as buttons"),
    pytest.param('{"type": "control", "buttons": "W"}', id="a string as buttons"),
    pytest.param('{"type": "control", "buttons": [87]}', id="a code as a button"),
    pytest.param('{"type": "prompt", "prompt": 1}', id="a number as a prompt"),
]

REQUESTS = [
    pytest.param('{"type": "init", "req_id": "r", "model": "m"}', id="init without config"),
    pytest.param('{"type": "init", "req_id": "r", "config": {' + CONFIG_FIELDS + "}}", id="init without model"),
    pytest.param(init_with(CONFIG_FIELDS + ', "of_a_newer_client": 1'), id="unknown field of config"),
    pytest.param(init_with('"scene_authoring": false'), id="config that is not whole"),
    pytest.param(init_with(CONFIG_FIELDS + ', "quant": "fp4"'), id="unknown quant"),
    pytest.param(init_with(CONFIG_FIELDS + ', "quant": "none"'), id="none in words"),
    pytest.param(init_with(CONFIG_FIELDS + ', "engine_backend": "synthetic"'), id="unknown backend"),
    pytest.param(init_with(CONFIG_FIELDS + ', "engine_backend": null'), id="null backend"),
    pytest.param(init_with(CONFIG_FIELDS.replace("true", "1")), id="a number as a truth"),
    pytest.param(init_with(CONFIG_FIELDS, ', "seed_image_data": 5'), id="a number as a seed"),
    pytest.param('{"type": "scene_edit", "req_id": "r"}', id="scene_edit without prompt"),
    pytest.param('{"type": "scene_edit", "req_id": "r", "prompt": "p", "seed": 1}', id="unknown field of scene_edit"),
    pytest.param('{"type": "generate_scene", "req_id": "r", "prompt": null}', id="null prompt"),
    pytest.param('{"type": "check_seed_safety", "req_id": "r"}', id="check without image"),
    pytest.param('{"type": "check_seed_safety", "req_id": "r", "image": "aGk="}', id="image under another name"),
    pytest.param('{"type": "fly", "req_id": "r"}', id="unknown request"),
    pytest.param('{"type": "pause", "req_id": "r"}', id="a notification with an id"),
    pytest.param('{"req_id": "r"}', id="request without type"),
    pytest.param('{"type": "scene_edit", "req_id": "r", "prompt": NaN}', id="NaN as a prompt"),
]

NOT_ADDRESSABLE = [
    pytest.param('{"type": "scene_edit", "prompt": "p"}', id="no id"),
    pytest.param('{"type": "scene_edit", "req_id": 7, "prompt": "p"}', id="a number as an id"),
    pytest.param('{"type": "scene_edit", "req_id": null, "prompt": "p"}', id="null as an id"),
    pytest.param('{"type": "scene_edit", "req_id": ["r"], "prompt": "p"}', id="a list as an id"),
    pytest.param('{"type": "scene_edit", "req_id": "' + "r" * 257 + '", "prompt": "p"}', id="an endless id"),
    pytest.param('[{"req_id": "r"}]', id="an id inside a list"),
]


def refusal(text: str | bytes) -> InvalidMessageError:
    with pytest.raises(InvalidMessageError) as caught:
        parse_client_message(text)
    return caught.value


@pytest.mark.parametrize("text", [*NOTIFICATIONS, *NOT_ADDRESSABLE])
def test_a_bad_message_without_a_usable_id_is_refused(text: str) -> None:
    assert refusal(text).req_id is None


@pytest.mark.parametrize("text", REQUESTS)
def test_a_bad_request_is_refused_and_can_be_answered(text: str) -> None:
    assert refusal(text).req_id == "r"


def test_the_reason_names_the_field() -> None:
    assert refusal('{"type": "control", "mouse_dx": NaN}').message.startswith("control.mouse_dx: ")


def test_the_limits_themselves_are_accepted() -> None:
    buttons = ", ".join(f'"{"B" * 32}"' for _ in range(64))
    text = '{"type": "control", "mouse_dx": 1e6, "mouse_dy": -1e6, "buttons": [' + buttons + "]}"
    assert parse_client_message(text).type == "control"


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "control", "mouse_dx": 1000001}',
        '{"type": "control", "buttons": ["' + "B" * 33 + '"]}',
        '{"type": "control", "buttons": [' + ", ".join(['"W"'] * 65) + "]}",
    ],
)
def test_just_past_a_limit_is_refused(text: str) -> None:
    refusal(text)


@pytest.mark.parametrize(
    "text",
    ['{"type": "' + "x" * 100_000 + '"}', '{"type": "pause", "' + "x" * 100_000 + '": 1}'],
    ids=["type", "field"],
)
def test_a_huge_name_does_not_come_back_whole(text: str) -> None:
    assert len(refusal(text).message) <= 300
