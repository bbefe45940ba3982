"""Outdoor places: the land, what is built on it and what grows there.

Owns the layout of each place and nothing of light or weather: `scene` sees to those.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.ground import grain_at, hashed, noise_at, texture
from deployments.scene_authoring.procedural.painter import buildings
from deployments.scene_authoring.procedural.painter.flora import Stand
from deployments.scene_authoring.procedural.painter.solids import Solid
from deployments.scene_authoring.procedural.painter.surfaces import SNOW
from deployments.scene_authoring.procedural.painter.terrain import Land, mountain_rock, ridges
from deployments.scene_authoring.procedural.plan import Material, Place, ScenePlan, Season, Thing, TimeOfDay
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


def build(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    """The place of `plan`, which must be an outdoor one."""
    return _BUILDERS[plan.place](plan, rng)


def _snow(plan: ScenePlan) -> float:
    return 1.0 if plan.season is Season.WINTER else 0.0


def _lit(plan: ScenePlan) -> float:
    return {TimeOfDay.NIGHT: 0.62, TimeOfDay.DUSK: 0.55, TimeOfDay.SUNSET: 0.2, TimeOfDay.DAWN: 0.15}.get(
        plan.time, 0.0
    )


def _meadow_colours(
    plan: ScenePlan, path: "Callable[[Plane], Plane] | None", half: float
) -> "Callable[[Plane, Plane, Plane, Plane], Rgb]":
    """Grass of the season, a trodden path, snow in winter."""
    tones = {Season.SPRING: "7fae45", Season.SUMMER: "6f9440", Season.AUTUMN: "93884a", Season.WINTER: "9a9a7a"}
    hue = ra.srgb(tones[plan.season]) / ra.srgb("6f9440")

    def albedo(x: Plane, z: Plane, y: Plane, up: Plane) -> Rgb:
        grass, _ = texture(Material.GRASS, x, z)
        painted = grass * hue
        rock = (0.6 + 0.5 * noise_at(x, y * 3 + z, 40.0))[..., None] * ra.srgb("8a8378")
        painted = mix(painted.astype(np.float32), rock.astype(np.float32), smoothstep(0.72, 0.55, up))
        if plan.season in (Season.SPRING, Season.SUMMER):
            painted = _flowers(painted, x, z)
        if _snow(plan):
            lying = smoothstep(0.15, 0.4, noise_at(x, z, 30.0) + 0.25)
            drift = (
                0.86
                + 0.3 * (noise_at(x, z, 12.0) - 0.5)
                + 0.14 * (noise_at(z, x, 90.0) - 0.5)
                + 0.05 * (grain_at(x, z, 120.0) - 0.5)
            )
            painted = mix(painted, (SNOW * drift[..., None]).astype(np.float32), lying * smoothstep(0.22, 0.48, up))
        if path is not None:
            soil = (
                0.4 + 0.5 * noise_at(x, z, 70.0) + 0.45 * grain_at(z, x, 90.0) + 0.25 * (noise_at(z, x, 16.0) - 0.5)
            )[..., None] * ra.srgb("9b7f5e")
            if _snow(plan):
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


def _winding(z: Plane) -> Plane:
    return (np.sin(z * 0.30) * 0.22 * np.sqrt(z) - 0.05 * z * np.sin(z * 0.07)).astype(np.float32)


def _with_range(
    plan: ScenePlan,
    near: "Callable[[Plane, Plane], Plane]",
    start: float,
    tall: float,
    snow_line: float,
    path: "Callable[[Plane], Plane] | None",
    half: float = 0.55,
) -> Land:
    """Near land that rises into a mountain range from `start` on."""
    colours = _meadow_colours(plan, path, half)
    line = -4.0 if _snow(plan) else snow_line

    def height(x: Plane, z: Plane) -> Plane:
        far = smoothstep(start, start * 3.0, z)
        return (near(x, z) + far * tall * (ridges(x + 40.0, z, 0.9) * 1.25 - 0.22)).astype(np.float32)

    def albedo(x: Plane, z: Plane, y: Plane, up: Plane) -> Rgb:
        meadow = colours(x, z, y, up)
        return mix(
            meadow, mountain_rock(x, z, y, up, line), smoothstep(start * 0.9, start * 1.5, z) * smoothstep(0.6, 2.2, y)
        )

    return Land(height, albedo, reach=start * 8.0)


def _meadow(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    def hills(x: Plane, z: Plane) -> Plane:
        away = np.abs(x - _winding(z))
        rolling = (noise_at(x, z, 3.0) - 0.45) * smoothstep(2.0, 18.0, z) * 5.0
        return rolling * smoothstep(0.3, 5.0, away) + smoothstep(18.0, 60.0, z) * (noise_at(x, z, 1.4) * 11.0 - 2.0)

    stands = _scatter(rng, Thing.TREE, 16, (3.2, 34.0), hills, clear=1.7)
    return Outdoors(Land(hills, _meadow_colours(plan, _winding, 0.5), reach=110.0), [], stands, 80.0)


def _forest(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    def floor(x: Plane, z: Plane) -> Plane:
        return (noise_at(x, z, 9.0) - 0.5) * 0.7 * smoothstep(0.5, 2.5, np.abs(x - _winding(z)))

    base = _meadow_colours(plan, _winding, 0.55)

    def litter(x: Plane, z: Plane, y: Plane, up: Plane) -> Rgb:
        needles = (0.5 + 0.7 * grain_at(x, z, 60.0))[..., None] * ra.srgb("6b4f33")
        share = smoothstep(0.35, 0.7, noise_at(z, x, 10.0)) * (0.25 if _snow(plan) else 0.75)
        return mix(base(x, z, y, up), needles.astype(np.float32), share)

    pines = _scatter(rng, Thing.PINE, 52, (3.0, 26.0), floor, clear=1.15, size=(1.5, 2.5))
    trees = _scatter(rng, Thing.TREE, 18, (3.4, 22.0), floor, clear=1.4, size=(1.2, 1.9))
    rocks = _scatter(rng, Thing.ROCK, 8, (2.2, 9.0), floor, clear=0.9, size=(0.4, 0.9))
    return Outdoors(Land(floor, litter, reach=60.0), [], [*pines, *trees, *rocks], 17.0)


def _mountains(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    def shore(x: Plane, z: Plane) -> Plane:
        basin = smoothstep(5.5, 8.5, z + 1.2 * np.sin(x * 0.25)) * smoothstep(30.0, 20.0, z)
        sides = smoothstep(4.0, 15.0, np.abs(x) - z * 0.15)
        return (
            (noise_at(x, z, 8.0) - 0.5) * 0.4
            - basin * 1.6
            + sides * 2.6 * smoothstep(3.0, 10.0, z)
            + (noise_at(x, z, 3.0) - 0.4) * sides * 3.0
        )

    land = _with_range(plan, shore, 22.0, 36.0, 12.0, None)
    pines = _scatter(rng, Thing.PINE, 44, (5.0, 30.0), shore, clear=4.5, size=(0.9, 1.6), above=0.05)
    rocks = _scatter(rng, Thing.ROCK, 9, (2.2, 7.0), shore, clear=0.5, size=(0.4, 1.0), above=-0.2)
    return Outdoors(Land(land.height, land.albedo, land.reach, water_level=-0.35), [], [*pines, *rocks], 150.0)


def _village(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    has_bridge = any(step.thing is Thing.BRIDGE for step in plan.things)

    def street(x: Plane, z: Plane) -> Plane:
        sides = smoothstep(2.4, 9.0, np.abs(x)) * 0.9 * smoothstep(2.0, 8.0, z)
        bumps = (noise_at(x, z, 8.0) - 0.5) * 0.35 * smoothstep(1.0, 3.0, np.abs(x))
        bed = smoothstep(0.62, 0.42, np.abs(z - 4.1 - 0.18 * np.sin(x * 0.9)) / 1.35) if has_bridge else 0.0
        return (sides + bumps) * (1.0 - bed) - 0.75 * bed

    land = _with_range(plan, street, 19.0, 25.0, 9.0, lambda z: np.sin(z * 0.22) * 0.35, half=0.75)
    solids: list[Solid] = []
    for side in (-1, 1):
        for index, z in enumerate((6.4, 9.6, 13.2, 17.5)):
            x = side * (2.7 + 0.5 * float(rng.random()) + 0.08 * z)
            solids += buildings.cottage(
                x,
                z + float(rng.uniform(-0.5, 0.5)),
                0.15,
                rng,
                _snow(plan),
                _lit(plan),
                turned=(index + (side > 0)) % 2 == 0,
            )
    if has_bridge:
        solids += buildings.wooden_bridge(2.9, 5.4, _snow(plan))
    pines = _scatter(rng, Thing.PINE, 34, (5.0, 26.0), street, clear=4.6, size=(0.9, 1.7))
    lamps = [Stand(Thing.LAMP, side * 1.35, z, 0.05, 0.95) for side, z in ((-1, 6.6), (1, 9.5), (-1, 13.0))]
    level = -0.52 if has_bridge else None
    return Outdoors(Land(land.height, land.albedo, land.reach, level), solids, [*pines, *lamps], 75.0)


def _desert(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
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
        return base * (0.72 + 0.34 * up)[..., None]

    solids = buildings.pyramids()
    palms = _scatter(rng, Thing.PALM, 5, (5.0, 11.0), dunes, clear=2.6, size=(0.9, 1.3))
    rocks = _scatter(rng, Thing.ROCK, 5, (2.8, 8.0), dunes, clear=1.0, size=(0.4, 0.9))
    return Outdoors(Land(dunes, sand, reach=120.0), solids, [*palms, *rocks], 95.0)


def _beach(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
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
        shore_sand = base * (1.05 - 0.45 * wet)[..., None]
        green = (0.5 + 0.5 * noise_at(x, z, 20.0))[..., None] * ra.srgb("5f7f45")
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


def _harbour(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    def bed(x: Plane, z: Plane) -> Plane:
        hills = smoothstep(30.0, 60.0, z) * smoothstep(-4.0, 30.0, np.abs(x + 10.0)) * ridges(x, z, 1.3) * 10.0
        return hills - 1.2 + 0.0 * x

    def rock(x: Plane, z: Plane, y: Plane, up: Plane) -> Rgb:
        return mountain_rock(x, z, y, up, 2.0 if _snow(plan) else 30.0)

    solids = buildings.harbour(rng, _snow(plan), _lit(plan))
    stands = [Stand(Thing.LAMP, x, z, 0.0, 0.95) for x, z in ((-0.95, 3.4), (0.95, 6.2), (-0.95, 9.4))]
    stands += [
        Stand(Thing.BARREL, 0.78, 2.7),
        Stand(Thing.CRATE, -0.75, 4.4),
        Stand(Thing.BARREL, -0.72, 5.1),
        Stand(Thing.CRATE, 0.7, 4.0),
    ]
    return Outdoors(Land(bed, rock, reach=380.0, water_level=-0.55), solids, stands, 110.0)


def _city(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    def flat(x: Plane, z: Plane) -> Plane:
        return np.zeros_like(x + z) + np.where(np.abs(x) > 1.55, np.float32(0.05), np.float32(0.0))

    def asphalt(x: Plane, z: Plane, y: Plane, up: Plane) -> Rgb:
        del y, up
        tone = 0.75 + 0.5 * grain_at(x, z, 120.0) + 0.3 * (noise_at(z, x, 12.0) - 0.5)
        road = tone[..., None] * ra.srgb("55585c")
        slab = np.minimum(np.abs((z / 0.7) % 1.0 - 0.5), np.abs((x / 0.7) % 1.0 - 0.5))
        walk = (tone * (0.65 + 0.35 * smoothstep(0.0, 0.04, slab)))[..., None] * ra.srgb("9a968f")
        painted = mix(road.astype(np.float32), walk.astype(np.float32), smoothstep(1.52, 1.58, np.abs(x)))
        line = smoothstep(0.06, 0.04, np.abs(x)) * ((z / 1.6) % 1.0 < 0.55)
        kerb = smoothstep(0.05, 0.03, np.abs(np.abs(x) - 1.55))
        painted = mix(
            painted,
            np.broadcast_to(ra.srgb("d8d4c4"), painted.shape).astype(np.float32),
            line * 0.8 * (tone - 0.3) + kerb * 0.35,
        )
        if _snow(plan):
            lies = smoothstep(0.3, 0.6, noise_at(x, z, 30.0) + 0.3 * smoothstep(0.9, 1.7, np.abs(x)))
            painted = mix(painted, np.broadcast_to(SNOW * 0.92, painted.shape).astype(np.float32), lies)
        return painted

    solids = buildings.street(rng, _snow(plan), 0.7 * _lit(plan))
    stands = [Stand(Thing.LAMP, side * 1.85, z, 0.05, 1.15) for z in (4.2, 8.5, 13.5, 20.0) for side in (-1, 1)]
    return Outdoors(Land(flat, asphalt, reach=110.0), solids, stands, 60.0)


def _castle(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    def hill(x: Plane, z: Plane) -> Plane:
        mound = np.exp(-((x / 9.0) ** 2) - ((z - 21.0) / 8.0) ** 2) * 3.6
        return mound + (noise_at(x, z, 5.0) - 0.5) * 0.9 * smoothstep(1.0, 4.0, np.abs(x - _winding(z)))

    land = _with_range(plan, hill, 34.0, 18.0, 9.0, lambda z: _winding(z) * smoothstep(20.0, 4.0, z))
    solids = buildings.castle(21.0, 3.2, _snow(plan), _lit(plan))
    trees = _scatter(rng, Thing.PINE, 22, (5.0, 24.0), hill, clear=3.4, size=(0.8, 1.3))
    leafy = _scatter(rng, Thing.TREE, 10, (4.2, 15.0), hill, clear=2.6, size=(0.9, 1.2))
    return Outdoors(land, solids, [*trees, *leafy], 85.0)


def _scatter(
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
    x = (x + 0.4 * _winding(z)).astype(np.float32)
    y = height(x[None, :], z[None, :])[0]
    scale = rng.uniform(*size, count * 2)
    stands = [
        Stand(thing, float(x[i]), float(z[i]), float(y[i]) - 0.03, float(scale[i]))
        for i in range(count * 2)
        if y[i] > above
    ]
    return stands[:count]


_BUILDERS: "Final[dict[Place, Callable[[ScenePlan, np.random.Generator], Outdoors]]]" = {
    Place.MEADOW: _meadow,
    Place.FOREST: _forest,
    Place.MOUNTAINS: _mountains,
    Place.VILLAGE: _village,
    Place.DESERT: _desert,
    Place.BEACH: _beach,
    Place.HARBOUR: _harbour,
    Place.CITY: _city,
    Place.CASTLE: _castle,
}
