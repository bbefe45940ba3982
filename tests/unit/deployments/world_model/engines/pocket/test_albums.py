"""Keys that are put away and taken out again."""

import numpy as np
import pytest

from deployments.world_model.engines.pocket.albums import PutAway, pack, taken_out
from deployments.world_model.engines.pocket.keys import Key
from tests.unit.deployments.world_model.engines.pocket import rooms


@pytest.fixture(scope="module")
def packed() -> PutAway:
    return pack(rooms.key())


@pytest.fixture(scope="module")
def back(packed: PutAway) -> Key:
    return taken_out(packed)


def test_a_key_comes_back_where_it_was_and_nearly_as_it_was(back: Key) -> None:
    key = rooms.key()
    assert back.position == key.position
    assert np.abs(back.picture.astype(np.int16) - key.picture).mean() < 2
    far = np.abs(back.inverse_distance / key.inverse_distance - 1)
    assert np.median(far) < 1e-3


def test_what_is_put_away_is_a_tenth_of_what_is_at_hand(packed: PutAway) -> None:
    size_bytes = len(packed.picture) + packed.inverse_distance.nbytes
    assert size_bytes < rooms.key().texels.nbytes / 5


def test_taking_out_gives_the_same_key_each_time(packed: PutAway, back: Key) -> None:
    again = taken_out(packed)
    assert (again.texels == back.texels).all()
    assert (again.points == back.points).all()
    assert (again.cuts.matte == back.cuts.matte).all()
