"""Copies become a picture.

Owns the dissolving of seams in the low frequencies, at 4 pixels a cell, and the copying of detail at full resolution.
Where each cell copies from is the searches' affair.
"""

from typing import Final

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.widths import F4, U1, Bytes, Floats, Integers, Longs, Shorts

CELL_PX: Final = 4
GRID_PX: Final = 5
OVERRELAXATION: Final = F4(1.85)
COPIED, PLAIN = 1, 2
"""What a new cell is: a copy, or as smooth as the guide."""


@njit("b1(f4[::1], f4[::1], f4)", cache=True, nogil=True)
def _alike(known: Floats, wanted: Floats, alike: float) -> bool:
    most = F4(0)
    for c in range(known.shape[0]):
        most = max(most, abs(known[c] - wanted[c]))
    return most <= alike


@njit(
    "void(f4[:,:,::1], u1[:,::1], i4[:,::1], i4[:,::1], f4[:,:,::1], i8, i8, f4, f4[:,:,::1], u1[:,::1])",
    cache=True,
    nogil=True,
)
def _steps(
    base: Floats,
    copied: Bytes,
    source_y: Integers,
    source_x: Integers,
    source: Floats,
    down: int,
    right: int,
    alike: float,
    steps: Floats,
    joined: Bytes,
) -> None:
    """By how much each cell should differ from the next one down or to the right: as in the source.

    Where the two copy from different places, the mean of what both places say; where one is known, and another thing
    than what is copied, they are not `joined`.
    """
    height, width, channels = base.shape
    last_y, last_x = source.shape[0] - 1, source.shape[1] - 1
    for y in range(height - down):
        for x in range(width):
            yy = y + down
            xx = x + right if x + right < width else 0
            if not copied[y, x] and not copied[yy, xx]:
                continue
            y1, x1, y2, x2 = source_y[y, x], source_x[y, x], source_y[yy, xx], source_x[yy, xx]
            after_y, after_x = min(y1 + down, last_y), min(x1 + right, last_x)
            before_y, before_x = max(y2 - down, 0), max(x2 - right, 0)
            joined[y, x] = 1
            if copied[y, x] == COPIED and not copied[yy, xx]:
                joined[y, x] = 1 if _alike(base[yy, xx], source[after_y, after_x], alike) else 0
            elif copied[yy, xx] == COPIED and not copied[y, x]:
                joined[y, x] = 1 if _alike(base[y, x], source[before_y, before_x], alike) else 0
            if not joined[y, x]:
                continue
            share = F4(0.5) if copied[y, x] and copied[yy, xx] else F4(1)
            for c in range(channels):
                step = F4(0)
                if copied[y, x]:
                    step += share * (source[after_y, after_x, c] - source[y1, x1, c])
                if copied[yy, xx]:
                    step += share * (source[y2, x2, c] - source[before_y, before_x, c])
                steps[y, x, c] = step


@njit("void(f4[:,:,::1], u1[:,::1], f4[:,::1], f4[:,:,::1], u1[:,::1], u1[:,::1], i8)", cache=True, nogil=True)
def _relax(base: Floats, copied: Bytes, pull: Floats, flow: Floats, across: Bytes, down: Bytes, sweeps: int) -> None:
    """Successive overrelaxation, forward and backward by turns; where cells are not joined, each goes on as it is."""
    height, width, channels = base.shape
    keep = F4(1) - OVERRELAXATION
    for sweep in range(sweeps):
        for row in range(height):
            y = row if sweep % 2 == 0 else height - 1 - row
            for column in range(width):
                x = column if sweep % 2 == 0 else width - 1 - column
                if not copied[y, x]:
                    continue
                before = x - 1 if x > 0 else width - 1
                before = before if across[y, before] else x
                after = x if not across[y, x] else (x + 1 if x < width - 1 else 0)
                above = y - 1 if y > 0 and down[y - 1, x] else y
                below = y + 1 if down[y, x] else y
                rate = OVERRELAXATION / (F4(4) + pull[y, x])
                for c in range(channels):
                    total = base[y, before, c] + base[y, after, c] + base[above, x, c] + base[below, x, c]
                    base[y, x, c] = keep * base[y, x, c] + rate * (total + flow[y, x, c])


