"""The geometry of the baselines: rays, mirror-tiled panoramas, and warps by distance.

Pure arrays. Axes, lengths and angles are those of the pocket world's `geometry`: x right, y up, z ahead, eye heights.
"""

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.world_model.engines.pocket.geometry import (
    FIELD_OF_VIEW_RAD,
    FOCAL_PX,
    FRAME_HEIGHT,
    FRAME_WIDTH,
    frame_rotation,
)

if TYPE_CHECKING:
    from deployments.images import Frame
    from deployments.world_model.engines.pocket.walking import Pose

CELL_PX: Final = 4
"""Geometry is worked out on a grid of cells this large and interpolated."""
GRID: Final = (FRAME_HEIGHT // CELL_PX, FRAME_WIDTH // CELL_PX)
WALL_DISTANCE: Final = 12.0

_ROUNDS: Final = 4

Floats = NDArray[np.float32]


@lru_cache(maxsize=1)
def camera_rays() -> Floats:
    """Unit vectors right, down, ahead through the centres of the cells."""
    y, x = np.mgrid[0 : GRID[0], 0 : GRID[1]].astype(np.float32)
    x, y = (x + 0.5) * CELL_PX - FRAME_WIDTH / 2, (y + 0.5) * CELL_PX - FRAME_HEIGHT / 2
    rays = np.stack([x, y, np.full_like(x, FOCAL_PX)], axis=-1)
    return rays / np.linalg.norm(rays, axis=-1, keepdims=True)


def world_rays(pose: "Pose") -> Floats:
    """The same in the world."""
    return camera_rays() @ frame_rotation(pose.yaw_rad, pose.pitch_rad)


def eye(pose: "Pose") -> Floats:
    """Where the eye is."""
    return np.array([pose.x, pose.y, pose.z], dtype=np.float32)


def plane_points(pose: "Pose") -> Floats:
    """Where the rays meet level ground, or a round wall about the seed's place."""
    rays, start = world_rays(pose), eye(pose)
    down = np.minimum(rays[..., 1], -1e-6)
    to_ground = np.where(rays[..., 1] < -1e-3, (-1.0 - start[1]) / down, np.inf)
    flat = rays[..., 0] ** 2 + rays[..., 2] ** 2
    along = rays[..., 0] * start[0] + rays[..., 2] * start[2]
    beyond = start[0] ** 2 + start[2] ** 2 - WALL_DISTANCE**2
    root = np.sqrt(np.maximum(along**2 - flat * beyond, 0.0))
    to_wall = np.where(beyond < 0, (root - along) / flat, WALL_DISTANCE / np.sqrt(flat))
    return (start + rays * np.minimum(to_ground, to_wall)[..., None]).astype(np.float32)


def tiled_coordinates(points: Floats) -> Floats:
    """Pixels of the seed for points about its eye: beyond its edges the seed goes on as its mirror image."""
    heading = np.arctan2(points[..., 0], points[..., 2])
    phase = np.mod(heading / FIELD_OF_VIEW_RAD + 0.5, 2.0)
    folded = (np.where(phase > 1.0, 2.0 - phase, phase) - 0.5) * FIELD_OF_VIEW_RAD
    distance = np.maximum(np.hypot(points[..., 0], points[..., 2]), 1e-3)
    x = FOCAL_PX * np.tan(folded) + FRAME_WIDTH / 2
    y = -FOCAL_PX * points[..., 1] / (distance * np.cos(folded)) + FRAME_HEIGHT / 2
    return np.stack([x, y], axis=-1).astype(np.float32)


def key_coordinates(pose: "Pose", key: "Pose", distance: Floats) -> tuple[Floats, Floats]:
    """Pixels of the keyframe that the cells see, and how far they are; by fixed-point iteration of the inverse warp.

    `distance` holds the keyframe's distances along its rays. Pixels behind the keyframe are far outside it.
    """
    rays, start = world_rays(pose), eye(pose)
    rotation, key_eye = frame_rotation(key.yaw_rad, key.pitch_rad), eye(key)
    reach = distance.copy()
    for _ in range(_ROUNDS):
        seen = ((start + rays * reach[..., None] - key_eye) @ rotation.T).astype(np.float32)
        pixel = _projected(seen)
        key_distance = sample(distance, in_cells(pixel), smooth=False)
        # The point that the keyframe shows there, and its distance from the eye that looks now.
        found = (
            key_eye
            + (seen / np.maximum(np.linalg.norm(seen, axis=-1, keepdims=True), 1e-6))
            @ rotation
            * (key_distance[..., None])
        )
        reach = np.linalg.norm(found - start, axis=-1).astype(np.float32)
    return _projected(((start + rays * reach[..., None] - key_eye) @ rotation.T).astype(np.float32)), reach


def in_cells(pixels: Floats) -> Floats:
    """From pixels to cells."""
    return (pixels / CELL_PX).astype(np.float32)


def sample(values: "Floats", coordinates: Floats, *, smooth: bool = True) -> Floats:
    """Values at coordinates (x, y, pixel corners at whole numbers), mirrored beyond the edges."""
    x, y = coordinates[..., 0] - 0.5, coordinates[..., 1] - 0.5
    method = cv2.INTER_CUBIC if smooth else cv2.INTER_LINEAR
    return np.asarray(cv2.remap(values, x, y, method, borderMode=cv2.BORDER_REFLECT), dtype=np.float32)


def draw(picture: "Frame", coordinates: Floats) -> "Frame":
    """A frame that takes each pixel from where `coordinates` (by cells) say."""
    return np.asarray(
        cv2.remap(
            picture,
            enlarged(coordinates[..., 0]) - 0.5,
            enlarged(coordinates[..., 1]) - 0.5,
            cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REFLECT,
        ),
        dtype=np.uint8,
    )


def enlarged(cells: Floats) -> Floats:
    """From cells to pixels."""
    return np.asarray(cv2.resize(cells, (FRAME_WIDTH, FRAME_HEIGHT), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def inside(coordinates: Floats, margin_px: float = 12.0) -> Floats:
    """1 well inside the frame, 0 outside, falling in between."""
    x, y = coordinates[..., 0], coordinates[..., 1]
    edge = np.minimum(np.minimum(x, FRAME_WIDTH - x), np.minimum(y, FRAME_HEIGHT - y))
    return np.clip(edge / margin_px, 0.0, 1.0).astype(np.float32)


def angle_between(one_rad: float, other_rad: float) -> float:
    """The smaller angle between two headings."""
    return abs(math.remainder(one_rad - other_rad, 2 * math.pi))


def _projected(seen: Floats) -> Floats:
    ahead = seen[..., 2]
    safe = np.where(ahead > 1e-3, ahead, 1e-3)
    pixel = np.stack(
        [FOCAL_PX * seen[..., 0] / safe + FRAME_WIDTH / 2, FOCAL_PX * seen[..., 1] / safe + FRAME_HEIGHT / 2], axis=-1
    )
    limit = 4.0 * FRAME_WIDTH
    return np.where((ahead > 1e-3)[..., None], np.clip(pixel, -limit, limit), -limit).astype(np.float32)
