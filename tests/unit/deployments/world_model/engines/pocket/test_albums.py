"""Keys that are put away and taken out again."""

import numpy as np

from deployments.world_model.engines.pocket.albums import pack, taken_out
from tests.unit.deployments.world_model.engines.pocket import rooms


def test_a_key_comes_back_where_it_was_and_nearly_as_it_was() -> None:
    key = rooms.key()
    back = taken_out(pack(key))
    assert back.position == key.position
    assert np.abs(back.picture.astype(np.int16) - key.picture).mean() < 2
    far = np.abs(back.inverse_distance / key.inverse_distance - 1)
    assert np.median(far) < 1e-3


def test_what_is_put_away_is_a_tenth_of_what_is_at_hand() -> None:
    key = rooms.key()
    packed = pack(key)
    size_bytes = len(packed.picture) + packed.inverse_distance.nbytes
    assert size_bytes < key.texels.nbytes / 5


def test_taking_out_gives_the_same_key_each_time() -> None:
    packed = pack(rooms.key())
    one, other = taken_out(packed), taken_out(packed)
    assert (one.texels == other.texels).all()
    assert (one.points == other.points).all()
    assert (one.cuts.matte == other.cuts.matte).all()
