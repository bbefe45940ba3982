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
from deployments.world_model.engines.pocket.geometry import FOCAL_PX, TOP_RAD
from deployments.world_model.engines.pocket.texels import HELD, ROUND, sample, sample_row
from deployments.world_model.engines.pocket.widths import F4, I4, U1, Bytes, Flags, Floats, Integers, Words

_FOCAL = F4(FOCAL_PX)
_TOP = F4(TOP_RAD)
_RIM: Final = F4(CAP_RIM)

_PICTURE = 0
_SEED = 1
_BACKDROP = 2
_CAP = 3
_NOTHING = 4

_TEXELS = "u4[:,::1], u4[:,::1], u4[:,:,::1], u4[:,::1]"


@njit(
    f"void(f4[::1], u1[::1], f4[:,::1], {_TEXELS}, f4, f4, i4[:,:,::1], u1[::1], u1[:,::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _shade_row(
    depths: Floats,
    layers: Bytes,
    points: Floats,
    picture: Words,
    backdrop: Words,
    caps: Words,
    seed: Words,
    seed_sine: float,
    seed_cosine: float,
    places: Integers,
    kinds: Bytes,
    out: Bytes,
) -> None:
    """Colour a row of points relative to the key."""
    px = points[0]
    py = points[1]
    pz = points[2]
    us = places[0, 0]
    vs = places[0, 1]
    width = px.shape[0]
    picture_height, picture_width = picture.shape
    per_rad = F4(F4(picture_width) * F4(256) / TAU)
    last = I4(picture_height * 256 - 128)
    for column in range(width):
        x = px[column]
        y = py[column]
        z = pz[column]
        u = (angle(x, z) + PI) * per_rad - F4(127.0)
        v = (_TOP - angle(y, F4(math.sqrt(x * x + z * z)))) * per_rad - F4(127.0)
        us[column] = I4(np.floor(u))
        vs[column] = I4(np.floor(v))
    for column in range(width):
        v = vs[column]
        kind = _CAP if (v < I4(-128)) | (v >= last) else _PICTURE
        kind = _BACKDROP if layers[column] != 0 else kind
        kinds[column] = U1(_NOTHING if depths[column] <= F4(0) else kind)
    seed_height, seed_width = seed.shape
    if seed_height > 1:
        sxs = places[1, 0]
        sys = places[1, 1]
        right = F4((seed_width + 1) * 128)
        bottom = F4((seed_height + 1) * 128)
        for column in range(width):
            y = py[column]
            z = pz[column]
            depth = F4(seed_sine * y + seed_cosine * z)
            scale = F4(256) * _FOCAL / max(depth, F4(1e-6))
            along = px[column] * scale + right * F4(0.5)
            down = (seed_sine * z - seed_cosine * y) * scale + bottom * F4(0.5)
            inside = (along >= F4(0)) & (along < right) & (down >= F4(0)) & (down < bottom) & (depth > F4(1e-6))
            sxs[column] = I4(np.floor((along - F4(127.5)) * F4(2))) if inside else I4(-99999)
            sys[column] = I4(np.floor((down - F4(127.5)) * F4(2))) if inside else I4(-99999)
        for column in range(width):
            inside = (sxs[column] != I4(-99999)) & (kinds[column] == _PICTURE)
            kinds[column] = U1(_SEED) if inside else kinds[column]
        sample_row(seed, HELD, places[1], places[2], kinds, _SEED, out)
    sample_row(picture, ROUND, places[0], places[2], kinds, _PICTURE, out)
    for column in range(width):
        kind = kinds[column]
        if kind == _BACKDROP:
            sample(backdrop, (us[column] - 128) >> 1, (vs[column] - 128) >> 1, ROUND, out, column)
        elif kind == _CAP:
            half = F4(caps.shape[1] * 128)
            scale = half / (max(abs(py[column]), F4(1e-6)) * _RIM)
            sample(
                caps[0] if py[column] > F4(0) else caps[1],
                int(px[column] * scale + half - F4(128)),
                int(pz[column] * scale + half - F4(128)),
                HELD,
                out,
                column,
            )


@njit(
    f"void(f4[:,::1], u1[:,::1], f4[:,::1], f4[::1], f4, {_TEXELS}, f4, u1[:,:,::1])",
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
    picture: Words,
    backdrop: Words,
    caps: Words,
    seed: Words,
    seed_pitch: float,
    out: Bytes,
) -> None:
    """Colour what a frame met, from inverse depths."""
    height, width = depths.shape
    points = np.empty((3, width), np.float32)
    places = np.empty((3, 3, width), np.int32)
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
        _shade_row(
            depths[row], layers[row], points, picture, backdrop, caps, seed, sine, cosine, places, kinds, out[row]
        )


_PART: Final = 320
"""Columns of a panorama that are coloured together."""


@njit(
    f"void(f4[:,::1], u1[:,::1], f4[::1], f4, {_TEXELS}, f4, b1[:,::1], u1[:,:,::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def shade_panorama(
    depths: Floats,
    layers: Bytes,
    eye: Floats,
    top: float,
    picture: Words,
    backdrop: Words,
    caps: Words,
    seed: Words,
    seed_pitch: float,
    wanted: Flags,
    out: Bytes,
) -> None:
    """Colour what a panorama met, from inverse distances, in the `wanted` of its cells; those of others are lost."""
    height, width = depths.shape
    points = np.empty((3, _PART), np.float32)
    places = np.empty((3, 3, _PART), np.int32)
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
                picture,
                backdrop,
                caps,
                seed,
                sine,
                cosine,
                places,
                kinds,
                out[row, part : part + _PART],
            )
