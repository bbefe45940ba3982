"""Recipes of the open air: hills, forest, park, shore, desert, snow, canyon."""

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np

from scripts.pocket.worlds import palettes
from scripts.pocket.worlds.builder import Builder
from scripts.pocket.worlds.buildings import Town
from scripts.pocket.worlds.flora import Flora, scattered
from scripts.pocket.worlds.materials import DUNES, linear, material
from scripts.pocket.worlds.scene import (
    CEILING,
    GROUND,
    GROUND_PATCH,
    ROCK,
    S_RIDGE,
    S_RIPPLE,
    S_ROCK_SLOPE,
    S_SNOW_LINE,
    S_WATER,
    S_WATER_COLOUR,
    SHORE,
)
from scripts.pocket.worlds.terrain import (
    SIDE,
    field_axes,
    flattened_along,
    mountains_ring,
    octaves_field,
    ridged_field,
    smoothstep,
    terraced,
)
from scripts.pocket.worlds.ways import Way, stamp_way, winding_way
from scripts.pocket.worlds.weather import make_weather

if TYPE_CHECKING:
    from numpy.typing import NDArray


def way_field(way: Way, cell: float, reach: float) -> "NDArray[np.float64]":
    """Distance to the way of every cell of a terrain, `reach` where it is farther."""
    distance = np.full((SIDE, SIDE), reach, dtype=np.float32)
    stamp_way(way.points, cell, reach, distance, np.zeros_like(distance))
    return distance.astype(np.float64)


def away_from_origin(cell: float) -> "NDArray[np.float64]":
    """Distance of every cell of a terrain from the origin."""
    x, z = field_axes(cell)
    return np.sqrt(x * x + z * z)


def rolling(build: Builder, cell: float, height: float, wave: float, octaves: int = 4) -> "NDArray[np.float64]":
    """Gentle ground, 0 on average."""
    shift = float(build.rng.uniform(0, 90))
    return 2.0 * height * octaves_field(build.plane_table, SIDE, cell, wave, octaves, shift).astype(np.float64)


def usual_covers(build: Builder, *, flowers: float = 0.0) -> None:
    """Grass with patches of another grass or of earth, grey rock, earthen shore."""
    rng = build.rng
    base = palettes.pick(rng, palettes.GREENS)
    build.fix_material(GROUND, palettes.grass(rng, base, flowers=flowers))
    patch = (
        palettes.earth(rng)
        if rng.random() < 0.4
        else palettes.grass(rng, palettes.shaded(base, float(rng.uniform(0.7, 1.25))))
    )
    build.fix_material(GROUND_PATCH, patch)
    stone = palettes.rock(rng)
    build.fix_material(ROCK, stone)
    build.fix_material(CEILING, stone)
    build.fix_material(SHORE, palettes.earth(rng, palettes.SANDS if rng.random() < 0.5 else palettes.EARTHS))


def maybe_path(build: Builder, share: float = 0.7) -> None:
    """A footpath along the way, more often than not."""
    rng = build.rng
    if rng.random() < share:
        build.set_way(
            float(rng.uniform(0.5, 1.3)), float(rng.uniform(0.0, 0.5)), palettes.path_cover(rng), palettes.earth(rng)
        )


def fill_water(build: Builder, level: float) -> None:
    """A lake or sea at `level`."""
    rng = build.rng
    build.settings[S_WATER] = level
    colour = linear(
        palettes.pick(rng, [(0.1, 0.22, 0.26), (0.12, 0.25, 0.34), (0.16, 0.2, 0.16), (0.1, 0.3, 0.34)], 0.02)
    )
    build.settings[S_WATER_COLOUR : S_WATER_COLOUR + 3] = colour
    build.settings[S_RIPPLE] = float(rng.choice([0.02, 0.08, 0.2, 0.4]))


