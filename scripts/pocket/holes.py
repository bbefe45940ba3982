"""What is known of a panorama: the part that a seed shows, or what was seen from a place nearby.

Owns the holes that the completer learns to fill. They are made as play makes them: a seed covers a window of the
sphere, and a step aside uncovers what things stood before.
"""

import math
from typing import TYPE_CHECKING, Final

import numba
import numpy as np

from deployments.world_model.engines.pocket.geometry import (
    BOTTOM_RAD,
    FARTHEST,
    FIELD_OF_VIEW_RAD,
    SKETCH_HEIGHT,
    SKETCH_WIDTH,
    TOP_RAD,
    cell_directions,
    frame_rotation,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

FINER: Final = 2
"""Each cell is moved as so many by so many, so that what comes nearer does not fall apart."""
_FINE_DIRECTIONS: Final = cell_directions(SKETCH_HEIGHT * FINER, SKETCH_WIDTH * FINER)
_DIRECTIONS: Final = cell_directions(SKETCH_HEIGHT, SKETCH_WIDTH)


def window(yaw_rad: float, pitch_rad: float, field_rad: float = FIELD_OF_VIEW_RAD) -> "NDArray[np.bool_]":
    """The cells of a sketch that a frame with this heading and pitch shows."""
    right, down, ahead = np.moveaxis(_DIRECTIONS @ frame_rotation(yaw_rad, pitch_rad).T, -1, 0)
    wide = math.tan(field_rad / 2)
    depth = np.maximum(ahead, 1e-6)
    return (ahead > 0) & (np.abs(right / depth) < wide) & (np.abs(down / depth) < wide * 9 / 16)


def moved(
    inverse: "NDArray[np.float32]", known: "NDArray[np.bool_]", step: tuple[float, float, float]
) -> tuple["NDArray[np.int32]", "NDArray[np.float32]"]:
    """What of a sketch is seen `step` (x, y, z in eye heights) farther on.

    Returns, for each cell there, the index of the cell that it shows (-1: none) and its inverse distance from there.
    """
    return _splat(inverse, known, _FINE_DIRECTIONS, *step)


@numba.njit(cache=True, nogil=True)
def _splat(
    inverse: "NDArray[np.float32]",
    known: "NDArray[np.bool_]",
    directions: "NDArray[np.float32]",
    dx: float,
    dy: float,
    dz: float,
) -> tuple["NDArray[np.int32]", "NDArray[np.float32]"]:
    height, width = inverse.shape
    source = np.full((height, width), -1, np.int32)
    nearest = np.zeros((height, width), np.float32)
    for row in range(directions.shape[0]):
        for column in range(directions.shape[1]):
            top, left = row // FINER, column // FINER
            if not known[top, left]:
                continue
            away = 1.0 / max(inverse[top, left], 1.0 / FARTHEST)
            x = directions[row, column, 0] * away - dx
            y = directions[row, column, 1] * away - dy
            z = directions[row, column, 2] * away - dz
            flat = math.sqrt(x * x + z * z)
            now = math.sqrt(flat * flat + y * y)
            if now < 0.1:
                continue
            elevation = math.atan2(y, flat)
            heading = math.atan2(x, z)
            at_row = (TOP_RAD - elevation) / (TOP_RAD - BOTTOM_RAD) * height
            at_column = (heading + math.pi) / (2 * math.pi) * width
            # Ground that comes nearer stretches with the square of how much nearer it comes.
            reach = min(3.0, 0.3 * (away / now) ** 2)
            for r in range(math.floor(at_row - reach), math.floor(at_row + reach) + 1):
                if r < 0 or r >= height:
                    continue
                for c in range(math.floor(at_column - reach), math.floor(at_column + reach) + 1):
                    wrapped = c % width
                    if 1.0 / now > nearest[r, wrapped] * 1.02:
                        nearest[r, wrapped] = 1.0 / now
                        source[r, wrapped] = top * width + left
    return source, nearest
