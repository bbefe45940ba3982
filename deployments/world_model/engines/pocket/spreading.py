"""A first guess at what is unknown of a sketch: what is known at the same height, from nearby sooner than from afar.

Owns the guess that the completer starts from, in training as at play; it only has to say in what it is wrong.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def spread(values: "NDArray[np.float32]", known: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Fill the unknown cells of `values`, channels x rows x columns, whose `known` (rows x columns) is 0.

    Known cells stay. Means are pulled up along each row, column pairs at a time and around the turn, and pushed down
    again where nothing is known (Gortler et al. 1996). A row without any known cell takes those next to it. The number
    of columns is a power of two.
    """
    sums, weights = [values * known], [known]
    while sums[-1].shape[-1] > 1:
        sums.append(sums[-1][..., ::2] + sums[-1][..., 1::2])
        weights.append(weights[-1][..., ::2] + weights[-1][..., 1::2])
    rows = np.flatnonzero(weights[-1][:, 0] > 0)
    if not len(rows):
        return np.zeros_like(values)
    every = np.arange(values.shape[1], dtype=np.float64)
    means = sums[-1][:, rows, 0] / weights[-1][rows, 0]
    guess = np.empty((*values.shape[:2], 1), np.float32)
    for index in range(len(values)):
        guess[index, :, 0] = np.interp(every, rows, means[index])
    for total, weight in zip(sums[-2::-1], weights[-2::-1], strict=True):
        guess = _doubled(guess)
        mean = total / np.maximum(weight, 1e-6)
        guess += (mean - guess) * np.minimum(weight, 1.0)
    return guess.astype(np.float32)


def _doubled(row: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Twice as many columns, each between its two nearest, around the turn."""
    near, far = np.float32(0.75) * row, np.float32(0.25) * row
    pairs = np.stack([near + np.roll(far, 1, axis=-1), near + np.roll(far, -1, axis=-1)], axis=-1)
    return pairs.reshape(*row.shape[:-1], -1).astype(np.float32)
