"""A patchwork of the seed for what is unknown of a panorama.

Owns the way from spot to spot (image quilting, Efros and Freeman 2001), guided by a sketch's colours and distances, 4
pixels a cell, and the account of which cells of the seed are in view already. A block may come from any part of the
seed: which one is `pricing`'s, how it is put in place is `seams`'.
"""

from typing import Final

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.cells import DISTANCE_SCALE
from deployments.world_model.engines.pocket.matching import scrambled
from deployments.world_model.engines.pocket.pricing import (
    BUSY_GROUND_WEIGHT,
    BUSY_SKY_WEIGHT,
    EVEN_WEIGHTS,
    choose,
    settle,
    tally,
)
from deployments.world_model.engines.pocket.seams import EMPTY, paste
from deployments.world_model.engines.pocket.widths import F4, U4, Bytes, Floats, Integers

LARGE_BLOCK: Final = (64, 56)
"""Cells: what stands on the ground comes with the ground, and a corridor with its walls. The outer columns of a seed
seen level are 66 cells high."""
LARGE_STEP: Final = (32, 30)
SMALL_BLOCK: Final = (16, 20)
"""Above and below the seed's rows, where it has no large things to offer."""
SMALL_STEP: Final = (10, 10)
GAP_SHARE: Final = 2
GAP_STRIDE: Final = 2
"""Where no more than one part in so many is to be filled, so much less closely the source is searched."""
ROW_SCATTER: Final = 10
"""Rows of 8 pixels by which small blocks stray, so that the seed's last rows are not repeated in bands."""
USE_REACH: Final = F4(200)
"""Cells to the side within which a second use is seen together with the first."""
SECTORS: Final = 32
SKY: Final = F4(-5 * DISTANCE_SCALE)
"""Scaled distances below this are sky: 150 eye heights."""
BUSY_SKY: Final = F4(60)
"""A sky of which all blocks are busier than this (they hold peaks or roofs) is left plain."""
BLANK: Final = 16
"""Columns without detail to the right of the source: what is left plain copies from their middle."""


@njit("f4(i8)", cache=True, nogil=True)
def _nearness(away: int) -> float:
    """What a use counts that lies so many cells to the side."""
    return F4(0.3) + F4(0.7) * max(F4(0), F4(1) - F4(away) / USE_REACH)


@njit("i8(i8, i8, i8)", cache=True, nogil=True)
def _aside(one: int, other: int, width: int) -> int:
    """Columns between two, the short way round."""
    away = abs(one - other) % width
    return min(away, width - away)


