"""A patchwork of the seed for what is unknown of a panorama.

Owns the choice of blocks and the cuts between them (image quilting, Efros and Freeman 2001), guided by a sketch's
colours and distances; 4 pixels a cell, the search at 8. A block may come from any part of the seed: it should fit what
lies there already, look in the low frequencies as the sketch does, be about as high above the horizon, and show no
distinctive thing that is in view already.
"""

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.matching import scrambled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Floats = NDArray[np.float32]
    Indices = NDArray[np.int32]

_F = np.float32
_U = np.uint32
_EXACT_ENOUGH: Final = {"reassoc", "nsz", "contract"}

LARGE_BLOCK: Final = (28, 36)
LARGE_STEP: Final = (16, 20)
SMALL_BLOCK: Final = (16, 20)
"""Above and below the seed's rows, where it has no large things to offer."""
SMALL_STEP: Final = (10, 10)
GAP_SHARE: Final = 2
GAP_STRIDE: Final = 2
"""Where no more than one part in so many is to be filled, so much less closely the source is searched."""
_NEVER: Final = _F(1e30)
EMPTY, NEW, KEPT = 0, 1, 2
"""What a cell is: nothing yet, from the patchwork, or known."""

# Prices are squared steps of colour a cell, so that they add up; the second of two is for small blocks.
GUIDE_WEIGHTS: Final = (_F(1.5), _F(3.0))
ROW_WEIGHTS: Final = (_F(2.0), _F(3.0))
EVEN_WEIGHTS: Final = (_F(3.0), _F(4.0))
"""For each time that a cell of the seed has been used."""
JITTERS: Final = (_F(0.15), _F(0.6))
"""Up to so much of its price is added to each, so that equal places do not all get the same."""
USE_WEIGHT: Final = _F(3.0)
MOST_USES: Final = _F(6)
BUSY_SKY_WEIGHT: Final = _F(3.0)
BUSY_GROUND_WEIGHT: Final = _F(0.1)
ROW_SCATTER: Final = 10
"""Rows of 8 pixels by which small blocks stray, so that the seed's last rows are not repeated in bands."""
USE_REACH: Final = _F(200)
"""Cells to the side within which a second use is seen together with the first."""
SECTORS: Final = 32
SKY: Final = _F(-50)
"""Scaled distances below this are sky: 150 eye heights."""
BUSY_SKY: Final = _F(60)
"""A sky of which all blocks are busier than this (they hold peaks or roofs) is left plain."""
BLANK: Final = 16
"""Columns without detail to the right of the source: what is left plain copies from their middle."""


@njit("f4(i8)", cache=True, nogil=True)
def _nearness(away: int) -> "np.float32":
    """What a use counts that lies so many cells to the side."""
    return _F(0.3) + _F(0.7) * max(_F(0), _F(1) - _F(away) / USE_REACH)


@njit("i8(i8, i8, i8)", cache=True, nogil=True)
def _aside(one: int, other: int, width: int) -> int:
    """Columns between two, the short way round."""
    away = abs(one - other) % width
    return min(away, width - away)


@njit("UniTuple(i8, 2)(f4[:,:,::1], u1[:,::1], i4[::1], f4[:,::1], f4[:,::1])", cache=True, nogil=True)
def _gather(
    estimate: "Floats", filled: "Bytes", spot: "Indices", block: "Floats", weights: "Floats"
) -> tuple[int, int]:
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
                block[y, 4 * x + c] /= _F(max(known, 1))
            if known > 0:
                count += 1
            if known < 4:
                empty += 1
    return count, empty


@njit("void(f4[:,::1], f4[:,::1], f4[:,::1], f4, f4, f4[:,::1])", cache=True, nogil=True)
def _tally(
    use: "Floats", rarity: "Floats", busy: "Floats", even: "np.float32", bustle: "np.float32", sums: "Floats"
) -> None:
    """Sums, from the source's corner on, of what its cells cost wherever they are put."""
    for y in range(use.shape[0]):
        row = _F(0)
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
    half: "Floats",
    block: "Floats",
    weights: "Floats",
    count: int,
    high: int,
    wide: int,
    cy: int,
    cx: int,
    cost: "np.float32",
    limit: "np.float32",
    zone: int,
    seed: "np.uint32",
) -> "np.float32":
    """`cost` and what the block there adds to it by what it covers, or something above the limit."""
    flat = half.reshape(half.shape[0], half.shape[1] * 4)
    for y in range(high):
        total = _F(0)
        for k in range(4 * wide):
            diff = flat[cy + y, 4 * cx + k] - block[y, k]
            total += weights[y, k] * diff * diff
        cost += total / _F(max(count, 1))
        if cost >= limit:
            return cost
    draw = _F(scrambled(_U(seed + scrambled(_U(cy * 256 + cx))))) / _F(4294967296)
    return _F(cost * (_F(1) + JITTERS[zone] * draw))


