"""Built places: village, harbour, city street, castle.

Owns their layout; the buildings themselves are in `buildings`.
"""

from typing import TYPE_CHECKING

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.ground import grain_at, noise_at
from deployments.scene_authoring.procedural.painter import buildings
from deployments.scene_authoring.procedural.painter.flora import Stand
from deployments.scene_authoring.procedural.painter.landscape import (
    Outdoors,
    lit_of,
    scatter,
    snow_of,
    winding,
    with_range,
)
from deployments.scene_authoring.procedural.painter.surfaces import SNOW
from deployments.scene_authoring.procedural.painter.terrain import Land, mountain_rock, ridges
from deployments.scene_authoring.procedural.plan import ScenePlan, Thing
from deployments.scene_authoring.procedural.raster import Plane, Rgb, mix, smoothstep

if TYPE_CHECKING:
    from deployments.scene_authoring.procedural.painter.solids import Solid


def village(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    has_bridge = any(step.thing is Thing.BRIDGE for step in plan.things)

    def street(x: Plane, z: Plane) -> Plane:
        sides = smoothstep(2.4, 9.0, np.abs(x)) * 0.9 * smoothstep(2.0, 8.0, z)
        bumps = (noise_at(x, z, 8.0) - 0.5) * 0.35 * smoothstep(1.0, 3.0, np.abs(x))
        bed = smoothstep(0.62, 0.42, np.abs(z - 4.1 - 0.18 * np.sin(x * 0.9)) / 1.35) if has_bridge else 0.0
        return (sides + bumps) * (1.0 - bed) - 0.75 * bed

    land = with_range(plan, street, 19.0, 25.0, 9.0, lambda z: np.sin(z * 0.22) * 0.35, half=0.75)
    solids: list[Solid] = []
    for side in (-1, 1):
        for index, z in enumerate((6.4, 9.6, 13.2, 17.5)):
            x = side * (2.7 + 0.5 * float(rng.random()) + 0.08 * z)
            solids += buildings.cottage(
                x,
                z + float(rng.uniform(-0.5, 0.5)),
                0.15,
                rng,
                snow_of(plan),
                lit_of(plan),
                turned=(index + (side > 0)) % 2 == 0,
            )
    if has_bridge:
        solids += buildings.wooden_bridge(2.9, 5.4, snow_of(plan))
    pines = scatter(rng, Thing.PINE, 26, (5.0, 26.0), street, clear=4.6, size=(0.9, 1.7))
    lamps = [Stand(Thing.LAMP, side * 1.35, z, 0.05, 0.95) for side, z in ((-1, 6.6), (1, 9.5), (-1, 13.0))]
    level = -0.52 if has_bridge else None
    return Outdoors(Land(land.height, land.albedo, land.reach, level), solids, [*pines, *lamps], 75.0)


def harbour(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    def bed(x: Plane, z: Plane) -> Plane:
        hills = smoothstep(30.0, 60.0, z) * smoothstep(-4.0, 30.0, np.abs(x + 10.0)) * ridges(x, z, 1.3) * 10.0
        return hills - 1.2 + 0.0 * x

    def rock(x: Plane, z: Plane, y: Plane, up: Plane) -> Rgb:
        return mountain_rock(x, z, y, up, 2.0 if snow_of(plan) else 30.0)

    solids = buildings.harbour(rng, snow_of(plan), lit_of(plan))
    stands = [Stand(Thing.LAMP, x, z, 0.0, 0.95) for x, z in ((-0.95, 3.4), (0.95, 6.2), (-0.95, 9.4))]
    stands += [
        Stand(Thing.BARREL, 0.78, 2.7),
        Stand(Thing.CRATE, -0.75, 4.4),
        Stand(Thing.BARREL, -0.72, 5.1),
        Stand(Thing.CRATE, 0.7, 4.0),
    ]
    return Outdoors(Land(bed, rock, reach=380.0, water_level=-0.55), solids, stands, 110.0)


def city(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    def flat(x: Plane, z: Plane) -> Plane:
        return np.zeros_like(x + z) + np.where(np.abs(x) > 1.55, np.float32(0.05), np.float32(0.0))

    def asphalt(x: Plane, z: Plane, y: Plane, up: Plane) -> Rgb:
        del y, up
        tone = 0.75 + 0.5 * grain_at(x, z, 120.0) + 0.3 * (noise_at(z, x, 12.0) - 0.5)
        road = ra.dyed(tone, ra.srgb("55585c"))
        slab = np.minimum(np.abs((z / 0.7) % 1.0 - 0.5), np.abs((x / 0.7) % 1.0 - 0.5))
        walk = ra.dyed(tone * (0.65 + 0.35 * smoothstep(0.0, 0.04, slab)), ra.srgb("9a968f"))
        painted = mix(road.astype(np.float32), walk.astype(np.float32), smoothstep(1.52, 1.58, np.abs(x)))
        line = smoothstep(0.06, 0.04, np.abs(x)) * ((z / 1.6) % 1.0 < 0.55)
        kerb = smoothstep(0.05, 0.03, np.abs(np.abs(x) - 1.55))
        painted = mix(
            painted,
            np.broadcast_to(ra.srgb("d8d4c4"), painted.shape).astype(np.float32),
            line * 0.8 * (tone - 0.3) + kerb * 0.35,
        )
        if snow_of(plan):
            lies = smoothstep(0.3, 0.6, noise_at(x, z, 30.0) + 0.3 * smoothstep(0.9, 1.7, np.abs(x)))
            painted = mix(painted, np.broadcast_to(SNOW * 0.92, painted.shape).astype(np.float32), lies)
        return painted

    solids = buildings.street(rng, snow_of(plan), 0.7 * lit_of(plan))
    stands = [Stand(Thing.LAMP, side * 1.85, z, 0.05, 1.15) for z in (4.2, 8.5, 13.5, 20.0) for side in (-1, 1)]
    return Outdoors(Land(flat, asphalt, reach=110.0), solids, stands, 60.0)


def castle(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    def hill(x: Plane, z: Plane) -> Plane:
        mound = np.exp(-((x / 9.0) ** 2) - ((z - 21.0) / 8.0) ** 2) * 3.6
        return mound + (noise_at(x, z, 5.0) - 0.5) * 0.9 * smoothstep(1.0, 4.0, np.abs(x - winding(z)))

    land = with_range(plan, hill, 34.0, 18.0, 9.0, lambda z: winding(z) * smoothstep(20.0, 4.0, z))
    solids = buildings.castle(21.0, 3.2, snow_of(plan), lit_of(plan))
    trees = scatter(rng, Thing.PINE, 22, (5.0, 24.0), hill, clear=3.4, size=(0.8, 1.3))
    leafy = scatter(rng, Thing.TREE, 10, (4.2, 15.0), hill, clear=2.6, size=(0.9, 1.2))
    return Outdoors(land, solids, [*trees, *leafy], 85.0)
