"""The pocket world behind the contract of engines, with the weights that are there, whatever they have learned.

What a seed's world looks like is dreamt once for all tests but one: dreaming itself is tested beside it.
"""

import functools
import threading
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import pytest

from configs.world_model import POCKET_MODEL, PocketConfig
from deployments.world_model.engine import EngineInput, Frame, FrameStack
from deployments.world_model.engines.pocket import engine as pocket_engine
from deployments.world_model.engines.pocket.dreaming import Dream, first_key
from deployments.world_model.engines.pocket.engine import NothingSeenError, PocketEngine
from deployments.world_model.engines.pocket.geometry import FRAME_HEIGHT, FRAME_WIDTH
from deployments.world_model.engines.pocket.keys import Key, Position
from deployments.world_model.engines.pocket.networks import Networks
from protocol.keymap import button_codes
from protocol.stages import Stage
from tests.unit.deployments.world_model.engines.pocket import rooms

HOME = (0.0, 0.0, 0.0)
LIMIT_S = 60.0
HANDS_OFF = EngineInput()
AHEAD = EngineInput(button_codes(["W"]))
HOPPING = EngineInput(button_codes(["SPACE"]), mouse_dx=9.0)
WALK = [*[AHEAD] * 11, *[HOPPING] * 4]
"""To a second key, and turning and hopping in place while its view takes over from the first one's."""


def ignore(_stage: Stage) -> None:
    pass


@pytest.fixture(scope="module")
def seed() -> Frame:
    return rooms.view(HOME)


@functools.cache
def networks() -> Networks:
    return Networks()


@functools.cache
def dreamt(pixels: bytes, number: int) -> tuple[Dream, Key]:
    frame = np.frombuffer(pixels, np.uint8).reshape(FRAME_HEIGHT, FRAME_WIDTH, 3)
    return first_key(networks(), frame, number)


