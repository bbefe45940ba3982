"""The relief of a panorama: its distances mended, and where they break.

Owns the compiled loops over the grid of distances that `keys` begins with; where an outline runs through a break is
`outlines`', what lies behind it `backdrops`'. Inverse radial distance over a plane is linear in the direction's unit
vector, so between neighbouring cells it is very nearly linear in their indices, however flat the angle: what two
neighbours cannot tell of each other by going on straight is a break.
"""

from typing import Final

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.widths import F4, Flags, Floats

BREAK: Final = F4(0.006)
BREAK_SHARE: Final = F4(0.05)
"""A jump in inverse distance counts from the sum of `BREAK` and this share of the nearer one: less hardly stretches."""

MOST_CUTS: Final = 6_000
"""A key with this many is drawn in time; a forest has half of it."""


@njit("f4(f4, f4, f4, f4)", cache=True, nogil=True, inline="always")
def _break(before: float, left: float, right: float, after: float) -> float:
    """How many times the least that counts the jump from left to right is; 0 for none."""
    limit = BREAK + BREAK_SHARE * max(left, right)
    if abs(right - left) <= limit:
        return F4(0)
    jump = min(abs(F4(2) * left - before - right), abs(F4(2) * right - after - left))
    return jump / limit if jump > limit else F4(0)


@njit("i8(i8, i8)", cache=True, nogil=True, inline="always")
def around(column: int, width: int) -> int:
    """A column less than one turn beyond either side."""
    if column < 0:
        return column + width
    return column - width if column >= width else column


@njit("f4[:,::1](f4[:,::1], f4[:,:,::1])", cache=True, nogil=True)
def sharpened(inverse: Floats, colour: Floats) -> Floats:
    """The distances with blurred breaks made steep: a cell in between takes the side that its colour and distance fit.

    `colour` is each cell's mean, 0 to 255.
    """
    height, width = inverse.shape
    out = inverse.copy()
    for row in range(height):
        for column in range(width):
            here = inverse[row, column]
            best = F4(0)
            value = here
            for axis in range(2):
                across = axis == 0
                row_left = row if across else max(0, row - 2)
                row_right = row if across else min(height - 1, row + 2)
                column_left = around(column - 2, width) if across else column
                column_right = around(column + 2, width) if across else column
                left = inverse[row_left, column_left]
                right = inverse[row_right, column_right]
                limit = F4(1.5) * (BREAK + BREAK_SHARE * max(left, right))
                jump = abs(right - left)
                if jump <= max(limit, best):
                    continue
                before = inverse[row, around(column - 5, width)] if across else inverse[max(0, row - 5), column]
                after = inverse[row, around(column + 5, width)] if across else inverse[min(height - 1, row + 5), column]
                steep = min(
                    abs(left + (left - before) * F4(4 / 3) - right), abs(right - (after - right) * F4(4 / 3) - left)
                )
                if steep <= limit:
                    continue
                # In between only: a thing thinner than this window keeps its own distance.
                low = min(left, right)
                high = max(left, right)
                if here < low or here > high:
                    continue
                best = jump
                far_left = F4(0)
                far_right = F4(0)
                for channel in range(3):
                    mine = colour[row, column, channel]
                    far_left += abs(colour[row_left, column_left, channel] - mine)
                    far_right += abs(colour[row_right, column_right, channel] - mine)
                by_colour = (far_left - far_right) / (far_left + far_right + F4(24))
                by_distance = (abs(here - left) - abs(here - right)) / jump
                value = right if by_colour * F4(0.8) + by_distance > F4(0) else left
            out[row, column] = value
    return out


@njit("UniTuple(i8, 2)(f4[:,::1], i8, i8)", cache=True, nogil=True)
def _alike(inverse: Floats, row: int, column: int) -> tuple[int, int]:
    """How many of a cell's eight neighbours are about as far away, and which one of them is, 0 to 8 row by row."""
    height, width = inverse.shape
    here = inverse[row, column]
    count = 0
    which = 4
    for k in range(9):
        beside = row + k // 3 - 1
        if k == 4 or beside < 0 or beside >= height:
            continue
        value = inverse[beside, around(column + k % 3 - 1, width)]
        if abs(value - here) <= BREAK + BREAK_SHARE * max(value, here):
            count += 1
            which = k
    return count, which


