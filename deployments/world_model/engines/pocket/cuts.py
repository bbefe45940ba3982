"""The quads that a break runs through, into a depth buffer: a near and a far one, each up to the outline between.

Owns the drawing alone; where the outline runs is `outlines`'.
"""

import math
from typing import Final

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.quads import TRIANGLE
from deployments.world_model.engines.pocket.vertices import NEAR, in_frame, in_panorama
from deployments.world_model.engines.pocket.widths import F4, Bytes, Floats, Integers

MIXED: Final = F4(2)
"""Pixels that the sides of an outline may move apart before what mixes their colours is taken from both,"""
UNMIXED: Final = F4(6)
"""and from which on it is gone: a pixel or two of the backdrop instead is worse than the mixture."""


@njit(f"void(f4[:,::1], u1[::1], i8, f4, f4[::1], i8, i8, i8, {TRIANGLE})", cache=True, nogil=True, error_model="numpy")
def _fill_cut(
    depths: Floats,
    matte: Bytes,
    near: int,
    limit: float,
    distances: Floats,
    c0: int,
    c1: int,
    c2: int,
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
    """One triangle of a cut quad: only where the outline leaves it to this side."""
    area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    if not area > F4(0.02):
        return
    height, width = depths.shape
    inverse_area = F4(1) / area
    g0 = distances[c0] * w0
    g1 = distances[c1] * w1
    g2 = distances[c2] * w2
    s0 = F4(c0 & 1) * g0
    s1 = F4(c1 & 1) * g1
    s2 = F4(c2 & 1) * g2
    t0 = F4(c0 >> 1) * g0
    t1 = F4(c1 >> 1) * g1
    t2 = F4(c2 >> 1) * g2
    first = max(0, math.ceil(min(y0, y1, y2) - F4(0.5)))
    last = min(height, math.ceil(max(y0, y1, y2) - F4(0.5)))
    left = max(0, math.ceil(min(x0, x1, x2) - F4(0.5)))
    right = min(width, math.ceil(max(x0, x1, x2) - F4(0.5)))
    # A hair of overlap keeps the two triangles and the neighbours closed.
    hair = F4(-1e-3)
    for row in range(first, last):
        y = F4(row) + F4(0.5)
        for column in range(left, right):
            x = F4(column) + F4(0.5)
            b1 = ((x - x0) * (y2 - y0) - (x2 - x0) * (y - y0)) * inverse_area
            b2 = ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) * inverse_area
            b0 = F4(1) - b1 - b2
            if b0 < hair or b1 < hair or b2 < hair:
                continue
            w = b0 * w0 + b1 * w1 + b2 * w2
            if w <= depths[row, column]:
                continue
            g = F4(5) / (b0 * g0 + b1 * g1 + b2 * g2)
            s = min(F4(4.999), max(F4(0), (b0 * s0 + b1 * s1 + b2 * s2) * g))
            t = min(F4(4.999), max(F4(0), (b0 * t0 + b1 * t1 + b2 * t2) * g))
            i = int(t)
            j = int(s)
            s -= F4(j)
            t -= F4(i)
            at = i * 6 + j
            upper = F4(matte[at]) * (F4(1) - s) + F4(matte[at + 1]) * s
            lower = F4(matte[at + 6]) * (F4(1) - s) + F4(matte[at + 7]) * s
            if (upper * (F4(1) - t) + lower * t > limit) == (near == 1):
                depths[row, column] = w


@njit("f4(f4[::1])", cache=True, nogil=True, inline="always")
def _length(point: Floats) -> float:
    return math.sqrt(point[0] * point[0] + point[1] * point[1] + point[2] * point[2])


@njit(
    "void(f4[:,::1], i4[:,::1], f4[:,:,:,::1], u1[:,::1], u1[:,::1], u1[:,::1], f4[:,::1], f4[::1], f4, f4, f4, f4,"
    " i8)",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def draw_cuts(
    depths: Floats,
    quads: Integers,
    points: Floats,
    near_corners: Bytes,
    matte: Bytes,
    codes: Bytes,
    axes: Floats,
    eye: Floats,
    focal: float,
    width: float,
    height: float,
    top: float,
    band_row: int,
) -> None:
    """Cut quads, near and far side. `focal` 0 draws into a panorama, otherwise into a frame."""
    xs = np.empty(4, np.float32)
    ys = np.empty(4, np.float32)
    ws = np.empty(4, np.float32)
    distances = np.empty(4, np.float32)
    pixels_per_rad = width / F4(2 * math.pi)
    half = width * F4(0.5)
    travelled = _length(eye) * (focal if focal > F4(0) else pixels_per_rad)
    for index in range(quads.shape[0]):
        row = quads[index, 0] + band_row
        column = quads[index, 1]
        for near in range(2):
            beyond = 15
            for k in range(4):
                if near_corners[index, k] == near:
                    beyond &= codes[row + (k >> 1), column + (k & 1)]
            if beyond != 0:
                continue
            seen = True
            for k in range(4):
                px = points[index, near, k, 0]
                py = points[index, near, k, 1]
                pz = points[index, near, k, 2]
                distances[k] = math.sqrt(px * px + py * py + pz * pz)
                dx = px - eye[0]
                dy = py - eye[1]
                dz = pz - eye[2]
                if focal > F4(0):
                    xs[k], ys[k], ws[k], depth = in_frame(dx, dy, dz, axes, focal, width, height)
                    if depth <= NEAR:
                        seen = False
                        break
                else:
                    xs[k], ys[k], ws[k], _ = in_panorama(dx, dy, dz, pixels_per_rad, top)
            if not seen:
                continue
            # Once the sides move apart, pixels that mix the colours of both go with neither.
            apart = travelled * (F4(1) / _length(points[index, 1, 0]) - F4(1) / _length(points[index, 0, 0]))
            unmixed = min(F4(1), max(F4(0), (apart - MIXED) / (UNMIXED - MIXED)))
            limit = F4(127.5) + unmixed * (F4(25) if near == 1 else F4(-75))
            copies = 1
            if focal <= F4(0) and max(xs[0], xs[1], xs[2], xs[3]) - min(xs[0], xs[1], xs[2], xs[3]) > half:
                copies = 2
                for k in range(4):
                    if xs[k] < half:
                        xs[k] += width
            for copy in range(copies):
                shift = width if copy == 1 else F4(0)
                _fill_cut(
                    depths, matte[index], near, limit, distances, 0, 1, 2,
                    xs[0] - shift, ys[0], ws[0], xs[1] - shift, ys[1], ws[1], xs[2] - shift, ys[2], ws[2],
                )  # fmt: skip
                _fill_cut(
                    depths, matte[index], near, limit, distances, 1, 3, 2,
                    xs[1] - shift, ys[1], ws[1], xs[3] - shift, ys[3], ws[3], xs[2] - shift, ys[2], ws[2],
                )  # fmt: skip
