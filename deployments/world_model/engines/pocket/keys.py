"""Keys: what the pocket world has seen from one place, as a panorama with distances, ready to be drawn from.

Owns the frozen value and its making: the mesh, the cuts at breaks in distance (`relief`, `outlines`), the backdrop
behind them (`backdrops`) and the caps above and below the band (`caps`). Drawing is `raster`'s; which key serves where
is the engine's.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from deployments.world_model.engines.pocket import backdrops, relief
from deployments.world_model.engines.pocket.caps import painted_caps
from deployments.world_model.engines.pocket.geometry import (
    BOTTOM_RAD,
    FARTHEST,
    GRID_HEIGHT,
    GRID_WIDTH,
    NEAREST,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
    TOP_RAD,
)
from deployments.world_model.engines.pocket.outlines import outline
from deployments.world_model.engines.pocket.texels import BACKDROP_AT, SEED_SIZE, packed, unpacked

if TYPE_CHECKING:
    from numpy.typing import NDArray

CAP_ROWS: Final = 12
"""Rows of vertices from the band's edge to straight up, and as many straight down."""

Position = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Seed:
    """A frame seen from the key's own place at heading 0, finer than the panorama holds it."""

    frame: "NDArray[np.uint8]"
    """360 x 640 x 3."""
    pitch_rad: float = 0.0


@dataclass(frozen=True, slots=True)
class Backdrop:
    """What lies behind the breaks: the far sides, some cells on under the near ones."""

    inverse_distance: "NDArray[np.float32]"
    """160 x 512; that of the front where nothing is behind."""
    quads: "NDArray[np.uint8]"
    """159 x 512, set where a quad belongs to it."""
    points: "NDArray[np.float32]"
    """3 x 160 x 513, relative to the key."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """The quads that a break runs through, each as a near and a far quad with an outline between."""

    quads: "NDArray[np.int32]"
    """n x 2: row and column of the first of the four cells."""
    points: "NDArray[np.float32]"
    """n x 2 x 4 x 3, far then near, corners row by row, relative to the key."""
    near_corners: "NDArray[np.uint8]"
    """n x 4."""
    matte: "NDArray[np.uint8]"
    """n x 36: 6 x 6 picture pixels from cell centre to cell centre, 255 for the near side."""


@dataclass(frozen=True, slots=True)
class Key:
    """A place and all that is seen from it."""

    position: Position
    texels: "NDArray[np.uint32]"
    """All its pictures, one after another, as `texels` has them."""
    inverse_distance: "NDArray[np.float32]"
    """160 x 512, along the ray, 1 / eye heights."""
    points: "NDArray[np.float32]"
    """3 x (160 + caps) x 513, relative to the key; the last column is the first."""
    cut: "NDArray[np.uint8]"
    """(159 + caps) x 512, set where a quad is one of `cuts`."""
    cuts: Cuts
    backdrop: Backdrop
    seed_pitch_rad: float
    """The seed's, whose texels are the last; of no use where there are none."""

    @property
    def picture(self) -> "NDArray[np.uint8]":
        """The panorama, 800 x 2560 x 3: a view."""
        return unpacked(self.texels[:BACKDROP_AT].reshape(PICTURE_HEIGHT, PICTURE_WIDTH))


def build_key(
    position: Position,
    picture: "NDArray[np.uint8]",
    inverse_distance: "NDArray[np.float32]",
    seed: Seed | None = None,
    *,
    sharpen: bool = True,
) -> Key:
    """Make a key of a panorama of 800 x 2560 x 3 and its inverse distances of 160 x 512.

    `sharpen` makes blurred breaks in the distances steep; exact distances do not need it.
    """
    picture = np.ascontiguousarray(picture)
    inverse = np.clip(inverse_distance, 1 / FARTHEST, 1 / NEAREST).astype(np.float32, order="C")
    if sharpen:
        colour = cv2.resize(picture, (GRID_WIDTH, GRID_HEIGHT), interpolation=cv2.INTER_AREA)
        inverse = relief.despeckled(relief.sharpened(inverse, colour.astype(np.float32)))
    cut = relief.cut_quads(inverse)
    inverse = relief.evened(inverse, cut)
    quads = np.argwhere(cut).astype(np.int32, order="C")
    count = len(quads)
    near, far = np.empty((count, 4), np.float32), np.empty((count, 4), np.float32)
    side, matte = np.empty((count, 4), np.uint8), np.empty((count, 36), np.uint8)
    outline(inverse, quads, picture, near, far, side, matte)
    cuts = Cuts(quads=quads, points=_cut_points(quads, far, near), near_corners=side, matte=matte)
    backdrop, behind = _backdrop(picture, inverse, far, cuts)
    pictures = [picture, behind, *painted_caps(picture)] + ([] if seed is None else [_finer(seed.frame)])
    edges = ((CAP_ROWS, CAP_ROWS), (0, 0))
    return Key(
        position=position,
        texels=np.concatenate([packed(one).reshape(-1) for one in pictures]),
        inverse_distance=inverse,
        points=_points(inverse),
        cut=np.pad(cut.astype(np.uint8), edges),
        cuts=cuts,
        backdrop=backdrop,
        seed_pitch_rad=0.0 if seed is None else seed.pitch_rad,
    )


