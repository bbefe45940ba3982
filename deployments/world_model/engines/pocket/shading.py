"""The colours of what was met: from a key's picture, its seed, its backdrop or its caps, by the direction from the key.

Owns the compiled loops over pixels that choose among the four; fetching a colour is `texels`', the few pixels that
met nothing are `holes`'.
"""

import math
from typing import Final

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.angles import PI, TAU, angle, headings
from deployments.world_model.engines.pocket.caps import CAP_RIM
from deployments.world_model.engines.pocket.geometry import FOCAL_PX, PICTURE_HEIGHT, PICTURE_WIDTH, TOP_RAD
from deployments.world_model.engines.pocket.texels import (
    BACKDROP_AT,
    BACKDROP_SIZE,
    CAP_PX,
    CAPS_AT,
    SEED_AT,
    SEED_SIZE,
    fetch_row,
)
from deployments.world_model.engines.pocket.widths import F4, I4, U1, Bytes, Flags, Floats, Integers, Words

_FOCAL = F4(FOCAL_PX)
_TOP = F4(TOP_RAD)
_RIM: Final = F4(CAP_RIM)
_PER_RAD: Final = F4(PICTURE_WIDTH * 256 / (2 * math.pi))

_PICTURE, _SEED, _BACKDROP, _ABOVE, _BELOW, _NOTHING = U1(0), U1(1), U1(2), U1(3), U1(4), U1(5)


@njit("i4(f4)", cache=True, nogil=True, error_model="numpy", inline="always")
def _whole(value: float) -> int:
    return I4(np.floor(value))


@njit("void(f4[:,::1], i4[:,::1], u1[::1])", cache=True, nogil=True, error_model="numpy")
def _find_in_caps(points: Floats, places: Integers, kinds: Bytes) -> None:
    """Places in the caps, of the pixels that show one."""
    px = points[0]
    py = points[1]
    pz = points[2]
    us = places[0]
    vs = places[1]
    half = F4(CAP_PX * 128)
    for column in range(kinds.shape[0]):
        is_cap = (kinds[column] == _ABOVE) | (kinds[column] == _BELOW)
        scale = half / (max(abs(py[column]), F4(1e-6)) * _RIM)
        across = min(max(px[column] * scale, -half), half) + half - F4(128)
        along = min(max(pz[column] * scale, -half), half) + half - F4(128)
        us[column] = _whole(across) if is_cap else us[column]
        vs[column] = _whole(along) if is_cap else vs[column]


@njit("void(f4[:,::1], f4, f4, i4[:,::1], u1[::1])", cache=True, nogil=True, error_model="numpy")
def _find_in_seed(points: Floats, sine: float, cosine: float, places: Integers, kinds: Bytes) -> None:
    """Places in the seed, of the pixels that would show the picture where the seed is."""
    px = points[0]
    py = points[1]
    pz = points[2]
    us = places[0]
    vs = places[1]
    right = F4((SEED_SIZE[1] + 1) * 128)
    bottom = F4((SEED_SIZE[0] + 1) * 128)
    for column in range(kinds.shape[0]):
        y = py[column]
        z = pz[column]
        depth = F4(sine * y + cosine * z)
        scale = F4(256) * _FOCAL / max(depth, F4(1e-6))
        along = px[column] * scale + right * F4(0.5)
        down = (sine * z - cosine * y) * scale + bottom * F4(0.5)
        inside = (along >= F4(0)) & (along < right) & (down >= F4(0)) & (down < bottom) & (depth > F4(1e-6))
        inside &= kinds[column] == _PICTURE
        us[column] = _whole((along - F4(127.5)) * F4(2)) if inside else us[column]
        vs[column] = _whole((down - F4(127.5)) * F4(2)) if inside else vs[column]
        kinds[column] = _SEED if inside else kinds[column]


@njit("void(i4[:,::1], u1[::1])", cache=True, nogil=True, error_model="numpy")
def _find_texels(places: Integers, kinds: Bytes) -> None:
    """The first of the four texels around each place, and how far on the others are.

    A picture and its backdrop go on around the other side; all are held at their other edges.
    """
    us = places[0]
    vs = places[1]
    firsts = places[2]
    rights = places[3]
    belows = places[4]
    zero = I4(0)
    for column in range(kinds.shape[0]):
        kind = kinds[column]
        width = I4(PICTURE_WIDTH)
        height = I4(PICTURE_HEIGHT)
        start = I4(0)
        width = I4(SEED_SIZE[1]) if kind == _SEED else width
        height = I4(SEED_SIZE[0]) if kind == _SEED else height
        start = I4(SEED_AT) if kind == _SEED else start
        width = I4(BACKDROP_SIZE[1]) if kind == _BACKDROP else width
        height = I4(BACKDROP_SIZE[0]) if kind == _BACKDROP else height
        start = I4(BACKDROP_AT) if kind == _BACKDROP else start
        is_cap = (kind == _ABOVE) | (kind == _BELOW)
        width = I4(CAP_PX) if is_cap else width
        height = I4(CAP_PX) if is_cap else height
        start = I4(CAPS_AT) if kind == _ABOVE else start
        start = I4(CAPS_AT + CAP_PX * CAP_PX) if kind == _BELOW else start
        is_round = (kind == _PICTURE) | (kind == _BACKDROP)
        last_row = I4(height - 1)
        last_column = I4(width - 1)
        x = I4(us[column] >> 8)
        y = I4(vs[column] >> 8)
        y0 = min(max(y, zero), last_row)
        y1 = min(max(I4(y + 1), zero), last_row)
        x1 = I4(x + 1)
        turn = width if is_round else zero
        x = I4(x + turn) if x < zero else x
        x = I4(x - turn) if x > last_column else x
        x1 = I4(x1 - turn) if x1 > last_column else x1
        x = min(max(x, zero), last_column)
        x1 = min(max(x1, zero), last_column)
        firsts[column] = I4(start + y0 * width + x)
        rights[column] = I4(x1 - x)
        belows[column] = I4((y1 - y0) * width)


