"""Settings of the world replicas: what is accepted, and what is refused before anything starts."""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from configs.world_model import POCKET_MODEL, SYNTHETIC_MODEL, WorldModelConfig, is_model_id
from protocol.client import EngineBackend, Quant


def settings(text: str) -> WorldModelConfig:
    document: object = yaml.safe_load(text)
    return WorldModelConfig.model_validate(document)


def test_the_default_needs_no_gpu() -> None:
    config = WorldModelConfig()
    assert config.device == "cpu"
    assert config.pocket.seed == 0
    assert (config.synthetic.frame_height, config.synthetic.frame_width) == (360, 640)
    assert (config.synthetic.sub_frames, config.synthetic.inference_fps) == (4, 60)


def test_everything_can_be_written_in_yaml() -> None:
    config = settings("""
        engines: [pocket, synthetic, quark]
        device: cuda:1
        local_models: {local/mine: /srv/models/mine}
        preload: local/mine
        preload_quant: fp8w8a8
        preload_backend: quark
        fallback_model: local/pocket
        pocket: {seed: 7}
        synthetic: {frame_height: 720, frame_width: 1280, sub_frames: 4, generation_ms: 30.0}
        encoder_threads: 3
        link_host: 10.0.0.7
    """)
    assert config.engines == ("pocket", "synthetic", "quark")
    assert config.pocket.seed == 7
    assert config.local_models == {"local/mine": Path("/srv/models/mine")}
    assert (config.preload_quant, config.preload_backend) == (Quant.FP8W8A8, EngineBackend.QUARK)
    assert config.synthetic.generation_ms == 30


@pytest.mark.parametrize(
    "text",
    [
        "unknown: 1",
        "device: tpu",
        "engines: []",
        "engines: [flux]",
        "preload_quant: fp4",
        "encoder_threads: 0",
        "encoder_threads: '2'",
        "link_timeout_s: .inf",
        "pass_timeout_s: 0.0",
        "warm_up_timeout_s: .inf",
        "load_timeout_s: .inf",
        "synthetic: {frame_height: 8}",
        "synthetic: {frame_width: 100000}",
        "synthetic: {sub_frames: 0}",
        "synthetic: {inference_fps: 0}",
        "synthetic: {generation_ms: .nan}",
        "synthetic: {generation_ms: -1.0}",
        "pocket: {seed: -1}",
        "pocket: {seed: 2147483648}",
        "pocket: {seed: '1'}",
    ],
)
def test_what_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        settings(text)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("preload: /srv/model", "not a model id"),
        ("fallback_model: waypoint", "not a model id"),
        ("preload: local/unheard-of", "neither an engine of ours nor one of local_models"),
        ("fallback_model: local/unheard-of", "neither an engine of ours nor one of local_models"),
        ("engines: [quark]\nfallback_model: local/synthetic", "needs 'synthetic'"),
        ("engines: [synthetic]\npreload: local/pocket", "needs 'pocket'"),
        ("pass_timeout_s: 2.0\nsynthetic: {generation_ms: 2000.0}", "shorter than pass_timeout_s"),
        ("local_models: {mine: /srv/mine}", "must read local/<name>"),
        ("local_models: {local/synthetic: /srv/mine}", "not be one of ours"),
        ("local_models: {local/pocket: /srv/mine}", "not be one of ours"),
        ("local_models: {local/../x: /srv/mine}", "must read local/<name>"),
    ],
)
def test_impossible_combinations_are_explained(text: str, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        settings(text)


@pytest.mark.parametrize("text", ["Overworld/Waypoint-1.5-1B", "a/b", "org_1/name.v2", POCKET_MODEL, SYNTHETIC_MODEL])
def test_a_model_id_is_an_organisation_and_a_name(text: str) -> None:
    assert is_model_id(text)


@pytest.mark.parametrize(
    "text",
    ["", "name", "/a", "a/", "a//b", "a/b/c", "../b", "a/..", "a/.b", "a/b-", "a/b..c", "a/b--c", "~/b", "C:/b", "a\\b",
     "a/b\n", "a/ b", "a/b\0", "ä/b", "a/" + "b" * 97],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    assert not is_model_id(text)
