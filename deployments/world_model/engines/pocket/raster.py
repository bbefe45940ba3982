"""Drawing a key: as a frame from a pose near it, or as the panorama that another place has of it.

Owns the depth buffer: which surface a ray meets first and how far away. Where colours come from is `shading`'s: a
point met is seen from the key in one direction, and there the key's picture has its colour. So from the key's own
place the picture comes back as it is, whatever the distances.
"""

import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numba import njit

from deployments.world_model.engines.pocket import shading
from deployments.world_model.engines.pocket.angles import angle
from deployments.world_model.engines.pocket.geometry import (
    FOCAL_PX,
    FRAME_HEIGHT,
    FRAME_WIDTH,
    GRID_HEIGHT,
    GRID_WIDTH,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
    TOP_RAD,
    frame_rotation,
)
from deployments.world_model.engines.pocket.holes import fill_holes
from deployments.world_model.engines.pocket.keys import CAP_ROWS
from deployments.world_model.engines.pocket.measuring import measure
from deployments.world_model.engines.pocket.widths import F4, U1, Bytes, Floats, Integers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deployments.world_model.engines.pocket.keys import Key

_NEAR: Final = F4(0.03)
_MARGIN: Final = F4(24.0)
"""Vertices this far outside the picture still count as beside it: cut corners stand a little off them."""
_BEHIND: Final = 16
_ELSEWHERE: Final = 32

CELL_PIXELS: Final = PICTURE_WIDTH // GRID_WIDTH


@njit(
    "void(f4[:,:,::1], f4[:,::1], f4[::1], f4, f4, f4, f4[:,::1], f4[:,::1], f4[:,::1], u1[:,::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _project(
    points: Floats,
    axes: Floats,
    eye: Floats,
    focal: float,
    width: float,
    height: float,
    xs: Floats,
    ys: Floats,
    ws: Floats,
    codes: Bytes,
) -> None:
    """Vertices into a frame: pixel coordinates, inverse depth, and which sides of the frame they are beyond."""
    rows, columns = xs.shape
    for row in range(rows):
        px = points[0, row]
        py = points[1, row]
        pz = points[2, row]
        for column in range(columns):
            dx = px[column] - eye[0]
            dy = py[column] - eye[1]
            dz = pz[column] - eye[2]
            depth = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
            w = F4(1) / max(depth, _NEAR)
            x = (axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz) * w * focal + width * F4(0.5)
            y = (axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz) * w * focal + height * F4(0.5)
            xs[row, column] = x
            ys[row, column] = y
            ws[row, column] = w
            code = 0
            code |= 1 if x < -_MARGIN else 0
            code |= 2 if x > width + _MARGIN else 0
            code |= 4 if y < -_MARGIN else 0
            code |= 8 if y > height + _MARGIN else 0
            code |= _BEHIND if depth <= _NEAR else 0
            codes[row, column] = U1(code)


@njit(
    "void(f4[:,:,::1], f4[::1], f4, f4, f4, f4[:,::1], f4[:,::1], f4[:,::1], u1[:,::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _unroll(
    points: Floats,
    eye: Floats,
    width: float,
    height: float,
    top: float,
    xs: Floats,
    ys: Floats,
    ws: Floats,
    codes: Bytes,
) -> None:
    """Vertices into a panorama: pixel coordinates, inverse distance, and whether they are above or below the band."""
    rows, columns = xs.shape
    pixels_per_rad = width / F4(2 * math.pi)
    for row in range(rows):
        px = points[0, row]
        py = points[1, row]
        pz = points[2, row]
        for column in range(columns):
            dx = px[column] - eye[0]
            dy = py[column] - eye[1]
            dz = pz[column] - eye[2]
            flat = math.sqrt(dx * dx + dz * dz)
            distance = math.sqrt(flat * flat + dy * dy)
            w = F4(1) / max(distance, _NEAR)
            x = (angle(dx, dz) + F4(math.pi)) * pixels_per_rad
            y = (top - angle(dy, flat)) * pixels_per_rad
            xs[row, column] = x
            ys[row, column] = y
            ws[row, column] = w
            code = 0
            code |= 4 if y < -_MARGIN else 0
            code |= 8 if y > height + _MARGIN else 0
            code |= _BEHIND if distance <= _NEAR else 0
            codes[row, column] = U1(code)


_TRIANGLE = "f4, f4, f4, f4, f4, f4, f4, f4, f4"


@njit(f"void(f4[:,::1], u1[:,::1], i8, {_TRIANGLE})", cache=True, nogil=True, error_model="numpy")
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
    f"void(f4[:,::1], u1[::1], i8, f4, f4[::1], i8, i8, i8, {_TRIANGLE})", cache=True, nogil=True, error_model="numpy"
)
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


