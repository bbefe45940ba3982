"""Tiny models, built once."""

from pathlib import Path

import pytest

from tests.fakes.tiny_vlm import save_tiny_gemma, save_tiny_llava

BUILDERS = {"gemma": save_tiny_gemma, "llava": save_tiny_llava}


@pytest.fixture(scope="session", params=sorted(BUILDERS))
def model_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder as it comes from the hub."""
    name = str(request.param)
    return BUILDERS[name](tmp_path_factory.mktemp(name))
