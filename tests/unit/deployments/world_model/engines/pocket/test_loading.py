"""Loading the pocket world by its name."""

from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from configs.world_model import POCKET_MODEL, WorldModelConfig
from deployments.world_model.engine import EngineRequest
from deployments.world_model.engines.catalog import load_engine
from deployments.world_model.engines.pocket import engine as pocket_engine
from deployments.world_model.engines.pocket import loading
from deployments.world_model.engines.pocket.engine import PocketEngine
from deployments.world_model.engines.pocket.networks import Networks
from protocol.client import EngineBackend, Quant
from protocol.errors import ModelUnavailableError
from protocol.stages import Stage

REQUEST = EngineRequest(POCKET_MODEL, Quant.FP8W8A8, EngineBackend.WORLD_ENGINE)


def test_it_is_loaded_whatever_quantisation_is_asked_for_and_says_how_far_it_is() -> None:
    stages: list[Stage] = []
    engine = load_engine(REQUEST, WorldModelConfig(), stages.append)
    assert isinstance(engine, PocketEngine)
    assert stages == [Stage.LOADING_MODEL_LOAD, Stage.LOADING_MODEL_INSTANTIATE]
    engine.close()


def test_one_line_of_the_log_says_that_its_loops_are_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_something(on_compiling: Callable[[], None]) -> None:
        on_compiling()

    monkeypatch.setattr(loading, "load_kernels", compile_something)
    with capture_logs() as records:
        load_engine(REQUEST, WorldModelConfig(), lambda _: None).close()
    assert [record["event"] for record in records] == ["compiling the pocket world's loops: about a minute, once"]


def test_missing_weights_are_the_reason_why_it_cannot_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pocket_engine, "Networks", lambda: Networks(tmp_path))
    with pytest.raises(ModelUnavailableError, match="its weights cannot be read"):
        load_engine(REQUEST, WorldModelConfig(), lambda _: None)
