"""A panorama in cells of 4 pixels, 200 x 640, on which detail is searched for and laid out.

Owns the ways from pictures and from the grid of distances (5 pixels a cell) to these cells and back, and what is
measured and filled in on them.
"""

import math
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from deployments.world_model.engines.pocket import composing, geometry

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deployments.world_model.engines.pocket.widths import Bytes, Floats

CELL_PX: Final = composing.CELL_PX
HEIGHT: Final = geometry.PICTURE_HEIGHT // CELL_PX
WIDTH: Final = geometry.PICTURE_WIDTH // CELL_PX
LOW_SIGMA: Final = 5.0
"""Cells; about as blurred as a sketch is."""
DISTANCE_SCALE: Final = 30.0
"""What a factor of e in distance counts for, in steps of a colour."""


def extreme_of_grid(grid: "Floats", of: np.ufunc) -> "Floats":
    """For each cell of 4 pixels the extreme of the grid's cells (of 5) that it touches."""
    first_y, last_y = (np.arange(HEIGHT) * CELL_PX + far for far in (0, CELL_PX - 1))
    first_x, last_x = (np.arange(WIDTH) * CELL_PX + far for far in (0, CELL_PX - 1))
    size = composing.GRID_PX
    rows = of(grid[first_y // size], grid[last_y // size])
    return np.ascontiguousarray(of(rows[:, first_x // size], rows[:, last_x // size]))


def real(values: "NDArray[Any]") -> "Floats":
    """As the compiled loops want them."""
    return np.ascontiguousarray(values, dtype=np.float32)


def to_cells(picture: "Bytes") -> "Floats":
    """A panorama's mean colours, 200×640×3."""
    return cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32)


def known_part(picture: "Bytes", need: "Floats", cells: "NDArray[np.bool_]") -> "Floats":
    """The mean colours of those pixels of the cells that are known."""
    y, x = np.nonzero(cells)
    inside = np.arange(CELL_PX)
    rows = (y[:, None] * CELL_PX + inside)[:, :, None]
    columns = (x[:, None] * CELL_PX + inside)[:, None, :]
    known = (need[rows // composing.GRID_PX, columns // composing.GRID_PX] == 0)[..., None]
    total = (picture[rows, columns] * known).sum(axis=(1, 2), dtype=np.float32)
    return total / known.sum(axis=(1, 2), dtype=np.float32)


def features(colours: "Floats", inverse_distance: "Floats") -> "Floats":
    """Colours and scaled log distance, 200×640×4."""
    log_distance = np.log(np.clip(inverse_distance, 1 / geometry.FARTHEST, 1 / geometry.NEAREST)).astype(np.float32)
    scaled = cv2.resize(log_distance, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR) * np.float32(DISTANCE_SCALE)
    return np.ascontiguousarray(np.dstack([colours, scaled]))


def inverse_distance_of(cells: "Floats") -> "Floats":
    """The grid's inverse distances, 160×512, of cells as `features` makes them."""
    size = (geometry.GRID_WIDTH, geometry.GRID_HEIGHT)
    logs = cv2.resize(real(cells[..., 3]), size, interpolation=cv2.INTER_LINEAR)
    return np.exp(logs / np.float32(DISTANCE_SCALE)).astype(np.float32)


def low_around(values: "Floats") -> "Floats":
    """The low frequencies of a panorama."""
    pad = math.ceil(3 * LOW_SIGMA)
    wide = cv2.copyMakeBorder(values, 0, 0, pad, pad, cv2.BORDER_WRAP)
    wide = cv2.GaussianBlur(wide, (0, 0), LOW_SIGMA, borderType=cv2.BORDER_REPLICATE)
    return real(wide[:, pad:-pad])


def blurred_within(values: "Floats", mask: "NDArray[Any]", sigma: float) -> "Floats":
    """Means around each cell, rows x columns x channels, of what the mask, rows x columns, has weights for."""
    weight = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    total = cv2.GaussianBlur(values * mask[..., None], (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return real(total / np.maximum(weight, 1e-3)[..., None])


def filled_in(values: "Floats", mask: "Bytes") -> "Floats":
    """What is masked out becomes what lies nearest."""
    _, labels = cv2.distanceTransformWithLabels(1 - mask, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    nearest = labels.astype(np.intp)
    places = np.zeros(int(nearest.max()) + 1, dtype=np.intp)
    places[nearest[mask > 0]] = np.flatnonzero(mask)
    return real(values.reshape(-1, values.shape[2])[places[nearest]])


def halved(values: "Floats") -> "Floats":
    """Means of two by two."""
    height, width = values.shape[:2]
    return real(values.reshape(height // 2, 2, width // 2, 2, -1).mean(axis=(1, 3)))


def local_variance(grey: "Floats") -> "Floats":
    """Variance within five by five."""
    mean = cv2.blur(grey, (5, 5))
    return np.maximum(cv2.blur(grey * grey, (5, 5)) - mean * mean, 0).astype(np.float32)


def away_from_known(unknown: "NDArray[np.bool_]") -> "Floats":
    """Cells to the nearest known one, around the panorama."""
    wide = np.tile(unknown.astype(np.uint8), (1, 3))
    return real(cv2.distanceTransform(wide, cv2.DIST_L2, 3)[:, WIDTH : 2 * WIDTH])
