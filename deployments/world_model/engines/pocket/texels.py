"""A key's texels: how its pictures lie one after another, and fetching from them, bilinearly, a row at a time.

Owns the packing of a pixel in a word, the order of the pictures, and the mixing of four texels; where to fetch from is
`shading`'s.
"""

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.geometry import (
    FRAME_HEIGHT,
    FRAME_WIDTH,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
)
from deployments.world_model.engines.pocket.widths import U1, U8, Bytes, Integers, Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

BACKDROP_SIZE: Final = (PICTURE_HEIGHT // 2, PICTURE_WIDTH // 2)
CAP_PX: Final = 384
SEED_SIZE: Final = (2 * FRAME_HEIGHT - 1, 2 * FRAME_WIDTH - 1)

BACKDROP_AT: Final = PICTURE_HEIGHT * PICTURE_WIDTH
"""The panorama's picture comes first, then its backdrop, the caps above and below, and the seed if there is one."""
CAPS_AT: Final = BACKDROP_AT + BACKDROP_SIZE[0] * BACKDROP_SIZE[1]
SEED_AT: Final = CAPS_AT + 2 * CAP_PX * CAP_PX


def packed(picture: "NDArray[np.uint8]") -> "NDArray[np.uint32]":
    """Pixels as words of red, green and blue from the lowest byte on, which are fetched at once."""
    return np.ascontiguousarray(cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2RGBA)).view(np.uint32)[..., 0]


def unpacked(texels: "NDArray[np.uint32]") -> "NDArray[np.uint8]":
    """The pixels that were packed, as a view: rows x columns x 3."""
    return texels.view(np.uint8).reshape(*texels.shape, 4)[..., :3]


@njit("u8(u4)", cache=True, nogil=True, inline="always")
def _spread(texel: int) -> int:
    """A texel's channels 16 bits apart: red, blue, green from the lowest on."""
    word = U8(texel)
    return (word & U8(0xFF00FF)) | ((word & U8(0xFF00)) << U8(24))


@njit(
    "void(u4[::1], i4[::1], i4[::1], i4[::1], i4[::1], i4[::1], u1[::1], i8, u1[:,::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def fetch_row(
    texels: Words,
    firsts: Integers,
    rights: Integers,
    belows: Integers,
    us: Integers,
    vs: Integers,
    kinds: Bytes,
    nothing: int,
    out: Bytes,
) -> None:
    """Colour a row's pixels, but for the kind that is `nothing`.

    Each is the mean of the texel at `firsts`, of those so far on at `rights` and `belows`, and of the fourth, weighted
    by the 256ths of `us` and `vs`.
    """
    for column in range(out.shape[0]):
        if kinds[column] == nothing:
            continue
        first = firsts[column]
        right = rights[column]
        below = belows[column]
        fx = U8(us[column] & 255)
        fy = U8(vs[column] & 255)
        last = (fx * fy) >> U8(8)
        word = (
            _spread(texels[U8(first)]) * (U8(256) - fx - fy + last)
            + _spread(texels[U8(first + right)]) * (fx - last)
            + _spread(texels[U8(first + below)]) * (fy - last)
            + _spread(texels[U8(first + below + right)]) * last
            + U8(0x008000800080)
        )
        out[column, 0] = U1((word >> U8(8)) & U8(255))
        out[column, 1] = U1((word >> U8(40)) & U8(255))
        out[column, 2] = U1((word >> U8(24)) & U8(255))
