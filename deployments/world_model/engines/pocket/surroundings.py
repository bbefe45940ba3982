"""What a walker meets, from a key's distances.

Owns the reading of a key for the body's sake: what is in its way and how the ground rises.
"""

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from deployments.world_model.engines.pocket.geometry import GRID_HEIGHT, GRID_WIDTH, cell_directions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deployments.world_model.engines.pocket.keys import Key, Position

    Plane = NDArray[np.float32]

EVERY: Final = 4
"""Cells along each side of which one is looked at."""
LOWEST: Final = -0.65
HIGHEST: Final = 0.3
"""What lies lower is stepped over, what hangs higher is passed under; eye heights from the eye."""
HALF_WIDTH: Final = 0.25
"""Of the body."""
CLEAR: Final = 40.0

STRIDE: Final = 0.9
STEEPEST: Final = 0.6
"""What rises or falls more than this share of a stride is not ground to walk on."""
FEWEST: Final = 4

_RAYS: Final = np.ascontiguousarray(
    cell_directions(GRID_HEIGHT, GRID_WIDTH)[EVERY // 2 :: EVERY, EVERY // 2 :: EVERY].reshape(-1, 3).T
)


def room_ahead(key: "Key", position: "Position", heading_rad: float) -> float:
    """Eye heights to the first thing that a body at `position` would walk into along `heading_rad`."""
    ahead, aside, height = _seen_from(key, position, heading_rad)
    solid = (height > LOWEST) & (height < HIGHEST) & (np.abs(aside) < HALF_WIDTH) & (ahead > 0)
    return min(CLEAR, float(ahead[solid].min(initial=CLEAR)))


def climb_ahead(key: "Key", position: "Position", heading_rad: float) -> float:
    """By how much the eye is to rise, one stride along `heading_rad`, to stay at its height above the ground."""
    ahead, aside, height = _seen_from(key, position, heading_rad)
    underfoot = (np.hypot(ahead - STRIDE, aside) < STRIDE / 2) & (np.abs(height + 1.0) < STEEPEST * STRIDE)
    if np.count_nonzero(underfoot) < FEWEST:
        return 0.0
    return float(np.median(height[underfoot])) + 1.0


def _seen_from(key: "Key", position: "Position", heading_rad: float) -> "tuple[Plane, Plane, Plane]":
    """Some of what the key sees, from another place: how far ahead, to the right, and above the eye."""
    away = 1.0 / key.inverse_distance[EVERY // 2 :: EVERY, EVERY // 2 :: EVERY].reshape(-1)
    x, y, z = _RAYS * away
    x, y, z = (part + there - here for part, there, here in zip((x, y, z), key.position, position, strict=True))
    sine, cosine = math.sin(heading_rad), math.cos(heading_rad)
    return x * sine + z * cosine, x * cosine - z * sine, y
