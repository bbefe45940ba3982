"""A place with exact distances: ground with a pattern, a wall, a box before it, and sky.

What is seen from somewhere is computed once and shared: not to be written to.
"""

import functools
from typing import TYPE_CHECKING

import numpy as np

from deployments.world_model.engines.pocket.geometry import (
    FARTHEST,
    FOCAL_PX,
    FRAME_HEIGHT,
    FRAME_WIDTH,
    GRID_HEIGHT,
    GRID_WIDTH,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
    cell_directions,
    frame_rotation,
)
from deployments.world_model.engines.pocket.keys import Key, Seed, build_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

BOX = ((-0.5, -1.0, 2.5), (0.5, 0.4, 3.5))
WALL_Z = 12.0
WALL_TOP = 2.0


def looked_at(
    eye: tuple[float, float, float], rays: "NDArray[np.float32]"
) -> "tuple[NDArray[np.uint8], NDArray[np.float32]]":
    """Colours and inverse distances that unit rays of n x 3 meet from `eye`."""
    origin = np.array(eye, np.float32)
    rays = np.where(np.abs(rays) < 1e-9, np.float32(1e-9), rays)
    away = np.full(len(rays), FARTHEST, np.float32)
    colours = np.stack([120 + 60 * rays[:, 1], 160 + 40 * rays[:, 1], 220 + 0 * rays[:, 1]], axis=-1)

    def meet(distance: "NDArray[np.float32]", here: "NDArray[np.bool_]", base: tuple[int, int, int]) -> None:
        met = here & (distance > 0) & (distance < away)
        points = origin + rays[met] * distance[met, None]
        waves = np.sin(points[:, 0] * 5.0) * np.sin(points[:, 1] * 5.0 + 1.0) * np.sin(points[:, 2] * 5.0 + 0.5)
        fade = np.minimum(1.0, 8.0 / distance[met])
        colours[met] = np.array(base) * (1.0 + 0.35 * fade * waves)[:, None]
        away[met] = distance[met]

    meet((-1.0 - origin[1]) / rays[:, 1], rays[:, 1] < 0, (120, 110, 70))
    wall = (WALL_Z - origin[2]) / rays[:, 2]
    meet(wall, (rays[:, 2] > 0) & (origin[1] + rays[:, 1] * wall < WALL_TOP), (170, 150, 130))
    sides = np.stack([(np.array(corner) - origin) / rays for corner in BOX])
    enter, leave = sides.min(0).max(-1), sides.max(0).min(-1)
    meet(enter, enter < leave, (190, 60, 50))
    return np.clip(colours, 0, 255).astype(np.uint8), (1.0 / away).astype(np.float32)


@functools.cache
def panorama(eye: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> "tuple[NDArray[np.uint8], NDArray[np.float32]]":
    """What `eye` sees all around: 800 x 2560 x 3, and inverse distances of 160 x 512."""
    picture, _ = looked_at(eye, cell_directions(PICTURE_HEIGHT, PICTURE_WIDTH).reshape(-1, 3))
    _, inverse = looked_at(eye, cell_directions(GRID_HEIGHT, GRID_WIDTH).reshape(-1, 3))
    return picture.reshape(PICTURE_HEIGHT, PICTURE_WIDTH, 3), inverse.reshape(GRID_HEIGHT, GRID_WIDTH)


@functools.cache
def view(eye: tuple[float, float, float], yaw_rad: float = 0.0, pitch_rad: float = 0.0) -> "NDArray[np.uint8]":
    """What a frame should show."""
    axes = frame_rotation(yaw_rad, pitch_rad)
    x = (np.arange(FRAME_WIDTH) + 0.5 - FRAME_WIDTH / 2) / FOCAL_PX
    y = (np.arange(FRAME_HEIGHT) + 0.5 - FRAME_HEIGHT / 2) / FOCAL_PX
    rays = axes[2] + x[None, :, None] * axes[0] + y[:, None, None] * axes[1]
    rays = (rays / np.linalg.norm(rays, axis=-1, keepdims=True)).reshape(-1, 3).astype(np.float32)
    return looked_at(eye, rays)[0].reshape(FRAME_HEIGHT, FRAME_WIDTH, 3)


@functools.cache
def key(eye: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Key:
    """The place seen from its middle, or from elsewhere."""
    return build_key(eye, *panorama(eye))


@functools.cache
def seeded_key() -> Key:
    """The place seen from its middle, with the frame ahead at its full resolution."""
    eye = (0.0, 0.0, 0.0)
    return build_key(eye, *panorama(eye), Seed(view(eye)))
