"""Sharpness that survives being drawn from, again and again."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from deployments.world_model.engines.pocket.crispness import MARGIN, ROOM, Focus, crisp, fineness

SHAPE = (180, 320)


@pytest.fixture(scope="module")
def textured() -> NDArray[np.uint8]:
    grain = np.random.default_rng(4).normal(0, 40, (*SHAPE, 3)).astype(np.float32)
    smooth = np.asarray(cv2.GaussianBlur(grain, (0, 0), 0.8), np.float32)
    return np.clip(128 + smooth, 0, 255).astype(np.uint8)


def drawn(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The picture as bilinear interpolation gives it a part of a pixel farther on."""
    right, down = rng.uniform(0, 1, 2).astype(np.float32)
    moves = np.array([[1, 0, -right], [0, 1, -down]], np.float32)
    moved = cv2.warpAffine(picture, moves, SHAPE[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return moved.astype(np.uint8)


def drawn_often(picture: NDArray[np.uint8], *, is_sharpened: bool) -> float:
    """What is left of the fineness after ten drawings."""
    rng, wanted = np.random.default_rng(1), fineness(picture)
    for _ in range(10):
        picture = drawn(crisp(picture, wanted) if is_sharpened else picture, rng)
    return fineness(picture) / wanted


def test_a_picture_drawn_ten_times_over_keeps_its_detail(textured: NDArray[np.uint8]) -> None:
    assert drawn_often(textured, is_sharpened=False) < 0.1
    assert 0.5 < drawn_often(textured, is_sharpened=True) < 2 * MARGIN


def test_what_is_finer_than_is_wanted_stays_as_it_is(textured: NDArray[np.uint8]) -> None:
    assert crisp(textured, fineness(textured) / 10) is textured


def test_a_flat_picture_stays_flat() -> None:
    flat = np.full((*SHAPE, 3), 90, np.uint8)
    assert (crisp(flat, 500.0) == 90).all()


def test_the_grain_of_a_clear_sky_is_not_made_coarser() -> None:
    sky = (150 + np.random.default_rng(2).integers(0, 2, (*SHAPE, 3))).astype(np.uint8)
    assert (crisp(sky, 500.0) == sky).all()


def test_no_outline_gets_a_halo() -> None:
    step = np.full((*SHAPE, 3), 60, np.uint8)
    step[:, SHAPE[1] // 2 :] = 180
    sharp = crisp(step, 1e6)
    assert sharp.min() >= 60 - ROOM
    assert sharp.max() <= 180 + ROOM


def test_a_frame_is_made_as_fine_as_the_seed_the_more_the_farther_from_its_view(textured: NDArray[np.uint8]) -> None:
    soft = np.asarray(cv2.GaussianBlur(textured, (3, 3), 0.5), np.uint8)
    wanted = fineness(textured)
    focus = Focus(wanted)
    focus.look(soft)
    at_seed, near, far = soft.copy(), soft.copy(), soft.copy()
    focus.adjust(at_seed, 0.0)
    focus.adjust(near, 0.3)
    focus.adjust(far, 2.0)
    assert (at_seed == soft).all()
    assert fineness(soft) < fineness(near) < fineness(far)
    assert 0.7 < fineness(far) / wanted < 1.4


def test_a_frame_that_is_finer_than_the_seed_is_made_softer(textured: NDArray[np.uint8]) -> None:
    wanted = fineness(textured) / 3
    focus = Focus(wanted)
    focus.look(textured)
    frame = textured.copy()
    focus.adjust(frame, 2.0)
    assert 0.5 < fineness(frame) / wanted < 1.5


def test_a_frame_unlike_those_before_changes_little_at_once(textured: NDArray[np.uint8]) -> None:
    focus = Focus(fineness(textured))
    focus.look(textured)
    focus.look(np.full_like(textured, 90))
    frame = textured.copy()
    focus.adjust(frame, 2.0)
    assert 1 < fineness(frame) / fineness(textured) < 2


def test_before_the_first_look_frames_stay_as_they_are(textured: NDArray[np.uint8]) -> None:
    frame = textured.copy()
    Focus(1e6).adjust(frame, 2.0)
    assert (frame == textured).all()
