"""Things stand upright on level ground: distances of a seed with its ramps and floors put straight.

Owns two assumptions about the world. Where a distance network is unsure how far a wall is, it goes up it like up a
ramp; walking towards that, one would see houses lie on their backs. Ground may rise, but what rises steeper than
anybody walks is taken to stand at the distance of its foot, up to the next break. And what is nearly as far as level
ground would be is level ground: the network's waves in it are its errors.
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
LEVEL: Final = np.float32(1.6)
"""What is up to so many times nearer or farther than level ground is taken for it,"""
NOT_LEVEL: Final = np.float32(2.1)
"""and from here on is believed."""
EVENED: Final = 3
"""Columns and rows over which the result is made even by medians."""


def stood_up(inverse_distance: "NDArray[np.float32]", pitch_rad: float) -> "NDArray[np.float32]":
    """Inverse radial distances of a frame, rows x columns, with what is steep made vertical and the ground level."""
    flat, rise = _rays(inverse_distance.shape[0], inverse_distance.shape[1], pitch_rad)
    level = flat / np.clip(inverse_distance, 1 / FARTHEST, 1 / NEAREST)
    height = level * rise / flat
    stood = level.copy()
    for row in range(level.shape[0] - 2, -1, -1):
        before, here = level[row + 1], level[row]
        run = here - before
        on = stood[row + 1] + run * _walkable(run, height[row] - height[row + 1])
        stood[row] = np.where(here > before * BREAK, here, np.minimum(on, np.maximum(here, stood[row + 1])))
    return _levelled(np.asarray(cv2.medianBlur((flat / stood).astype(np.float32), EVENED), np.float32), flat, rise)


def _levelled(
    inverse: "NDArray[np.float32]", flat: "NDArray[np.float32]", rise: "NDArray[np.float32]"
) -> "NDArray[np.float32]":
    """What is nearly level ground made level."""
    ground = np.maximum(-rise, 1 / FARTHEST)
    ratio = inverse / ground
    share = np.clip((NOT_LEVEL - np.maximum(ratio, 1 / ratio)) / (NOT_LEVEL - LEVEL), 0.0, 1.0)
    share[rise > -1 / FARTHEST] = 0.0
    share[:-1] *= _walkable(-np.diff(flat / inverse, axis=0), -np.diff(rise / inverse, axis=0))
    return (inverse + share * (ground - inverse)).astype(np.float32)


def _walkable(run: "NDArray[np.float32]", climb: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """1 for ground and ceilings, 0 for walls."""
    slope = np.abs(climb) / np.maximum(np.abs(run), 1e-4)
    return np.clip((WALL - slope) / (WALL - WALKABLE), 0.0, 1.0).astype(np.float32)


def _rays(rows: int, columns: int, pitch_rad: float) -> "tuple[NDArray[np.float32], NDArray[np.float32]]":
    """Of the unit vectors through a frame's cells the level part and the upward part."""
    across = ((np.arange(columns) + 0.5) / columns - 0.5) * FRAME_WIDTH / FOCAL_PX
    down = ((np.arange(rows) + 0.5) / rows - 0.5) * FRAME_HEIGHT / FOCAL_PX
    rays = np.empty((rows, columns, 3), np.float32)
    rays[..., 0], rays[..., 1], rays[..., 2] = across, down[:, None], 1.0
    rays = rays / np.linalg.norm(rays, axis=-1, keepdims=True) @ frame_rotation(0.0, pitch_rad)
    return np.hypot(rays[..., 0], rays[..., 2]).astype(np.float32), rays[..., 1].astype(np.float32)
