"""Ramps in a seed's distances, put straight."""

import numpy as np
import pytest

from deployments.world_model.engines.pocket.geometry import FARTHEST, FOCAL_PX, FRAME_HEIGHT, FRAME_WIDTH
from deployments.world_model.engines.pocket.upright import stood_up

ROWS, COLUMNS = 72, 128


def rays() -> tuple[np.ndarray, np.ndarray]:
    """Down over ahead, and the ray's length over ahead, of each cell."""
    across = ((np.arange(COLUMNS) + 0.5) / COLUMNS - 0.5) * FRAME_WIDTH / FOCAL_PX
    down = ((np.arange(ROWS) + 0.5) / ROWS - 0.5) * FRAME_HEIGHT / FOCAL_PX
    return np.broadcast_to(down[:, None], (ROWS, COLUMNS)), np.hypot(np.hypot(across, 1.0), down[:, None])


def inverse_of(depth: np.ndarray) -> np.ndarray:
    return (1.0 / np.clip(depth * rays()[1], 0.2, FARTHEST)).astype(np.float32)


def depths_of(inverse: np.ndarray) -> np.ndarray:
    return 1.0 / inverse / rays()[1]


def ground_depth() -> np.ndarray:
    down = rays()[0]
    return np.where(down > 1 / FARTHEST, 1.0 / np.maximum(down, 1 / FARTHEST), FARTHEST)


def test_level_ground_stays_as_it_is() -> None:
    ground = inverse_of(ground_depth())
    assert stood_up(ground, 0.0)[40:] == pytest.approx(ground[40:], rel=0.05)


def test_a_steep_ramp_becomes_a_wall_at_the_distance_of_its_foot() -> None:
    down, _ = rays()
    ramp = 4.0 + 1.0 / 1.5 * (1.0 - down * 4.0)  # rises 1.5 for each eye height farther away
    depth = np.where(down > 0.25, ground_depth(), np.minimum(ramp, 6.0))
    depths = depths_of(stood_up(inverse_of(depth), 0.0))
    middle = depths[20:44, 60:68]
    assert middle == pytest.approx(4.0, rel=0.12)


def test_what_is_behind_a_break_keeps_its_distance() -> None:
    depth = np.where(rays()[0] < -0.2, 40.0, 5.0)
    stood = depths_of(stood_up(inverse_of(depth), 0.0))
    assert stood[:15] == pytest.approx(40.0, rel=0.05)


def test_a_wall_of_one_distance_stays_as_it_is() -> None:
    wall = inverse_of(np.full((ROWS, COLUMNS), 3.0))
    assert stood_up(wall, 0.1) == pytest.approx(wall, rel=0.1)


def test_a_ceiling_stays_over_ones_head() -> None:
    down, _ = rays()
    above = np.where(down < -1e-3, -1.5 / np.minimum(down, -1e-3), FARTHEST)
    room = inverse_of(np.minimum(np.minimum(ground_depth(), above), 8.0))
    assert depths_of(stood_up(room, 0.0))[:20] == pytest.approx(depths_of(room)[:20], rel=0.1)


def test_waves_in_level_ground_are_evened_and_a_hole_in_it_is_not() -> None:
    ground = inverse_of(ground_depth())
    waves = ground * (1 + 0.25 * np.sin(np.arange(COLUMNS) / 4)).astype(np.float32)
    off = np.abs(stood_up(waves, 0.0)[44:] / ground[44:] - 1)
    assert np.mean(off < 0.02) > 0.98
    hole = inverse_of(np.where(rays()[0] > 0.1, 2.5 * ground_depth(), 20.0))
    assert np.median(depths_of(stood_up(hole, 0.0))[60:] / ground_depth()[60:]) > 2.0
