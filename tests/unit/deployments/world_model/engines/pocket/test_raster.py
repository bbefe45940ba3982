"""What is drawn of a key, from its own place and from others."""

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from deployments.world_model.engines.pocket.geometry import (
    FOCAL_PX,
    FRAME_HEIGHT,
    FRAME_WIDTH,
    GRID_HEIGHT,
    GRID_WIDTH,
    PICTURE_WIDTH,
)
from deployments.world_model.engines.pocket.keys import Seed, build_key
from deployments.world_model.engines.pocket.raster import add_to_panorama, draw_frame, draw_panorama
from tests.unit.deployments.world_model.engines.pocket import rooms

Frame = NDArray[np.uint8]

BOX_DISTANCE = rooms.BOX[0][2]
"""Of its front, from the middle."""


def drawn(
    x: float = 0.0, y: float = 0.0, z: float = 0.0, yaw: float = 0.0, pitch: float = 0.0, *, seeded: bool = False
) -> Frame:
    out = np.full((FRAME_HEIGHT, FRAME_WIDTH, 3), 77, np.uint8)
    draw_frame(rooms.seeded_key() if seeded else rooms.key(), x, y, z, yaw, pitch, out)
    return out


def psnr(one: Frame, other: Frame) -> float:
    return 10 * math.log10(255**2 / max(1e-9, float(np.mean((one.astype(float) - other) ** 2))))


def red_columns(frame: Frame, row: int) -> NDArray[np.intp]:
    """Where the box is in a row."""
    line = frame[row].astype(int)
    return np.flatnonzero(line[:, 0] > 1.8 * line[:, 2])


def test_from_its_own_place_the_seed_comes_back() -> None:
    seed = rooms.view((0.0, 0.0, 0.0))
    assert np.abs(drawn(seeded=True).astype(int) - seed).max() <= 1


def test_a_seed_looks_the_same_whatever_its_pitch() -> None:
    pitch = math.radians(-12)
    seed = rooms.view((0.0, 0.0, 0.0), 0.0, pitch)
    key = build_key((1.0, 2.0, 3.0), *rooms.panorama(), Seed(seed, pitch))
    out = np.zeros_like(seed)
    draw_frame(key, 1.0, 2.0, 3.0, 0.0, pitch, out)
    assert np.abs(out.astype(int) - seed).max() <= 1


def test_turning_shows_what_is_there() -> None:
    for yaw, pitch in [(0.7, 0.0), (-2.9, 0.2), (math.pi, -0.5)]:
        assert psnr(drawn(yaw=yaw, pitch=pitch), rooms.view((0.0, 0.0, 0.0), yaw, pitch)) > 28.0


def test_turning_right_by_one_picture_column_shifts_the_middle_left_by_as_much() -> None:
    columns = 20
    turned, ahead = drawn(yaw=columns * 2 * math.pi / PICTURE_WIDTH), drawn()
    window = slice(FRAME_WIDTH // 2 - 60, FRAME_WIDTH // 2 + 60)
    expected = round(FOCAL_PX * math.tan(columns * 2 * math.pi / PICTURE_WIDTH))
    shifts = range(expected - 4, expected + 5)
    row = FRAME_HEIGHT // 2
    costs = [
        float(np.abs(turned[row, window].astype(int) - ahead[row, window.start + s : window.stop + s]).mean())
        for s in shifts
    ]
    assert abs(shifts[int(np.argmin(costs))] - expected) <= 1


@pytest.mark.parametrize(
    "place", [(0.0, 0.0, 0.6), (0.5, 0.0, 0.0), (-0.4, 0.0, -0.3), (0.0, 0.3, 0.0), (0.2, 0.1, 0.4)]
)
def test_another_place_is_drawn_with_parallax(place: tuple[float, float, float]) -> None:
    expected = rooms.view(place)
    assert psnr(drawn(*place), expected) > psnr(drawn(), expected) + 4.0


def test_walking_ahead_makes_the_box_larger() -> None:
    row = FRAME_HEIGHT // 2 + 20
    near, far = red_columns(drawn(z=0.8), row), red_columns(drawn(), row)
    assert len(near) > 1.3 * len(far)


def test_strafing_right_moves_near_things_left_by_more_than_far_ones() -> None:
    row = FRAME_HEIGHT // 2 + 20
    moved = red_columns(drawn(x=0.4), row)[0] - red_columns(drawn(), row)[0]
    expected = -0.4 / 2.5 * FOCAL_PX
    assert moved == pytest.approx(expected, rel=0.1)
    far = (slice(150, 180), slice(480, 620))
    assert psnr(drawn(x=0.4)[far], rooms.view((0.4, 0.0, 0.0))[far]) > 35.0


@pytest.mark.parametrize("x", [-2.0 / FOCAL_PX * BOX_DISTANCE, 2.0 / FOCAL_PX * BOX_DISTANCE])
def test_a_step_that_moves_an_outline_by_two_pixels_shows_both_sides_up_to_it(x: float) -> None:
    place = (x, 0.0, 0.0)
    expected = rooms.view(place)
    box = (expected[..., 0] > 1.8 * expected[..., 2]).astype(np.uint8)
    outline = cv2.morphologyEx(box, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8)) > 0
    error = np.abs(drawn(*place, seeded=True).astype(int) - expected)[outline].mean()
    assert error < 3.0, "what mixes both sides' colours is not left out yet"


