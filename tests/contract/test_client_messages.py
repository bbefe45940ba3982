"""What clients send, letter by letter. If this fails, fix the change, not the test."""

import json

import pytest

from protocol.client import (
    CheckSeedSafety,
    ClientMessage,
    Control,
    EngineBackend,
    GenerateScene,
    Init,
    Pause,
    Prompt,
    Quant,
    Reset,
    Resume,
    SceneEdit,
    SessionConfig,
    parse_client_message,
)
from scripts.wire_events import encode_message

WHOLE = [
    pytest.param(
        '{"type": "control", "buttons": ["W", "SHIFT"], "mouse_dx": 3.5, "mouse_dy": -2.0, "ts": 1234.5}',
        Control(buttons=("W", "SHIFT"), mouse_dx=3.5, mouse_dy=-2.0, ts=1234.5),
        id="control",
    ),
    pytest.param('{"type": "pause"}', Pause(), id="pause"),
    pytest.param('{"type": "resume"}', Resume(), id="resume"),
    pytest.param('{"type": "reset"}', Reset(), id="reset"),
    pytest.param('{"type": "prompt", "prompt": "a red door"}', Prompt(prompt="a red door"), id="prompt"),
    pytest.param(
        '{"type": "init", "req_id": "7", "model": "Overworld/Waypoint-1-Small", "config": {"quant": "fp8w8a8", '
        '"engine_backend": "quark", "scene_authoring": true, "action_logging": true, "video_recording": true, '
        '"video_output_dir": "/home/player/Videos", "cap_inference_fps": false}, "seed_image_data": "aGVsbG8=", '
        '"seed_filename": "lake.png", "biome_version": "1.1.3"}',
        Init(
            req_id="7",
            model="Overworld/Waypoint-1-Small",
            config=SessionConfig(
                quant=Quant.FP8W8A8,
                engine_backend=EngineBackend.QUARK,
                scene_authoring=True,
                action_logging=True,
                video_recording=True,
                video_output_dir="/home/player/Videos",
                cap_inference_fps=False,
            ),
            seed_image_data="aGVsbG8=",
            seed_filename="lake.png",
            biome_version="1.1.3",
        ),
        id="init",
    ),
    pytest.param(
        '{"type": "init", "req_id": "8", "model": "local/synthetic", "config": {"quant": null, '
        '"engine_backend": "world_engine", "scene_authoring": false, "action_logging": false, '
        '"video_recording": false, "video_output_dir": null, "cap_inference_fps": true}}',
        Init(
            req_id="8",
            model="local/synthetic",
            config=SessionConfig(
                scene_authoring=False,
                action_logging=False,
                video_recording=False,
                video_output_dir=None,
                cap_inference_fps=True,
            ),
        ),
        id="init without a seed",
    ),
    pytest.param(
        '{"type": "scene_edit", "req_id": "a-1", "prompt": "make it night"}',
        SceneEdit(req_id="a-1", prompt="make it night"),
        id="scene_edit",
    ),
    pytest.param(
        '{"type": "generate_scene", "req_id": "a-2", "prompt": "a mountain village"}',
        GenerateScene(req_id="a-2", prompt="a mountain village"),
        id="generate_scene",
    ),
    pytest.param(
        '{"type": "check_seed_safety", "req_id": "a-3", "image_data": "aGVsbG8="}',
        CheckSeedSafety(req_id="a-3", image_data="aGVsbG8="),
        id="check_seed_safety",
    ),
]

CONFIG = (
    '{"scene_authoring": false, "action_logging": false, "video_recording": false, '
    '"video_output_dir": null, "cap_inference_fps": true'
)
PLAIN_CONFIG = SessionConfig(
    scene_authoring=False, action_logging=False, video_recording=False, video_output_dir=None, cap_inference_fps=True
)

SHORT = [
    pytest.param('{"type": "control"}', Control(buttons=(), mouse_dx=0.0, mouse_dy=0.0, ts=None), id="bare control"),
    pytest.param('{"type": "control", "mouse_dx": 3, "ts": 12}', Control(mouse_dx=3.0, ts=12.0), id="whole numbers"),
    pytest.param('{"type": "prompt"}', Prompt(prompt=""), id="bare prompt"),
    pytest.param(
        '{"type": "init", "req_id": "1", "model": "m", "config": ' + CONFIG + "}}",
        Init(req_id="1", model="m", config=PLAIN_CONFIG),
        id="config without quant and backend",
    ),
    pytest.param(
        '{"type": "init", "req_id": "1", "model": "m", "config": ' + CONFIG + ', "quant": "intw8a8"}}',
        Init(req_id="1", model="m", config=PLAIN_CONFIG.model_copy(update={"quant": Quant.INTW8A8})),
        id="other quant",
    ),
    pytest.param(
        '{"type": "init", "req_id": "1", "model": "m", "config": ' + CONFIG + '}, "of_a_newer_client": [1]}',
        Init(req_id="1", model="m", config=PLAIN_CONFIG),
        id="init ignores unknown fields",
    ),
]


@pytest.mark.parametrize(("text", "message"), [*WHOLE, *SHORT])
def test_text_is_read_as_the_message(text: str, message: ClientMessage) -> None:
    assert parse_client_message(text) == message
    assert parse_client_message(text.encode()) == message


@pytest.mark.parametrize(("text", "message"), WHOLE)
def test_message_is_written_as_the_text(text: str, message: ClientMessage) -> None:
    assert json.loads(encode_message(message)) == json.loads(text)


def test_a_client_that_does_not_say_gets_no_quantisation_and_world_engine() -> None:
    assert (PLAIN_CONFIG.quant, PLAIN_CONFIG.engine_backend) == (None, "world_engine")
