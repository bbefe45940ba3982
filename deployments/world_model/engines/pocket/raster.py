"""Drawing a key: as a frame from a pose near it, or as the panorama that another place has of it.

Owns the buffers and the order of the steps. Which surface a ray meets first, and how far away, is found by `vertices`,
`quads` and `cuts`, what colour it has by `shading`: a point met is seen from the key in one direction, and there the
key's picture has its colour. So from the key's own place the picture comes back as it is, whatever the distances.
"""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from deployments.world_model.engines.pocket import shading
from deployments.world_model.engines.pocket.cuts import draw_cuts
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
from deployments.world_model.engines.pocket.quads import LANES, draw_quads
from deployments.world_model.engines.pocket.vertices import leave_out, place
from deployments.world_model.engines.pocket.widths import Bytes, Floats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deployments.world_model.engines.pocket.keys import Key

CELL_PIXELS: Final = PICTURE_WIDTH // GRID_WIDTH


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


def draw_frame(
    key: "Key", x: float, y: float, z: float, yaw_rad: float, pitch_rad: float, out: "NDArray[np.uint8]"
) -> None:
    """Draw into `out`, 360 x 640 x 3, what is seen of `key` from a place in the world."""
    canvas = _canvases.frame = _canvases.frame or _canvas(FRAME_HEIGHT, FRAME_WIDTH)
    axes = frame_rotation(yaw_rad, pitch_rad)
    eye = _eye(key, x, y, z)
    for points, to in ((key.points, canvas.front), (key.backdrop.points, canvas.back)):
        place(points, axes, eye, FOCAL_PX, FRAME_WIDTH, FRAME_HEIGHT, 0.0, to.xs, to.ys, to.ws, to.codes)
    _draw(canvas, key, axes, eye, (FOCAL_PX, FRAME_WIDTH, FRAME_HEIGHT))
    shading.shade_frame(canvas.depths, canvas.layers, axes, eye, FOCAL_PX, key.texels, key.seed_pitch_rad, out)
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
    shading.shade_panorama(
        canvas.depths, canvas.layers, eye, TOP_RAD, key.texels, key.seed_pitch_rad, _EVERYWHERE, seen.picture
    )
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
    shading.shade_panorama(
        canvas.depths, canvas.layers, eye, TOP_RAD, key.texels, key.seed_pitch_rad, better, panorama.picture
    )
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
        place(points, _NO_AXES, eye, 0.0, PICTURE_WIDTH, PICTURE_HEIGHT, TOP_RAD, to.xs, to.ys, to.ws, to.codes)
    if not wanted.all():
        reach = _REACH_CELLS
        wide = np.pad(wanted.astype(np.uint8), ((0, 0), (reach, reach)), mode="wrap")
        wide = cv2.dilate(wide, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
        cells = np.ascontiguousarray(wide[:, reach:-reach], np.uint8)
        for to in (canvas.front, canvas.back):
            leave_out(to.xs, to.ys, cells, to.codes)
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
    depths, layers, front, back, cuts = canvas.depths, canvas.layers, canvas.front, canvas.back, key.cuts
    depths.fill(0)
    layers.fill(0)
    draw_quads(depths, layers, 0, front.xs, front.ys, front.ws, front.codes, key.cut, 0, turn, LANES)
    draw_cuts(
        depths, cuts.quads, cuts.points, cuts.near_corners, cuts.matte, front.codes, axes, eye, focal, width, height,
        TOP_RAD, CAP_ROWS,
    )  # fmt: skip
    draw_quads(depths, layers, 1, back.xs, back.ys, back.ws, back.codes, key.backdrop.quads, 1, turn, LANES)


def _eye(key: "Key", x: float, y: float, z: float) -> "NDArray[np.float32]":
    left, up, back = key.position
    return np.array([x - left, y - up, z - back], np.float32)
