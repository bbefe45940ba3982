"""Angles in compiled loops: of a direction, and of a panorama's columns.

Owns the approximation of the arc tangent that the loops share; what an angle is for is theirs.
"""

import math
from typing import Final

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.widths import F4, Floats

TAU: Final = F4(2 * math.pi)
PI: Final = F4(math.pi)
_HALF_PI: Final = F4(math.pi / 2)


@njit("f4(f4, f4)", cache=True, nogil=True, error_model="numpy", inline="always")
def angle(over: float, along: float) -> float:
    """atan2(over, along) within 3e-6; of nothing but products and selections, so that loops of it run abreast."""
    a = abs(over)
    b = abs(along)
    ratio = min(a, b) / max(a, b, F4(1e-20))
    s = ratio * ratio
    r = ratio * (
        F4(0.99997726)
        + s
        * (F4(-0.33262347) + s * (F4(0.19354346) + s * (F4(-0.11643287) + s * (F4(0.05265332) + s * F4(-0.01172120)))))
    )
    r = _HALF_PI - r if a > b else r
    r = PI - r if along < F4(0) else r
    return -r if over < F4(0) else r


@njit("UniTuple(f4[::1], 2)(i8)", cache=True, nogil=True, error_model="numpy")
def headings(width: int) -> tuple[Floats, Floats]:
    """Sine and cosine of each column's heading."""
    sines = np.empty(width, np.float32)
    cosines = np.empty(width, np.float32)
    for column in range(width):
        heading = (F4(column) + F4(0.5)) / F4(width) * TAU - PI
        sines[column] = math.sin(heading)
        cosines[column] = math.cos(heading)
    return sines, cosines