@njit(
    "void(f4[:,::1], u1[:,::1], i8, f4[:,::1], f4[:,::1], f4[:,::1], u1[:,::1], u1[:,::1], i8, f4)",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _draw_quads(
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
            if (k0 & k1 & k2 & k3) != 0 or ((k0 | k1 | k2 | k3) & _BEHIND) != 0:
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


@njit("void(f4[:,::1], f4[:,::1], u1[:,::1], u1[:,::1])", cache=True, nogil=True, error_model="numpy")
def _leave_out(xs: Floats, ys: Floats, cells: Bytes, codes: Bytes) -> None:
    """Mark the vertices of a panorama that lie in none of the cells."""
    rows, columns = cells.shape
    for i in range(xs.shape[0]):
        for j in range(xs.shape[1]):
            row = min(max(int(ys[i, j] * F4(0.2)), 0), rows - 1)
            column = min(max(int(xs[i, j] * F4(0.2)), 0), columns - 1)
            if cells[row, column] == 0:
                codes[i, j] |= U1(_ELSEWHERE)


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
def _draw_cuts(
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
    travelled = _length(eye) * (focal if focal > F4(0) else pixels_per_rad) * F4(0.5)
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
                    depth = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
                    if depth <= _NEAR:
                        seen = False
                        break
                    w = F4(1) / depth
                    xs[k] = (axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz) * w * focal + half
                    ys[k] = (axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz) * w * focal + height * F4(0.5)
                    ws[k] = w
                else:
                    flat = math.sqrt(dx * dx + dz * dz)
                    ws[k] = F4(1) / max(_NEAR, math.sqrt(flat * flat + dy * dy))
                    xs[k] = (angle(dx, dz) + F4(math.pi)) * pixels_per_rad
                    ys[k] = (top - angle(dy, flat)) * pixels_per_rad
            if not seen:
                continue
            # Once the sides move apart, pixels that mix the colours of both go with neither.
            apart = min(
                F4(1), travelled * (F4(1) / _length(points[index, 1, 0]) - F4(1) / _length(points[index, 0, 0]))
            )
            limit = F4(127.5) + apart * (F4(25) if near == 1 else F4(-75))
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


@dataclass(frozen=True, slots=True)
class _Vertices:
    xs: Floats
    ys: Floats
    ws: Floats
    codes: Bytes


@dataclass(frozen=True, slots=True)
class _Canvas:
    """Buffers that are drawn in again and again, one set a thread."""

    depths: Floats
    layers: Bytes
    front: _Vertices
    back: _Vertices


def _canvas(height: int, width: int) -> _Canvas:
    return _Canvas(
        depths=np.zeros((height, width), np.float32),
        layers=np.zeros((height, width), np.uint8),
        front=_vertices(GRID_HEIGHT + 2 * CAP_ROWS),
        back=_vertices(GRID_HEIGHT),
    )


def _vertices(rows: int) -> _Vertices:
    xs, ys, ws = np.zeros((3, rows, GRID_WIDTH + 1), np.float32)
    return _Vertices(xs, ys, ws, np.zeros((rows, GRID_WIDTH + 1), np.uint8))


class _Canvases(threading.local):
    def __init__(self) -> None:
        self.frame: _Canvas | None = None
        self.panorama: _Canvas | None = None


_canvases: Final = _Canvases()
_NO_AXES: Final = np.zeros((3, 3), np.float32)
_NO_SEED: Final = np.zeros((1, 1), np.uint32)


def draw_frame(
    key: "Key", x: float, y: float, z: float, yaw_rad: float, pitch_rad: float, out: "NDArray[np.uint8]"
) -> None:
    """Draw into `out`, 360 x 640 x 3, what is seen of `key` from a place in the world."""
    canvas = _canvases.frame = _canvases.frame or _canvas(FRAME_HEIGHT, FRAME_WIDTH)
    axes = frame_rotation(yaw_rad, pitch_rad)
    eye = _eye(key, x, y, z)
    for points, to in ((key.points, canvas.front), (key.backdrop.points, canvas.back)):
        _project(points, axes, eye, FOCAL_PX, FRAME_WIDTH, FRAME_HEIGHT, to.xs, to.ys, to.ws, to.codes)
    _draw(canvas, key, axes, eye, (FOCAL_PX, FRAME_WIDTH, FRAME_HEIGHT))
    shading.shade_frame(canvas.depths, canvas.layers, axes, eye, FOCAL_PX, *_sources(key), out)
    fill_holes(canvas.depths, out)


@dataclass(frozen=True, slots=True)
class Panorama:
    """What another place sees of keys; grids are 160 x 512."""

    picture: "NDArray[np.uint8]"
    """800 x 2560 x 3."""
    inverse: "NDArray[np.float32]"
    detail: "NDArray[np.float32]"
    """How many of the key's pixels there are for one of these, along the direction that has fewer; 0 where unknown."""
    known: "NDArray[np.bool_]"
    """What a key saw itself: neither its backdrop, nor its caps, nor a hole."""


_EVERYWHERE: Final = np.ones((GRID_HEIGHT, GRID_WIDTH), np.bool_)
_REACH_CELLS: Final = 3
"""So far around the cells that are wanted everything is drawn, so that the quads over them are whole."""


def draw_panorama(key: "Key", x: float, y: float, z: float) -> Panorama:
    """What another place sees of `key`."""
    canvas, eye = _unrolled(key, x, y, z, _EVERYWHERE)
    seen = _measured(canvas, eye, np.empty((PICTURE_HEIGHT, PICTURE_WIDTH, 3), np.uint8))
    shading.shade_panorama(canvas.depths, canvas.layers, eye, TOP_RAD, *_sources(key), _EVERYWHERE, seen.picture)
    fill_holes(canvas.depths, seen.picture)
    holes = seen.inverse <= 0
    seen.inverse[holes] = canvas.depths[2::CELL_PIXELS, 2::CELL_PIXELS][holes]
    return seen


def add_to_panorama(panorama: Panorama, key: "Key", x: float, y: float, z: float) -> None:
    """Draw, in place, what the panorama does not know and `key` saw."""
    unknown = ~panorama.known
    if not unknown.any():
        return
    canvas, eye = _unrolled(key, x, y, z, unknown)
    seen = _measured(canvas, eye, panorama.picture)
    better = seen.known & unknown
    shading.shade_panorama(canvas.depths, canvas.layers, eye, TOP_RAD, *_sources(key), better, panorama.picture)
    np.copyto(panorama.inverse, seen.inverse, where=better)
    np.copyto(panorama.detail, seen.detail, where=better)
    panorama.known[better] = True


def _unrolled(
    key: "Key", x: float, y: float, z: float, wanted: "NDArray[np.bool_]"
) -> "tuple[_Canvas, NDArray[np.float32]]":
    """The depths of a panorama in the wanted cells, and the eye relative to the key."""
    canvas = _canvases.panorama = _canvases.panorama or _canvas(PICTURE_HEIGHT, PICTURE_WIDTH)
    eye = _eye(key, x, y, z)
    for points, to in ((key.points, canvas.front), (key.backdrop.points, canvas.back)):
        _unroll(points, eye, PICTURE_WIDTH, PICTURE_HEIGHT, TOP_RAD, to.xs, to.ys, to.ws, to.codes)
    if not wanted.all():
        reach = _REACH_CELLS
        wide = np.pad(wanted.astype(np.uint8), ((0, 0), (reach, reach)), mode="wrap")
        wide = cv2.dilate(wide, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
        cells = np.ascontiguousarray(wide[:, reach:-reach], np.uint8)
        for to in (canvas.front, canvas.back):
            _leave_out(to.xs, to.ys, cells, to.codes)
    _draw(canvas, key, _NO_AXES, eye, (0.0, PICTURE_WIDTH, PICTURE_HEIGHT))
    return canvas, eye


def _measured(canvas: _Canvas, eye: "NDArray[np.float32]", picture: "NDArray[np.uint8]") -> Panorama:
    inverse, detail = np.empty((2, GRID_HEIGHT, GRID_WIDTH), np.float32)
    known = np.empty((GRID_HEIGHT, GRID_WIDTH), np.bool_)
    measure(canvas.depths, canvas.layers, eye, TOP_RAD, inverse, detail, known)
    return Panorama(picture, inverse, detail, known)


def _draw(canvas: _Canvas, key: "Key", axes: Floats, eye: Floats, size: tuple[float, int, int]) -> None:
    """The depths of `key`, its vertices given; a focal length of 0 stands for a panorama."""
    focal, width, height = size
    turn = 0.0 if focal else width
    front, back, cuts = canvas.front, canvas.back, key.cuts
    canvas.depths.fill(0)
    canvas.layers.fill(0)
    _draw_quads(canvas.depths, canvas.layers, 0, front.xs, front.ys, front.ws, front.codes, key.cut, 0, turn)
    _draw_cuts(
        canvas.depths, cuts.quads, cuts.points, cuts.near_corners, cuts.matte, front.codes, axes, eye, focal, width,
        height, TOP_RAD, CAP_ROWS,
    )  # fmt: skip
    _draw_quads(canvas.depths, canvas.layers, 1, back.xs, back.ys, back.ws, back.codes, key.backdrop.quads, 1, turn)


def _eye(key: "Key", x: float, y: float, z: float) -> "NDArray[np.float32]":
    left, up, back = key.position
    return np.array([x - left, y - up, z - back], np.float32)


def _sources(
    key: "Key",
) -> "tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint32], float]":
    seed, pitch_rad = (_NO_SEED, 0.0) if key.seed is None else (key.seed.texels, key.seed.pitch_rad)
    return key.texels, key.backdrop.texels, key.caps, seed, pitch_rad
