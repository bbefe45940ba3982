"""What a block of the seed costs at a spot of the patchwork, and which one is cheapest there.

Owns the prices and the search at 8 pixels a cell, which is settled at 4: a block should fit what lies there already,
look in the low frequencies as the sketch does, be about as high above the horizon, and show no distinctive thing that
is in view already. The order of the spots and the account of what is in view are `quilting`'s.
"""

from typing import Final

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.matching import scrambled
from deployments.world_model.engines.pocket.seams import EMPTY
from deployments.world_model.engines.pocket.widths import F4, U4, Bytes, Floats, Integers

_EXACT_ENOUGH: Final = {"reassoc", "nsz", "contract"}
_NEVER: Final = F4(1e30)

# Prices are squared steps of colour a cell, so that they add up; the second of two is for small blocks.
GUIDE_WEIGHTS: Final = (F4(1.5), F4(3.0))
ROW_WEIGHTS: Final = (F4(2.0), F4(3.0))
EVEN_WEIGHTS: Final = (F4(30.0), F4(4.0))
"""For each time that a cell of the seed has been used."""
JITTERS: Final = (F4(0.15), F4(0.6))
"""Up to so much of its price is added to each, so that equal places do not all get the same."""
USE_WEIGHT: Final = F4(12.0)
MOST_USES: Final = F4(6)
BUSY_SKY_WEIGHT: Final = F4(3.0)
BUSY_GROUND_WEIGHT: Final = F4(0.1)


@njit("void(f4[:,::1], f4[:,::1], f4[:,::1], f4, f4, f4[:,::1])", cache=True, nogil=True)
def tally(use: Floats, rarity: Floats, busy: Floats, even: float, bustle: float, sums: Floats) -> None:
    """Sums, from the source's corner on, of what its cells cost wherever they are put."""
    for y in range(use.shape[0]):
        row = F4(0)
        for x in range(use.shape[1]):
            row += USE_WEIGHT * min(use[y, x], MOST_USES) * rarity[y, x] + even * use[y, x] + bustle * busy[y, x]
            sums[y + 1, x + 1] = sums[y, x + 1] + row


@njit(
    "f4(f4[:,:,::1], f4[:,::1], f4[:,::1], i8, i8, i8, i8, i8, f4, f4, i8, u4)",
    cache=True,
    nogil=True,
    fastmath=_EXACT_ENOUGH,
)
def _whole_cost(
    half: Floats,
    block: Floats,
    weights: Floats,
    count: int,
    high: int,
    wide: int,
    cy: int,
    cx: int,
    cost: float,
    limit: float,
    zone: int,
    seed: int,
) -> float:
    """`cost` and what the block there adds to it by what it covers, or something above the limit."""
    flat = half.reshape(half.shape[0], half.shape[1] * 4)
    for y in range(high):
        total = F4(0)
        for k in range(4 * wide):
            diff = flat[cy + y, 4 * cx + k] - block[y, k]
            total += weights[y, k] * diff * diff
        cost += total / F4(max(count, 1))
        if cost >= limit:
            return cost
    draw = F4(scrambled(U4(seed + scrambled(U4(cy * 256 + cx))))) / F4(4294967296)
    return F4(cost * (F4(1) + JITTERS[zone] * draw))


