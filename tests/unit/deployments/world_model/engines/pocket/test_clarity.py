"""Light and shade that survive being painted anew, again and again."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from deployments.world_model.engines.pocket.clarity import ENOUGH, MOST, clarity, cleared
from deployments.world_model.engines.pocket.geometry import (
    GRID_HEIGHT,
    GRID_WIDTH,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
)

EVERYWHERE = np.ones((GRID_HEIGHT, GRID_WIDTH), np.float32)
LEFT = slice(0, PICTURE_WIDTH // 2 - 200)
RIGHT = slice(PICTURE_WIDTH // 2 + 200, PICTURE_WIDTH)


@pytest.fixture(scope="module")
def mottled() -> NDArray[np.uint8]:
    """Spots of brown light and shade, some hundred pixels across."""
    spots = np.random.default_rng(3).normal(0, 60, (20, 64, 1)).astype(np.float32)
    large = cv2.resize(spots, (PICTURE_WIDTH, PICTURE_HEIGHT), interpolation=cv2.INTER_CUBIC)[..., None]
    return np.clip(np.array([130, 110, 90]) + large, 0, 255).astype(np.uint8)


def faded(picture: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    mean = picture.mean(axis=(0, 1))
    return np.rint(mean + share * (picture - mean)).astype(np.uint8)


def test_what_has_faded_a_little_is_as_clear_again(mottled: NDArray[np.uint8]) -> None:
    wanted = clarity(mottled, EVERYWHERE) / ENOUGH
    raised = cleared(faded(mottled, 0.85), EVERYWHERE, wanted)
    assert clarity(raised, EVERYWHERE) == pytest.approx(ENOUGH * wanted, rel=0.1)


def test_it_is_raised_by_so_much_at_most_and_its_hue_stays(mottled: NDArray[np.uint8]) -> None:
    pale = faded(mottled, 0.2)
    raised = cleared(pale, EVERYWHERE, 1e5)
    assert clarity(raised, EVERYWHERE) < 1.05 * MOST**2 * clarity(pale, EVERYWHERE)
    assert clarity(raised, EVERYWHERE) > 1.2 * clarity(pale, EVERYWHERE)
    change = raised.astype(np.int16) - pale
    assert (change == change[..., :1]).all()


def test_what_is_clear_enough_or_known_stays_as_it_is(mottled: NDArray[np.uint8]) -> None:
    assert cleared(mottled, EVERYWHERE, clarity(mottled, EVERYWHERE)) is mottled
    assert cleared(mottled, np.zeros_like(EVERYWHERE), 1e5) is mottled


def test_only_what_was_needed_is_measured_and_raised(mottled: NDArray[np.uint8]) -> None:
    picture = mottled.copy()
    picture[:, : PICTURE_WIDTH // 2] = faded(mottled, 0.5)[:, : PICTURE_WIDTH // 2]
    need = EVERYWHERE.copy()
    need[:, GRID_WIDTH // 2 :] = 0
    raised = cleared(picture, need, clarity(mottled, EVERYWHERE))
    assert (raised[:, RIGHT] == picture[:, RIGHT]).all()
    assert raised[:, LEFT].std() > 1.1 * picture[:, LEFT].std()
    assert clarity(picture, need) < 0.5 * clarity(picture, EVERYWHERE - need)


def test_a_flat_place_stays_flat() -> None:
    flat = np.full((PICTURE_HEIGHT, PICTURE_WIDTH, 3), 90, np.uint8)
    assert (cleared(flat, EVERYWHERE, 5000.0) == flat).all()