@njit(
    "void(f4[:,:,::1], f4[:,:,::1], u1[:,::1], i4[:,::1], i4[:,::1], f4[:,:,::1], f4[:,:,::1], f4[:,::1], f4, f4, i8)",
    cache=True,
    nogil=True,
)
def blend(
    base: Floats,
    guide: Floats,
    copied: Bytes,
    source_y: Integers,
    source_x: Integers,
    source: Floats,
    source_low: Floats,
    pull: Floats,
    guided: float,
    alike: float,
    sweeps: int,
) -> None:
    """Give cells of `base` the differences that their sources have (in place; gradient-domain, Pérez et al. 2003).

    `copied` is `COPIED`, `PLAIN` or, where a cell is known at least in part and stays as it is, 0. The result is drawn,
    as strongly as `pull` says, towards what the source has, with the share `guided` of what the guide's low frequencies
    differ by, and to the guide where it is plain. A copy is not joined to what is known if that differs by more than
    `alike` from what the source has there.
    """
    height, width, channels = base.shape
    across, down = np.zeros_like(base), np.zeros_like(base)
    joined_across, joined_down = np.zeros_like(copied), np.zeros_like(copied)
    _steps(base, copied, source_y, source_x, source, 0, 1, alike, across, joined_across)
    _steps(base, copied, source_y, source_x, source, 1, 0, alike, down, joined_down)
    flow = np.zeros_like(base)
    for y in range(height):
        for x in range(width):
            if not copied[y, x]:
                continue
            sy, sx = source_y[y, x], source_x[y, x]
            before = x - 1 if x > 0 else width - 1
            for c in range(channels):
                base[y, x, c] = guide[y, x, c]
                if copied[y, x] == COPIED:
                    off = guide[y, x, c] - source_low[sy, sx, c]
                    base[y, x, c] = source[sy, sx, c] + guided * off
                flow[y, x, c] = across[y, before, c] - across[y, x, c] - down[y, x, c] + pull[y, x] * base[y, x, c]
                if y > 0:
                    flow[y, x, c] += down[y - 1, x, c]
    _relax(base, copied, pull, flow, joined_across, joined_down, sweeps)


