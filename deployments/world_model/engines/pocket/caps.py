"""Caps: what lies above and below a panorama's band, painted from what is next to it.

Owns their pictures, each seen on a plane at distance 1; their heights are `keys`'.
"""

import functools
import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.angles import angle
from deployments.world_model.engines.pocket.geometry import PICTURE_HEIGHT, PICTURE_WIDTH, TOP_RAD
from deployments.world_model.engines.pocket.texels import CAP_PX
from deployments.world_model.engines.pocket.widths import F4, U1, Bytes, Floats, Integers

if TYPE_CHECKING:
    from numpy.typing import NDArray

CAP_RIM: Final = 1 / math.tan(TOP_RAD)
"""Radius of a cap, seen on a plane at distance 1."""


def painted_caps(picture: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """Above and below a panorama of 800 x 2560 x 3: 2 x 384 x 384 x 3."""
    caps = np.empty((2, CAP_PX, CAP_PX, 3), np.uint8)
    _paint(picture, 1, *_places(), caps[0])
    _paint(picture, 0, *_places(), caps[1])
    return caps


@functools.cache
def _places() -> "tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]":
    outer, inner = np.empty((2, CAP_PX, CAP_PX), np.int32)
    share = np.empty((CAP_PX, CAP_PX), np.float32)
    _find_places(PICTURE_HEIGHT, PICTURE_WIDTH, CAP_PX, CAP_RIM, outer, inner, share)
    return outer, inner, share


@njit("void(i8, i8, i8, f4, i4[:,::1], i4[:,::1], f4[:,::1])", cache=True, nogil=True, error_model="numpy")
def _find_places(
    height: int, width: int, size: int, rim: float, outer: Integers, inner: Integers, share: Floats
) -> None:
    """Where a cap, seen on a plane at distance 1, finds its colours in a picture of height x width.

    Mirrored at the rim (`outer`: pixels counted row by row from the rim), and farther in the plane's texture from
    beside it, which does not run together in a point (`inner`, with its `share`).
    """
    pixels_per_rad = F4(F4(width) / F4(2 * math.pi))
    rim_elevation = angle(F4(1), rim)
    for i in range(size):
        for j in range(size):
            x = F4(((F4(j) + F4(0.5)) / F4(size) * F4(2) - F4(1)) * rim)
            z = F4(((F4(i) + F4(0.5)) / F4(size) * F4(2) - F4(1)) * rim)
            radius = F4(math.sqrt(x * x + z * z))
            part = min(F4(1), max(F4(0), (F4(0.97) - radius / rim) * F4(2.2)))
            share[i, j] = part * part * (F4(3) - F4(2) * part)
            aside = F4(z + F4(2.2) * rim)
            for way in range(2):
                if way == 0:
                    heading = angle(x, z)
                    down = angle(F4(1), radius) - rim_elevation
                else:
                    heading = angle(x, aside)
                    down = rim_elevation - angle(F4(1), F4(math.sqrt(x * x + aside * aside)))
                offset = min(height - 1, max(0, int(down * pixels_per_rad)))
                place = offset * width + int((heading + F4(math.pi)) * pixels_per_rad) % width
                if way == 0:
                    outer[i, j] = place
                else:
                    inner[i, j] = place


@njit("void(u1[:,:,::1], i8, i4[:,::1], i4[:,::1], f4[:,::1], u1[:,:,::1])", cache=True, nogil=True)
def _paint(picture: Bytes, above: int, outer: Integers, inner: Integers, share: Floats, cap: Bytes) -> None:
    """Paint what lies above (1) or below (0) the band, from the places of `_find_places`."""
    height, width = picture.shape[:2]
    flat = picture.reshape(height * width, 3)
    last = (height - 1) * width
    for i in range(cap.shape[0]):
        for j in range(cap.shape[1]):
            one = int(outer[i, j])
            two = int(inner[i, j])
            if above == 0:
                one = last - one // width * width + one % width
                two = last - two // width * width + two % width
            part = share[i, j]
            for channel in range(3):
                value = (F4(1) - part) * F4(flat[one, channel]) + part * F4(flat[two, channel])
                cap[i, j, channel] = U1(value + F4(0.5))
