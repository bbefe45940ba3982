"""The inside of a long box: walls, floor, ceiling and end of a corridor or hall.

Owns the meeting of rays with its six sides and the darkening towards its edges.
"""

from typing import Final

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.painter import surfaces as su
from deployments.scene_authoring.procedural.painter.stage import Stage
from deployments.scene_authoring.procedural.raster import smoothstep

FIRE: Final = ra.rgb(1.0, 0.52, 0.18)


def shell(
    stage: Stage, half: float, top: float, end: float, wall: su.Surface, floor: su.Surface, ceiling: su.Surface
) -> None:
    """The inside of a long box: x within `half`, y from 0 to `top`, z up to `end`."""
    with np.errstate(divide="ignore"):
        sides = np.where(np.abs(stage.x) > 1e-6, half / np.abs(stage.x), 1e6)
        down = np.where(stage.drop > 1e-6, 1.0 / stage.drop, 1e6)
        over = np.where(stage.drop < -1e-6, (1.0 - top) / stage.drop, 1e6)
    back = np.full_like(sides, end)
    choices = np.stack([sides, down, over, back])
    which = np.argmin(choices, axis=0)
    z = np.min(choices, axis=0).astype(np.float32)
    px, py = stage.x * z, 1.0 - stage.drop * z
    normals = np.zeros((*z.shape, 3), dtype=np.float32)
    normals[..., 0] = np.where(which == 0, -np.sign(stage.x), 0)
    normals[..., 1] = np.where(which == 1, 1.0, np.where(which == 2, -1.0, 0.0))
    normals[..., 2] = np.where(which == 3, -1.0, 0)
    for index, (surface, along, up) in enumerate(((wall, z, py), (floor, px, z), (ceiling, px, z), (wall, px, py))):
        where = which == index
        if where.any():
            albedo, glow = surface(along[where], up[where], normals[where])
            stage.albedo[where], stage.glow[where] = albedo, glow
    stage.z[:], stage.normal[:] = z, normals
    stage.ground[which == 1] = 1.0
    second = np.sort(
        np.stack([np.maximum(py, 0), np.maximum(top - py, 0), np.maximum(half - np.abs(px), 0), end - z]), axis=0
    )[1]
    stage.albedo *= ra.spread(0.38 + 0.62 * smoothstep(0.0, 0.8, second))