@njit(
    "UniTuple(i8, 2)(f4[:,:,::1], f4[:,:,::1], i4[:,::1], f4[:,::1], f4[:,::1], f4[:,::1], f4[:,::1],"
    " i8, i8, i8, i8, i8, i8, u4)",
    cache=True,
    nogil=True,
    fastmath=_EXACT_ENOUGH,
)
def choose(
    half: Floats,
    half_low: Floats,
    whole_sums: Integers,
    price_sums: Floats,
    wishes: Floats,
    block: Floats,
    weights: Floats,
    count: int,
    high: int,
    wide: int,
    home: int,
    zone: int,
    stride: int,
    seed: int,
) -> tuple[int, int]:
    """The cheapest block of the source by its top left corner, (-1, -1) if the source holds none.

    Of those corners only every `stride`th of every `stride`th row is looked at.
    """
    area = high * wide
    colour_weight = GUIDE_WEIGHTS[zone] / F4(12)
    distance_weight = F4(1) / F4(12)
    rows, columns = half.shape[0] - high + 1, half.shape[1] - wide + 1
    cheap = np.full((rows, columns), _NEVER, np.float32)
    likely = _NEVER
    best_y = best_x = -1
    for cy in range(0, rows, stride):
        row_price = ROW_WEIGHTS[zone] * F4((cy - home) * (cy - home))
        for cx in range(0, columns, stride):
            y1, x1 = cy + high, cx + wide
            if whole_sums[y1, x1] - whole_sums[cy, x1] - whole_sums[y1, cx] + whole_sums[cy, cx] < area:
                continue
            price = price_sums[y1, x1] - price_sums[cy, x1] - price_sums[y1, cx] + price_sums[cy, cx]
            cost = row_price + price / F4(area)
            for k in range(12):
                y = cy + (2 * (k // 4) + 1) * high // 6
                x = cx + (2 * (k % 4) + 1) * wide // 8
                for c in range(4):
                    diff = half_low[y, x, c] - wishes[k, c]
                    cost += (colour_weight if c < 3 else distance_weight) * diff * diff
            cheap[cy, cx] = cost
            if cost < likely:
                likely = cost
                best_y, best_x = cy, cx
    if best_y < 0:
        return -1, -1
    # The likeliest first, so that most others are found too dear without a look at what lies there.
    best = _whole_cost(half, block, weights, count, high, wide, best_y, best_x, likely, _NEVER, zone, seed)
    for cy in range(0, rows, stride):
        for cx in range(0, columns, stride):
            if cheap[cy, cx] < best:
                cost = _whole_cost(half, block, weights, count, high, wide, cy, cx, cheap[cy, cx], best, zone, seed)
                if cost < best:
                    best = cost
                    best_y, best_x = cy, cx
    return best_y, best_x


@njit(
    "UniTuple(i8, 2)(f4[:,:,::1], u1[:,::1], f4[:,:,::1], u1[:,::1], i4[::1], i8, i8)",
    cache=True,
    nogil=True,
)
def settle(
    estimate: Floats, filled: Bytes, source: Floats, source_ok: Bytes, spot: Integers, near_y: int, near_x: int
) -> tuple[int, int]:
    """The corner, within a cell of one, from which the block continues best what lies at the spot."""
    width = filled.shape[1]
    best = F4(1e30)
    best_y, best_x = near_y, near_x
    for shift in range(9):
        sy, sx = near_y + shift // 3 - 1, near_x + shift % 3 - 1
        if sy < 0 or sx < 0 or sy + spot[2] > source_ok.shape[0] or sx + spot[3] > source_ok.shape[1]:
            continue
        total = F4(0)
        for y in range(spot[2]):
            if total >= best:
                break
            for x in range(spot[3]):
                xx = (spot[1] + x) % width
                if not source_ok[sy + y, sx + x]:
                    total += F4(1e9)
                elif filled[spot[0] + y, xx] != EMPTY:
                    for c in range(3):
                        diff = source[sy + y, sx + x, c] - estimate[spot[0] + y, xx, c]
                        total += diff * diff
        if total < best:
            best = total
            best_y, best_x = sy, sx
    return best_y, best_x


@njit("f4[:,::1](f4[:,:,::1], u1[:,::1])", cache=True, nogil=True, fastmath=_EXACT_ENOUGH)
def unlikeness(half: Floats, whole: Bytes) -> Floats:
    """How unlike everything else near its row each cell of the source is, in squared steps of colour."""
    height, width = whole.shape
    result = np.zeros((height, width), np.float32)
    reach = 2
    for y in range(height):
        for x in range(width):
            best = F4(1e30)
            for ty in range(max(reach, y - 4), min(height - reach, y + 5), 2):
                for tx in range(reach, width - reach):
                    if abs(tx - x) < 10 or not whole[ty, tx] or not whole[y, x]:
                        continue
                    total = F4(0)
                    for dy in range(-reach, reach + 1):
                        yy = min(max(y + dy, 0), height - 1)
                        for dx in range(-reach, reach + 1):
                            xx = min(max(x + dx, 0), width - 1)
                            for c in range(3):
                                diff = half[yy, xx, c] - half[ty + dy, tx + dx, c]
                                total += diff * diff
                    best = min(best, total)
            if best < F4(1e29):
                result[y, x] = best / F4((2 * reach + 1) ** 2)
    return result