def _finer(frame: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """The frame with others between its pixels, by bicubic interpolation, 719 x 1279 x 3.

    What is drawn from both bilinearly is hardly blurred.
    """
    rows, columns = (np.arange(size, dtype=np.float32) / 2 for size in SEED_SIZE)
    x, y = np.meshgrid(columns, rows)
    return np.asarray(cv2.remap(frame, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _directions(rows: "NDArray[Any]", columns: "NDArray[Any]") -> "NDArray[np.float32]":
    """Unit vectors to places of the grid, cell centres at whole numbers: 3 first, then as the arguments broadcast."""
    heading = (columns + 0.5) / GRID_WIDTH * (2 * math.pi) - math.pi
    elevation = TOP_RAD + (rows + 0.5) / GRID_HEIGHT * (BOTTOM_RAD - TOP_RAD)
    flat = np.cos(elevation)
    return np.stack(np.broadcast_arrays(flat * np.sin(heading), np.sin(elevation), flat * np.cos(heading))).astype(
        np.float32
    )


_COLUMNS: Final = np.arange(GRID_WIDTH + 1)[None, :] % GRID_WIDTH
_BAND: Final = _directions(np.arange(GRID_HEIGHT)[:, None], _COLUMNS)
# From the last row of cells to the pole; cell rows go on at the same pitch beyond the band.
_CAP_STEP: Final = (math.pi / 2 - TOP_RAD) / (TOP_RAD - BOTTOM_RAD) * GRID_HEIGHT / CAP_ROWS
_CAP: Final = _directions((-0.5 - _CAP_STEP * np.arange(CAP_ROWS, 0, -1))[:, None], _COLUMNS)


def _points(inverse: "NDArray[np.float32]") -> "NDArray[np.float32]":
    band = _BAND / inverse[:, _COLUMNS[0]]
    top, bottom = _cap_points(band[:, 0]), _cap_points(band[:, -1] * _FLIP) * _FLIP[..., None]
    return np.ascontiguousarray(np.concatenate([top, band, bottom[:, ::-1]], axis=1))


_FLIP: Final = np.array([[1.0], [-1.0], [1.0]], np.float32)


def _cap_points(edge: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Go on from the band's last row, 3 x 513, at its height: a level ceiling, or ground once flipped."""
    height = np.minimum(edge[1], FARTHEST)
    middle = float(np.median(height))
    share = np.linspace(0.0, 1.0, CAP_ROWS, dtype=np.float32)[::-1, None]
    heights = height[None] * (1 - share) + middle * share
    return (_CAP * (heights / _CAP[1])[None]).astype(np.float32)


def _cut_points(
    quads: "NDArray[np.int32]", far: "NDArray[np.float32]", near: "NDArray[np.float32]"
) -> "NDArray[np.float32]":
    rows = quads[:, :1] + np.array([0, 0, 1, 1])
    columns = quads[:, 1:] + np.array([0, 1, 0, 1])
    directions = _BAND[:, rows, columns].transpose(1, 2, 0)
    return np.ascontiguousarray(directions[:, None] / np.stack([far, near], axis=1)[..., None]).astype(np.float32)


def _backdrop(
    picture: "NDArray[np.uint8]", inverse: "NDArray[np.float32]", far: "NDArray[np.float32]", cuts: Cuts
) -> "tuple[Backdrop, NDArray[np.uint8]]":
    """What is behind the breaks, and its colours, 400 x 1280 x 3; of use where its quads are."""
    behind, level = np.empty_like(inverse), np.empty(inverse.shape, np.uint8)
    backdrops.spread_far_side(inverse, cuts.quads, far, cuts.near_corners, behind, level)
    mask = np.empty(picture.shape[:2], np.uint8)
    backdrops.near_pixels(cuts.quads, cuts.matte, level, mask)
    corners = np.stack([level[:-1], level[1:], np.roll(level, -1, 1)[:-1], np.roll(level, -1, 1)[1:]])
    quads = (corners.min(0) >= 1) & (corners.max(0) >= 2) & (corners.max(0) <= backdrops.BACKDROP_CELLS + 1)
    backdrop = Backdrop(
        inverse_distance=behind,
        quads=np.ascontiguousarray(quads, np.uint8),
        points=np.ascontiguousarray(_BAND / behind[:, _COLUMNS[0]]),
    )
    return backdrop, backdrops.filled(picture, mask)