@njit("f4[:,::1](f4[:,::1])", cache=True, nogil=True)
def despeckled(inverse: Floats) -> Floats:
    """The distances with what stands alone evened out: one cell, or two, that are like none of those around them.

    They become their neighbours' median. Each time that a panorama is drawn from another, its breaks shed such cells.
    """
    height, width = inverse.shape
    out = inverse.copy()
    values = np.empty(8, np.float32)
    for row in range(1, height - 1):
        for column in range(width):
            count, which = _alike(inverse, row, column)
            if count > 1:
                continue
            if count == 1:
                other, _ = _alike(inverse, row + which // 3 - 1, around(column + which % 3 - 1, width))
                if other > 1:
                    continue
            held = 0
            for k in range(9):
                if k == 4:
                    continue
                value = inverse[row + k // 3 - 1, around(column + k % 3 - 1, width)]
                place = held
                while place > 0 and values[place - 1] > value:
                    values[place] = values[place - 1]
                    place -= 1
                values[place] = value
                held += 1
            out[row, column] = (values[3] + values[4]) * F4(0.5)
    return out


def cut_quads(inverse: Floats) -> Flags:
    """Which quads between four neighbouring cells a break runs through: (height - 1) x width, the last column wraps.

    The strongest `MOST_CUTS` of them: distances that break everywhere are noise.
    """
    strengths = _strengths(inverse)
    least = F4(0)
    if np.count_nonzero(strengths) > MOST_CUTS:
        least = np.partition(strengths, strengths.size - MOST_CUTS, axis=None)[strengths.size - MOST_CUTS]
    return strengths > least


@njit("f4[:,::1](f4[:,::1])", cache=True, nogil=True, error_model="numpy")
def _strengths(inverse: Floats) -> Floats:
    """The strongest break along the sides of each quad."""
    height, width = inverse.shape
    cut = np.zeros((height - 1, width), np.float32)
    for row in range(height):
        for column in range(width):
            right = around(column + 1, width)
            strength = _break(
                inverse[row, around(column - 1, width)],
                inverse[row, column],
                inverse[row, right],
                inverse[row, around(column + 2, width)],
            )
            if strength > F4(0):
                if row > 0:
                    cut[row - 1, column] = max(cut[row - 1, column], strength)
                if row < height - 1:
                    cut[row, column] = max(cut[row, column], strength)
            if row == height - 1:
                continue
            strength = _break(
                inverse[max(row - 1, 0), column],
                inverse[row, column],
                inverse[row + 1, column],
                inverse[min(row + 2, height - 1), column],
            )
            if strength > F4(0):
                before = around(column - 1, width)
                cut[row, column] = max(cut[row, column], strength)
                cut[row, before] = max(cut[row, before], strength)
    return cut


@njit("f4[:,::1](f4[:,::1], b1[:,::1])", cache=True, nogil=True)
def evened(inverse: Floats, cut: Flags) -> Floats:
    """The distances with the cells of each near side along a cut evened out among themselves.

    The last cell before an outline has a distance that hangs on where in the cell the outline is; unevened, the
    outline is ragged from any other place.
    """
    height, width = inverse.shape
    current = inverse.copy()
    out = inverse.copy()
    for _ in range(3):
        for row in range(1, height - 1):
            for column in range(width):
                before = around(column - 1, width)
                if not (cut[row - 1, before] or cut[row - 1, column] or cut[row, before] or cut[row, column]):
                    continue
                here = current[row, column]
                limit = BREAK + F4(2) * BREAK_SHARE * here
                total = here
                count = F4(1)
                far = False
                for k in range(-1, 2):
                    for m in range(-1, 2):
                        value = current[row + k, around(column + m, width)]
                        if abs(value - here) <= limit:
                            total += value
                            count += F4(1)
                        elif value < here:
                            far = True
                if far:
                    out[row, column] = total / count
        current[:] = out
    return out
