"""Holes: pixels of a frame or a panorama that met nothing of a key.

Owns their filling, colours and depths, from what is around them.
"""

from typing import Final

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.widths import F4, I4, Bytes, Floats

_CRACK: Final = 4
"""Gaps of so few rows are closed from above or below."""


@njit("void(f4[:,::1], u1[:,:,::1], i8, i8, i8, i8)", cache=True, nogil=True, error_model="numpy", inline="always")
def _copy(depths: Floats, out: Bytes, row: int, column: int, from_row: int, from_column: int) -> None:
    depths[row, column] = depths[from_row, from_column]
    for channel in range(3):
        out[row, column, channel] = out[from_row, from_column, channel]


@njit("void(f4[:,::1], u1[:,:,::1])", cache=True, nogil=True, error_model="numpy")
def fill_holes(depths: Floats, out: Bytes) -> None:
    """Give pixels that met nothing the colour of the farther end of their gap: across cracks, then along rows."""
    height, width = depths.shape
    holes = np.empty(height, np.int32)
    for row in range(height):
        count = I4(0)
        for column in range(width):
            count += I4(1) if depths[row, column] <= F4(0) else I4(0)
        holes[row] = count
    for row in range(1, height - 1):
        if holes[row] == 0:
            continue
        for column in range(width):
            if depths[row, column] > F4(0) or depths[row - 1, column] <= F4(0):
                continue
            end = row + 1
            while end < height and end < row + _CRACK and depths[end, column] <= F4(0):
                end += 1
            if end == height or depths[end, column] <= F4(0):
                continue
            source = end if depths[end, column] < depths[row - 1, column] else row - 1
            for at in range(row, end):
                _copy(depths, out, at, column, source, column)
    some_left = False
    for row in range(height):
        column = width if holes[row] == 0 else 0
        while column < width:
            if depths[row, column] > F4(0):
                column += 1
                continue
            end = column
            while end < width and depths[row, end] <= F4(0):
                end += 1
            before = column - 1
            if before < 0 and end >= width:
                some_left = True
                break
            from_end = before < 0 or (end < width and depths[row, end] < depths[row, before])
            source = end if from_end else before
            for at in range(column, end):
                _copy(depths, out, row, at, row, source)
            column = end
    if not some_left:
        return
    for row in range(1, height):
        if depths[row, 0] <= F4(0) and depths[row - 1, 0] > F4(0):
            out[row] = out[row - 1]
            depths[row] = depths[row - 1]
    for row in range(height - 2, -1, -1):
        if depths[row, 0] <= F4(0):
            out[row] = out[row + 1]
            depths[row] = depths[row + 1]
