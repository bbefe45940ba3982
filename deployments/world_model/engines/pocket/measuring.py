"""Measuring a panorama that was drawn of a key: how far away things are, and how finely the key saw them.

Owns the compiled loop over the grid's cells; what is made of the measures is `dreaming`'s.
"""

import math

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.angles import TAU, angle, headings
from deployments.world_model.engines.pocket.widths import F4, Bytes, Flags, Floats


@njit("void(f4, f4[::1], f4, f4, f4, f4, f4, f4[::1])", cache=True, nogil=True, error_model="numpy", inline="always")
def _seen_at(
    depth: float, eye: Floats, flat: float, up: float, sine: float, cosine: float, per_rad: float, out: Floats
) -> None:
    """Where the key sees what a panorama's pixel met: heading and elevation, in pixels of the panorama's scale."""
    distance = F4(1) / depth
    x = eye[0] + flat * distance * sine
    y = eye[1] + up * distance
    z = eye[2] + flat * distance * cosine
    out[0] = angle(x, z) * per_rad
    out[1] = angle(y, F4(math.sqrt(x * x + z * z))) * per_rad


@njit(
    "void(f4[:,::1], u1[:,::1], f4[::1], f4, f4[:,::1], f4[:,::1], b1[:,::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def measure(
    depths: Floats, layers: Bytes, eye: Floats, top: float, inverse: Floats, detail: Floats, known: Flags
) -> None:
    """For every cell: its inverse distance, how finely the key saw what is there, and whether it did."""
    rows, columns = inverse.shape
    width = depths.shape[1]
    limit = top * F4(width) / TAU
    middle = np.empty(2, np.float32)
    beside = np.empty(2, np.float32)
    jacobian = np.zeros((2, 2), np.float32)
    per_rad = F4(F4(width) / TAU)
    sines, cosines = headings(width)
    ups = np.empty(depths.shape[0], np.float32)
    flats = np.empty(depths.shape[0], np.float32)
    for row in range(depths.shape[0]):
        elevation = top - (F4(row) + F4(0.5)) / F4(width) * TAU
        ups[row] = math.sin(elevation)
        flats[row] = math.cos(elevation)
    for r in range(rows):
        row = r * 5 + 2
        target_flat = flats[row]
        for c in range(columns):
            column = c * 5 + 2
            depth = depths[row, column]
            inverse[r, c] = depth
            detail[r, c] = F4(0)
            known[r, c] = False
            if depth <= F4(0):
                continue
            _seen_at(depth, eye, flats[row], ups[row], sines[column], cosines[column], per_rad, middle)
            if layers[row, column] != 0 or abs(middle[1]) > limit:
                continue
            known[r, c] = True
            source_flat = math.cos(middle[1] * TAU / F4(width))
            # Differences to the smoother of both sides, so that a break within the cell does not count.
            jacobian[:] = F4(0)
            for axis in range(2):
                best = F4(1e9)
                for sign in range(-1, 2, 2):
                    at_row = row + (2 * sign if axis == 1 else 0)
                    at_column = column + (2 * sign if axis == 0 else 0)
                    if depths[at_row, at_column] <= F4(0):
                        continue
                    change = abs(depths[at_row, at_column] - depth)
                    if change < best:
                        best = change
                        _seen_at(
                            depths[at_row, at_column], eye, flats[at_row], ups[at_row], sines[at_column],
                            cosines[at_column], per_rad, beside,
                        )  # fmt: skip
                        du = beside[0] - middle[0]
                        du -= F4(width) * np.floor(du / F4(width) + F4(0.5))
                        step = F4(2 * sign) * (target_flat if axis == 0 else F4(1))
                        jacobian[0, axis] = du * source_flat / step
                        jacobian[1, axis] = (beside[1] - middle[1]) / step
            a = jacobian[0, 0]
            b = jacobian[0, 1]
            e = jacobian[1, 0]
            d = jacobian[1, 1]
            total = a * a + b * b + e * e + d * d
            determinant = a * d - b * e
            root = math.sqrt(max(F4(0), total * total - F4(4) * determinant * determinant))
            detail[r, c] = math.sqrt(max(F4(0), (total - root) * F4(0.5)))