@pytest.fixture
def dreams(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The seed of each world that an engine has dreamt."""
    seeds: list[bytes] = []

    def noted(_networks: Networks, frame: Frame, number: int) -> tuple[Dream, Key]:
        seeds.append(frame.tobytes())
        return dreamt(seeds[-1], number)

    monkeypatch.setattr(pocket_engine, "Networks", networks)
    monkeypatch.setattr(pocket_engine, "first_key", noted)
    return seeds


@pytest.fixture
def engine(dreams: list[bytes]) -> Iterator[PocketEngine]:  # noqa: ARG001 - its making is what is wanted
    made = PocketEngine(PocketConfig())
    yield made
    made.close()


def played(engine: PocketEngine, *passes: EngineInput) -> FrameStack:
    return np.concatenate([engine.generate(controls).frames for controls in passes])


def test_it_says_what_it_is(engine: PocketEngine) -> None:
    spec = engine.spec
    assert (spec.model, spec.model_type) == (POCKET_MODEL, "pocket")
    assert (spec.frame_height, spec.frame_width) == (360, 640)
    assert (spec.sub_frames, spec.inference_fps, spec.n_frames) == (4, 60, 4096)
    assert not spec.has_prompt_conditioning
    assert engine.uses_host_cores


@pytest.mark.usefixtures("dreams")
def test_large_arrays_are_given_back_from_its_beginning_on(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(pocket_engine, "give_back_large_arrays", lambda: calls.append("given back"))
    PocketEngine(PocketConfig()).close()
    assert calls == ["given back"]


def test_a_pass_without_a_seed_is_refused_before_and_after_a_reset(engine: PocketEngine, seed: Frame) -> None:
    with pytest.raises(NothingSeenError):
        engine.generate(HANDS_OFF)
    engine.append_frame(seed)
    engine.reset()
    with pytest.raises(NothingSeenError):
        engine.generate(HANDS_OFF)


def test_the_first_frame_is_the_seed_and_stays_until_something_moves(engine: PocketEngine, seed: Frame) -> None:
    engine.append_frame(seed)
    generated = engine.generate(HANDS_OFF)
    assert generated.frames.shape == (4, 360, 640, 3)
    assert generated.frames.dtype == np.uint8
    assert generated.infer_ms > 0
    assert generated.sync_ms == 0
    assert cv2.PSNR(generated.frames[0], seed) >= 30
    assert (generated.frames == generated.frames[0]).all()
    moved = engine.generate(HOPPING).frames
    assert (moved[1:] != moved[:-1]).any(axis=(1, 2, 3)).all()


def test_the_frames_of_a_pass_are_the_callers(engine: PocketEngine, seed: Frame) -> None:
    engine.append_frame(seed)
    first = engine.generate(HANDS_OFF).frames
    kept = first.copy()
    engine.generate(HOPPING)
    assert (first == kept).all()


def test_the_same_seed_number_and_controls_give_the_same_frames(seed: Frame) -> None:
    walks: list[FrameStack] = []
    for _ in range(2):
        engine = PocketEngine(PocketConfig(seed=7))
        engine.append_frame(seed)
        walks.append(played(engine, *WALK))
        engine.close()
    assert (walks[0] == walks[1]).all()


def test_a_warm_up_leaves_the_world_to_be_dreamt_once(engine: PocketEngine, seed: Frame, dreams: list[bytes]) -> None:
    stages: list[Stage] = []
    engine.warm_up(seed, stages.append)
    assert stages == [Stage.WARMUP_RESET, Stage.WARMUP_SEED, Stage.WARMUP_COMPILE]
    engine.reset()
    engine.append_frame(seed.copy())
    assert len(dreams) == 1


def test_after_a_reset_the_same_seed_stands_at_its_beginning_again(engine: PocketEngine, seed: Frame) -> None:
    engine.append_frame(seed)
    first = engine.generate(HANDS_OFF).frames
    played(engine, AHEAD, AHEAD)
    engine.reset()
    engine.append_frame(seed)
    assert (engine.generate(HANDS_OFF).frames == first).all()


def test_another_seed_is_another_world(engine: PocketEngine, seed: Frame, dreams: list[bytes]) -> None:
    engine.append_frame(seed)
    engine.append_frame(255 - seed)
    assert len(dreams) == 2
    assert cv2.PSNR(engine.generate(HANDS_OFF).frames[0], 255 - seed) >= 30


def test_a_seed_that_changes_in_the_callers_hands_is_not_taken_for_the_old_one(
    engine: PocketEngine, seed: Frame, dreams: list[bytes]
) -> None:
    frame = seed.copy()
    engine.append_frame(frame)
    frame[:] = 255 - frame
    engine.append_frame(frame)
    assert len(dreams) == 2


def test_recovering_dreams_anew(engine: PocketEngine, seed: Frame, dreams: list[bytes]) -> None:
    engine.append_frame(seed)
    engine.recover()
    engine.append_frame(seed)
    assert len(dreams) == 2


@pytest.mark.usefixtures("dreams")
def test_keys_of_walks_that_were_left_are_not_made(
    engine: PocketEngine, seed: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    may_go_on = threading.Event()

    def made_late(_dream: Dream, sources: Sequence[Key], _position: Position, number: int) -> Key:
        begun.append(number)
        assert may_go_on.wait(LIMIT_S)
        return sources[0]

    monkeypatch.setattr(pocket_engine, "next_key", made_late)
    for _ in range(5):
        engine.append_frame(seed)
        engine.generate(AHEAD)
    may_go_on.set()
    engine.append_frame(seed)
    played(engine, *WALK)
    assert len(begun) <= 3, "one that was running, perhaps the fifth walk's, and the last one's"


def test_closing_ends_its_thread(seed: Frame) -> None:
    before = set(threading.enumerate())
    engine = PocketEngine(PocketConfig())
    engine.append_frame(seed)
    played(engine, AHEAD)
    (thread,) = set(threading.enumerate()) - before
    assert thread.name.startswith("pocket")
    engine.close()
    assert not thread.is_alive()
