"""Places without buildings, or nearly: meadow, forest, mountains, desert, beach.

Owns their layout and nothing of light or weather.
"""

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.ground import grain_at, noise_at, texture
from deployments.scene_authoring.procedural.painter import buildings
from deployments.scene_authoring.procedural.painter.flora import Stand
from deployments.scene_authoring.procedural.painter.landscape import (
    Outdoors,
    meadow_colours,
    scatter,
    snow_of,
    winding,
    with_range,
)
from deployments.scene_authoring.procedural.painter.terrain import Land, ridges
from deployments.scene_authoring.procedural.plan import Material, ScenePlan, Thing
from deployments.scene_authoring.procedural.raster import Plane, Rgb, mix, smoothstep


def meadow(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    def hills(x: Plane, z: Plane) -> Plane:
        away = np.abs(x - winding(z))
        rolling = (noise_at(x, z, 3.0) - 0.45) * smoothstep(2.0, 18.0, z) * 5.0
        return rolling * smoothstep(0.3, 5.0, away) + smoothstep(18.0, 60.0, z) * (noise_at(x, z, 1.4) * 11.0 - 2.0)

    stands = scatter(rng, Thing.TREE, 16, (3.2, 34.0), hills, clear=1.7)
    return Outdoors(Land(hills, meadow_colours(plan, winding, 0.5), reach=110.0), [], stands, 80.0)


def forest(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    def floor(x: Plane, z: Plane) -> Plane:
        return (noise_at(x, z, 9.0) - 0.5) * 0.7 * smoothstep(0.5, 2.5, np.abs(x - winding(z)))

    base = meadow_colours(plan, winding, 0.55)

    def litter(x: Plane, z: Plane, y: Plane, up: Plane) -> Rgb:
        needles = ra.dyed(0.5 + 0.7 * grain_at(x, z, 60.0), ra.srgb("6b4f33"))
        share = smoothstep(0.35, 0.7, noise_at(z, x, 10.0)) * (0.25 if snow_of(plan) else 0.75)
        return mix(base(x, z, y, up), needles.astype(np.float32), share)

    pines = scatter(rng, Thing.PINE, 52, (3.0, 26.0), floor, clear=1.15, size=(1.5, 2.5))
    trees = scatter(rng, Thing.TREE, 18, (3.4, 22.0), floor, clear=1.4, size=(1.2, 1.9))
    rocks = scatter(rng, Thing.ROCK, 8, (2.2, 9.0), floor, clear=0.9, size=(0.4, 0.9))
    return Outdoors(Land(floor, litter, reach=60.0), [], [*pines, *trees, *rocks], 17.0)


def mountains(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    def shore(x: Plane, z: Plane) -> Plane:
        basin = smoothstep(5.5, 8.5, z + 1.2 * np.sin(x * 0.25)) * smoothstep(30.0, 20.0, z)
        sides = smoothstep(4.0, 15.0, np.abs(x) - z * 0.15)
        return (
            (noise_at(x, z, 8.0) - 0.5) * 0.4
            - basin * 1.6
            + sides * 2.6 * smoothstep(3.0, 10.0, z)
            + (noise_at(x, z, 3.0) - 0.4) * sides * 3.0
        )

    land = with_range(plan, shore, 22.0, 36.0, 12.0, None)
    pines = scatter(rng, Thing.PINE, 44, (5.0, 30.0), shore, clear=4.5, size=(0.9, 1.6), above=0.05)
    rocks = scatter(rng, Thing.ROCK, 9, (2.2, 7.0), shore, clear=0.5, size=(0.4, 1.0), above=-0.2)
    return Outdoors(Land(land.height, land.albedo, land.reach, water_level=-0.35), [], [*pines, *rocks], 150.0)


def desert(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    del plan

    def dunes(x: Plane, z: Plane) -> Plane:
        wave = np.abs(noise_at(x * 0.7, z, 2.4) * 2.0 - 1.0)
        return (
            (1.0 - wave) ** 2 * 4.2 * smoothstep(3.0, 22.0, z)
            - 0.7 * smoothstep(3.0, 12.0, z)
            + (noise_at(x, z, 10.0) - 0.5) * 0.3
        )

    def sand(x: Plane, z: Plane, y: Plane, up: Plane) -> Rgb:
        del y
        base, _ = texture(Material.SAND, x, z)
        return base * ra.spread(0.72 + 0.34 * up)

    solids = buildings.pyramids()
    palms = scatter(rng, Thing.PALM, 5, (5.0, 11.0), dunes, clear=2.6, size=(0.9, 1.3))
    rocks = scatter(rng, Thing.ROCK, 5, (2.8, 8.0), dunes, clear=1.0, size=(0.4, 0.9))
    return Outdoors(Land(dunes, sand, reach=120.0), solids, [*palms, *rocks], 95.0)


def beach(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    def shore(x: Plane, z: Plane) -> Plane:
        line = 4.6 + x * 0.75 + 0.5 * np.sin(x * 0.8 + 1.0)
        slope = -0.10 * (z - line)
        headland = smoothstep(14.0, 26.0, -x) * smoothstep(24.0, 40.0, z) * (ridges(x, z, 1.6) * 9.0)
        return np.clip(slope, -0.6, 0.35) + (noise_at(x, z, 10.0) - 0.5) * 0.10 + headland

    def sand(x: Plane, z: Plane, y: Plane, up: Plane) -> Rgb:
        del up
        base, _ = texture(Material.SAND, x, z)
        wet = smoothstep(0.02, -0.09, y)
        foam = smoothstep(0.035, 0.0, np.abs(y + 0.115 + 0.03 * (noise_at(x, z, 24.0) - 0.5))) * (
            noise_at(x, z, 40.0) > 0.25
        )
        shore_sand = base * ra.spread(1.05 - 0.45 * wet)
        green = ra.dyed(0.5 + 0.5 * noise_at(x, z, 20.0), ra.srgb("5f7f45"))
        painted = mix(shore_sand.astype(np.float32), green.astype(np.float32), smoothstep(0.5, 1.2, y))
        return mix(painted, np.broadcast_to(ra.srgb("f6fbfc"), painted.shape).astype(np.float32), foam * 0.9)

    palms = [
        Stand(Thing.PALM, x, z, 0.28, s)
        for x, z, s in (
            (3.4, 4.4, 1.25),
            (4.9, 6.2, 1.45),
            (2.7, 7.6, 1.2),
            (6.4, 9.0, 1.5),
            (7.8, 12.0, 1.5),
            (5.2, 11.0, 1.3),
        )
    ]
    del rng, plan
    return Outdoors(Land(shore, sand, reach=380.0, water_level=-0.12), [], palms, 150.0)
