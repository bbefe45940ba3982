"""What passes, resets, device errors and freeing do on the packages' engines."""

import numpy as np
import pytest
import torch

from configs.world_model import WorldModelConfig
from deployments.world_model.engine import DeviceError, EngineInput, EngineRequest, Frame
from deployments.world_model.engines.catalog import load_engine
from deployments.world_model.engines.waypoint import WARM_UP_PASSES, WaypointEngine
from protocol.client import EngineBackend, Quant
from protocol.errors import QuantUnsupportedError
from protocol.stages import Stage
from tests.fakes.package_engine import CtrlInput, FakeEngine, script

CUDA_FAILURE = "CUDA error: an illegal memory access was encountered"


pytestmark = pytest.mark.usefixtures("packages")


def ignore(_stage: Stage) -> None:
    pass


def load(model: str = "Overworld/waypoint-1", quant: Quant | None = None, **model_cfg: object) -> WaypointEngine:
    script.model_cfg = model_cfg
    request = EngineRequest(model, quant, EngineBackend.WORLD_ENGINE)
    engine = load_engine(request, WorldModelConfig(), ignore)
    assert isinstance(engine, WaypointEngine)
    return engine


def frame(value: int = 7) -> Frame:
    return np.full((4, 6, 3), value, dtype=np.uint8)


def seeded(engine: WaypointEngine, value: int = 7) -> WaypointEngine:
    engine.reset()
    engine.append_frame(frame(value))
    return engine


def test_a_single_frame_model_gives_a_stack_of_one() -> None:
    engine = seeded(load("Overworld/waypoint-1"))
    assert engine.generate(EngineInput()).frames.shape == (1, 4, 6, 3)
    assert script.engine.appended[0].shape == (4, 6, 3)


def test_a_multi_frame_model_sees_the_seed_as_a_whole_pass_and_gives_one() -> None:
    engine = seeded(load("Overworld/waypoint-1.5"))
    frames = engine.generate(EngineInput()).frames
    assert frames.shape == (4, 4, 6, 3)
    assert [int(part.max()) for part in frames] == [0, 1, 2, 3]
    appended = script.engine.appended[0]
    assert appended.shape == (4, 4, 6, 3)
    assert (appended == 7).all()


def test_frames_belong_to_the_caller() -> None:
    engine = seeded(load())
    frames = engine.generate(EngineInput()).frames
    frames[:] = 99
    assert frames.flags.c_contiguous
    assert int(engine.generate(EngineInput()).frames.max()) == 1


def test_a_frame_in_any_memory_layout_is_taken() -> None:
    engine = load()
    engine.reset()
    engine.append_frame(np.arange(72, dtype=np.uint8).reshape(6, 4, 3).transpose(1, 0, 2)[:, ::-1])
    assert script.engine.appended[0].shape == (4, 6, 3)


def test_controls_reach_the_package_in_its_own_words() -> None:
    engine = seeded(load())
    engine.generate(EngineInput(frozenset({87, 16}), 3.5, -2.0))
    assert script.engine.controls == [CtrlInput({87, 16}, (3.5, -2.0), 0)]


def test_timings_are_not_negative() -> None:
    generated = seeded(load()).generate(EngineInput())
    assert generated.infer_ms >= 0
    assert generated.sync_ms >= 0


def test_warming_up_resets_seeds_and_compiles() -> None:
    stages: list[Stage] = []
    engine = load()
    engine.warm_up(frame(), stages.append)
    assert stages == [Stage.WARMUP_RESET, Stage.WARMUP_SEED, Stage.WARMUP_COMPILE]
    assert script.engine.calls == ["reset", "append_frame", *["gen_frame"] * WARM_UP_PASSES]
    engine.close()


