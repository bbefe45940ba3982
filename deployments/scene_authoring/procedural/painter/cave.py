"""A cave: rough rock around the way, crystals that glow.

Owns the rock as a tunnel whose radius is noise, found by iteration along each ray.
"""

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.ground import grain_at, noise_at
from deployments.scene_authoring.procedural.painter.flora import Stand
from deployments.scene_authoring.procedural.painter.shell import FIRE
from deployments.scene_authoring.procedural.painter.solids import column, put, spire
from deployments.scene_authoring.procedural.painter.stage import Lamp, Stage
from deployments.scene_authoring.procedural.raster import Plane, Rgb, smoothstep, srgb


def cave(stage: Stage, rng: np.random.Generator) -> list[Stand]:
    angle = np.arctan2(-stage.drop + 0.1, stage.x)
    slope = np.hypot(stage.x, stage.drop + 1e-4)
    z = np.clip(1.5 / slope, 0.3, 34.0).astype(np.float32)
    ring_x, ring_y = np.cos(angle).astype(np.float32) * 2.2, np.sin(angle).astype(np.float32) * 2.2
    for _ in range(4):
        rough = noise_at(ring_x + z * 0.45, ring_y - z * 0.3, 22.0) - 0.5
        fine = noise_at(ring_y + z * 0.9, ring_x + z * 0.2, 64.0) - 0.5
        radius = 1.55 + 1.6 * rough + 0.38 * fine
        target = np.clip(np.maximum(radius, 0.55) / slope, 0.3, 34.0)
        floor = np.where(stage.drop > 1e-4, (1.0 + 0.30 * rough + 0.1 * fine) / np.maximum(stage.drop, 1e-4), 1e6)
        z = (0.4 * z + 0.6 * np.minimum(target, floor)).astype(np.float32)
    normal = _bumped(stage, z)
    px, py = stage.x * z, 1.0 - stage.drop * z
    around = np.where(np.abs(normal[..., 0]) > np.abs(normal[..., 1]), py, px).astype(np.float32)
    tone = 0.25 + 0.5 * noise_at(around, z, 46.0) + 0.45 * noise_at(z, around, 90.0) + 0.35 * grain_at(around, z, 100.0)
    strata = 0.75 + 0.5 * noise_at(around * 0.2 + 7.0, py * 2.2 + z * 0.2, 30.0)
    albedo = ra.dyed(tone * strata, srgb("a3917e"))
    stage.show(np.ones_like(z, dtype=bool), z, albedo.astype(np.float32), normal)
    stage.ground = (smoothstep(0.5, 0.8, normal[..., 1]) * (py < 0.4)).astype(np.float32)
    for at, hue, reach in (
        ((-1.0, 0.7, 4.0), ra.rgb(0.20, 0.75, 0.95), 1.2),
        ((1.1, 0.5, 6.6), ra.rgb(0.55, 0.30, 1.0), 1.3),
        ((-0.9, 1.5, 10.0), ra.rgb(0.2, 0.8, 0.9), 2.0),
    ):
        _crystals(stage, at, hue, rng)
        stage.lamps.append(Lamp((at[0] * 0.8, at[1] + 0.3, at[2] - 0.4), hue * 2.4, reach))
    stage.lamps.append(Lamp((0.0, 1.2, 16.0), ra.rgb(0.75, 0.85, 1.0) * 1.2, 4.0))
    stage.lamps.append(Lamp((0.55, 1.0, 0.9), FIRE * 1.7, 1.7))
    return []


def _bumped(stage: Stage, z: Plane) -> Rgb:
    """Normals of a surface known only by its distance."""
    px, py = stage.x * z, 1.0 - stage.drop * z
    points = np.stack([px, py, z], axis=-1)
    if min(z.shape) < 2:
        return np.broadcast_to(ra.rgb(0, 0, -1), points.shape).copy()
    across = np.gradient(points, axis=1)
    down = np.gradient(points, axis=0)
    normal = np.cross(across, down).astype(np.float32)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-9
    facing = normal[..., 0] * stage.x - normal[..., 1] * stage.drop + normal[..., 2]
    normal[facing > 0] *= -1.0
    return normal


def _crystals(stage: Stage, at: tuple[float, float, float], hue: Rgb, rng: np.random.Generator) -> None:
    """A cluster of glowing crystals on the rock."""

    def shine(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
        facet = 0.35 + 0.65 * np.abs(normal[..., 0] * 0.7 + normal[..., 2] * 0.4 + normal[..., 1] * 0.3)
        spark = 0.7 + 0.5 * noise_at(along, up, 60.0)
        return np.full_like(normal, 0.2), ra.dyed(facet * spark * 0.8, hue)

    from_floor = at[1] - 0.9
    for _ in range(7):
        x, z = at[0] + float(rng.uniform(-0.3, 0.3)), at[2] + float(rng.uniform(-0.25, 0.25))
        tall = float(rng.uniform(0.25, 0.75))
        radius = tall * 0.16
        put(stage, column((x, z), radius, from_floor, from_floor + 0.3 + tall, 6, shine))
        put(stage, spire((x, z), radius, from_floor + 0.3 + tall, from_floor + 0.3 + tall * 1.5, 6, shine))