@njit("UniTuple(i8, 2)(f4[:,:,::1], u1[:,::1], i4[::1], f4[:,::1], f4[:,::1])", cache=True, nogil=True)
def _gather(estimate: Floats, filled: Bytes, spot: Integers, block: Floats, weights: Floats) -> tuple[int, int]:
    """What lies at the spot already, at 8 pixels a cell; how many such cells there are, and how many not whole."""
    y0, x0 = spot[0], spot[1]
    width = filled.shape[1]
    count = 0
    empty = 0
    for y in range(spot[2] // 2):
        for x in range(spot[3] // 2):
            known = 0
            for c in range(4):
                block[y, 4 * x + c] = 0
            for corner in range(4):
                yy = y0 + 2 * y + corner // 2
                xx = (x0 + 2 * x + corner % 2) % width
                if filled[yy, xx] != EMPTY:
                    known += 1
                    for c in range(4):
                        block[y, 4 * x + c] += estimate[yy, xx, c]
            for c in range(4):
                weights[y, 4 * x + c] = 1 if known > 0 else 0
                block[y, 4 * x + c] /= F4(max(known, 1))
            if known > 0:
                count += 1
            if known < 4:
                empty += 1
    return count, empty


@njit("b1(f4[:,::1], i8, i8, i8, i8)", cache=True, nogil=True)
def _too_busy(busy: Floats, y0: int, x0: int, high: int, wide: int) -> bool:
    total = F4(0)
    for y in range(high):
        for x in range(wide):
            total += busy[y0 + y, x0 + x]
    return bool(total > BUSY_SKY * F4(high * wide))


@njit(
    "void(f4[:,:,::1], f4[:,:,::1], u1[:,::1], i4[:,::1], i4[:,::1], f4[:,:,::1], u1[:,::1],"
    " f4[:,:,::1], f4[:,:,::1], i4[:,::1], f4[:,:,::1], f4[:,::1], i4[:,::1], i8, i8, u4)",
    cache=True,
    nogil=True,
)
def quilt(
    guide: Floats,
    estimate: Floats,
    filled: Bytes,
    source_y: Integers,
    source_x: Integers,
    source: Floats,
    source_ok: Bytes,
    half: Floats,
    half_low: Floats,
    whole_sums: Integers,
    rarity: Floats,
    busy: Floats,
    spots: Integers,
    origin_y: int,
    origin_x: int,
    seed: int,
) -> None:
    """Fill what is empty, spot by spot (top, left, height, width); what the source has nothing for stays empty.

    Written in place: `filled`, `estimate` (colours and scaled distance) and where in the source each new cell is from.
    `half` and `half_low` are the source at 8 pixels a cell, as it is and without detail.
    """
    height, width = filled.shape
    half_height, half_width = half.shape[:2]
    block = np.zeros((LARGE_BLOCK[0] // 2, LARGE_BLOCK[1] * 2), np.float32)
    weights = np.zeros((LARGE_BLOCK[0] // 2, LARGE_BLOCK[1] * 2), np.float32)
    wishes = np.empty((12, 4), np.float32)
    price_sums = np.zeros((half_height + 1, half_width + 1), np.float32)
    pasted = np.zeros((half_height, half_width), np.int32)
    uses = np.zeros((SECTORS, half_height, half_width), np.float32)
    for sector in range(SECTORS):
        middle = (2 * sector + 1) * width // (2 * SECTORS)
        for x in range(half_width):
            uses[sector, :, x] = _nearness(_aside(origin_x + 2 * x, middle, width))
    for step in range(spots.shape[0]):
        spot = spots[step]
        y0, x0, high, wide = spot[0], spot[1], spot[2] // 2, spot[3] // 2
        count, empty = _gather(estimate, filled, spot, block, weights)
        if empty == 0:
            continue
        sky = y0 + high < height // 2
        for k in range(12):
            y = y0 + 2 * ((2 * (k // 4) + 1) * high // 6)
            x = (x0 + 2 * ((2 * (k % 4) + 1) * wide // 8)) % width
            for c in range(4):
                wishes[k, c] = guide[y, x, c]
            sky = sky and wishes[k, 3] < SKY
        outside = y0 + spot[2] <= origin_y + 8 or y0 >= origin_y + 2 * half_height - 8
        zone = 1 if outside else 0
        home = min(max((y0 - origin_y) // 2, 0), half_height - high)
        bustle = F4(0)
        draw = scrambled(U4(seed + scrambled(U4(y0 * 1024 + x0))))
        if outside:
            bustle = BUSY_SKY_WEIGHT if sky else BUSY_GROUND_WEIGHT
            stray = int(draw % U4(ROW_SCATTER))
            home = max(home - stray, 0) if home > 0 else min(stray, half_height - high)
        middle = (x0 + wide) % width
        tally(uses[middle * SECTORS // width], rarity[zone], busy, EVEN_WEIGHTS[zone], bustle, price_sums)
        sy, sx = choose(
            half,
            half_low,
            whole_sums,
            price_sums,
            wishes,
            block,
            weights,
            count,
            high,
            wide,
            home,
            zone,
            GAP_STRIDE if GAP_SHARE * empty < high * wide else 1,
            draw,
        )
        if sy < 0 or (sky and outside and _too_busy(busy, sy, sx, high, wide)):
            continue
        sy, sx = settle(estimate, filled, source, source_ok, spot, 2 * sy, 2 * sx)
        pasted[:] = 0
        paste(estimate, filled, source_y, source_x, source, spot, sy, sx, pasted)
        for sector in range(SECTORS):
            weight = F4(0.25) * _nearness(_aside(middle, (2 * sector + 1) * width // (2 * SECTORS), width))
            for y in range(sy // 2, min((sy + spot[2] + 1) // 2, half_height)):
                for x in range(sx // 2, min((sx + spot[3] + 1) // 2, half_width)):
                    uses[sector, y, x] += weight * F4(pasted[y, x])
