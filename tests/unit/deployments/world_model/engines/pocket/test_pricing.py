"""What a block of the seed costs: what was used already is dear, and of equal blocks the unused one is taken."""

import numpy as np
import pytest

from deployments.world_model.engines.pocket.pricing import MOST_USES, USE_WEIGHT, choose, tally

HIGH, WIDE = 4, 5


def sums_of(use: np.ndarray, rarity: np.ndarray, even: float = 0.0, bustle: float = 0.0) -> np.ndarray:
    """What `tally` sums, with everything as busy as 1."""
    sums = np.zeros((use.shape[0] + 1, use.shape[1] + 1), np.float32)
    tally(use, rarity, np.ones_like(use), even, bustle, sums)
    return sums


def test_each_use_of_a_distinctive_cell_costs_up_to_a_limit() -> None:
    use = np.array([[0, 1, 2, 100]], np.float32)
    sums = sums_of(use, np.full_like(use, 5.0))
    np.testing.assert_allclose(np.diff(sums[1]), [0, 5 * USE_WEIGHT, 10 * USE_WEIGHT, 5 * MOST_USES * USE_WEIGHT])


def test_a_plain_cell_costs_only_for_evenness() -> None:
    use = np.array([[0, 1, 2, 100]], np.float32)
    np.testing.assert_allclose(np.diff(sums_of(use, np.zeros_like(use), even=3.0)[1]), [0, 3, 6, 300])


def test_what_is_busy_costs_what_bustle_costs() -> None:
    use = np.zeros((2, 3), np.float32)
    assert sums_of(use, use, bustle=2.0)[2, 3] == pytest.approx(2.0 * use.size)


def taken(use: np.ndarray) -> tuple[int, int]:
    """Which block of a source that is the same everywhere is chosen, after so many uses of its cells."""
    half = np.zeros((*use.shape, 4), np.float32)
    whole_sums = np.zeros((use.shape[0] + 1, use.shape[1] + 1), np.int32)
    whole_sums[1:, 1:] = np.cumsum(np.cumsum(np.ones_like(use, np.int32), axis=0), axis=1)
    nothing = np.zeros((HIGH, WIDE * 4), np.float32)
    sums = sums_of(use, np.ones_like(use), even=30.0)
    return choose(
        half, half, whole_sums, sums, np.zeros((12, 4), np.float32), nothing, nothing, 0, HIGH, WIDE, 0, 0, 1, 7
    )


@pytest.mark.parametrize("free", [0, 9, 20])
def test_of_equal_blocks_the_one_that_nobody_has_seen_is_taken(free: int) -> None:
    use = np.ones((HIGH, 25), np.float32)
    use[:, free : free + WIDE] = 0
    assert taken(use) == (0, free)


def test_a_source_without_a_whole_block_offers_none() -> None:
    assert taken(np.zeros((HIGH, WIDE - 1), np.float32)) == (-1, -1)