def hills(rng: np.random.Generator) -> Builder:
    """Open land with hills, scattered trees and often mountains far off."""
    build = Builder(rng, make_weather(rng), winding_way(rng, 150, 0.9))
    cell = 1.2
    heights = rolling(build, cell, rng.uniform(3, 14), rng.uniform(50, 110))
    away = way_field(build.way, cell, 60.0)
    calm = smoothstep(0.0, 45.0, away)
    level = 0.12 * rolling(build, cell, 10.0, 80.0)
    heights = heights * (0.08 + 0.92 * calm) + level
    if rng.random() < 0.6:
        heights += mountains_ring(
            rng, build.plane_table, cell, rng.uniform(30, 120), rng.uniform(50, 90), rng.uniform(170, 260)
        )
        build.settings[S_ROCK_SLOPE] = rng.uniform(0.1, 0.35)
        if rng.random() < 0.5:
            build.settings[S_SNOW_LINE] = rng.uniform(20, 60)
    build.set_ground(heights, cell)
    usual_covers(build, flowers=0.6 if rng.random() < 0.3 else 0.0)
    if rng.random() < 0.3:
        fill_water(build, float(np.quantile(heights[away > 20], 0.12)) if np.any(away > 20) else -3.0)
        low = float(min(build.height(x, z) for x, z in build.way.points[::6]))
        build.settings[S_WATER] = min(build.settings[S_WATER], low - 0.3)
    maybe_path(build)
    flora = Flora(build, autumn=rng.random() < 0.2)
    dense = rng.choice([40, 120, 260])
    for x, z in scattered(rng, int(dense), 130, nearer=0.9):
        if build.height(x, z) < build.settings[S_WATER] + 0.3 or not build.is_free(x, z, 0.5):
            continue
        choice = rng.random()
        if choice < 0.45:
            flora.tree(x, z, float(rng.uniform(2.5, 7)))
        elif choice < 0.6:
            flora.conifer(x, z, float(rng.uniform(3, 9)))
        elif choice < 0.8:
            flora.bush(x, z, float(rng.uniform(0.3, 0.9)))
        else:
            flora.boulder(x, z, float(rng.uniform(0.2, 1.2)))
    _near_tufts(build, flora, int(rng.integers(0, 120)))
    if rng.random() < 0.35:
        _fence_along(build, Town(build))
    return build


def _near_tufts(build: Builder, flora: Flora, count: int) -> None:
    rng = build.rng
    for _ in range(count):
        px, pz, heading = build.way.at(int(rng.integers(len(build.way.points))))
        side = rng.choice([-1, 1]) * rng.uniform(1.0, 6.0)
        x, z = px + side * math.cos(heading), pz - side * math.sin(heading)
        if build.is_free(x, z, 0.1, 0.7) and build.height(x, z) > build.settings[S_WATER] + 0.15:
            flora.tuft(x, z, float(rng.uniform(0.12, 0.45)))


