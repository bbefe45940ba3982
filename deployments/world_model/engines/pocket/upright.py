"""Things stand upright: distances of a seed with its ramps put straight.

Owns one assumption about the world. Where a distance network is unsure how far a wall is, it goes up it like up a
ramp; walking towards that, one would see houses lie on their backs. Ground may rise, but what rises steeper than
anybody walks is taken to stand at the distance of its foot, up to the next break.
"""

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from deployments.world_model.engines.pocket.geometry import (
    FARTHEST,
    FOCAL_PX,
    FRAME_HEIGHT,
    FRAME_WIDTH,
    NEAREST,
    frame_rotation,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

WALKABLE: Final = np.float32(0.35)
WALL: Final = np.float32(0.9)
"""Slopes (rise over run) up to which all is ground, and from which on all is wall."""
BREAK: Final = np.float32(1.3)
"""A step to so many times the distance is to something else behind."""
EVENED: Final = 5
"""Columns and rows over which the result is made even by medians."""


def stood_up(inverse_distance: "NDArray[np.float32]", pitch_rad: float) -> "NDArray[np.float32]":
    """Inverse radial distances of a frame, rows x columns, with what is steep made vertical."""
    flat, rise = _rays(inverse_distance.shape[0], inverse_distance.shape[1], pitch_rad)
    level = flat / np.clip(inverse_distance, 1 / FARTHEST, 1 / NEAREST)
    height = level * rise / flat
    stood = level.copy()
    for row in range(level.shape[0] - 2, -1, -1):
        before, here = level[row + 1], level[row]
        run = here - before
        slope = (height[row] - height[row + 1]) / np.maximum(np.abs(run), 1e-4)
        share = np.clip((WALL - np.abs(slope)) / (WALL - WALKABLE), 0.0, 1.0)
        on = stood[row + 1] + run * share
        stood[row] = np.where(here > before * BREAK, here, np.minimum(on, np.maximum(here, stood[row + 1])))
    return cv2.medianBlur((flat / stood).astype(np.float32), EVENED).astype(np.float32)


def _rays(rows: int, columns: int, pitch_rad: float) -> "tuple[NDArray[np.float32], NDArray[np.float32]]":
    """Of the unit vectors through a frame's cells the level part and the upward part."""
    across = ((np.arange(columns) + 0.5) / columns - 0.5) * FRAME_WIDTH / FOCAL_PX
    down = ((np.arange(rows) + 0.5) / rows - 0.5) * FRAME_HEIGHT / FOCAL_PX
    rays = np.empty((rows, columns, 3), np.float32)
    rays[..., 0], rays[..., 1], rays[..., 2] = across, down[:, None], 1.0
    rays = rays / np.linalg.norm(rays, axis=-1, keepdims=True) @ frame_rotation(0.0, pitch_rad)
    return np.hypot(rays[..., 0], rays[..., 2]).astype(np.float32), rays[..., 1].astype(np.float32)
