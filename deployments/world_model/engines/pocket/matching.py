"""Which cell of the seed looks most like each cell of a panorama that is known, but blurred.

Owns the nearest-neighbour field (PatchMatch, Barnes et al. 2009) at 4 pixels a cell, and the generator of pseudo-random
numbers that this and the patchwork draw from. Sweeps run in a fixed order on one thread, so the same arguments give
the same answer to the bit.
"""

from typing import Final

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.widths import F4, U4, Bytes, Flags, Floats, Integers

PATCH: Final = 5
PIECE: Final = 2
"""Cells along each side of what is matched as one, by the patch around its first cell."""
SWEEPS: Final = 4
DRAWS: Final = 4
COHERENCE: Final = F4(0.4)
"""What a match costs, of its price, that goes on where a neighbour's match lies: larger pieces are carried over."""
STUTTER: Final = F4(3.0)
"""What a match costs, of its price, that repeats a neighbour's nearly in place: it would weave a grid."""
ROW_WEIGHT: Final = F4(0.2)
"""Squared steps of colour for a squared row of displacement."""
_UNSET: Final = F4(1e30)


@njit("u4(u4)", cache=True, nogil=True)
def scrambled(value: int) -> int:
    """A pseudo-random number for each number (Wellons, "lowbias32")."""
    mixed = U4(value)
    mixed ^= mixed >> U4(16)
    mixed = U4(mixed * U4(0x7FEB352D))
    mixed ^= mixed >> U4(15)
    mixed = U4(mixed * U4(0x846CA68B))
    mixed ^= mixed >> U4(16)
    return mixed


@njit(
    "f4(f4[:,::1], i8, i8, f4[:,::1], i8, i8, f4)",
    cache=True,
    nogil=True,
    fastmath={"reassoc", "nsz", "contract"},
)
def _patch_cost(target: Floats, y: int, x: int, source: Floats, source_y: int, source_x: int, limit: float) -> float:
    """Squared difference of two patches, or something above the limit."""
    total = F4(0)
    for j in range(PATCH):
        for k in range(4 * PATCH):
            diff = target[y + j, 4 * x + k] - source[source_y + j, 4 * source_x + k]
            total += diff * diff
        if total > limit:
            return total
    return total


@njit("b1(b1[:,::1], i4[:,::1], i4[:,::1], i8, i8, i8, i8, i8)", cache=True, nogil=True)
def _stutters(
    wanted: Flags, source_y: Integers, source_x: Integers, y: int, x: int, way: int, sy: int, sx: int
) -> bool:
    """Whether the match hardly moves on from that of the piece before it, in its row or column."""
    height, width = wanted.shape
    before = (x - way) % width
    if wanted[y, before]:
        dy = sy - source_y[y, before]
        dx = sx - source_x[y, before]
        if abs(dx) <= PIECE and abs(dy) <= PIECE and (dy != 0 or dx != PIECE * way):
            return True
    before = y - way
    if before < 0 or before >= height or not wanted[before, x]:
        return False
    dy = sy - source_y[before, x]
    dx = sx - source_x[before, x]
    return abs(dx) <= PIECE and abs(dy) <= PIECE and (dx != 0 or dy != PIECE * way)


@njit(
    "void(f4[:,:,::1], u1[:,::1], i4[:,::1], i4[:,::1], f4[:,:,::1], u1[:,::1], i8, u4)",
    cache=True,
    nogil=True,
)
def match(
    target: Floats,
    wanted: Bytes,
    source_y: Integers,
    source_x: Integers,
    source: Floats,
    source_ok: Bytes,
    origin_y: int,
    seed: int,
) -> None:
    """Give every wanted cell its match (in place, into `source_y` and `source_x`), a piece of cells at a time.

    `target` and `source` (colours and scaled distance) come with a rim of `PATCH // 2` cells; the source's first row
    is the panorama's `origin_y`. Height and width are multiples of `PIECE`.
    """
    height, width = wanted.shape[0] // PIECE, wanted.shape[1] // PIECE
    rows, columns = source_ok.shape
    flat_target = target.reshape(target.shape[0], target.shape[1] * 4)
    flat_source = source.reshape(source.shape[0], source.shape[1] * 4)
    pieces = np.zeros((height, width), np.bool_)
    for y in range(height * PIECE):
        for x in range(width * PIECE):
            if wanted[y, x]:
                pieces[y // PIECE, x // PIECE] = True
    found_y = np.zeros((height, width), np.int32)
    found_x = np.zeros((height, width), np.int32)
    costs = np.full((height, width), _UNSET, np.float32)
    draw = U4(seed)
    area = F4(PATCH * PATCH)
    for sweep in range(SWEEPS):
        way = 1 if sweep % 2 == 0 else -1
        for line in range(height):
            y = line if way > 0 else height - 1 - line
            home = min(max(y * PIECE - origin_y, 0), rows - 1)
            for place in range(width):
                x = place if way > 0 else width - 1 - place
                if not pieces[y, x]:
                    continue
                best = costs[y, x]
                best_y, best_x = found_y[y, x], found_x[y, x]
                for attempt in range(2 + DRAWS):
                    share = F4(1)
                    if attempt < 2:
                        yy = y if attempt == 0 else y - way
                        xx = (x - way) % width if attempt == 0 else x
                        if yy < 0 or yy >= height or not pieces[yy, xx] or costs[yy, xx] == _UNSET:
                            continue
                        sy = found_y[yy, xx] + (y - yy) * PIECE
                        sx = found_x[yy, xx] + (way * PIECE if attempt == 0 else 0)
                        share = COHERENCE
                    else:
                        draw = scrambled(U4(draw + U4(0x9E3779B9)))
                        reach = max(columns >> (attempt - 2 + 2 * min(sweep, 2)), 2)
                        near_y = best_y if best < _UNSET else home
                        near_x = best_x if best < _UNSET else columns // 2
                        sx = near_x + np.int64(draw & U4(0xFFFF)) * (2 * reach + 1) // 65536 - reach
                        reach = max(reach // 4, 1)
                        sy = near_y + np.int64(draw >> U4(16)) * (2 * reach + 1) // 65536 - reach
                    if sy < 0 or sx < 0 or sy >= rows or sx >= columns or not source_ok[sy, sx]:
                        continue
                    if sy == best_y and sx == best_x and best < _UNSET:
                        continue
                    if _stutters(pieces, found_y, found_x, y, x, way, sy, sx):
                        share = STUTTER
                    extra = ROW_WEIGHT * F4((sy - home) * (sy - home))
                    limit = (best / share - extra) * area
                    cost = share * (
                        _patch_cost(flat_target, y * PIECE, x * PIECE, flat_source, sy, sx, limit) / area + extra
                    )
                    if cost < best:
                        best = cost
                        best_y, best_x = sy, sx
                costs[y, x] = best
                found_y[y, x], found_x[y, x] = best_y, best_x
    for y in range(height * PIECE):
        for x in range(width * PIECE):
            if not wanted[y, x]:
                continue
            from_y, from_x = found_y[y // PIECE, x // PIECE], found_x[y // PIECE, x // PIECE]
            sy, sx = from_y + y % PIECE, from_x + x % PIECE
            if sy >= rows or sx >= columns or not source_ok[sy, sx]:
                sy, sx = from_y, from_x
            source_y[y, x], source_x[y, x] = sy, sx
