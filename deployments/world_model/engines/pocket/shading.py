"""The colours of what was met: from a key's picture, its seed, its backdrop or its caps, by the direction from the key.

Owns the compiled loops over pixels, and the filling of the few that met nothing.
"""

import math
from typing import Final

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.geometry import FOCAL_PX, TOP_RAD
from deployments.world_model.engines.pocket.widths import F4, I4, U1, U8, Bytes, Flags, Floats, Integers, Words

_TAU = F4(2 * math.pi)
_HALF_PI = F4(math.pi / 2)
_PI = F4(math.pi)
_FOCAL = F4(FOCAL_PX)
_TOP = F4(TOP_RAD)
_RIM: Final = F4(math.tan(math.pi / 2 - TOP_RAD))


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
    r = _PI - r if along < F4(0) else r
    return -r if over < F4(0) else r


_HELD = 0
_ROUND = 1
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
def _sample_row(
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
        if wrap == _ROUND:
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
def _sample(texels: Words, u: int, v: int, wrap: int, out: Bytes, column: int) -> None:
    height, width = texels.shape
    x = u >> 8
    y = v >> 8
    y0 = min(max(y, 0), height - 1)
    y1 = min(max(y + 1, 0), height - 1)
    if wrap == _ROUND:
        x0 = x % width
        x1 = (x + 1) % width
    else:
        x0 = min(max(x, 0), width - 1)
        x1 = min(max(x + 1, 0), width - 1)
    _mix(texels[y0, x0], texels[y0, x1], texels[y1, x0], texels[y1, x1], u, v, out, column)


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
    per_rad = F4(F4(picture_width) * F4(256) / _TAU)
    last = I4(picture_height * 256 - 128)
    for column in range(width):
        x = px[column]
        y = py[column]
        z = pz[column]
        u = (angle(x, z) + _PI) * per_rad - F4(127.0)
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
        right = F4(seed_width * 256)
        bottom = F4(seed_height * 256)
        for column in range(width):
            y = py[column]
            z = pz[column]
            depth = F4(seed_sine * y + seed_cosine * z)
            scale = F4(256) * _FOCAL / max(depth, F4(1e-6))
            along = px[column] * scale + right * F4(0.5)
            down = (seed_sine * z - seed_cosine * y) * scale + bottom * F4(0.5)
            inside = (along >= F4(0)) & (along < right) & (down >= F4(0)) & (down < bottom) & (depth > F4(1e-6))
            sxs[column] = I4(np.floor(along - F4(127.0))) if inside else I4(-99999)
            sys[column] = I4(np.floor(down - F4(127.0))) if inside else I4(-99999)
        for column in range(width):
            inside = (sxs[column] != I4(-99999)) & (kinds[column] == _PICTURE)
            kinds[column] = U1(_SEED) if inside else kinds[column]
        _sample_row(seed, _HELD, places[1], places[2], kinds, _SEED, out)
    _sample_row(picture, _ROUND, places[0], places[2], kinds, _PICTURE, out)
    for column in range(width):
        kind = kinds[column]
        if kind == _BACKDROP:
            _sample(backdrop, (us[column] - 128) >> 1, (vs[column] - 128) >> 1, _ROUND, out, column)
        elif kind == _CAP:
            half = F4(caps.shape[1] * 128)
            scale = half / (max(abs(py[column]), F4(1e-6)) * _RIM)
            _sample(
                caps[0] if py[column] > F4(0) else caps[1],
                int(px[column] * scale + half - F4(128)),
                int(pz[column] * scale + half - F4(128)),
                _HELD,
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


@njit("UniTuple(f4[::1], 2)(i8)", cache=True, nogil=True, error_model="numpy")
def _headings(width: int) -> tuple[Floats, Floats]:
    """Sine and cosine of each column's heading."""
    sines = np.empty(width, np.float32)
    cosines = np.empty(width, np.float32)
    for column in range(width):
        heading = (F4(column) + F4(0.5)) / F4(width) * _TAU - _PI
        sines[column] = math.sin(heading)
        cosines[column] = math.cos(heading)
    return sines, cosines


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
    sines, cosines = _headings(width)
    for row in range(height):
        elevation = top - (F4(row) + F4(0.5)) / F4(width) * _TAU
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


_CRACK: Final = 4
"""Gaps of so few rows are closed from above or below."""


@njit("void(f4[:,::1], u1[:,:,::1], i8, i8, i8, i8)", cache=True, nogil=True, error_model="numpy", inline="always")
def _copy(depths: Floats, out: Bytes, row: int, column: int, from_row: int, from_column: int) -> None:
    depths[row, column] = depths[from_row, from_column]
    for channel in range(3):
        out[row, column, channel] = out[from_row, from_column, channel]


@njit("void(f4[:,::1], u1[:,:,::1])", cache=True, nogil=True, error_model="numpy")
def fill_holes(depths: Floats, out: Bytes) -> None:
    """Give pixels that met nothing the colour of the farther end of their gap: across cracks, then along rows."""
    height, width = depths.shape
    holes = np.empty(height, np.int32)
    for row in range(height):
        count = I4(0)
        for column in range(width):
            count += I4(1) if depths[row, column] <= F4(0) else I4(0)
        holes[row] = count
    for row in range(1, height - 1):
        if holes[row] == 0:
            continue
        for column in range(width):
            if depths[row, column] > F4(0) or depths[row - 1, column] <= F4(0):
                continue
            end = row + 1
            while end < height and end < row + _CRACK and depths[end, column] <= F4(0):
                end += 1
            if end == height or depths[end, column] <= F4(0):
                continue
            source = end if depths[end, column] < depths[row - 1, column] else row - 1
            for at in range(row, end):
                _copy(depths, out, at, column, source, column)
    some_left = False
    for row in range(height):
        column = width if holes[row] == 0 else 0
        while column < width:
            if depths[row, column] > F4(0):
                column += 1
                continue
            end = column
            while end < width and depths[row, end] <= F4(0):
                end += 1
            before = column - 1
            if before < 0 and end >= width:
                some_left = True
                break
            from_end = before < 0 or (end < width and depths[row, end] < depths[row, before])
            source = end if from_end else before
            for at in range(column, end):
                _copy(depths, out, row, at, row, source)
            column = end
    if not some_left:
        return
    for row in range(1, height):
        if depths[row, 0] <= F4(0) and depths[row - 1, 0] > F4(0):
            out[row] = out[row - 1]
            depths[row] = depths[row - 1]
    for row in range(height - 2, -1, -1):
        if depths[row, 0] <= F4(0):
            out[row] = out[row + 1]
            depths[row] = depths[row + 1]


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
    limit = top * F4(width) / _TAU
    middle = np.empty(2, np.float32)
    beside = np.empty(2, np.float32)
    jacobian = np.zeros((2, 2), np.float32)
    per_rad = F4(F4(width) / _TAU)
    sines, cosines = _headings(width)
    ups = np.empty(depths.shape[0], np.float32)
    flats = np.empty(depths.shape[0], np.float32)
    for row in range(depths.shape[0]):
        elevation = top - (F4(row) + F4(0.5)) / F4(width) * _TAU
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
            source_flat = math.cos(middle[1] * _TAU / F4(width))
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
