"""A seed photograph becomes the first part of a panorama.

Owns the projection of a perspective frame into the band and the mask of the cells it fills; fills nothing else.
"""

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from deployments.world_model.engines.pocket import geometry

if TYPE_CHECKING:
    from numpy.typing import NDArray

OVERSAMPLING: Final = 2
"""Samples along each side of a pixel: towards its edges a frame has up to 1.6 pixels to one of the panorama's."""
_CELL_PX: Final = geometry.PICTURE_HEIGHT // geometry.GRID_HEIGHT


def project_seed(frame: "NDArray[np.uint8]", pitch_rad: float) -> "tuple[NDArray[np.uint8], NDArray[np.bool_]]":
    """The panorama's picture with the frame (360×640×3) at heading 0, and the grid's cells that it fills wholly.

    The picture is black where the frame does not reach.
    """
    picture = np.zeros((geometry.PICTURE_HEIGHT, geometry.PICTURE_WIDTH, 3), dtype=np.uint8)
    covered = np.zeros(picture.shape[:2], dtype=np.bool_)
    coarse = geometry.cell_directions(geometry.GRID_HEIGHT, geometry.GRID_WIDTH)
    rows, columns = np.nonzero(_inside(*_pixels(coarse, pitch_rad)))
    top, left = max(0, (int(rows.min()) - 1) * _CELL_PX), max(0, (int(columns.min()) - 1) * _CELL_PX)
    bottom, right = (int(rows.max()) + 2) * _CELL_PX, (int(columns.max()) + 2) * _CELL_PX
    sector = (slice(top, min(bottom, picture.shape[0])), slice(left, min(right, picture.shape[1])))
    size = (sector[1].stop - left, sector[0].stop - top)

    rays = _directions(sector)
    x, y = _pixels(rays, pitch_rad)
    seen = cv2.remap(frame, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    inside = _inside(x, y).astype(np.float32)
    covered[sector] = cv2.resize(inside, size, interpolation=cv2.INTER_AREA) > 1 - 1e-3
    picture[sector] = cv2.resize(seen, size, interpolation=cv2.INTER_AREA)
    picture[~covered] = 0
    cells = covered.reshape(geometry.GRID_HEIGHT, _CELL_PX, geometry.GRID_WIDTH, _CELL_PX)
    return picture, np.asarray(cells.all(axis=(1, 3)), dtype=np.bool_)


def _samples(first: int, last: int) -> "NDArray[np.float64]":
    return (np.arange(first * OVERSAMPLING, last * OVERSAMPLING) + 0.5) / OVERSAMPLING


def _directions(sector: tuple[slice, slice]) -> "NDArray[np.float32]":
    """Unit vectors to the samples of a sector of the picture."""
    rows, columns = (_samples(int(part.start), int(part.stop)) for part in sector)
    heading = (columns / geometry.PICTURE_WIDTH - 0.5) * (2 * np.pi)
    elevation = geometry.TOP_RAD + rows / geometry.PICTURE_HEIGHT * (geometry.BOTTOM_RAD - geometry.TOP_RAD)
    flat = np.cos(elevation)[:, None]
    up = np.broadcast_to(np.sin(elevation)[:, None], (len(rows), len(columns)))
    return np.stack([flat * np.sin(heading), up, flat * np.cos(heading)], axis=-1).astype(np.float32)


def _pixels(rays: "NDArray[np.float32]", pitch_rad: float) -> "tuple[NDArray[np.float32], NDArray[np.float32]]":
    """Where the rays meet the frame, in its pixels; far outside it if they never do."""
    right, down, ahead = np.moveaxis(rays @ geometry.frame_rotation(0.0, pitch_rad).T, -1, 0)
    scale = np.where(ahead > 1e-3, geometry.FOCAL_PX / np.maximum(ahead, 1e-3), 1e6).astype(np.float32)
    x = right * scale + np.float32((geometry.FRAME_WIDTH - 1) / 2)
    y = down * scale + np.float32((geometry.FRAME_HEIGHT - 1) / 2)
    return np.ascontiguousarray(x), np.ascontiguousarray(y)


def _inside(x: "NDArray[np.float32]", y: "NDArray[np.float32]") -> "NDArray[np.bool_]":
    within_width = (x > -0.5) & (x < geometry.FRAME_WIDTH - 0.5)
    return within_width & (y > -0.5) & (y < geometry.FRAME_HEIGHT - 0.5)
