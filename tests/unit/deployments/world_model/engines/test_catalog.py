"""Which models can run, and what is said of one that cannot."""

import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from configs.world_model import POCKET_MODEL, SYNTHETIC_MODEL, EngineName, WorldModelConfig
from deployments.world_model.engine import EngineRequest
from deployments.world_model.engines.catalog import load_engine, runnable_models, why_not_hub
from deployments.world_model.engines.synthetic import SyntheticEngine
from protocol.client import EngineBackend, Quant
from protocol.errors import ModelUnavailableError
from protocol.stages import Stage
from tests.fakes.package_engine import Script, installed

WAYPOINT = "Overworld/waypoint-1"


def ignore(_stage: Stage) -> None:
    pass


def request(model: str, quant: Quant | None = None) -> EngineRequest:
    return EngineRequest(model, quant, EngineBackend.WORLD_ENGINE)


def test_our_own_engines_run_anywhere_and_the_world_comes_before_the_camera() -> None:
    assert [entry.id for entry in runnable_models(WorldModelConfig())] == [POCKET_MODEL, SYNTHETIC_MODEL]


def test_the_pocket_world_is_listed_with_the_size_of_its_weights() -> None:
    pocket, synthetic = runnable_models(WorldModelConfig())
    assert pocket.size_bytes is not None
    assert 2**20 < pocket.size_bytes < 15 * 2**20
    assert synthetic.size_bytes is None


def test_the_synthetic_engine_is_loaded_by_its_name() -> None:
    assert isinstance(load_engine(request(SYNTHETIC_MODEL), WorldModelConfig(), ignore), SyntheticEngine)


def test_it_has_no_weights_to_quantise_and_takes_any_quantisation() -> None:
    engine = load_engine(request(SYNTHETIC_MODEL, Quant.FP8W8A8), WorldModelConfig(), ignore)
    assert engine.spec.model == SYNTHETIC_MODEL


def test_configured_folders_are_listed_where_a_package_can_run_them(
    tmp_path: Path,
) -> None:
    config = WorldModelConfig(local_models={"local/b": tmp_path, "local/a": tmp_path})
    assert [entry.id for entry in runnable_models(config)] == [POCKET_MODEL, SYNTHETIC_MODEL]
    with installed():
        assert [entry.id for entry in runnable_models(config)] == [
            POCKET_MODEL,
            SYNTHETIC_MODEL,
            "local/a",
            "local/b",
        ]


def test_an_unknown_model_is_answered_with_why_and_what_can_run() -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        load_engine(request(WAYPOINT), WorldModelConfig(), ignore)
    assert caught.value.message == (
        "the model 'Overworld/waypoint-1' cannot run here: the package 'world_engine' is not installed. "
        "This server can run: local/pocket, local/synthetic"
    )


@pytest.mark.usefixtures("packages")
def test_where_a_package_is_installed_the_hub_is_among_what_can_run() -> None:
    with pytest.raises(ModelUnavailableError, match="hub with quark"):
        load_engine(request("local/unheard-of"), WorldModelConfig(), ignore)


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize(
    ("model", "engines"),
    [(SYNTHETIC_MODEL, ("world_engine",)), (POCKET_MODEL, ("synthetic",)), (WAYPOINT, ("synthetic", "quark"))],
)
def test_an_engine_that_is_switched_off_does_not_run(model: str, engines: tuple[EngineName, ...]) -> None:
    with pytest.raises(ModelUnavailableError, match="switched off"):
        load_engine(request(model), WorldModelConfig(engines=engines), ignore)


def test_a_package_of_the_same_name_that_is_another_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "quark.py").write_text("")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "quark", raising=False)
    with pytest.raises(ModelUnavailableError, match="'quark' cannot be imported"):
        load_engine(EngineRequest(WAYPOINT, None, EngineBackend.QUARK), WorldModelConfig(), ignore)
    monkeypatch.delitem(sys.modules, "quark", raising=False)


def test_the_fallback_is_loaded_named_and_logged() -> None:
    config = WorldModelConfig(fallback_model=SYNTHETIC_MODEL)
    with capture_logs() as records:
        engine = load_engine(request(WAYPOINT, Quant.FP8W8A8), config, ignore)
    assert engine.spec.model == SYNTHETIC_MODEL
    (record,) = [record for record in records if record["log_level"] == "warning"]
    assert (record["requested"], record["model"]) == (WAYPOINT, SYNTHETIC_MODEL)
    assert "not installed" in record["reason"]


def test_a_fallback_that_fails_too_is_the_end_of_it(packages: Script) -> None:
    packages.on_load.append(OSError("damaged"))
    with pytest.raises(ModelUnavailableError, match="damaged"):
        load_engine(request("local/unheard-of"), WorldModelConfig(fallback_model=WAYPOINT), ignore)


@pytest.mark.usefixtures("packages")
def test_a_model_that_can_run_is_never_replaced() -> None:
    engine = load_engine(request(WAYPOINT), WorldModelConfig(fallback_model=SYNTHETIC_MODEL), ignore)
    assert engine.spec.model == WAYPOINT


@pytest.mark.parametrize("backend", EngineBackend)
def test_the_hub_can_run_where_the_package_is_installed(backend: EngineBackend) -> None:
    assert why_not_hub(WorldModelConfig(), backend) == f"the package {backend.value!r} is not installed"
    with installed():
        assert why_not_hub(WorldModelConfig(), backend) is None


def test_the_catalogue_imports_no_backend() -> None:
    code = (
        "import sys, deployments.world_model.engines.catalog; "
        "print(*({'torch', 'numpy', 'numba', 'onnxruntime', 'av', 'PIL'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
