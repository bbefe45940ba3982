"""Nearest neighbours in the seed."""

import numpy as np

from deployments.world_model.engines.pocket import matching
from deployments.world_model.engines.pocket.widths import U4

RIM = matching.PATCH // 2


def test_a_piece_of_the_source_is_found_where_it_comes_from() -> None:
    source = np.random.default_rng(1).uniform(0, 255, (40, 60, 4)).astype(np.float32)
    target = np.zeros((30 + 2 * RIM, 50 + 2 * RIM, 4), dtype=np.float32)
    target[:] = source[3 : 33 + 2 * RIM, 4 : 54 + 2 * RIM]
    wanted = np.ones((30, 50), dtype=np.uint8)
    source_y, source_x = np.zeros((30, 50), dtype=np.int32), np.zeros((30, 50), dtype=np.int32)
    ok = np.ones((40 - 2 * RIM, 60 - 2 * RIM), dtype=np.uint8)
    matching.match(target, wanted, source_y, source_x, source, ok, 0, U4(1))
    found = (source_y == np.arange(30)[:, None] + 3) & (source_x == np.arange(50) + 4)
    assert found.mean() > 0.95


def test_only_what_is_wanted_and_allowed_is_matched() -> None:
    values = np.zeros((20, 20, 4), dtype=np.float32)
    wanted = np.zeros((16, 16), dtype=np.uint8)
    wanted[4:12, 4:12] = 1
    ok = np.zeros((16, 16), dtype=np.uint8)
    ok[:, 8:] = 1
    source_y, source_x = np.full((16, 16), -1, dtype=np.int32), np.full((16, 16), -1, dtype=np.int32)
    matching.match(values, wanted, source_y, source_x, values, ok, 0, U4(1))
    assert (source_x[wanted == 0] == -1).all()
    assert (source_x[wanted == 1] >= 8).all()