def _fence_along(build: Builder, town: Town, away: float = 1.8) -> None:
    rng = build.rng
    style, side = int(rng.integers(5)), float(rng.choice([-1, 1])) * (away + rng.uniform(0, 1.5))
    places: list[tuple[float, float]] = []
    for index in range(0, len(build.way.points), 10):
        x, z, heading = build.way.at(index)
        places.append((x + side * math.cos(heading), z - side * math.sin(heading)))
    for a, b in itertools.pairwise(places):
        if build.is_free((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, 0.1, 1.2):
            town.fence(a, b, style)


def forest(rng: np.random.Generator) -> Builder:
    """Trunks all about, undergrowth, a path."""
    build = Builder(rng, make_weather(rng), winding_way(rng, 90, 1.0))
    cell = 0.8
    build.set_ground(rolling(build, cell, rng.uniform(0.4, 3.5), rng.uniform(25, 60)), cell)
    usual_covers(build)
    if rng.random() < 0.5:
        build.fix_material(GROUND, palettes.earth(rng))
    maybe_path(build, 0.75)
    flora = Flora(build, autumn=rng.random() < 0.25)
    conifers, bare = rng.choice([0.0, 0.3, 0.9]), rng.random() < 0.12
    spacing, tall = rng.uniform(1.2, 2.4), rng.uniform(5, 11)
    for x, z in scattered(rng, int(rng.integers(700, 1600)), 55, nearer=0.85):
        if not build.is_free(x, z, 0.35 * spacing, rng.uniform(0.7, 1.6)):
            continue
        build.claim(x, z, 0.35 * spacing)
        height = float(tall * rng.uniform(0.6, 1.2))
        if rng.random() < conifers:
            flora.conifer(x, z, height)
        else:
            flora.tree(x, z, height, bare=bool(bare))
    for x, z in scattered(rng, int(rng.integers(20, 160)), 40, nearer=0.7):
        if not build.is_free(x, z, 0.5):
            continue
        if rng.random() < 0.7:
            flora.bush(x, z, float(rng.uniform(0.25, 0.7)))
        else:
            flora.boulder(x, z, float(rng.uniform(0.15, 0.9)))
    _near_tufts(build, flora, int(rng.integers(0, 160)))
    for _ in range(int(rng.integers(0, 6))):
        x, z = rng.uniform(-25, 25, 2)
        angle, length = rng.uniform(0, math.pi), rng.uniform(1.5, 4)
        if build.is_free(x, z, float(length), 0.3):
            y = build.height(x, z) + 0.15
            dx, dz = length * math.cos(angle) / 2, length * math.sin(angle) / 2
            build.capsule(flora.barks[0], (x - dx, y, z - dz), (x + dx, y, z + dz), float(rng.uniform(0.1, 0.22)))
    return build


def park(rng: np.random.Generator) -> Builder:
    """Lawns, paths, scattered trees and bushes, benches, lamps, people, a pond."""
    build = Builder(rng, make_weather(rng), winding_way(rng, 110, 1.1))
    cell = 0.8
    heights = rolling(build, cell, rng.uniform(0.1, 1.6), rng.uniform(30, 60))
    pond = rng.random() < 0.4
    if pond:
        x, z = field_axes(cell)
        px, pz, heading = build.way.at(len(build.way.points) // 2 + 10)
        side, size = float(rng.choice([-1, 1])) * 14.0, rng.uniform(6, 10)
        away = np.hypot(x - px - side * math.cos(heading), z - pz + side * math.sin(heading))
        ragged = 2.5 * octaves_field(build.plane_table, SIDE, cell, 12.0, 3, 3.0)
        bowl = 1.0 - smoothstep(size - 1.5, size + 2.0, (away + ragged).astype(np.float64))
        heights = np.maximum(heights, -0.1) * smoothstep(size, size + 12.0, away) - 1.1 * bowl
        fill_water(build, -0.35)
        build.settings[S_RIPPLE] = float(rng.choice([0.02, 0.06]))
    build.set_ground(heights, cell)
    usual_covers(build, flowers=0.7 if rng.random() < 0.4 else 0.0)
    build.set_way(
        float(rng.uniform(0.7, 1.6)), float(rng.choice([0.0, 0.12])), palettes.path_cover(rng), palettes.tiles(rng)
    )
    flora, town = Flora(build, autumn=rng.random() < 0.25), Town(build)
    for x, z in scattered(rng, int(rng.integers(60, 180)), 70):
        if not build.is_free(x, z, 0.7) or build.height(x, z) < build.settings[S_WATER] + 0.2:
            continue
        choice = rng.random()
        if choice < 0.5:
            flora.tree(x, z, float(rng.uniform(2.5, 7)))
        elif choice < 0.6:
            flora.conifer(x, z, float(rng.uniform(2.5, 6)))
        elif choice < 0.95:
            flora.bush(x, z, float(rng.uniform(0.3, 0.9)))
        else:
            flora.boulder(x, z, float(rng.uniform(0.2, 0.6)))
        build.claim(x, z, 0.4)
    width = float(build.settings[60])
    for index in range(0, len(build.way.points), int(rng.integers(10, 24))):
        x, z, heading = build.way.at(index)
        side = float(rng.choice([-1, 1]))
        px, pz = x + side * (width + 0.6) * math.cos(heading), z - side * (width + 0.6) * math.sin(heading)
        choice = rng.random()
        if not build.is_free(px, pz, 0.2, 0.6):
            continue
        if choice < 0.3:
            town.bench(px, pz, heading + side * math.pi / 2)
        elif choice < 0.6:
            town.street_lamp(px, pz)
        elif choice < 0.75:
            town.figure(px, pz, float(rng.uniform(0, 6)))
    if rng.random() < 0.35:
        _fence_along(build, town, width + 0.6)
    if rng.random() < 0.35:
        for _ in range(4):
            angle, away2 = rng.uniform(0, 6.28), rng.uniform(28, 55)
            x, z = away2 * math.sin(angle), away2 * math.cos(angle)
            if build.is_free(x, z, 4):
                town.house(
                    x,
                    z,
                    (float(rng.uniform(2, 4)), float(rng.uniform(2, 4))),
                    float(rng.uniform(0, 6)),
                    int(rng.integers(1, 4)),
                )
    return build


def shore(rng: np.random.Generator) -> Builder:
    """A lake or the sea beside the way; beach, rocks, a pier, boats, hills beyond."""
    build = Builder(rng, make_weather(rng), winding_way(rng, 120, 0.45))
    cell = 1.0
    x, _ = field_axes(cell)
    away = way_field(build.way, cell, 80.0)
    side = float(rng.choice([-1, 1]))
    shift = rng.uniform(3, 8)
    bank = side * x - shift + 5.0 * octaves_field(build.plane_table, SIDE, cell, 30.0, 4, 1.0)
    slope = rng.uniform(0.08, 0.25)
    heights = np.where(
        bank > 0, np.maximum(-slope * bank, -3.0), -slope * 0.6 * bank * (1 - smoothstep(0.0, 60.0, -bank))
    )
    heights = heights + rolling(build, cell, rng.uniform(0.5, 8), 50.0) * smoothstep(8.0, 60.0, -bank)
    if rng.random() < 0.6:
        far = mountains_ring(rng, build.plane_table, cell, rng.uniform(15, 80), rng.uniform(60, 120), 230)
        heights = heights + far
    heights = flattened_along(heights, away, 0.35, 1.5, 4.0)
    build.set_ground(heights, cell)
    usual_covers(build)
    if rng.random() < 0.5:
        build.fix_material(GROUND, palettes.earth(rng, palettes.SANDS))
    build.settings[S_ROCK_SLOPE] = rng.uniform(0.1, 0.3)
    fill_water(build, -0.1)
    maybe_path(build, 0.4)
    flora, town = Flora(build), Town(build)
    tropic = rng.random() < 0.3
    for px, pz in scattered(rng, int(rng.integers(60, 180)), 90):
        high = build.height(px, pz)
        if not build.is_free(px, pz, 0.5):
            continue
        choice = rng.random()
        if -1.0 < high < 0.3:
            if choice < 0.35:
                flora.boulder(px, pz, float(rng.uniform(0.2, 1.3)))
        elif high > 0.3:
            if tropic and choice < 0.5:
                flora.palm(px, pz, float(rng.uniform(3, 6)))
            elif choice < 0.4:
                flora.tree(px, pz, float(rng.uniform(2, 6)))
            elif choice < 0.6:
                flora.conifer(px, pz, float(rng.uniform(3, 7)))
            elif choice < 0.85:
                flora.bush(px, pz, float(rng.uniform(0.3, 0.7)))
            else:
                flora.boulder(px, pz, float(rng.uniform(0.2, 0.8)))
    _pier_and_boats(build, town, side, shift)
    return build


def _pier_and_boats(build: Builder, town: Town, side: float, shift: float) -> None:
    rng = build.rng
    if rng.random() < 0.6:
        z = rng.uniform(-12, 20)
        length = rng.uniform(6, 14)
        build.box(town.wood, side * (shift + length / 2), 0.25, z, (length / 2, 0.05, 0.8), stands=False)
        for i in range(int(length / 2) + 1):
            for edge in (-0.75, 0.75):
                build.cone(town.wood, side * (shift + 2.0 * i), -3.0, z + edge, (0.09, 0.09), 3.7)
    for _ in range(int(rng.integers(0, 5))):
        x, z, turn = side * (shift + rng.uniform(6, 30)), rng.uniform(-40, 50), rng.uniform(0, 6.28)
        size = rng.uniform(0.8, 2.0)
        build.frustum(
            town.one(town.paints),
            x,
            -0.25,
            z,
            (0.3 * size, 0.2 * size, 1.0 * size),
            (0.5 * size, 1.3 * size),
            turn=float(turn),
        )
        if rng.random() < 0.6:
            build.cone(town.wood, x, 0.0, z, (0.05 * size, 0.03 * size), 3.2 * size, stands=False)
            if rng.random() < 0.6:
                build.frustum(
                    town.white,
                    x,
                    0.5 * size,
                    z + 0.5 * size,
                    (0.02, 1.2 * size, 0.6 * size),
                    (0.02, 0.05),
                    turn=float(turn),
                )
    if rng.random() < 0.5:
        for _ in range(int(rng.integers(1, 6))):
            x, z = -side * rng.uniform(6, 14), rng.uniform(-30, 40)
            if build.is_free(x, z, 2.5):
                town.house(
                    x,
                    z,
                    (float(rng.uniform(1.4, 2.4)), float(rng.uniform(1.4, 2.4))),
                    side * -math.pi / 2,
                    int(rng.integers(1, 3)),
                )
                build.claim(x, z, 2.5)


def desert(rng: np.random.Generator) -> Builder:
    """Dunes or stony flats, rocks, sparse plants, table mountains."""
    build = Builder(
        rng, make_weather(rng, ("day", "day", "day", "sunset", "dusk", "night", "overcast")), winding_way(rng, 130, 0.8)
    )
    cell = 1.1
    away = way_field(build.way, cell, 50.0)
    calm = smoothstep(2.0, 30.0, away)
    if rng.random() < 0.6:
        crests = ridged_field(build.plane_table, SIDE, cell, rng.uniform(30, 70), 2, 5.0).astype(np.float64)
        heights = rng.uniform(3, 12) * crests * (0.1 + 0.9 * calm)
    else:
        heights = rolling(build, cell, 1.5, 40.0)
    if rng.random() < 0.5:
        mesa = rolling(build, cell, 40.0, 120.0) * smoothstep(30.0, 90.0, away_from_origin(cell))
        heights = heights + terraced(np.maximum(mesa - 4.0, 0.0), rng.uniform(6, 14), 4.0)
    build.set_ground(heights, cell)
    sand = palettes.pick(rng, palettes.SANDS)
    build.fix_material(
        GROUND,
        material(
            DUNES,
            palettes.shaded(sand, 0.92),
            palettes.shaded(sand, 1.06),
            across=rng.uniform(3, 9),
            noise=0.6,
            bump=0.15,
        ),
    )
    build.fix_material(
        GROUND_PATCH, palettes.earth(rng, palettes.SANDS) if rng.random() < 0.5 else build.fixed_material(GROUND)
    )
    build.fix_material(ROCK, palettes.rock(rng, [(0.62, 0.4, 0.28), (0.7, 0.52, 0.36), (0.5, 0.4, 0.33)]))
    build.settings[S_ROCK_SLOPE] = rng.uniform(0.25, 0.4)
    build.settings[S_RIDGE] *= 0.5
    maybe_path(build, 0.25)
    flora = Flora(build)
    stone = build.add_material(palettes.rock(rng, [(0.62, 0.4, 0.28), (0.7, 0.52, 0.36), (0.5, 0.4, 0.33)]))
    for x, z in scattered(rng, int(rng.integers(30, 150)), 90):
        if not build.is_free(x, z, 1.0):
            continue
        choice = rng.random()
        if choice < 0.55:
            flora.boulder(x, z, float(rng.uniform(0.2, 0.6) * rng.choice([1, 1, 1, 4])), stone)
        elif choice < 0.75:
            flora.bush(x, z, float(rng.uniform(0.2, 0.5)))
        elif choice < 0.9:
            flora.cactus(x, z, float(rng.uniform(0.8, 3)))
        else:
            flora.palm(x, z, float(rng.uniform(2.5, 5)))
    _near_tufts(build, flora, int(rng.integers(0, 50)))
    return build


def snow(rng: np.random.Generator) -> Builder:
    """A white land with conifers, bare trees, mountains; sometimes huts."""
    build = Builder(rng, make_weather(rng), winding_way(rng, 120, 0.8))
    cell = 1.0
    away = way_field(build.way, cell, 50.0)
    heights = rolling(build, cell, rng.uniform(1, 9), 60.0) * (0.1 + 0.9 * smoothstep(2.0, 40.0, away))
    if rng.random() < 0.6:
        heights = heights + mountains_ring(rng, build.plane_table, cell, rng.uniform(40, 110), 60, 220)
    build.set_ground(heights, cell)
    white = float(rng.uniform(0.86, 0.95))
    cover = palettes.plain((white * 0.97, white * 0.99, white * 1.02), 0.03, 0.4, bump=0.12)
    build.fix_material(GROUND, cover)
    build.fix_material(GROUND_PATCH, palettes.grass(rng, (0.5, 0.48, 0.38)) if rng.random() < 0.3 else cover)
    build.fix_material(ROCK, palettes.rock(rng))
    build.settings[S_ROCK_SLOPE] = rng.uniform(0.2, 0.4)
    if rng.random() < 0.5:
        build.set_way(float(rng.uniform(0.4, 1.0)), 0.3, palettes.plain((0.72, 0.73, 0.76), 0.08, 2.0), cover)
    flora = Flora(build, snowy=True)
    bare = rng.random() < 0.5
    for x, z in scattered(rng, int(rng.integers(60, 350)), 90, nearer=0.8):
        if not build.is_free(x, z, 0.8):
            continue
        choice = rng.random()
        if choice < 0.65:
            flora.conifer(x, z, float(rng.uniform(2.5, 8)))
        elif choice < 0.85 and bare:
            flora.tree(x, z, float(rng.uniform(2.5, 6)), bare=True)
        elif choice > 0.9:
            flora.boulder(x, z, float(rng.uniform(0.2, 1.1)))
    if rng.random() < 0.4:
        town = Town(build)
        town.roofs = [build.add_material(cover)]
        for _ in range(int(rng.integers(1, 7))):
            x, z = rng.uniform(-25, 25, 2)
            if build.is_free(float(x), float(z), 2.6):
                town.house(
                    float(x),
                    float(z),
                    (float(rng.uniform(1.4, 2.4)), float(rng.uniform(1.4, 2.4))),
                    float(rng.uniform(0, 6)),
                    1,
                )
                build.claim(float(x), float(z), 2.6)
        if rng.random() < 0.6:
            _fence_along(build, town)
    return build


def canyon(rng: np.random.Generator) -> Builder:
    """Rock walls on both sides of the way, stones on its floor, at times a stream of sand."""
    build = Builder(rng, make_weather(rng), winding_way(rng, 120, 1.0))
    cell = 0.5
    away = way_field(build.way, cell, 60.0)
    ragged = 6.0 * octaves_field(build.plane_table, SIDE, cell, 14.0, 5, 2.0).astype(np.float64)
    width, steep = rng.uniform(2.0, 6.0), rng.uniform(1.0, 4.0)
    rise = np.maximum(0.0, away + ragged - width) * steep
    top = rng.uniform(4, 22) * (1.0 + 1.2 * octaves_field(build.plane_table, SIDE, cell, 50.0, 4, 8.0))
    walls = top * (1.0 - np.exp(-rise / top))
    walls = 0.4 * walls + 0.6 * terraced(walls, rng.uniform(1.5, 4.0), 3.0)
    floor = rolling(build, cell, 0.5, 15.0)
    build.set_ground(floor + walls * smoothstep(1.2, 2.2, away), cell, step=0.2)
    colours = palettes.GREYS if rng.random() < 0.5 else [(0.62, 0.4, 0.28), (0.7, 0.52, 0.36), (0.56, 0.34, 0.26)]
    build.fix_material(GROUND, palettes.earth(rng, palettes.SANDS if rng.random() < 0.5 else palettes.EARTHS))
    build.fix_material(GROUND_PATCH, palettes.grass(rng) if rng.random() < 0.5 else palettes.earth(rng))
    build.fix_material(ROCK, palettes.rock(rng, colours))
    build.settings[S_ROCK_SLOPE] = rng.uniform(0.12, 0.25)
    maybe_path(build, 0.4)
    flora = Flora(build)
    stone = build.add_material(palettes.rock(rng, colours))
    for x, z in scattered(rng, 220, 50):
        if not build.is_free(x, z, 0.6):
            continue
        choice = rng.random()
        if choice < 0.5:
            flora.boulder(x, z, float(rng.uniform(0.15, 1.0)), stone)
        elif choice < 0.7:
            flora.bush(x, z, float(rng.uniform(0.2, 0.6)))
        elif choice < 0.8:
            flora.conifer(x, z, float(rng.uniform(2, 5)))
    _near_tufts(build, flora, int(rng.integers(0, 60)))
    return build
