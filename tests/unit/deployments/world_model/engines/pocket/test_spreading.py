"""The first guess at what is unknown of a sketch."""

import numpy as np
import pytest

from deployments.world_model.engines.pocket.spreading import spread

HEIGHT, WIDTH = 6, 32


def sketch(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((2, HEIGHT, WIDTH), dtype=np.float32)


def test_what_is_known_stays() -> None:
    values, known = sketch(), np.zeros((HEIGHT, WIDTH), np.float32)
    known[1:4, 5:9] = 1
    filled = spread(values, known)
    assert filled[:, 1:4, 5:9] == pytest.approx(values[:, 1:4, 5:9], abs=1e-6)


def test_a_row_is_continued_at_its_own_height() -> None:
    values, known = np.zeros((1, HEIGHT, WIDTH), np.float32), np.zeros((HEIGHT, WIDTH), np.float32)
    values[0, 1, 4:8], values[0, 4, 4:8] = 3.0, 7.0
    known[[1, 4], 4:8] = 1
    filled = spread(values, known)
    assert filled[0, 1] == pytest.approx(3.0)
    assert filled[0, 4] == pytest.approx(7.0)


def test_rows_without_anything_known_take_the_next_ones() -> None:
    values, known = np.zeros((1, HEIGHT, WIDTH), np.float32), np.zeros((HEIGHT, WIDTH), np.float32)
    values[0, 2], known[2] = 5.0, 1
    assert spread(values, known) == pytest.approx(5.0)


def test_nearby_counts_for_more_than_afar_also_around_the_turn() -> None:
    values, known = np.zeros((1, HEIGHT, WIDTH), np.float32), np.zeros((HEIGHT, WIDTH), np.float32)
    values[0, :, 0], values[0, :, 16] = 1.0, 0.0
    known[:, [0, 16]] = 1
    row = spread(values, known)[0, 0]
    assert row[WIDTH - 1] > 0.6 > 0.4 > row[15]


def test_with_nothing_known_there_is_nothing_to_guess_from() -> None:
    assert not spread(sketch(), np.zeros((HEIGHT, WIDTH), np.float32)).any()