@njit(
    "UniTuple(i8, 2)(f4[:,:,::1], f4[:,:,::1], i4[:,::1], f4[:,::1], f4[:,::1], f4[:,::1], f4[:,::1],"
    " i8, i8, i8, i8, i8, i8, u4)",
    cache=True,
    nogil=True,
    fastmath=_EXACT_ENOUGH,
)
def _choose(
    half: "Floats",
    half_low: "Floats",
    whole_sums: "Indices",
    price_sums: "Floats",
    wishes: "Floats",
    block: "Floats",
    weights: "Floats",
    count: int,
    high: int,
    wide: int,
    home: int,
    zone: int,
    stride: int,
    seed: "np.uint32",
) -> tuple[int, int]:
    """The cheapest block of the source by its top left corner, (-1, -1) if the source holds none.

    Of those corners only every `stride`th of every `stride`th row is looked at.
    """
    area = high * wide
    colour_weight = GUIDE_WEIGHTS[zone] / _F(12)
    distance_weight = _F(1) / _F(12)
    rows, columns = half.shape[0] - high + 1, half.shape[1] - wide + 1
    cheap = np.full((rows, columns), _NEVER, _F)
    likely = _NEVER
    best_y = best_x = -1
    for cy in range(0, rows, stride):
        row_price = ROW_WEIGHTS[zone] * _F((cy - home) * (cy - home))
        for cx in range(0, columns, stride):
            y1, x1 = cy + high, cx + wide
            if whole_sums[y1, x1] - whole_sums[cy, x1] - whole_sums[y1, cx] + whole_sums[cy, cx] < area:
                continue
            price = price_sums[y1, x1] - price_sums[cy, x1] - price_sums[y1, cx] + price_sums[cy, cx]
            cost = row_price + price / _F(area)
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
def _settle(
    estimate: "Floats", filled: "Bytes", source: "Floats", source_ok: "Bytes", spot: "Indices", near_y: int, near_x: int
) -> tuple[int, int]:
    """The corner, within a cell of one, from which the block continues best what lies at the spot."""
    width = filled.shape[1]
    best = _F(1e30)
    best_y, best_x = near_y, near_x
    for shift in range(9):
        sy, sx = near_y + shift // 3 - 1, near_x + shift % 3 - 1
        if sy < 0 or sx < 0 or sy + spot[2] > source_ok.shape[0] or sx + spot[3] > source_ok.shape[1]:
            continue
        total = _F(0)
        for y in range(spot[2]):
            if total >= best:
                break
            for x in range(spot[3]):
                xx = (spot[1] + x) % width
                if not source_ok[sy + y, sx + x]:
                    total += _F(1e9)
                elif filled[spot[0] + y, xx] != EMPTY:
                    for c in range(3):
                        diff = source[sy + y, sx + x, c] - estimate[spot[0] + y, xx, c]
                        total += diff * diff
        if total < best:
            best = total
            best_y, best_x = sy, sx
    return best_y, best_x


@njit("void(f4[:,:], i8[::1])", cache=True, nogil=True)
def _cut(mismatch: "Floats", seam: "NDArray[np.int64]") -> None:
    """The cheapest path along a strip: for each column the row at which the new block begins."""
    depth, length = mismatch.shape
    costs = np.empty((length, depth), _F)
    for x in range(length):
        for y in range(depth):
            before = _F(0)
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
def _paste(
    estimate: "Floats",
    filled: "Bytes",
    source_y: "Indices",
    source_x: "Indices",
    source: "Floats",
    spot: "Indices",
    sy: int,
    sx: int,
    pasted: "Indices",
) -> None:
    """Put the block there, cut along its four sides where it differs least from what lies there."""
    y0, x0, high, wide = spot[0], spot[1], spot[2], spot[3]
    width = filled.shape[1]
    mismatch = np.zeros((high, wide), _F)
    for y in range(high):
        for x in range(wide):
            xx = (x0 + x) % width
            if filled[y0 + y, xx] != EMPTY:
                for c in range(3):
                    diff = source[sy + y, sx + x, c] - estimate[y0 + y, xx, c]
                    mismatch[y, x] += diff * diff
                mismatch[y, x] = np.sqrt(mismatch[y, x]) + _F(1)
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


