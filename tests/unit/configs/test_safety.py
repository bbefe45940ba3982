"""What a profile may say about the safety checker."""

import math
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from configs.safety import SafetyConfig


def parsed(text: str) -> SafetyConfig:
    return SafetyConfig.model_validate(yaml.safe_load(text))


def test_the_default_needs_no_gpu_and_no_download() -> None:
    config = SafetyConfig()
    assert (config.backend, config.device, config.threshold) == ("open_nsfw", "cpu", 0.5)


def test_a_gpu_profile_reads_as_written() -> None:
    config = parsed("{backend: freepik, device: 'cuda:1', cache_path: /var/cache/v.sqlite3, batch_wait_ms: 2}")
    assert (config.device, config.cache_path, config.batch_wait_ms) == ("cuda:1", Path("/var/cache/v.sqlite3"), 2.0)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{backend: open_nsfw, device: cuda}", "runs on the CPU"),
        ("{backend: open_nsfw, model_id: some/model}", "brings its own weights"),
        ("{backend: other}", "open_nsfw"),
        ("{thresold: 0.5}", "Extra inputs"),
        ("{threshold: 1.5}", "less than or equal to 1"),
        ("{threshold: .nan}", "finite"),
        ("{threshold: '0.5'}", "valid number"),
        ("{batch_size: 0}", "greater than or equal to 1"),
        ("{batch_size: true}", "valid integer"),
        ("{backend: freepik, device: gpu}", "match pattern"),
    ],
)
def test_a_mistake_is_named(text: str, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        parsed(text)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        SafetyConfig().threshold = math.pi


def test_the_cache_lies_under_the_data_directory_unless_told_otherwise() -> None:
    assert SafetyConfig().cache_file(Path("data")) == Path("data/safety/verdicts.sqlite3")
    assert SafetyConfig(cache_path=Path("other.sqlite3")).cache_file(Path("data")) == Path("other.sqlite3")
    assert SafetyConfig(cache_limit_entries=0).cache_file(Path("data")) is None
