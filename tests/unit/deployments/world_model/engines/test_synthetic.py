"""The engine without weights behind the contract of engines."""

import time

import numpy as np
import pytest

from configs.world_model import SYNTHETIC_MODEL, SyntheticConfig
from deployments.world_model.engine import EngineInput, Frame, FrameStack
from deployments.world_model.engines.synthetic import NothingSeenError, SyntheticEngine
from protocol.keymap import button_codes
from protocol.stages import Stage
from tests.fakes import pictures

HEIGHT, WIDTH = 48, 80


@pytest.fixture
def seed() -> Frame:
    return np.asarray(pictures.noise(WIDTH, HEIGHT), dtype=np.uint8)


def engine_at(seed: Frame, **settings: float) -> SyntheticEngine:
    config = SyntheticConfig.model_validate({"frame_height": HEIGHT, "frame_width": WIDTH, **settings})
    engine = SyntheticEngine(config)
    engine.reset()
    engine.append_frame(seed)
    return engine


def play(engine: SyntheticEngine, *passes: EngineInput) -> FrameStack:
    return np.concatenate([engine.generate(controls).frames for controls in passes])


def keys(*names: str, dx: float = 0.0, dy: float = 0.0) -> EngineInput:
    return EngineInput(button_codes(names), dx, dy)


def test_it_says_what_it_is() -> None:
    engine = SyntheticEngine(SyntheticConfig())
    spec = engine.spec
    assert (spec.model, spec.frame_height, spec.frame_width) == (SYNTHETIC_MODEL, 360, 640)
    assert (spec.sub_frames, spec.inference_fps, spec.n_frames) == (4, 60, 4096)
    assert not spec.has_prompt_conditioning
    assert not engine.uses_host_cores


@pytest.mark.parametrize("sub_frames", [1, 4, 7])
def test_a_pass_has_the_configured_frames(seed: Frame, sub_frames: int) -> None:
    frames = play(engine_at(seed, sub_frames=sub_frames), keys("W"))
    assert frames.shape == (sub_frames, HEIGHT, WIDTH, 3)
    assert frames.dtype == np.uint8


def test_idle_is_exactly_still(seed: Frame) -> None:
    assert (play(engine_at(seed), keys(), keys()) == seed).all()
    engine = engine_at(seed)
    last = play(engine, keys("W", "D", dx=31, dy=-9))[-1]
    assert (play(engine, keys(), keys()) == last).all()


def test_the_same_controls_give_the_same_frames(seed: Frame) -> None:
    passes = [keys("W"), keys("A", "SHIFT", dx=13.5), keys("S", dy=-7), keys()]
    assert np.array_equal(play(engine_at(seed), *passes), play(engine_at(seed), *passes))


def test_movement_goes_on_evenly_from_pass_to_pass(seed: Frame) -> None:
    in_one = play(engine_at(seed, sub_frames=8, inference_fps=60), keys("D", dx=16))
    in_two = play(engine_at(seed, sub_frames=4, inference_fps=60), keys("D", dx=8), keys("D", dx=8))
    assert np.array_equal(in_one, in_two)


def test_every_control_shows_and_its_opposite_shows_something_else(seed: Frame) -> None:
    shown = [
        play(engine_at(seed), *[controls] * 4)[-1].tobytes()
        for controls in (
            keys(), keys("W"), keys("S"), keys("A"), keys("D"), keys("W", "SHIFT"),
            keys(dx=30), keys(dx=-30), keys(dy=30), keys(dy=-30),
        )
    ]  # fmt: skip
    assert len(set(shown)) == len(shown)


def test_w_expands_the_picture_around_its_middle() -> None:
    dot = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
    dot[20:28, 34:46] = 255
    ahead = play(engine_at(dot), *[keys("W")] * 10)[-1]
    assert np.count_nonzero(ahead) > 1.2 * np.count_nonzero(dot)
    assert ahead[HEIGHT // 2, WIDTH // 2].min() == 255


def test_d_shifts_the_picture_left_and_a_right() -> None:
    stripe = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
    stripe[:, 40] = 255
    for name, side in (("D", -1), ("A", 1)):
        shifted = play(engine_at(stripe), *[keys(name)] * 4)[-1]
        assert side * (shifted[0, :, 0].argmax() - 40) > 0


def test_a_reset_and_the_same_seed_are_a_new_beginning(seed: Frame) -> None:
    engine = engine_at(seed)
    first = play(engine, keys("W", "D"))
    engine.reset()
    engine.append_frame(seed)
    assert np.array_equal(play(engine, keys("W", "D")), first)


def test_there_is_nothing_to_see_before_a_frame_was_appended(seed: Frame) -> None:
    engine = engine_at(seed)
    engine.reset()
    with pytest.raises(NothingSeenError):
        engine.generate(keys())


def test_frames_and_seed_belong_to_the_caller(seed: Frame) -> None:
    own = seed.copy()
    engine = engine_at(own)
    own[:] = 0
    frames = play(engine, keys())
    frames[:] = 0
    assert np.array_equal(play(engine, keys())[-1], seed)


def test_warming_up_reports_its_stages(seed: Frame) -> None:
    stages: list[Stage] = []
    engine_at(seed).warm_up(seed, stages.append)
    assert stages == [Stage.WARMUP_RESET, Stage.WARMUP_SEED, Stage.WARMUP_COMPILE]


def test_a_pass_waits_for_the_rest_of_the_generation_time(seed: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    waited_s: list[float] = []
    monkeypatch.setattr(time, "sleep", waited_s.append)
    engine_at(seed, generation_ms=30_000.0).generate(keys("W"))
    (wait_s,) = waited_s
    assert 0 < wait_s < 30


def test_a_pass_without_a_generation_time_does_not_wait(seed: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    waited_s: list[float] = []
    monkeypatch.setattr(time, "sleep", waited_s.append)
    engine_at(seed).generate(keys("W"))
    assert waited_s == []
