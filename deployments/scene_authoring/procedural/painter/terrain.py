"""Land as a height field in perspective, and the sea.

Owns finding what a pixel sees of a height function, by walking each column outwards and keeping the highest
so far. What the land is made of comes from the caller.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.ground import noise_at
from deployments.scene_authoring.procedural.painter.stage import FOCAL
from deployments.scene_authoring.procedural.raster import Plane, Rgb, smoothstep

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployments.scene_authoring.procedural.painter.stage import Stage

_NEAR: Final = 0.55
_STEPS: Final = 220


@dataclass(frozen=True, slots=True)
class Land:
    """Height over the plane, in eye heights, and colour of a point of it."""

    height: "Callable[[Plane, Plane], Plane]"
    albedo: "Callable[[Plane, Plane, Plane, Plane], Rgb]"
    """Of x, z, height and how much the surface faces up."""
    reach: float = 140.0
    water_level: float | None = None


def lay_land(stage: "Stage", land: Land) -> None:
    """Put the land, and the water in its hollows, on a stage, where nothing nearer is there already."""
    height, width = stage.height, stage.width
    z = np.geomspace(_NEAR, land.reach, _STEPS, dtype=np.float32)[:, None]
    x = stage.x[:1] * z
    rise = land.height(x, np.broadcast_to(z, x.shape))
    level = np.maximum(rise, land.water_level) if land.water_level is not None else rise
    row = (np.float32(stage.horizon) + (1.0 - level) / (np.float32(FOCAL) * z)) * height
    skyline = np.minimum.accumulate(row, axis=0)
    first = int(np.clip(np.floor(skyline[-1].min()) - 1, 0, max(0, height - 1)))
    step = _first_step(skyline, height, width)[first:]
    seen = step < _STEPS
    at = np.clip(step, 1, _STEPS - 1)
    columns = np.broadcast_to(np.arange(width), at.shape)
    before, after = skyline[at - 1, columns], skyline[at, columns]
    pixel = np.broadcast_to((np.arange(first, height, dtype=np.float32) + 0.5)[:, None], at.shape)
    part = np.clip((before - pixel) / np.maximum(before - after, 1e-4), 0.0, 1.0)
    depth = z[:, 0][at - 1] * (1.0 - part) + z[:, 0][at] * part
    seen &= depth < stage.z[first:]
    depth, part, at, columns = depth[seen], part[seen], at[seen], columns[seen]
    px = stage.x[first:][seen] * depth
    py = rise[at - 1, columns] * (1.0 - part) + rise[at, columns] * part
    normal = _normals(rise, z, x, at, columns)
    wet = np.zeros(py.shape, dtype=bool) if land.water_level is None else py < land.water_level + 1e-3
    normal[wet] = (0.0, 1.0, 0.0)
    flat = smoothstep(0.75, 0.96, normal[:, 1]) * smoothstep(40.0, 14.0, depth)
    stage.z[first:][seen] = depth
    stage.albedo[first:][seen] = land.albedo(px, depth, py, normal[:, 1])
    stage.normal[first:][seen] = normal
    stage.ground[first:][seen] = np.where(wet, np.float32(0.0), flat)
    stage.water[first:][seen] = wet


def _first_step(skyline: Plane, height: int, width: int) -> "np.ndarray[tuple[int, int], np.dtype[np.intp]]":
    """For each pixel how many steps of its column end below it."""
    rows = np.clip(np.ceil(skyline - 0.5), 0, height).astype(np.intp)
    flat = rows * width + np.arange(width)
    counts = np.bincount(flat.ravel(), minlength=(height + 1) * width).reshape(height + 1, width)
    below = np.cumsum(counts[::-1], axis=0)[::-1]
    return below[1:]


def _normals(
    rise: Plane,
    z: Plane,
    x: Plane,
    at: "np.ndarray[tuple[int, int], np.dtype[np.intp]]",
    columns: "np.ndarray[tuple[int, int], np.dtype[np.intp]]",
) -> Rgb:
    ahead = (
        np.gradient(rise, axis=0) / np.maximum(np.gradient(z, axis=0), 1e-4)
        if rise.shape[0] > 1
        else np.zeros_like(rise)
    )
    if rise.shape[1] > 1:
        aside = np.gradient(rise, axis=1) / np.maximum(np.gradient(x, axis=1), 1e-4)
        ahead = ahead + aside * 0.0
    else:
        aside = np.zeros_like(rise)
    nx, nz = -aside[at, columns], -ahead[at, columns]
    length = np.sqrt(nx * nx + nz * nz + 1.0)
    return np.stack([nx / length, 1.0 / length, nz / length], axis=-1).astype(np.float32)


def ridges(x: Plane, z: Plane, scale: float) -> Plane:
    """Sharp mountain ridges in 0..1."""
    first = 1.0 - np.abs(noise_at(x, z, scale) * 2.0 - 1.0)
    second = 1.0 - np.abs(noise_at(z + 31.0, x + 17.0, scale * 2.3) * 2.0 - 1.0)
    third = noise_at(x + 5.0, z + 11.0, scale * 5.5)
    return first * first * 0.62 + second * second * first * 0.30 + third * 0.12


def mountain_rock(x: Plane, z: Plane, y: Plane, up: Plane, snow_line: float) -> Rgb:
    """Rock in bands, grass at its foot, snow above `snow_line` where it is not too steep."""
    strata = noise_at(y * 3.0 + x * 0.2, x * 0.3 + z * 0.2, 22.0)
    rough = noise_at(x * 1.3, y * 2.0 + z, 9.0)
    rock = ra.dyed(0.35 + 0.6 * strata + 0.5 * rough, ra.srgb("837b74"))
    edge = y + 5.0 * (rough - 0.5) + 3.0 * (strata - 0.5)
    woods = ra.dyed(0.55 + 0.9 * noise_at(x * 3.0, z * 2.0 + y * 3.0, 14.0), ra.srgb("3a5636"))
    rock = ra.mix(rock.astype(np.float32), woods.astype(np.float32), smoothstep(6.5, 4.0, edge))
    grass = np.broadcast_to(ra.srgb("5c7a3c"), rock.shape).astype(np.float32)
    rock = ra.mix(rock, grass, smoothstep(1.6, 0.6, edge) * smoothstep(0.5, 0.75, up))
    lies = smoothstep(snow_line, snow_line + 2.5, y + 3.5 * (strata - 0.5)) * smoothstep(
        0.30, 0.62, up + 0.25 * (strata - 0.5)
    )
    return ra.mix(rock, np.broadcast_to(ra.srgb("f0f4fa"), rock.shape).astype(np.float32), lies)
