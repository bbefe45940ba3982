"""Quads between vertices, each as two triangles, into a depth buffer.

Owns which pixels a triangle fills and how near it is there; the quads that a break runs through are `cuts`'.
"""

import math

from numba import njit

from deployments.world_model.engines.pocket.vertices import BEHIND
from deployments.world_model.engines.pocket.widths import F4, U1, Bytes, Floats

TRIANGLE = "f4, f4, f4, f4, f4, f4, f4, f4, f4"


@njit(f"void(f4[:,::1], u1[:,::1], i8, {TRIANGLE})", cache=True, nogil=True, error_model="numpy")
def _fill(
    depths: Floats,
    layers: Bytes,
    layer: int,
    x0: float,
    y0: float,
    w0: float,
    x1: float,
    y1: float,
    w1: float,
    x2: float,
    y2: float,
    w2: float,
) -> None:
    """One triangle into the depth buffer: pixels whose centre it holds, left and top edges included.

    Edges are walked from their upper end, so that two triangles find the same pixels along the one they share. With a
    `layer` it is set where drawn, and the triangle stands back a little.
    """
    area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    if not area > F4(0):
        return
    height, width = depths.shape
    if area > F4(0.02):
        along = ((w1 - w0) * (y2 - y0) - (w2 - w0) * (y1 - y0)) / area
        down = ((w2 - w0) * (x1 - x0) - (w1 - w0) * (x2 - x0)) / area
        base = w0 - along * (x0 - F4(0.5)) - down * y0
    else:
        along = F4(0)
        down = F4(0)
        base = min(w0, w1, w2)
    if y1 < y0:
        x0, y0, x1, y1 = x1, y1, x0, y0
    if y2 < y0:
        x0, y0, x2, y2 = x2, y2, x0, y0
    if y2 < y1:
        x1, y1, x2, y2 = x2, y2, x1, y1
    first = max(0, math.ceil(y0 - F4(0.5)))
    last = min(height, math.ceil(y2 - F4(0.5)))
    if first >= last:
        return
    long_slope = (x2 - x0) / (y2 - y0)
    upper_slope = (x1 - x0) / (y1 - y0)
    lower_slope = (x2 - x1) / (y2 - y1)
    for row in range(first, last):
        y = F4(row) + F4(0.5)
        xa = x0 + (y - y0) * long_slope
        xb = x0 + (y - y0) * upper_slope if y < y1 else x1 + (y - y1) * lower_slope
        left = max(0, math.ceil(min(xa, xb) - F4(0.5)))
        right = min(width, math.ceil(max(xa, xb) - F4(0.5)))
        w = base + down * y
        if layer == 0:
            for column in range(left, right):
                value = w + along * F4(column)
                if value > depths[row, column]:
                    depths[row, column] = value
        else:
            for column in range(left, right):
                value = (w + along * F4(column)) * F4(0.985)
                if value > depths[row, column]:
                    depths[row, column] = value
                    layers[row, column] = U1(layer)


@njit(
    "void(f4[:,::1], u1[:,::1], i8, f4[:,::1], f4[:,::1], f4[:,::1], u1[:,::1], u1[:,::1], i8, f4)",
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
) -> None:
    """The quads whose flag is `wanted`. `turn`: width of a whole turn in a panorama, 0 in a frame."""
    rows, columns = flags.shape
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
                _fill(depths, layers, layer, x0 - turn, y0, w0, x1 - turn, y1, w1, x2 - turn, y2, w2)
                _fill(depths, layers, layer, x1 - turn, y1, w1, x3 - turn, y3, w3, x2 - turn, y2, w2)
            _fill(depths, layers, layer, x0, y0, w0, x1, y1, w1, x2, y2, w2)
            _fill(depths, layers, layer, x1, y1, w1, x3, y3, w3, x2, y2, w2)
