"""The generated worlds are deterministic and their distances true."""

import math

import numpy as np
import pytest

from scripts.pocket.worlds import RECIPES, World, make_world
from scripts.pocket.worlds.scene import S_FLAT


@pytest.fixture(scope="module")
def city() -> World:
    return make_world(3, "city")


def test_a_seed_gives_the_same_world_and_walk_again() -> None:
    first, second = make_world(11, "village"), make_world(11, "village")
    walk = first.path(4)
    assert np.array_equal(walk, second.path(4))
    x, y, z, _ = walk[0]
    for a, b in zip(first.panorama(x, y, z, 10, 32), second.panorama(x, y, z, 10, 32), strict=True):
        assert np.array_equal(a, b)


def test_level_ground_lies_one_eye_height_below(city: World) -> None:
    assert city.scene.settings[S_FLAT] > 0.5
    x, z = city.start
    _, inverse = city.view(x, 1.0, z, 0.0, math.radians(-60), math.radians(20), 9, 9, 1)
    assert inverse[4, 4] == pytest.approx(math.sin(math.radians(60)), rel=1e-3)


def test_view_and_panorama_agree_in_a_common_direction(city: World) -> None:
    x, z = city.start
    for column in (10, 50, 90, 117):
        yaw = (column + 0.5) / 128 * 2 * math.pi - math.pi
        _, around = city.panorama(x, 1.0, z, 41, 128, 1)
        _, ahead = city.view(x, 1.0, z, yaw, 0.0, math.radians(60), 41, 41, 1)
        assert ahead[20, 20] == pytest.approx(around[20, column], rel=1e-4)


@pytest.mark.parametrize("kind", list(RECIPES))
def test_every_kind_is_finite_and_leaves_room_on_its_way(kind: str) -> None:
    world = make_world(5, kind)
    for x, y, z, yaw in world.path(3):
        colours, inverse = world.view(x, y, z, yaw, 0.0, math.radians(75), 12, 16, 1)
        assert np.isfinite(inverse).all()
        assert (inverse >= 0).all()
        assert colours.std() > 0
        assert inverse.max() < 8
