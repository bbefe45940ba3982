"""Where the walker goes."""

import math

import pytest

from deployments.world_model.engine import EngineInput
from deployments.world_model.engines.pocket.geometry import PITCH_LIMIT_RAD
from deployments.world_model.engines.pocket.walking import (
    HOP_HEIGHT,
    HOP_S,
    RUN_FACTOR,
    SLOWED_FROM,
    SLOWED_TO,
    SLOWEST,
    WALK_PER_S,
    Pose,
    heading_of,
)
from protocol.keymap import button_codes

PASS_S = 4 / 60


def moved(
    *names: str,
    dx: float = 0.0,
    dy: float = 0.0,
    share: float = 1.0,
    pose: Pose | None = None,
    room: float = math.inf,
) -> Pose:
    return (pose or Pose()).moved(EngineInput(button_codes(names), dx, dy), PASS_S, share, room)


def test_hands_off_the_walker_stays_exactly() -> None:
    pose = Pose(1.1, 0.2, -3.3, 2.9, 0.1)
    assert moved(pose=pose) == pose


def test_buttons_without_a_meaning_do_nothing() -> None:
    assert moved("Q", "TAB", "SHIFT") == Pose()


@pytest.mark.parametrize(("letter", "arrow"), [("W", "UP"), ("S", "DOWN"), ("A", "LEFT"), ("D", "RIGHT")])
def test_arrows_walk_like_letters_and_both_together_no_faster(letter: str, arrow: str) -> None:
    assert moved(letter) == moved(arrow) == moved(letter, arrow)


def test_w_goes_ahead_and_s_back_by_as_much() -> None:
    assert moved("W").z == pytest.approx(WALK_PER_S * PASS_S)
    assert moved("S").z == pytest.approx(-WALK_PER_S * PASS_S)


def test_d_goes_right_of_the_heading() -> None:
    pose = moved("D", pose=Pose(yaw_rad=math.pi / 2))
    assert (pose.x, pose.z) == pytest.approx((0.0, -WALK_PER_S * PASS_S))


def test_a_diagonal_is_no_faster() -> None:
    pose = moved("W", "D")
    assert math.hypot(pose.x, pose.z) == pytest.approx(WALK_PER_S * PASS_S)


def test_opposite_buttons_cancel_out() -> None:
    assert moved("W", "S", "A", "D") == Pose()
    assert heading_of(EngineInput(button_codes(["W", "S"])), 1.0) is None


def test_shift_runs() -> None:
    assert moved("W", "SHIFT").z == pytest.approx(RUN_FACTOR * moved("W").z)


def test_the_mouse_turns_right_and_looks_down_as_it_moves() -> None:
    pose = moved(dx=72, dy=36)
    assert (pose.yaw_rad, pose.pitch_rad) == pytest.approx((0.1, -0.05))


def test_looking_ends_at_the_band_and_turning_goes_round() -> None:
    assert moved(dy=-5000).pitch_rad == PITCH_LIMIT_RAD
    assert moved(dy=5000).pitch_rad == -PITCH_LIMIT_RAD
    assert moved(dx=720, pose=Pose(yaw_rad=3.0)).yaw_rad == pytest.approx(4.0 - 2 * math.pi)


def test_half_a_pass_goes_half_the_way() -> None:
    half, whole = moved("D", dy=4, share=0.5), moved("D", dy=4)
    assert (2 * half.x, 2 * half.pitch_rad) == pytest.approx((whole.x, whole.pitch_rad))


def test_space_hops_and_lands_where_it_stood() -> None:
    pose, heights = moved("SPACE"), list[float]()
    while pose.hopped_s is not None:
        heights.append(pose.y)
        pose = moved(pose=pose)
    assert max(heights) == pytest.approx(HOP_HEIGHT, rel=0.1)
    assert len(heights) * PASS_S == pytest.approx(HOP_S, abs=PASS_S)
    assert pose == Pose()


def test_holding_space_hops_again_after_landing() -> None:
    pose = Pose()
    for _ in range(20):
        pose = moved("SPACE", pose=pose)
        assert pose.hopped_s is not None


def test_before_what_stands_in_the_way_it_slows_down_but_never_stops() -> None:
    free = moved("W").z
    assert moved("W", room=SLOWED_FROM).z == pytest.approx(free)
    assert SLOWEST * free < moved("W", room=(SLOWED_FROM + SLOWED_TO) / 2).z < free
    assert moved("W", room=0.0).z == pytest.approx(SLOWEST * free)


def test_the_same_controls_lead_to_the_same_place() -> None:
    first, second = Pose(), Pose()
    for _ in range(50):
        first = moved("W", "D", "SPACE", dx=3.3, dy=-0.7, pose=first)
        second = moved("W", "D", "SPACE", dx=3.3, dy=-0.7, pose=second)
    assert first == second