@njit(
    "b1(f4[:,::1], i4[:,::1], i4[:,::1], i8, i8, i8[::1], i8[::1])",
    cache=True,
    nogil=True,
)
def _proposals(
    share: Floats,
    source_y: Integers,
    source_x: Integers,
    y: int,
    x: int,
    ys: Longs,
    xs: Longs,
) -> bool:
    """Where the cell and the eight around it would have this cell copied from; whether they agree."""
    height, width = share.shape
    same = True
    for k in range(9):
        yy = min(max(y + k // 3 - 1, 0), height - 1)
        xx = x + k % 3 - 1
        wrapped = xx + width if xx < 0 else (xx - width if xx >= width else xx)
        if share[yy, wrapped] > F4(0):
            ys[k] = source_y[yy, wrapped] + y - yy
            xs[k] = source_x[yy, wrapped] + x - xx
        else:
            ys[k], xs[k] = source_y[y, x], source_x[y, x]
        same = same and ys[k] == source_y[y, x] and xs[k] == source_x[y, x]
    return same


@njit("void(f4[:,::1], i2[:,:,::1], i8[::1], i8[::1], f4)", cache=True, nogil=True)
def _mix(fine: Floats, detail: Shorts, ys: Longs, xs: Longs, strength: float) -> None:
    """A cell's detail from differing proposals, each pixel from the four cells nearest to it.

    The mixture keeps the variance of its parts (Heitz and Neyret 2018), or seams would be blurred.
    """
    last_y, last_x = detail.shape[0] - 1, detail.shape[1] - 1
    corners = np.empty(4, np.int64)
    weights = np.empty(4, np.float32)
    for j in range(CELL_PX):
        below = F4(0.625) + F4(0.25) * F4(j) if j < 2 else F4(0.25) * F4(j) - F4(0.375)
        for i in range(CELL_PX):
            after = F4(0.625) + F4(0.25) * F4(i) if i < 2 else F4(0.25) * F4(i) - F4(0.375)
            for corner in range(4):
                k = (0 if j < 2 else 3) + (0 if i < 2 else 1) + 3 * (corner // 2) + corner % 2
                weight = below if corner >= 2 else F4(1) - below
                weight *= after if corner % 2 == 1 else F4(1) - after
                corners[corner], weights[corner] = k, weight
                for other in range(corner):
                    if ys[corners[other]] == ys[k] and xs[corners[other]] == xs[k]:
                        weights[other] += weight
                        weights[corner] = 0
                        break
            spread = F4(0)
            for corner in range(4):
                spread += weights[corner] * weights[corner]
            scale = strength / np.sqrt(spread)
            for c in range(3):
                fine[j, 3 * i + c] = 0
            for corner in range(4):
                if weights[corner] > F4(0):
                    y = int(min(max(CELL_PX * ys[corners[corner]] + j, 0), last_y))
                    x = int(min(max(CELL_PX * xs[corners[corner]] + i, 0), last_x))
                    for c in range(3):
                        fine[j, 3 * i + c] += weights[corner] * scale * F4(detail[y, x, c])


@njit("void(f4[:,:,::1], i8, i8, f4[:,::1])", cache=True, nogil=True)
def _enlarge(cells: Floats, y: int, x: int, smooth: Floats) -> None:
    """A cell's pixels, bilinear between the cells' middles, held above and below, wrapped around."""
    height, width = cells.shape[:2]
    for j in range(CELL_PX):
        below = F4(0.625) + F4(0.25) * F4(j) if j < 2 else F4(0.25) * F4(j) - F4(0.375)
        upper = max(y - 1, 0) if j < 2 else y
        lower = y if j < 2 else min(y + 1, height - 1)
        for i in range(CELL_PX):
            after = F4(0.625) + F4(0.25) * F4(i) if i < 2 else F4(0.25) * F4(i) - F4(0.375)
            left = x if i >= 2 else (x - 1 if x > 0 else width - 1)
            right = x if i < 2 else (x + 1 if x < width - 1 else 0)
            for c in range(3):
                above = cells[upper, left, c] * (F4(1) - after) + cells[upper, right, c] * after
                beneath = cells[lower, left, c] * (F4(1) - after) + cells[lower, right, c] * after
                smooth[j, 3 * i + c] = above * (F4(1) - below) + beneath * below


@njit(
    "void(u1[:,:,::1], f4[:,:,::1], f4[:,::1], f4[:,::1], i4[:,::1], i4[:,::1], i2[:,:,::1])",
    cache=True,
    nogil=True,
)
def paint(
    picture: Bytes,
    base: Floats,
    share: Floats,
    need: Floats,
    source_y: Integers,
    source_x: Integers,
    detail: Shorts,
) -> None:
    """Draw cells with a share above 0: `base` smoothly enlarged and so much of its detail from the source (in place).

    The rest of the detail stays the picture's own. Pixels where `need` (5 pixels a cell) is 0 stay as they are.
    """
    height, width = share.shape
    ys = np.empty(9, np.int64)
    xs = np.empty(9, np.int64)
    fine = np.empty((CELL_PX, 3 * CELL_PX), np.float32)
    smooth = np.empty((CELL_PX, 3 * CELL_PX), np.float32)
    for y in range(height):
        for x in range(width):
            new = share[y, x]
            if new <= F4(0):
                continue
            _enlarge(base, y, x, smooth)
            if _proposals(share, source_y, source_x, y, x, ys, xs):
                from_y, from_x = CELL_PX * ys[4], CELL_PX * xs[4]
                for j in range(CELL_PX):
                    for i in range(CELL_PX):
                        for c in range(3):
                            fine[j, 3 * i + c] = new * F4(detail[from_y + j, from_x + i, c])
            else:
                _mix(fine, detail, ys, xs, new)
            for j in range(CELL_PX):
                row = CELL_PX * y + j
                for i in range(CELL_PX):
                    column = CELL_PX * x + i
                    if need[row // GRID_PX, column // GRID_PX] == F4(0):
                        continue
                    for c in range(3):
                        value = smooth[j, 3 * i + c]
                        if new < F4(1):
                            value = new * value + (F4(1) - new) * F4(picture[row, column, c])
                        value += fine[j, 3 * i + c] + F4(0.5)
                        picture[row, column, c] = U1(min(max(value, F4(0)), F4(255)))
