"""Fetching texels, as `keys.packed` makes them: bilinearly, one at a time or all of a row.

Owns the mixing of four and what lies beyond a picture's sides; where to fetch from is `shading`'s.
"""

from typing import Final

from numba import njit

from deployments.world_model.engines.pocket.widths import I4, U1, U8, Bytes, Integers, Words

HELD: Final = 0
ROUND: Final = 1
"""What lies beyond a picture's sides: its last column, or its other side."""


@njit("u8(u4)", cache=True, nogil=True, inline="always")
def _spread(texel: int) -> int:
    """A texel's channels 16 bits apart: red, blue, green from the lowest on."""
    word = U8(texel)
    return (word & U8(0xFF00FF)) | ((word & U8(0xFF00)) << U8(24))


@njit("void(u4, u4, u4, u4, i8, i8, u1[:,::1], i8)", cache=True, nogil=True, inline="always")
def _mix(a: int, b: int, c: int, d: int, u: int, v: int, out: Bytes, column: int) -> None:
    """Write the mean of two by two texels, weighted by the 256ths of `u` and `v`."""
    fx = U8(u & 255)
    fy = U8(v & 255)
    last = (fx * fy) >> U8(8)
    word = (
        _spread(a) * (U8(256) - fx - fy + last)
        + _spread(b) * (fx - last)
        + _spread(c) * (fy - last)
        + _spread(d) * last
        + U8(0x008000800080)
    )
    out[column, 0] = U1((word >> U8(8)) & U8(255))
    out[column, 1] = U1((word >> U8(40)) & U8(255))
    out[column, 2] = U1((word >> U8(24)) & U8(255))


@njit("void(u4[:,::1], i8, i4[:,::1], i4[:,::1], u1[::1], i8, u1[:,::1])", cache=True, nogil=True, error_model="numpy")
def sample_row(
    texels: Words, wrap: int, places: Integers, offsets: Integers, kinds: Bytes, kind: int, out: Bytes
) -> None:
    """Colour the pixels of one kind, bilinearly, at `places` in 256ths of a texel from the first one's centre.

    Texels are held at the edges, or wrapped around. Finding them and fetching them are two loops, since only the
    first can run abreast.
    """
    height, width = texels.shape
    columns = I4(width)
    last_row = I4(height - 1)
    last_column = I4(width - 1)
    zero = I4(0)
    us = places[0]
    vs = places[1]
    firsts = offsets[0]
    rights = offsets[1]
    belows = offsets[2]
    for column in range(kinds.shape[0]):
        x = I4(us[column] >> 8)
        y = I4(vs[column] >> 8)
        y0 = min(max(y, zero), last_row)
        y1 = min(max(I4(y + 1), zero), last_row)
        x1 = I4(x + 1)
        if wrap == ROUND:
            x = I4(x + columns) if x < zero else x
            x = I4(x - columns) if x > last_column else x
            x1 = I4(x1 - columns) if x1 > last_column else x1
        x = min(max(x, zero), last_column)
        x1 = min(max(x1, zero), last_column)
        firsts[column] = I4(y0 * columns + x)
        rights[column] = I4(x1 - x)
        belows[column] = I4((y1 - y0) * columns)
    flat = texels.reshape(-1)
    for column in range(kinds.shape[0]):
        if kinds[column] != kind:
            continue
        first = firsts[column]
        right = rights[column]
        below = belows[column]
        _mix(
            flat[U8(first)],
            flat[U8(first + right)],
            flat[U8(first + below)],
            flat[U8(first + below + right)],
            us[column],
            vs[column],
            out,
            column,
        )


@njit("void(u4[:,::1], i8, i8, i8, u1[:,::1], i8)", cache=True, nogil=True)
def sample(texels: Words, u: int, v: int, wrap: int, out: Bytes, column: int) -> None:
    height, width = texels.shape
    x = u >> 8
    y = v >> 8
    y0 = min(max(y, 0), height - 1)
    y1 = min(max(y + 1, 0), height - 1)
    if wrap == ROUND:
        x0 = x % width
        x1 = (x + 1) % width
    else:
        x0 = min(max(x, 0), width - 1)
        x1 = min(max(x + 1, 0), width - 1)
    _mix(texels[y0, x0], texels[y0, x1], texels[y1, x0], texels[y1, x1], u, v, out, column)
