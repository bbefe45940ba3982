"""Where the camera goes."""

import pytest

from deployments.world_model.engine import EngineInput
from deployments.world_model.engines.camera import CYCLE_OCTAVES, RUN_FACTOR, WINDOW_OCTAVES, Camera
from protocol.keymap import button_codes

PASS_S = 4 / 60


def moved(*names: str, dx: float = 0.0, dy: float = 0.0, share: float = 1.0, camera: Camera | None = None) -> Camera:
    return (camera or Camera()).moved(EngineInput(button_codes(names), dx, dy), PASS_S, share)


def test_hands_off_the_camera_stays() -> None:
    assert moved() == Camera()


def test_buttons_without_a_meaning_do_nothing() -> None:
    assert moved("Q", "TAB", "MOUSE_LEFT", "SHIFT") == Camera()


def test_w_goes_ahead_and_s_goes_back_by_as_much() -> None:
    assert moved("W").octaves > 0
    assert moved("S").octaves == -moved("W").octaves


def test_d_goes_right_and_a_goes_left_by_as_much() -> None:
    assert moved("D").x_heights > 0
    assert moved("A").x_heights == -moved("D").x_heights


def test_opposite_buttons_cancel_out() -> None:
    assert moved("W", "S", "A", "D") == Camera()


def test_shift_runs() -> None:
    assert moved("W", "SHIFT").octaves == pytest.approx(RUN_FACTOR * moved("W").octaves)
    assert moved("D", "SHIFT").x_heights == pytest.approx(RUN_FACTOR * moved("D").x_heights)


def test_the_mouse_looks_right_and_down_as_it_moves() -> None:
    looked = moved(dx=72, dy=36)
    assert (looked.x_heights, looked.y_heights) == pytest.approx((0.1, 0.05))


def test_nearer_things_need_less_movement_for_the_same_turn_on_the_screen() -> None:
    assert moved(dx=72, camera=Camera(octaves=1.0)).x_heights == pytest.approx(0.05)


def test_half_a_pass_goes_half_the_way() -> None:
    half, whole = moved("W", "D", dx=10, dy=4, share=0.5), moved("W", "D", dx=10, dy=4)
    assert (2 * half.x_heights, 2 * half.y_heights, 2 * half.octaves) == pytest.approx(
        (whole.x_heights, whole.y_heights, whole.octaves)
    )


def test_walking_ahead_comes_round_to_where_it_began() -> None:
    begin, end = Camera(), Camera(octaves=CYCLE_OCTAVES - 1e-9)
    assert end.zoom == pytest.approx(2**CYCLE_OCTAVES)
    assert (end.far_zoom, end.window) == pytest.approx((begin.zoom, 1.0))


def test_the_window_opens_over_the_last_part_of_a_cycle() -> None:
    assert Camera(octaves=CYCLE_OCTAVES - WINDOW_OCTAVES).window == pytest.approx(0)
    assert Camera(octaves=CYCLE_OCTAVES - WINDOW_OCTAVES / 2).window == pytest.approx(0.5)
    assert Camera().window == 0
