"""What outdoor places share: meadows with a path, mountain ranges, scattered plants.

Owns the type of a place and the makers of its parts; the places are in `wilds` and `settlements`.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.ground import grain_at, hashed, noise_at, texture
from deployments.scene_authoring.procedural.painter.flora import Stand
from deployments.scene_authoring.procedural.painter.solids import Solid
from deployments.scene_authoring.procedural.painter.surfaces import SNOW
from deployments.scene_authoring.procedural.painter.terrain import Land, mountain_rock, ridges
from deployments.scene_authoring.procedural.plan import Material, ScenePlan, Season, Thing, TimeOfDay
from deployments.scene_authoring.procedural.raster import Plane, Rgb, mix, smoothstep

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Outdoors:
    """A place: its land, its buildings, what stands about, and how clear the air is by nature."""

    land: Land
    solids: list[Solid] = field(default_factory=list[Solid])
    stands: list[Stand] = field(default_factory=list[Stand])
    air_reach: float = 70.0


def snow_of(plan: ScenePlan) -> float:
    return 1.0 if plan.season is Season.WINTER else 0.0


def lit_of(plan: ScenePlan) -> float:
    return {TimeOfDay.NIGHT: 0.62, TimeOfDay.DUSK: 0.55, TimeOfDay.SUNSET: 0.2, TimeOfDay.DAWN: 0.15}.get(
        plan.time, 0.0
    )


def meadow_colours(
    plan: ScenePlan, path: "Callable[[Plane], Plane] | None", half: float
) -> "Callable[[Plane, Plane, Plane, Plane], Rgb]":
    """Grass of the season, a trodden path, snow in winter."""
    tones = {Season.SPRING: "7fae45", Season.SUMMER: "6f9440", Season.AUTUMN: "93884a", Season.WINTER: "9a9a7a"}
    hue = ra.srgb(tones[plan.season]) / ra.srgb("6f9440")

    def albedo(x: Plane, z: Plane, y: Plane, up: Plane) -> Rgb:
        grass, _ = texture(Material.GRASS, x, z)
        painted = grass * hue
        rock = ra.dyed(0.6 + 0.5 * noise_at(x, y * 3 + z, 40.0), ra.srgb("8a8378"))
        painted = mix(painted.astype(np.float32), rock.astype(np.float32), smoothstep(0.72, 0.55, up))
        if plan.season in (Season.SPRING, Season.SUMMER):
            painted = _flowers(painted, x, z)
        if snow_of(plan):
            lying = smoothstep(0.15, 0.4, noise_at(x, z, 30.0) + 0.25)
            drift = (
                0.86
                + 0.3 * (noise_at(x, z, 12.0) - 0.5)
                + 0.14 * (noise_at(z, x, 90.0) - 0.5)
                + 0.05 * (grain_at(x, z, 120.0) - 0.5)
            )
            painted = mix(painted, ra.dyed(drift, SNOW), lying * smoothstep(0.22, 0.48, up))
        if path is not None:
            soil = ra.dyed(
                0.4 + 0.5 * noise_at(x, z, 70.0) + 0.45 * grain_at(z, x, 90.0) + 0.25 * (noise_at(z, x, 16.0) - 0.5),
                ra.srgb("9b7f5e"),
            )
            if snow_of(plan):
                soil = mix(soil.astype(np.float32), np.broadcast_to(SNOW * 0.9, soil.shape).astype(np.float32), 0.62)
            on_path = smoothstep(
                half * 1.25, half * 0.75, np.abs(x - path(z)) + 0.25 * (noise_at(x, z, 40.0) - 0.5)
            ) * smoothstep(60.0, 30.0, z)
            painted = mix(painted, soil.astype(np.float32), on_path)
        return painted

    return albedo


def _flowers(ground: Rgb, x: Plane, z: Plane) -> Rgb:
    """Small flowers in drifts, each a dot of its own colour."""
    column, row = np.floor(x * 15.0), np.floor(z * 15.0)
    u, v = x * 15.0 - column - 0.5, z * 15.0 - row - 0.5
    drift = smoothstep(0.48, 0.7, noise_at(x, z, 13.0))
    dot = smoothstep(0.42, 0.26, np.hypot(u, v)) * (hashed(column, row) < 0.20 * drift) * smoothstep(15.0, 6.0, z)
    hue = ra.gradient(
        hashed(column + 3, row + 8),
        [(0.0, ra.srgb("f6f1e4")), (0.4, ra.srgb("f4d94e")), (0.7, ra.srgb("d6608a")), (1.0, ra.srgb("8a6fd0"))],
    )
    return mix(ground.astype(np.float32), hue, dot.astype(np.float32) * 0.9)


def winding(z: Plane) -> Plane:
    return (np.sin(z * 0.30) * 0.22 * np.sqrt(z) - 0.05 * z * np.sin(z * 0.07)).astype(np.float32)


def with_range(
    plan: ScenePlan,
    near: "Callable[[Plane, Plane], Plane]",
    start: float,
    tall: float,
    snow_line: float,
    path: "Callable[[Plane], Plane] | None",
    half: float = 0.55,
) -> Land:
    """Near land that rises into a mountain range from `start` on."""
    colours = meadow_colours(plan, path, half)
    line = -4.0 if snow_of(plan) else snow_line

    def height(x: Plane, z: Plane) -> Plane:
        far = smoothstep(start, start * 3.0, z)
        return (near(x, z) + far * tall * (ridges(x + 40.0, z, 0.9) * 1.25 - 0.22)).astype(np.float32)

    def albedo(x: Plane, z: Plane, y: Plane, up: Plane) -> Rgb:
        rocky = smoothstep(start * 0.9, start * 1.5, z) * smoothstep(0.6, 2.2, y)
        meadow, rock = rocky < 1.0, rocky > 0.0
        painted = np.zeros((*x.shape, 3), dtype=np.float32)
        painted[meadow] = colours(x[meadow], z[meadow], y[meadow], up[meadow])
        bare = mountain_rock(x[rock], z[rock], y[rock], up[rock], line)
        painted[rock] = mix(painted[rock], bare, rocky[rock])
        return painted

    return Land(height, albedo, reach=start * 8.0)


def scatter(
    rng: np.random.Generator,
    thing: Thing,
    count: int,
    depths: tuple[float, float],
    height: "Callable[[Plane, Plane], Plane]",
    clear: float,
    size: tuple[float, float] = (0.8, 1.25),
    above: float = -10.0,
) -> list[Stand]:
    """Things at random on both sides of the way, none nearer to it than `clear`, none lower than `above`."""
    z = depths[0] + (depths[1] - depths[0]) * rng.random(count * 2, dtype=np.float32) ** 0.8
    reach = 1.3 * z + clear
    x = np.where(rng.random(count * 2) < 0.5, -1, 1) * (
        clear + (reach - clear) * rng.random(count * 2, dtype=np.float32)
    )
    x = (x + 0.4 * winding(z)).astype(np.float32)
    y = height(x[None, :], z[None, :])[0]
    scale = rng.uniform(*size, count * 2)
    stands = [
        Stand(thing, float(x[i]), float(z[i]), float(y[i]) - 0.03, float(scale[i]))
        for i in range(count * 2)
        if y[i] > above
    ]
    return stands[:count]
