"""What is seen from a new place and stays as it is, and what is dreamt anew."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from deployments.world_model.engines.pocket.believing import LOST, SLIVER_CELLS, believed
from deployments.world_model.engines.pocket.geometry import (
    GRID_HEIGHT,
    GRID_WIDTH,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
    cell_directions,
)
from deployments.world_model.engines.pocket.raster import Panorama

BEHIND = (0.0, 0.0, -1.0)
HERE = (0.0, 0.0, 0.0)
HORIZON, AHEAD = GRID_HEIGHT // 2, GRID_WIDTH // 2
RIGHT = AHEAD + GRID_WIDTH // 4


def seen(inverse: float | NDArray[np.float32] = 0.1) -> Panorama:
    """A panorama of which everything is known, as finely as can be; ten eye heights away unless told otherwise."""
    grid = np.broadcast_to(np.float32(inverse), (GRID_HEIGHT, GRID_WIDTH)).astype(np.float32)
    return Panorama(
        picture=np.zeros((PICTURE_HEIGHT, PICTURE_WIDTH, 3), np.uint8),
        inverse=grid,
        detail=np.ones_like(grid),
        known=np.ones(grid.shape, np.bool_),
    )


def corridor(half_width: float) -> NDArray[np.float32]:
    """Inverse distances between two endless walls, along the way ahead."""
    right = np.abs(cell_directions(GRID_HEIGHT, GRID_WIDTH)[..., 0])
    return np.maximum(right / half_width, 1 / 100).astype(np.float32)


def test_what_is_far_and_fine_is_believed() -> None:
    assert believed(seen(), BEHIND, HERE).all()


def test_what_is_not_known_or_stretched_to_streaks_is_not() -> None:
    panorama = seen()
    panorama.known[:, :100] = False
    panorama.detail[:, 100:200] = 0.9 * LOST
    kept = believed(panorama, BEHIND, HERE)
    assert not kept[:, :200].any()
    assert kept[:, 205:-5].all()


def test_a_wall_ahead_makes_way_and_the_ground_does_not() -> None:
    kept = believed(seen(1.0), BEHIND, HERE)
    assert not kept[HORIZON, AHEAD]
    assert kept[-1].all()


@pytest.mark.parametrize(("half_width", "stays"), [(1.0, True), (0.4, False)])
def test_the_walls_of_a_corridor_stay_unless_one_would_scrape_along_them(half_width: float, *, stays: bool) -> None:
    assert believed(seen(corridor(half_width)), BEHIND, HERE)[HORIZON, RIGHT] == stays


def test_the_way_is_where_one_comes_from_and_not_where_one_looks() -> None:
    from_the_left = (-1.0, 0.0, 0.0)
    wall = seen(corridor(1.0))
    assert not believed(wall, from_the_left, HERE)[HORIZON, RIGHT]
    assert believed(wall, from_the_left, HERE)[HORIZON, AHEAD]


@pytest.mark.parametrize(("cells", "stays"), [(SLIVER_CELLS - 2, False), (SLIVER_CELLS + 2, True)])
@pytest.mark.parametrize("column", [AHEAD, 0])
def test_what_is_left_of_a_thing_goes_too(cells: int, column: int, *, stays: bool) -> None:
    panorama = seen()
    panorama.known[:] = False
    left = column - cells // 2
    panorama.known[:, np.arange(left, left + cells) % GRID_WIDTH] = True
    assert believed(panorama, BEHIND, HERE)[HORIZON, column] == stays


def test_nothing_is_lost_on_the_way_of_one_who_has_not_moved() -> None:
    assert math.isclose(believed(seen(), HERE, HERE).mean(), 1.0)
