"""Blocks of the seed cut and pasted where they differ least from what lies there.

Owns what each cell of the patchwork is, where in the source it is from, and the cuts between blocks (image quilting,
Efros and Freeman 2001). Which block goes where is `pricing`'s and `quilting`'s.
"""

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.widths import F4, Bytes, Floats, Integers, Longs

EMPTY, NEW, KEPT = 0, 1, 2
"""What a cell is: nothing yet, from the patchwork, or known."""


@njit("void(f4[:,:], i8[::1])", cache=True, nogil=True)
def _cut(mismatch: Floats, seam: Longs) -> None:
    """The cheapest path along a strip: for each column the row at which the new block begins."""
    depth, length = mismatch.shape
    costs = np.empty((length, depth), np.float32)
    for x in range(length):
        for y in range(depth):
            before = F4(0)
            if x > 0:
                before = costs[x - 1, y]
                if y > 0:
                    before = min(before, costs[x - 1, y - 1])
                if y < depth - 1:
                    before = min(before, costs[x - 1, y + 1])
            costs[x, y] = before + mismatch[y, x]
    at = np.argmin(costs[length - 1])
    seam[length - 1] = at
    for x in range(length - 2, -1, -1):
        here = at
        for y in range(max(0, here - 1), min(depth, here + 2)):
            if costs[x, y] < costs[x, at]:
                at = y
        seam[x] = at


@njit(
    "void(f4[:,:,::1], u1[:,::1], i4[:,::1], i4[:,::1], f4[:,:,::1], i4[::1], i8, i8, i4[:,::1])",
    cache=True,
    nogil=True,
)
def paste(
    estimate: Floats,
    filled: Bytes,
    source_y: Integers,
    source_x: Integers,
    source: Floats,
    spot: Integers,
    sy: int,
    sx: int,
    pasted: Integers,
) -> None:
    """Put the block there, cut along its four sides where it differs least from what lies there."""
    y0, x0, high, wide = spot[0], spot[1], spot[2], spot[3]
    width = filled.shape[1]
    mismatch = np.zeros((high, wide), np.float32)
    for y in range(high):
        for x in range(wide):
            xx = (x0 + x) % width
            if filled[y0 + y, xx] != EMPTY:
                for c in range(4):
                    diff = source[sy + y, sx + x, c] - estimate[y0 + y, xx, c]
                    mismatch[y, x] += diff * diff
                mismatch[y, x] = np.sqrt(mismatch[y, x]) + F4(1)
    top, bottom = np.empty(wide, np.int64), np.empty(wide, np.int64)
    left, right = np.empty(high, np.int64), np.empty(high, np.int64)
    deep, broad = high * 3 // 7, wide * 3 // 7
    _cut(mismatch[:deep, :], top)
    _cut(mismatch[high - deep :, :][::-1, :], bottom)
    _cut(mismatch[:, :broad].T, left)
    _cut(mismatch[:, wide - broad :].T[::-1, :], right)
    for y in range(high):
        for x in range(wide):
            xx = (x0 + x) % width
            state = filled[y0 + y, xx]
            inside = top[x] <= y < high - bottom[x] and left[y] <= x < wide - right[y]
            if state == EMPTY or (state == NEW and inside):
                pasted[(sy + y) // 2, (sx + x) // 2] += 1
                filled[y0 + y, xx] = NEW
                source_y[y0 + y, xx] = sy + y
                source_x[y0 + y, xx] = sx + x
                for c in range(4):
                    estimate[y0 + y, xx, c] = source[sy + y, sx + x, c]