@njit("b1(f4[:,::1], i8, i8, i8, i8)", cache=True, nogil=True)
def _too_busy(busy: "Floats", y0: int, x0: int, high: int, wide: int) -> bool:
    total = _F(0)
    for y in range(high):
        for x in range(wide):
            total += busy[y0 + y, x0 + x]
    return bool(total > BUSY_SKY * _F(high * wide))


@njit(
    "void(f4[:,:,::1], f4[:,:,::1], u1[:,::1], i4[:,::1], i4[:,::1], f4[:,:,::1], u1[:,::1],"
    " f4[:,:,::1], f4[:,:,::1], i4[:,::1], f4[:,:,::1], f4[:,::1], i4[:,::1], i8, i8, u4)",
    cache=True,
    nogil=True,
)
def quilt(
    guide: "Floats",
    estimate: "Floats",
    filled: "Bytes",
    source_y: "Indices",
    source_x: "Indices",
    source: "Floats",
    source_ok: "Bytes",
    half: "Floats",
    half_low: "Floats",
    whole_sums: "Indices",
    rarity: "Floats",
    busy: "Floats",
    spots: "Indices",
    origin_y: int,
    origin_x: int,
    seed: "np.uint32",
) -> None:
    """Fill what is empty, spot by spot (top, left, height, width); what the source has nothing for stays empty.

    Written in place: `filled`, `estimate` (colours and scaled distance) and where in the source each new cell is from.
    `half` and `half_low` are the source at 8 pixels a cell, as it is and without detail.
    """
    height, width = filled.shape
    half_height, half_width = half.shape[:2]
    block = np.zeros((LARGE_BLOCK[0] // 2, LARGE_BLOCK[1] * 2), _F)
    weights = np.zeros((LARGE_BLOCK[0] // 2, LARGE_BLOCK[1] * 2), _F)
    wishes = np.empty((12, 4), _F)
    price_sums = np.zeros((half_height + 1, half_width + 1), _F)
    pasted = np.zeros((half_height, half_width), np.int32)
    uses = np.zeros((SECTORS, half_height, half_width), _F)
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
        bustle = _F(0)
        draw = scrambled(_U(seed + scrambled(_U(y0 * 1024 + x0))))
        if outside:
            bustle = BUSY_SKY_WEIGHT if sky else BUSY_GROUND_WEIGHT
            stray = int(draw % _U(ROW_SCATTER))
            home = max(home - stray, 0) if home > 0 else min(stray, half_height - high)
        middle = (x0 + wide) % width
        _tally(uses[middle * SECTORS // width], rarity[zone], busy, EVEN_WEIGHTS[zone], bustle, price_sums)
        sy, sx = _choose(
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
        sy, sx = _settle(estimate, filled, source, source_ok, spot, 2 * sy, 2 * sx)
        pasted[:] = 0
        _paste(estimate, filled, source_y, source_x, source, spot, sy, sx, pasted)
        for sector in range(SECTORS):
            weight = _F(0.25) * _nearness(_aside(middle, (2 * sector + 1) * width // (2 * SECTORS), width))
            for y in range(sy // 2, min((sy + spot[2] + 1) // 2, half_height)):
                for x in range(sx // 2, min((sx + spot[3] + 1) // 2, half_width)):
                    uses[sector, y, x] += weight * _F(pasted[y, x])


@njit("f4[:,::1](f4[:,:,::1], u1[:,::1])", cache=True, nogil=True, fastmath=_EXACT_ENOUGH)
def unlikeness(half: "Floats", whole: "Bytes") -> "Floats":
    """How unlike everything else near its row each cell of the source is, in squared steps of colour."""
    height, width = whole.shape
    result = np.zeros((height, width), _F)
    reach = 2
    for y in range(height):
        for x in range(width):
            best = _F(1e30)
            for ty in range(max(reach, y - 4), min(height - reach, y + 5), 2):
                for tx in range(reach, width - reach):
                    if abs(tx - x) < 10 or not whole[ty, tx] or not whole[y, x]:
                        continue
                    total = _F(0)
                    for dy in range(-reach, reach + 1):
                        yy = min(max(y + dy, 0), height - 1)
                        for dx in range(-reach, reach + 1):
                            xx = min(max(x + dx, 0), width - 1)
                            for c in range(3):
                                diff = half[yy, xx, c] - half[ty + dy, tx + dx, c]
                                total += diff * diff
                    best = min(best, total)
            if best < _F(1e29):
                result[y, x] = best / _F((2 * reach + 1) ** 2)
    return result
