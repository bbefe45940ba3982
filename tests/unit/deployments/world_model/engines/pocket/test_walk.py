"""A walk: when keys are wished for, used and fetched, and how one's view passes into the next one's."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from deployments.world_model.engine import EngineInput, FrameStack
from deployments.world_model.engines.pocket import memory
from deployments.world_model.engines.pocket import walk as walk_module
from deployments.world_model.engines.pocket.crispness import fineness
from deployments.world_model.engines.pocket.geometry import FRAME_HEIGHT, FRAME_WIDTH
from deployments.world_model.engines.pocket.memory import LEAD_FRAMES
from deployments.world_model.engines.pocket.walk import FADE_FRAMES, Walk
from protocol.keymap import button_codes
from tests.fakes.pocket_keys import GREY_STEP, FakeKeyMaker, plain_key

FRAME_S = 1 / 60
LIMIT_S = 60.0

FINENESS = 500.0

HANDS_OFF = EngineInput()
AHEAD = EngineInput(button_codes(["W"]))
BACK = EngineInput(button_codes(["S"]))
TURNING = EngineInput(mouse_dx=4.0)


@pytest.fixture
def blindfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn: for walks whose keys matter and not their pictures."""

    def draw_nothing(*_: object) -> None:
        pass

    monkeypatch.setattr(walk_module, "draw_frame", draw_nothing)


def walk_with(maker: FakeKeyMaker) -> Walk:
    return Walk(plain_key((0.0, 0.0, 0.0), 0), 0.0, maker, FINENESS)


def drawn(walk: Walk, controls: EngineInput, frames: int = 1) -> FrameStack:
    """So many frames, one to a pass."""
    out = np.empty((frames, FRAME_HEIGHT, FRAME_WIDTH, 3), np.uint8)
    for index in range(frames):
        walk.draw_pass(controls, FRAME_S, out[index : index + 1])
    return out


def greys(frames: FrameStack) -> list[int]:
    """The one value that each frame has everywhere."""
    assert (frames == frames[:, :1, :1, :1]).all()
    return [int(frame[0, 0, 0]) for frame in frames]


def test_frames_become_as_fine_as_the_seed_on_the_way_and_hold_still_where_one_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grain = np.random.default_rng(1).integers(100, 130, (FRAME_HEIGHT, FRAME_WIDTH, 3), dtype=np.uint8)

    def draw_grain(*place_and_out: NDArray[np.uint8]) -> None:
        place_and_out[-1][:] = grain

    monkeypatch.setattr(walk_module, "draw_frame", draw_grain)
    walk = Walk(plain_key((0.0, 0.0, 0.0), 0), 0.0, FakeKeyMaker(), 2 * fineness(grain))
    assert (drawn(walk, HANDS_OFF)[0] == grain).all()
    on_the_way = [fineness(frame) for frame in drawn(walk, AHEAD, 40)]
    assert on_the_way[0] < 1.1 * fineness(grain)
    assert on_the_way == sorted(on_the_way)
    assert on_the_way[-1] == pytest.approx(2 * fineness(grain), rel=0.2)
    resting = drawn(walk, HANDS_OFF, 3)
    assert (resting == resting[0]).all()


def test_who_looks_around_wishes_for_no_key() -> None:
    maker = FakeKeyMaker()
    drawn(walk_with(maker), TURNING, 3)
    assert not maker.dreamt


def test_the_first_step_wishes_for_a_key_ahead_made_from_the_seeds() -> None:
    maker = FakeKeyMaker()
    walk = walk_with(maker)
    drawn(walk, AHEAD)
    ((x, y, z),) = maker.dreamt
    assert (x, y) == pytest.approx((0.0, 0.0), abs=1e-6)
    assert z > LEAD_FRAMES * walk.pose.z
    assert maker.sources == [[(0.0, 0.0, 0.0)]]
    assert maker.numbers == [1]


def test_a_wished_key_is_used_a_fixed_number_of_moving_frames_later_though_it_was_there_at_once() -> None:
    maker = FakeKeyMaker()
    walk = walk_with(maker)
    shown = greys(drawn(walk, AHEAD, LEAD_FRAMES + FADE_FRAMES))
    assert not any(shown[:LEAD_FRAMES])
    passing = shown[LEAD_FRAMES:]
    assert passing == sorted(passing)
    assert 0 < passing[0] < passing[FADE_FRAMES - 2] < GREY_STEP
    assert passing[FADE_FRAMES - 1] == GREY_STEP


@pytest.mark.usefixtures("blindfolded")
def test_no_key_is_wished_for_while_one_view_passes_into_another() -> None:
    maker = FakeKeyMaker()
    walk = walk_with(maker)
    drawn(walk, AHEAD, LEAD_FRAMES + FADE_FRAMES - 1)
    assert len(maker.dreamt) == 1
    drawn(walk, AHEAD, LEAD_FRAMES)
    assert len(maker.dreamt) == 2


def test_frames_in_which_nothing_moves_do_not_count() -> None:
    walk = walk_with(FakeKeyMaker())
    drawn(walk, AHEAD, 10)
    drawn(walk, HANDS_OFF, 3)
    assert not any(greys(drawn(walk, AHEAD, LEAD_FRAMES - 10)))
    drawn(walk, AHEAD, FADE_FRAMES)
    assert greys(drawn(walk, AHEAD)) == [GREY_STEP]


def test_a_key_that_is_late_is_waited_for() -> None:
    maker = FakeKeyMaker(is_prompt=False)
    walk = walk_with(maker)
    drawn(walk, AHEAD, LEAD_FRAMES)
    wished = maker.last
    assert not wished.is_waited_for.is_set()
    with ThreadPoolExecutor(1) as device:
        due = device.submit(drawn, walk, AHEAD)
        assert wished.is_waited_for.wait(LIMIT_S)
        assert not due.done()
        maker.finish()
        due.result(LIMIT_S)


def test_hands_off_nothing_changes_not_even_while_views_pass_into_each_other() -> None:
    walk = walk_with(FakeKeyMaker())
    half = drawn(walk, AHEAD, 1 + LEAD_FRAMES + FADE_FRAMES // 2)[-1]
    assert 0 < greys(half[None])[0] < GREY_STEP
    pose = walk.pose
    still = drawn(walk, HANDS_OFF, 3)
    assert (still == half).all()
    assert walk.pose == pose


@pytest.mark.usefixtures("blindfolded")
def test_keys_that_were_put_away_are_taken_out_again_where_one_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "AT_HAND", 2)
    maker = FakeKeyMaker()
    walk = walk_with(maker)
    drawn(walk, AHEAD, 5 * LEAD_FRAMES)
    assert not maker.taken_out
    known = list(maker.dreamt)
    drawn(walk, BACK, 4 * LEAD_FRAMES)
    assert maker.taken_out
    assert set(maker.taken_out) <= set(known)
    assert maker.dreamt[: len(known)] == known


@pytest.mark.usefixtures("blindfolded")
def test_the_same_controls_ask_for_the_same_keys() -> None:
    makers = FakeKeyMaker(), FakeKeyMaker()
    for maker in makers:
        walk = walk_with(maker)
        drawn(walk, AHEAD, 30)
        drawn(walk, TURNING, 5)
        drawn(walk, AHEAD, 30)
    assert len(makers[0].dreamt) > 1
    assert makers[0].dreamt == makers[1].dreamt
    assert makers[0].numbers == makers[1].numbers
