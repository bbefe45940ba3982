"""Quads between vertices, each as two triangles, into a depth buffer.

Owns which pixels a quad fills and how near it is there; the quads that a break runs through are `cuts`'.
"""

import math
from typing import Final

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.vertices import BEHIND
from deployments.world_model.engines.pocket.widths import F4, U1, U8, Bytes, Floats

TRIANGLE: Final = "f4, f4, f4, f4, f4, f4, f4, f4, f4"
LANES: Final = np.arange(8, dtype=np.float32) + np.float32(0.5)
"""Middles of the pixels of a row that are filled abreast. Loops are handed them: one whose length is plain to the
compiler is unrolled before anything could run abreast, and takes half as long again."""
_SLIVER: Final = F4(0.02)
"""Square pixels of a triangle below which its slopes mean nothing."""
_STANDS_BACK: Final = F4(0.985)


@njit(f"UniTuple(f4, 3)({TRIANGLE})", cache=True, nogil=True, error_model="numpy")
def _plane(
    x0: float, y0: float, w0: float, x1: float, y1: float, w1: float, x2: float, y2: float, w2: float
) -> tuple[float, float, float]:
    """Inverse depth over a triangle: by how much it grows a column and a row, and what it is at the corner (0, 0).

    All 0, which comes before nothing, for a triangle that is seen from behind.
    """
    area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    if not area > F4(0):
        return F4(0), F4(0), F4(0)
    if not area > _SLIVER:
        return F4(0), F4(0), min(w0, w1, w2)
    along = ((w1 - w0) * (y2 - y0) - (w2 - w0) * (y1 - y0)) / area
    down = ((w2 - w0) * (x1 - x0) - (w1 - w0) * (x2 - x0)) / area
    return along, down, w0 - along * x0 - down * y0


@njit(
    "void(f4[::1], u1[::1], i8, i8, i8, f4[::1], f4, f4, f4, f4, f4, f4, f4, f4, f4, f4, f4, f4)",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _fill(
    depths: Floats,
    layers: Bytes,
    width: int,
    height: int,
    layer: int,
    lanes: Floats,
    x0: float,
    y0: float,
    w0: float,
    x1: float,
    y1: float,
    w1: float,
    x2: float,
    y2: float,
    w2: float,
    x3: float,
    y3: float,
    w3: float,
) -> None:
    """One quad, corners row by row, into the depth buffer: pixels whose centre either of its triangles holds.

    The line between two quads is tested by the same arithmetic for both, and both hold it, but for the lowest row and
    the last column, which are the next quad's: nothing shows between them. With a `layer` it is set where drawn, and
    the quad stands back a little.
    """
    first = max(0, math.ceil(min(y0, y1, y2, y3) - F4(0.5)))
    last = min(height, math.ceil(max(y0, y1, y2, y3) - F4(0.5)))
    left = max(0, math.ceil(min(x0, x1, x2, x3) - F4(0.5)))
    right = min(width, math.ceil(max(x0, x1, x2, x3) - F4(0.5)))
    upper_along, upper_down, upper_base = _plane(x0, y0, w0, x1, y1, w1, x2, y2, w2)
    lower_along, lower_down, lower_base = _plane(x1, y1, w1, x3, y3, w3, x2, y2, w2)
    for row in range(first, last):
        y = F4(row) + F4(0.5)
        top = (x1 - x0) * (y - y0)
        bottom = (x3 - x2) * (y - y2)
        before = (x2 - x0) * (y - y0)
        behind = (x3 - x1) * (y - y1)
        between = (x2 - x1) * (y - y1)
        upper = upper_base + upper_down * y
        lower = lower_base + lower_down * y
        for place in range(left, right, lanes.shape[0]):
            start = min(place, width - lanes.shape[0])
            at = U8(row * width + start)
            for lane in range(lanes.shape[0]):
                x = F4(start) + lanes[lane]
                side = between - (y2 - y1) * (x - x1)
                in_upper = (top >= (y1 - y0) * (x - x0)) & (before <= (y2 - y0) * (x - x0)) & (side >= F4(0))
                in_lower = (bottom <= (y3 - y2) * (x - x2)) & (behind >= (y3 - y1) * (x - x1)) & (side <= F4(0))
                value = lower + lower_along * x if in_lower else F4(0)
                value = upper + upper_along * x if in_upper else value
                if layer == 0:
                    depths[at + U8(lane)] = max(depths[at + U8(lane)], value)
                else:
                    value *= _STANDS_BACK
                    is_nearer = value > depths[at + U8(lane)]
                    depths[at + U8(lane)] = value if is_nearer else depths[at + U8(lane)]
                    layers[at + U8(lane)] = U1(layer) if is_nearer else layers[at + U8(lane)]


@njit(
    "void(f4[:,::1], u1[:,::1], i8, f4[:,::1], f4[:,::1], f4[:,::1], u1[:,::1], u1[:,::1], i8, f4, f4[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def draw_quads(
    depths: Floats,
    layers: Bytes,
    layer: int,
    xs: Floats,
    ys: Floats,
    ws: Floats,
    codes: Bytes,
    flags: Bytes,
    wanted: int,
    turn: float,
    lanes: Floats,
) -> None:
    """The quads whose flag is `wanted`. `turn`: width of a whole turn in a panorama, 0 in a frame; `lanes`: `LANES`."""
    rows, columns = flags.shape
    height, width = depths.shape
    flat_depths = depths.reshape(-1)
    flat_layers = layers.reshape(-1)
    half = turn * F4(0.5)
    for r in range(rows):
        for c in range(columns):
            if flags[r, c] != wanted:
                continue
            k0 = codes[r, c]
            k1 = codes[r, c + 1]
            k2 = codes[r + 1, c]
            k3 = codes[r + 1, c + 1]
            if (k0 & k1 & k2 & k3) != 0 or ((k0 | k1 | k2 | k3) & BEHIND) != 0:
                continue
            x0 = xs[r, c]
            x1 = xs[r, c + 1]
            x2 = xs[r + 1, c]
            x3 = xs[r + 1, c + 1]
            y0 = ys[r, c]
            y1 = ys[r, c + 1]
            y2 = ys[r + 1, c]
            y3 = ys[r + 1, c + 1]
            w0 = ws[r, c]
            w1 = ws[r, c + 1]
            w2 = ws[r + 1, c]
            w3 = ws[r + 1, c + 1]
            if turn > F4(0) and max(x0, x1, x2, x3) - min(x0, x1, x2, x3) > half:
                x0 += turn if x0 < half else F4(0)
                x1 += turn if x1 < half else F4(0)
                x2 += turn if x2 < half else F4(0)
                x3 += turn if x3 < half else F4(0)
                _fill(
                    flat_depths, flat_layers, width, height, layer, lanes,
                    x0 - turn, y0, w0, x1 - turn, y1, w1, x2 - turn, y2, w2, x3 - turn, y3, w3,
                )  # fmt: skip
            _fill(
                flat_depths, flat_layers, width, height, layer, lanes,
                x0, y0, w0, x1, y1, w1, x2, y2, w2, x3, y3, w3,
            )  # fmt: skip
