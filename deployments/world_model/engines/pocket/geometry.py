"""The pocket world's measures: its camera, its panoramas and the directions of their cells.

Owns constants and the formulas between angles, rays and cells; draws nothing. World axes: x to the right, y up,
z ahead at heading 0; lengths are eye heights, so the ground of a level place is y = -1 from the eye. Heading turns to
the right, elevation and pitch are positive upward, all in radians. A panorama is an equirectangular band: columns
are headings from -pi (left edge) to pi, rows are elevations from `TOP_RAD` down to `BOTTOM_RAD`.
"""

import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAME_HEIGHT: Final = 360
FRAME_WIDTH: Final = 640
FIELD_OF_VIEW_RAD: Final = math.radians(75.0)
"""Horizontal field of view of a frame, and what a seed is taken to have been seen with."""
FOCAL_PX: Final = FRAME_WIDTH / 2 / math.tan(FIELD_OF_VIEW_RAD / 2)

TOP_RAD: Final = math.radians(56.25)
BOTTOM_RAD: Final = -TOP_RAD
PICTURE_HEIGHT: Final = 800
PICTURE_WIDTH: Final = 2560
"""A panorama's picture, 7.1 pixels per degree: what a frame has at its centre."""
GRID_HEIGHT: Final = 160
GRID_WIDTH: Final = 512
"""A panorama's distances, 0.7 degrees a cell; 5 picture pixels along each side."""
SKETCH_HEIGHT: Final = 80
SKETCH_WIDTH: Final = 256
"""What the completer paints, 1.4 degrees a cell; 10 picture pixels along each side."""

NEAREST: Final = 0.2
FARTHEST: Final = 400.0
"""Distances are kept within these; the farthest stands for the sky."""
PITCH_LIMIT_RAD: Final = math.radians(31.0)
"""Farther up or down a frame would leave the band."""


def cell_directions(height: int, width: int) -> "NDArray[np.float32]":
    """Unit vectors to the centres of a panorama's cells, height x width x 3."""
    heading = (np.arange(width) + 0.5) / width * (2 * math.pi) - math.pi
    elevation = TOP_RAD + (np.arange(height) + 0.5) / height * (BOTTOM_RAD - TOP_RAD)
    flat = np.cos(elevation)[:, None]
    up = np.broadcast_to(np.sin(elevation)[:, None], (height, width))
    return np.stack([flat * np.sin(heading), up, flat * np.cos(heading)], axis=-1).astype(np.float32)


def frame_rotation(yaw_rad: float, pitch_rad: float) -> "NDArray[np.float32]":
    """The camera's axes right, down and ahead in the world, one a row: multiplying turns world into camera."""
    sin_yaw, cos_yaw = math.sin(yaw_rad), math.cos(yaw_rad)
    sin_pitch, cos_pitch = math.sin(pitch_rad), math.cos(pitch_rad)
    right = (cos_yaw, 0.0, -sin_yaw)
    down = (sin_pitch * sin_yaw, -cos_pitch, sin_pitch * cos_yaw)
    ahead = (cos_pitch * sin_yaw, sin_pitch, cos_pitch * cos_yaw)
    return np.array([right, down, ahead], dtype=np.float32)
