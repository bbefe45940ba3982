"""Which files are loaded, in which format, and what is said when that fails."""

from pathlib import Path

import pytest
import torch

from configs.world_model import SYNTHETIC_MODEL, WorldModelConfig
from deployments.world_model.engine import Engine, EngineRequest
from deployments.world_model.engines.catalog import load_engine
from protocol.client import EngineBackend, Quant
from protocol.errors import MessageId, ModelUnavailableError, QuantUnsupportedError
from protocol.stages import Stage
from tests.fakes.package_engine import OUT_OF_MEMORY, script

WAYPOINT = "Overworld/waypoint-1"
NO_SCALED_MM = "torch._scaled_mm is only supported on devices with compute capability >= 8.9"


pytestmark = pytest.mark.usefixtures("packages")


def load(
    model: str = WAYPOINT,
    *,
    quant: Quant | None = None,
    backend: EngineBackend = EngineBackend.WORLD_ENGINE,
    config: WorldModelConfig | None = None,
    stages: list[Stage] | None = None,
) -> Engine:
    report = ([] if stages is None else stages).append
    return load_engine(EngineRequest(model, quant, backend), config or WorldModelConfig(), report)


def test_a_model_of_the_hub_is_loaded_by_its_id_in_bfloat16() -> None:
    engine = load()
    assert script.loads == [(WAYPOINT, "cpu", None, torch.bfloat16)]
    assert engine.spec.model == WAYPOINT


def test_loading_reports_both_of_its_stages() -> None:
    stages: list[Stage] = []
    load(stages=stages)
    assert stages == [Stage.LOADING_MODEL_LOAD, Stage.LOADING_MODEL_INSTANTIATE]


def test_a_configured_folder_is_loaded_under_its_name(tmp_path: Path) -> None:
    engine = load("local/mine", config=WorldModelConfig(local_models={"local/mine": tmp_path}))
    assert script.loads[0][0] == str(tmp_path)
    assert engine.spec.model == "local/mine"


def test_a_configured_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    config = WorldModelConfig(local_models={"local/mine": tmp_path / "gone"})
    with pytest.raises(ModelUnavailableError, match="gone' does not exist"):
        load("local/mine", config=config)


@pytest.mark.parametrize("model", ["/etc", "../../etc/passwd", ".", "", "a/b/c", "https://x/y", "a\\b", "a/..", "C:/x"])
def test_nothing_from_a_client_becomes_a_path(model: str) -> None:
    with pytest.raises(ModelUnavailableError, match="not a model id"):
        load(model)
    assert script.loads == []


def test_an_id_that_is_also_a_folder_here_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / WAYPOINT).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelUnavailableError, match="working directory"):
        load()
    assert script.loads == []


def test_out_of_memory_in_bfloat16_is_tried_again_in_float16() -> None:
    script.on_load.append(torch.OutOfMemoryError(OUT_OF_MEMORY))
    load()
    assert [dtype for *_, dtype in script.loads] == [torch.bfloat16, torch.float16]


def test_what_the_first_attempt_had_loaded_is_gone_before_the_second() -> None:
    script.on_load.append(torch.OutOfMemoryError(OUT_OF_MEMORY))
    load()
    assert script.living_at_load == [0, 0]


def test_out_of_memory_in_both_formats_is_the_end_of_it() -> None:
    script.on_load.extend([torch.OutOfMemoryError(OUT_OF_MEMORY)] * 3)
    with pytest.raises(ModelUnavailableError, match="does not fit into the memory of cpu"):
        load()
    assert len(script.loads) == 2


@pytest.mark.parametrize(
    ("backend", "quant", "spelt"),
    [
        (EngineBackend.WORLD_ENGINE, Quant.FP8W8A8, "fp8w8a8"),
        (EngineBackend.WORLD_ENGINE, Quant.INTW8A8, "intw8a8"),
        (EngineBackend.QUARK, Quant.FP8W8A8, "fp8"),
        (EngineBackend.QUARK, None, None),
    ],
)
def test_each_package_gets_the_quantisation_in_its_own_spelling(
    backend: EngineBackend, quant: Quant | None, spelt: str | None
) -> None:
    engine = load(backend=backend, quant=quant)
    assert script.loads[0][2] == spelt
    assert type(script.engine).__module__ == backend.value
    engine.close()


def test_a_quantisation_that_a_package_lacks_is_not_tried() -> None:
    with pytest.raises(QuantUnsupportedError, match="intw8a8"):
        load(backend=EngineBackend.QUARK, quant=Quant.INTW8A8)
    assert script.loads == []


def test_a_quantisation_that_the_gpu_lacks_has_its_own_message_id() -> None:
    script.on_load.append(RuntimeError(NO_SCALED_MM))
    with pytest.raises(QuantUnsupportedError) as caught:
        load(quant=Quant.FP8W8A8)
    assert caught.value.message_id is MessageId.QUANT_UNSUPPORTED_GPU
    assert len(script.loads) == 1


def test_the_same_words_without_a_quantisation_are_no_matter_of_quantisation() -> None:
    script.on_load.append(RuntimeError(NO_SCALED_MM))
    with pytest.raises(ModelUnavailableError, match="compute capability"):
        load()


@pytest.mark.parametrize("failure", [OSError("no such repository"), KeyError("layers"), ValueError("bad config")])
def test_a_model_that_cannot_be_read_says_why_and_what_can_run(failure: Exception) -> None:
    script.on_load.append(failure)
    with pytest.raises(ModelUnavailableError) as caught:
        load()
    assert str(failure) in caught.value.message
    assert SYNTHETIC_MODEL in caught.value.message
    assert len(script.loads) == 1


def test_a_failed_load_leaves_nothing_behind() -> None:
    script.on_load.append(OSError("damaged"))
    with pytest.raises(ModelUnavailableError):
        load()
    assert script.engines[0]() is None


def test_a_device_that_is_not_there_is_named_before_anything_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ModelUnavailableError, match="no CUDA GPU"):
        load(config=WorldModelConfig(device="cuda"))
    assert script.loads == []


def test_apple_gpus_run_quark_without_quantisation_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    config = WorldModelConfig(device="mps")
    with pytest.raises(ModelUnavailableError, match="quark does"):
        load(config=config)
    with pytest.raises(QuantUnsupportedError):
        load(backend=EngineBackend.QUARK, quant=Quant.FP8W8A8, config=config)
    load(backend=EngineBackend.QUARK, config=config)
    assert script.loads == [(WAYPOINT, "mps", None, torch.bfloat16)]
