"""What a seed lends to places that were never seen."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from deployments.world_model.engines.pocket.geometry import SKETCH_HEIGHT, SKETCH_WIDTH
from deployments.world_model.engines.pocket.likeness import NEAR_COLOURS, PIECE, Likeness
from deployments.world_model.engines.pocket.networks import Sketch

ROWS, COLUMNS = slice(20, 60), slice(100, 150)
SKY, GRASS = (90.0, 140.0, 220.0), (60.0, 120.0, 30.0)


@pytest.fixture
def known() -> NDArray[np.float32]:
    there = np.zeros((SKETCH_HEIGHT, SKETCH_WIDTH), np.float32)
    there[ROWS, COLUMNS] = 1
    return there


@pytest.fixture
def sketch(known: NDArray[np.float32]) -> Sketch:
    """Sky over grass that has its column's number as distance; elsewhere what nobody is to see."""
    colours = np.full((*known.shape, 3), 255.0, np.float32)
    colours[20:40, COLUMNS], colours[40:60, COLUMNS] = SKY, GRASS
    distances = np.broadcast_to(np.arange(1, SKETCH_WIDTH + 1, dtype=np.float32), known.shape)
    return Sketch(colours, np.where(known > 0, 1 / distances, 9.0).astype(np.float32))


def test_pieces_of_the_seed_go_all_around_and_up_and_down(sketch: Sketch, known: NDArray[np.float32]) -> None:
    around = Likeness(sketch, known).around(1, 0.0)
    assert around.colours.shape == sketch.colours.shape
    assert np.allclose(around.colours[:40], SKY, atol=0.1)
    assert np.allclose(around.colours[40:], GRASS, atol=0.1)
    columns = 1 / around.inverse_distance[50] - 1
    assert COLUMNS.start - 0.5 < columns.min()
    assert columns.max() < COLUMNS.stop
    steps = np.abs(np.diff(columns))
    breaks = np.flatnonzero(steps > 1.5)
    narrowest, widest = (share * 50 for share in PIECE)
    assert SKETCH_WIDTH / widest - 2 <= len(breaks) <= SKETCH_WIDTH / narrowest
    assert {-1, 1} <= set(np.rint(np.diff(columns)).astype(int)), "some are mirrored and some are not"


def test_the_same_number_gives_the_same_pieces_and_another_one_others(
    sketch: Sketch, known: NDArray[np.float32]
) -> None:
    likeness = Likeness(sketch, known)
    one, same, other = (likeness.around(number, 0.0).inverse_distance for number in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


@pytest.mark.parametrize("heading_rad", [0.0, 1.0, -2.0, math.pi, -math.pi])
def test_towards_the_way_is_where_the_seed_goes_on_farthest(
    heading_rad: float, sketch: Sketch, known: NDArray[np.float32]
) -> None:
    distances = np.broadcast_to(np.full(SKETCH_WIDTH, 5.0, np.float32), known.shape).copy()
    distances[:, 120:127] = 50.0
    likeness = Likeness(replace(sketch, inverse_distance=np.asarray(1 / distances, np.float32)), known)
    for number in range(4):
        around = likeness.around(number, heading_rad)
        ahead = round((heading_rad / (2 * math.pi) + 0.5) * SKETCH_WIDTH) % SKETCH_WIDTH
        assert 1 / around.inverse_distance[SKETCH_HEIGHT // 2, ahead] > 40


def test_a_dream_is_drawn_to_the_seeds_colours_and_what_is_known_stays(
    sketch: Sketch, known: NDArray[np.float32]
) -> None:
    purple = np.full_like(sketch.colours, 140.0)
    purple[..., 1] = 60.0
    drawn = Likeness(sketch, known).coloured(Sketch(purple, sketch.inverse_distance), known)
    assert (drawn.colours[known > 0] == purple[known > 0]).all()
    assert np.allclose(drawn.colours[known == 0], SKY, atol=1), "the nearer one"
    assert drawn.inverse_distance is sketch.inverse_distance


def test_a_colour_between_two_of_the_seeds_stays_between_them(known: NDArray[np.float32]) -> None:
    greys = np.full((*known.shape, 3), 100.0, np.float32)
    greys[:, ::2] += NEAR_COLOURS
    likeness = Likeness(Sketch(greys, np.ones(known.shape, np.float32)), known)
    between = Sketch(np.full_like(greys, 100 + NEAR_COLOURS / 2), np.ones(known.shape, np.float32))
    assert np.allclose(likeness.coloured(between, known).colours, between.colours, atol=0.5)


def test_a_seed_of_one_colour_has_one(known: NDArray[np.float32]) -> None:
    plain = Sketch(np.full((*known.shape, 3), 77.0, np.float32), np.ones(known.shape, np.float32))
    dreamt = Sketch(np.zeros_like(plain.colours), plain.inverse_distance)
    drawn = Likeness(plain, known).coloured(dreamt, known)
    assert (drawn.colours[known == 0] == 77.0).all()