def test_no_pixel_is_left_undrawn() -> None:
    for place in [(0.0, 0.0, 1.0), (0.9, 0.3, 0.2), (-1.0, -0.3, -0.8)]:
        for yaw in (0.0, 1.5, 3.1):
            for pitch in (-0.54, 0.0, 0.54):
                frames = [np.full((FRAME_HEIGHT, FRAME_WIDTH, 3), value, np.uint8) for value in (0, 255)]
                for frame in frames:
                    draw_frame(rooms.key(), *place, yaw, pitch, frame)
                assert (frames[0] == frames[1]).all()


def test_the_same_pose_gives_the_same_frame() -> None:
    first = drawn(0.3, 0.1, 0.5, 0.4, -0.2)
    drawn(-0.5, 0.0, 0.1, 2.0)
    assert (drawn(0.3, 0.1, 0.5, 0.4, -0.2) == first).all()


def test_looking_down_after_walking_back_the_ground_is_closed_and_alike() -> None:
    frame = drawn(z=-0.9, pitch=-0.54)
    ground = frame[200:].reshape(-1, 3).astype(float)
    assert np.abs(ground.mean(0) - rooms.view((0.0, 0.0, -0.9), 0.0, -0.54)[200:].reshape(-1, 3).mean(0)).max() < 15.0


def test_the_panorama_from_its_own_place_is_the_key_itself() -> None:
    key = rooms.key()
    seen = draw_panorama(key, 0.0, 0.0, 0.0)
    picture, inverse, detail, known = seen.picture, seen.inverse, seen.detail, seen.known
    assert np.abs(picture.astype(int) - key.picture).max() <= 1
    assert np.abs(inverse - key.inverse_distance)[~_beside_cuts()].max() < 1e-3
    assert detail == pytest.approx(1.0, abs=0.02)
    assert known.all()


def test_the_panorama_of_another_place_is_what_is_seen_there() -> None:
    place = (0.3, 0.0, 0.5)
    seen_there = draw_panorama(rooms.key(), *place)
    picture, inverse, known = seen_there.picture, seen_there.inverse, seen_there.known
    expected, distances = rooms.panorama(place)
    seen = cv2.resize(known.astype(np.uint8), (PICTURE_WIDTH, 800), interpolation=cv2.INTER_NEAREST).astype(bool)
    assert psnr(picture[seen], expected[seen]) > 25.0
    assert np.median(np.abs(inverse / distances - 1)[known]) < 0.01
    assert 0.02 < 1 - known.mean() < 0.2, "hidden from the key: beside the box, and the ground it stood on"


def test_detail_falls_where_one_comes_nearer_and_rises_where_one_goes_away() -> None:
    middle = (slice(GRID_HEIGHT // 2, GRID_HEIGHT // 2 + 10), slice(GRID_WIDTH // 2 - 8, GRID_WIDTH // 2 + 8))
    for z, expected in [(1.25, 0.5), (-2.5, 2.0)]:
        seen = draw_panorama(rooms.key(), 0.0, 0.0, z)
        detail, known = seen.detail, seen.known
        assert known[middle].all()
        assert float(np.median(detail[middle])) == pytest.approx(expected, rel=0.15)


def test_what_was_hidden_is_unknown_and_has_no_detail() -> None:
    seen = draw_panorama(rooms.key(), 0.8, 0.0, 0.0)
    detail, known = seen.detail, seen.known
    assert (detail[~known] == 0).all()
    assert not known.all()


def test_there_and_back_again_the_view_is_nearly_the_same() -> None:
    seen = draw_panorama(rooms.key(), 0.0, 0.0, 0.3)
    picture, inverse = seen.picture, seen.inverse
    there = build_key((0.0, 0.0, 0.3), picture, inverse)
    out = np.zeros((FRAME_HEIGHT, FRAME_WIDTH, 3), np.uint8)
    draw_frame(there, 0.0, 0.0, 0.0, 0.4, 0.0, out)
    assert psnr(out, drawn(yaw=0.4)) > 27.0


def _beside_cuts() -> "NDArray[np.bool_]":
    quads = rooms.key().cuts.quads
    beside = np.zeros((GRID_HEIGHT, GRID_WIDTH), np.bool_)
    for k in range(4):
        beside[quads[:, 0] + k // 2, (quads[:, 1] + k % 2) % GRID_WIDTH] = True
    return beside


def test_another_key_shows_what_the_first_could_not_see() -> None:
    place = (0.8, 0.0, 0.0)
    seen = draw_panorama(rooms.key(), *place)
    before, was_known = seen.picture.copy(), seen.known.copy()
    add_to_panorama(seen, rooms.key(place), *place)
    assert seen.known.mean() > 0.99
    pixels = was_known.repeat(5, axis=0).repeat(5, axis=1)
    assert (seen.picture[pixels] == before[pixels]).all(), "what was known stays"
    added = (seen.known & ~was_known).repeat(5, axis=0).repeat(5, axis=1)
    assert psnr(seen.picture[added], rooms.panorama(place)[0][added]) > 28.0


def test_a_key_adds_nothing_to_what_is_known() -> None:
    seen = draw_panorama(rooms.key(), 0.0, 0.0, 0.0)
    before = seen.picture.copy()
    add_to_panorama(seen, rooms.key((0.8, 0.0, 0.0)), 0.0, 0.0, 0.0)
    assert (seen.picture == before).all()
