"""How far the way is clear."""

import math
from dataclasses import replace

import numpy as np
import pytest

from deployments.world_model.engines.pocket.surroundings import CLEAR, HALF_WIDTH, room_ahead
from tests.unit.deployments.world_model.engines.pocket import rooms

HOME = (0.0, 0.0, 0.0)
NEARLY = 0.25


def test_the_box_ahead_is_in_the_way_and_the_open_ground_behind_is_not() -> None:
    (_, _, front), _ = rooms.BOX
    assert room_ahead(rooms.key(), HOME, 0.0) == pytest.approx(front, abs=NEARLY)
    assert room_ahead(rooms.key(), HOME, math.pi) == CLEAR


def test_it_is_counted_from_the_walker_not_from_the_key() -> None:
    assert room_ahead(rooms.key(), (0.0, 0.0, 1.0), 0.0) == pytest.approx(rooms.BOX[0][2] - 1.0, abs=NEARLY)


def test_who_passes_beside_the_box_is_not_held_up_by_it() -> None:
    beside = rooms.BOX[1][0] + 2 * HALF_WIDTH
    assert room_ahead(rooms.key(), (beside, 0.0, 0.0), 0.0) > rooms.BOX[1][2] + 1.0


def test_what_lies_behind_is_in_nobodys_way() -> None:
    assert room_ahead(rooms.key(), (0.0, 0.0, rooms.BOX[1][2] + 1.0), 0.0) > 1.0
    assert room_ahead(rooms.key(), HOME, math.pi) == CLEAR


def test_where_everything_is_far_the_way_is_clear() -> None:
    far = replace(rooms.key(), inverse_distance=np.full_like(rooms.key().inverse_distance, 1 / 400))
    assert room_ahead(far, HOME, 1.0) == CLEAR