@njit(
    "void(f4[::1], u1[::1], f4[:,::1], u4[::1], f4, f4, i4[:,::1], u1[::1], u1[:,::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _shade_row(
    depths: Floats,
    layers: Bytes,
    points: Floats,
    texels: Words,
    seed_sine: float,
    seed_cosine: float,
    places: Integers,
    kinds: Bytes,
    out: Bytes,
) -> None:
    """Colour a row of points relative to the key. Of its loops all but the last run abreast."""
    px = points[0]
    py = points[1]
    pz = points[2]
    us = places[0]
    vs = places[1]
    width = px.shape[0]
    last = I4(PICTURE_HEIGHT * 256 - 128)
    for column in range(width):
        x = px[column]
        y = py[column]
        z = pz[column]
        us[column] = _whole((angle(x, z) + PI) * _PER_RAD - F4(127.0))
        vs[column] = _whole((_TOP - angle(y, F4(math.sqrt(x * x + z * z)))) * _PER_RAD - F4(127.0))
    caps = 0
    for column in range(width):
        u = us[column]
        v = vs[column]
        is_beyond = (v < I4(-128)) | (v >= last)
        is_behind = layers[column] != 0
        kind = _PICTURE
        kind = (_ABOVE if py[column] > F4(0) else _BELOW) if is_beyond else kind
        kind = _BACKDROP if is_behind else kind
        kinds[column] = _NOTHING if depths[column] <= F4(0) else kind
        us[column] = I4((u - I4(128)) >> 1) if is_behind else u
        vs[column] = I4((v - I4(128)) >> 1) if is_behind else v
        caps += 1 if is_beyond else 0
    if caps > 0:
        _find_in_caps(points, places, kinds)
    if texels.shape[0] > SEED_AT:
        _find_in_seed(points, seed_sine, seed_cosine, places, kinds)
    _find_texels(places, kinds)
    fetch_row(texels, places[2], places[3], places[4], us, vs, kinds, _NOTHING, out)


@njit(
    "void(f4[:,::1], u1[:,::1], f4[:,::1], f4[::1], f4, u4[::1], f4, u1[:,:,::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def shade_frame(
    depths: Floats,
    layers: Bytes,
    axes: Floats,
    eye: Floats,
    focal: float,
    texels: Words,
    seed_pitch: float,
    out: Bytes,
) -> None:
    """Colour what a frame met, from inverse depths."""
    height, width = depths.shape
    points = np.empty((3, width), np.float32)
    places = np.empty((5, width), np.int32)
    kinds = np.empty(width, np.uint8)
    sine = F4(math.sin(seed_pitch))
    cosine = F4(math.cos(seed_pitch))
    for row in range(height):
        down = F4((F4(row) + F4(0.5) - F4(height) * F4(0.5)) / focal)
        for axis in range(3):
            start = F4(axes[2, axis] + down * axes[1, axis])
            step = F4(axes[0, axis] / focal)
            for column in range(width):
                ray = start + (F4(column) + F4(0.5) - F4(width) * F4(0.5)) * step
                points[axis, column] = eye[axis] + ray / max(depths[row, column], F4(1e-6))
        _shade_row(depths[row], layers[row], points, texels, sine, cosine, places, kinds, out[row])


_PART: Final = 320
"""Columns of a panorama that are coloured together."""


@njit(
    "void(f4[:,::1], u1[:,::1], f4[::1], f4, u4[::1], f4, b1[:,::1], u1[:,:,::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def shade_panorama(
    depths: Floats,
    layers: Bytes,
    eye: Floats,
    top: float,
    texels: Words,
    seed_pitch: float,
    wanted: Flags,
    out: Bytes,
) -> None:
    """Colour what a panorama met, from inverse distances, in the `wanted` of its cells; those of others are lost."""
    height, width = depths.shape
    points = np.empty((3, _PART), np.float32)
    places = np.empty((5, _PART), np.int32)
    kinds = np.empty(_PART, np.uint8)
    sine = F4(math.sin(seed_pitch))
    cosine = F4(math.cos(seed_pitch))
    sines, cosines = headings(width)
    for row in range(height):
        elevation = top - (F4(row) + F4(0.5)) / F4(width) * TAU
        up = F4(math.sin(elevation))
        flat = F4(math.cos(elevation))
        for part in range(0, width, _PART):
            count = 0
            for cell in range(part // 5, (part + _PART) // 5):
                count += 1 if wanted[row // 5, cell] else 0
            if count == 0:
                continue
            if count < _PART // 5:
                for cell in range(part // 5, (part + _PART) // 5):
                    if not wanted[row // 5, cell]:
                        depths[row, cell * 5 : cell * 5 + 5] = F4(0)
            met = depths[row, part : part + _PART]
            for column in range(_PART):
                distance = F4(1) / max(met[column], F4(1e-6))
                points[0, column] = eye[0] + flat * sines[part + column] * distance
                points[1, column] = eye[1] + up * distance
                points[2, column] = eye[2] + flat * cosines[part + column] * distance
            _shade_row(
                met,
                layers[row, part : part + _PART],
                points,
                texels,
                sine,
                cosine,
                places,
                kinds,
                out[row, part : part + _PART],
            )