def test_a_single_frame_model_starts_again_from_its_seed_when_its_context_is_full() -> None:
    engine = seeded(load(n_frames=5), value=9)
    for _ in range(3):
        engine.generate(EngineInput())
    assert script.engine.calls == ["reset", "append_frame", *["gen_frame"] * 3]
    engine.generate(EngineInput())
    assert script.engine.calls[5:] == ["reset", "append_frame", "gen_frame"]
    assert (script.engine.appended[-1] == 9).all()


def test_it_does_so_every_time_its_context_is_full() -> None:
    engine = seeded(load(n_frames=5))
    for _ in range(10):
        engine.generate(EngineInput())
    assert script.engine.calls.count("reset") == 1 + 3


def test_a_reset_empties_the_context() -> None:
    engine = seeded(load(n_frames=5))
    for _ in range(2):
        engine.generate(EngineInput())
    seeded(engine)
    for _ in range(3):
        engine.generate(EngineInput())
    assert script.engine.calls.count("reset") == 2


def test_a_multi_frame_model_never_starts_again_by_itself() -> None:
    engine = seeded(load(n_frames=5, temporal_compression=4))
    for _ in range(12):
        engine.generate(EngineInput())
    assert script.engine.calls.count("reset") == 1


@pytest.mark.parametrize(
    "message",
    [CUDA_FAILURE, "CUBLAS_STATUS_EXECUTION_FAILED", "error during graph capture", "Offset increment outside"],
)
def test_a_failing_device_is_told_from_failing_code(message: str) -> None:
    engine = seeded(load())
    script.on_pass.extend([RuntimeError(message), RuntimeError("shapes do not match")])
    with pytest.raises(DeviceError, match=message):
        engine.generate(EngineInput())
    with pytest.raises(RuntimeError, match="shapes do not match"):
        engine.generate(EngineInput())


def test_a_recoverable_device_error_is_over_after_recovery_and_seeding() -> None:
    engine = seeded(load())
    script.on_pass.append(RuntimeError(CUDA_FAILURE))
    with pytest.raises(DeviceError):
        engine.generate(EngineInput())
    engine.recover()
    assert seeded(engine).generate(EngineInput()).frames.shape == (1, 4, 6, 3)


def test_an_unrecoverable_device_error_comes_again_when_seeding() -> None:
    engine = seeded(load())
    script.on_pass.append(RuntimeError(CUDA_FAILURE))
    script.on_reset.append(RuntimeError(CUDA_FAILURE))
    with pytest.raises(DeviceError):
        engine.generate(EngineInput())
    engine.recover()
    with pytest.raises(DeviceError, match="illegal memory access"):
        engine.reset()


def test_a_quantisation_that_fails_only_when_compiling_is_named() -> None:
    engine = load(quant=Quant.FP8W8A8)
    script.on_pass.append(
        RuntimeError("torch._scaled_mm is only supported on CUDA devices with compute capability >= 8.9")
    )
    with pytest.raises(QuantUnsupportedError, match="fp8w8a8") as caught:
        engine.warm_up(frame(), ignore)
    assert caught.value.params == {"quant": "fp8w8a8"}


def test_closing_lets_go_of_the_model() -> None:
    engine = seeded(load())
    engine.generate(EngineInput())
    engine.close()
    assert script.engines[-1]() is None


def on(device: str) -> WaypointEngine:
    """One that was loaded onto a device that need not be there."""
    package = FakeEngine("x", device=device, quant=None, dtype=torch.bfloat16)
    request = EngineRequest("Overworld/waypoint-1", None, EngineBackend.WORLD_ENGINE)
    return WaypointEngine(package, CtrlInput, request, device)


def test_only_without_a_gpu_it_is_computed_on_the_hosts_cores() -> None:
    assert [on(device).uses_host_cores for device in ("cpu", "cuda", "cuda:1")] == [True, False, False]


def test_closing_gives_the_memory_of_a_gpu_back(monkeypatch: pytest.MonkeyPatch) -> None:
    emptied: list[bool] = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: emptied.append(True))
    on("cuda").close()
    assert emptied == [True]
