"""Recipes of settlements: street, city, village."""

import math

import numpy as np

from scripts.pocket.worlds import palettes
from scripts.pocket.worlds.builder import Builder
from scripts.pocket.worlds.buildings import Town
from scripts.pocket.worlds.flora import Flora, scattered
from scripts.pocket.worlds.open_kinds import fill_water, rolling, usual_covers
from scripts.pocket.worlds.scene import GROUND, GROUND_PATCH, S_WAY_LINE
from scripts.pocket.worlds.ways import Way, straight_way, winding_way
from scripts.pocket.worlds.weather import make_weather


def _beside(build: Builder, index: int, away: float) -> tuple[float, float, float]:
    x, z, heading = build.way.at(index)
    return x + away * math.cos(heading), z - away * math.sin(heading), heading


def street(rng: np.random.Generator) -> Builder:
    """A town street: houses or shops on both sides, pavement, lamps, cars, people, trees."""
    build = Builder(rng, make_weather(rng), winding_way(rng, 110, float(rng.choice([0.0, 0.15, 0.4]))))
    cell = 0.4
    if rng.random() < 0.3:
        build.set_ground(rolling(build, cell, rng.uniform(0.5, 2.5), 60.0, 2), cell)
    build.settings[44] = cell
    usual_covers(build)
    half = float(rng.uniform(1.4, 3.2))
    paved = rng.random() < 0.5
    road = palettes.cobbles(rng) if paved else palettes.asphalt(rng)
    pavement = float(rng.uniform(0.9, 1.8))
    build.set_way(half, pavement, road, palettes.tiles(rng))
    build.settings[S_WAY_LINE] = 0.0 if paved else 1.0
    town, flora = Town(build), Flora(build)
    garden = float(rng.choice([0.0, 0.0, rng.uniform(0.8, 2.5)]))
    shops, floors = rng.random() < 0.5 and garden == 0.0, int(rng.integers(1, 4))
    for side in (-1, 1):
        index = 0
        while index < len(build.way.points):
            width, depth = float(rng.uniform(1.6, 3.2)), float(rng.uniform(1.6, 3.0))
            middle = index + int(width / 0.5)
            away = half + pavement + garden + depth + 0.05
            x, z, heading = _beside(build, middle, side * away)
            gap = float(rng.choice([0.02, 0.02, 0.6, 2.0])) if garden == 0.0 else float(rng.uniform(0.5, 3))
            if build.is_free(x, z, min(width, depth), half * 0.6):
                turn = heading + (math.pi / 2 if side > 0 else -math.pi / 2)
                town.house(
                    x,
                    z,
                    (width, depth),
                    turn,
                    max(1, floors + int(rng.integers(-1, 2))),
                    shop=bool(shops and rng.random() < 0.7),
                )
                build.claim(x, z, min(width, depth) * 0.8)
                if garden > 0.0 and rng.random() < 0.7:
                    edge = side * (half + pavement + 0.1)
                    a, b = _beside(build, index, edge), _beside(build, middle + int(width / 0.5), edge)
                    town.fence(a[:2], b[:2])
                    for _ in range(3):
                        gx, gz, _ = _beside(
                            build, index + int(rng.integers(0, 10)), side * (half + pavement + garden * 0.6)
                        )
                        flora.bush(gx, gz, float(rng.uniform(0.2, 0.4)))
            index += int((2 * width + gap) / 0.5)
    lamps, trees = int(rng.integers(10, 22)), rng.random() < 0.35
    for index in range(4, len(build.way.points), lamps):
        side = 1 if (index // lamps) % 2 else -1
        x, z, heading = _beside(build, index, side * (half + 0.2))
        town.street_lamp(x, z, float(rng.choice([0.0, 0.5])), heading - side * math.pi / 2)
        if trees:
            x, z, _ = _beside(build, index + lamps // 2, -side * (half + 0.35))
            flora.tree(x, z, float(rng.uniform(2.2, 4)))
    _traffic(build, town, half, pavement)
    return build


def _traffic(build: Builder, town: Town, half: float, pavement: float) -> None:
    rng = build.rng
    for _ in range(int(rng.integers(0, 10))):
        index, side = int(rng.integers(len(build.way.points))), float(rng.choice([-1, 1]))
        x, z, heading = _beside(build, index, side * (half - 0.65))
        if half > 1.9 and build.is_free(x, z, 0.6, 0.55):
            town.car(x, z, heading)
            build.claim(x, z, 1.3)
    for _ in range(int(rng.integers(0, 14))):
        index, side = int(rng.integers(len(build.way.points))), float(rng.choice([-1, 1]))
        x, z, heading = _beside(build, index, side * (half + rng.uniform(0.1, pavement)))
        if build.is_free(x, z, 0.3, 0.7):
            town.figure(x, z, heading + float(rng.choice([0, math.pi])))
            build.claim(x, z, 0.3)


def city(rng: np.random.Generator) -> Builder:
    """A straight street between tall buildings, crossed by others."""
    build = Builder(rng, make_weather(rng), straight_way(120))
    build.settings[44] = 0.4
    usual_covers(build)
    half, pavement = float(rng.uniform(2.2, 5.0)), float(rng.uniform(1.2, 2.5))
    build.set_way(half, pavement, palettes.asphalt(rng), palettes.tiles(rng))
    build.settings[S_WAY_LINE] = 1.0
    paving = palettes.tiles(rng)
    build.fix_material(GROUND, paving)
    build.fix_material(GROUND_PATCH, paving)
    town, flora = Town(build), Flora(build)
    tall = float(rng.choice([6, 12, 30]))
    for side in (-1, 1):
        z = -70.0
        while z < 110.0:
            width = float(rng.uniform(2.5, 7))
            depth = float(rng.uniform(3, 6))
            away = half + pavement + depth + float(rng.choice([0.0, 0.0, 0.8]))
            height = max(4.5, tall * float(rng.uniform(0.5, 1.5)))
            turn = math.pi / 2 if side > 0 else -math.pi / 2
            town.block(side * away, z + width, (width, depth), turn, height, shop=bool(rng.random() < 0.7))
            z += 2 * width + float(rng.choice([0.0, 0.0, 0.0, 3.0, 5.0]))
    for side in (-1, 1):
        for z in np.arange(-70, 110, 14):
            town.block(
                side * (half + pavement + 18),
                float(z),
                (6, 4),
                math.pi / 2,
                tall * float(rng.uniform(0.8, 2.0)),
                shop=False,
            )
    # Streets end somewhere: a building or open air far off.
    if rng.random() < 0.5:
        town.block(float(rng.uniform(-6, 6)), 118.0, (12, 5), 0.0, tall * 1.4, shop=False)
    step = int(rng.integers(12, 24))
    for index in range(0, len(build.way.points), step):
        side = 1 if (index // step) % 2 else -1
        x, z, heading = _beside(build, index, side * (half + 0.25))
        town.street_lamp(x, z, 0.7, heading - side * math.pi / 2)
        if rng.random() < 0.4:
            x, z, _ = _beside(build, index + 6, side * (half + 0.4))
            flora.tree(x, z, float(rng.uniform(2.5, 4)))
    _traffic(build, town, half, pavement)
    _traffic(build, town, half, pavement)
    return build


def village(rng: np.random.Generator) -> Builder:
    """Cottages about a green or a square with a well, gardens, fences, trees, hills behind."""
    build = Builder(rng, make_weather(rng), winding_way(rng, 100, 0.9))
    cell = 0.6
    heights = rolling(build, cell, rng.uniform(0.2, 1.8), 45.0)
    build.set_ground(heights, cell)
    usual_covers(build)
    square = rng.random() < 0.5
    cover = palettes.cobbles(rng) if square else palettes.path_cover(rng)
    build.set_way(float(rng.uniform(3, 6)) if square else float(rng.uniform(0.8, 1.6)), 0.2, cover, palettes.earth(rng))
    town, flora = Town(build), Flora(build, autumn=rng.random() < 0.2)
    half = float(build.settings[60])
    if rng.random() < 0.6:
        x, z, _ = _beside(build, len(build.way.points) // 2 + 14, float(rng.choice([-1, 1])) * max(1.6, half * 0.5))
        y = build.height(x, z)
        build.cone(town.stone, x, y, z, (0.5, 0.5), 0.5)
        for edge in (-0.4, 0.4):
            build.cone(town.wood, x + edge, y, z, (0.05, 0.05), 1.3)
        build.frustum(town.one(town.roofs), x, y + 1.25, z, (0.75, 0.25, 0.6), (0.75, 0.0))
        build.claim(x, z, 0.9)
    for _ in range(int(rng.integers(14, 40))):
        index, side = int(rng.integers(len(build.way.points))), float(rng.choice([-1, 1]))
        width, depth = float(rng.uniform(1.3, 2.6)), float(rng.uniform(1.2, 2.2))
        away = half + depth + float(rng.choice([0.4, 1.5, 5, 12]))
        x, z, heading = _beside(build, index, side * away)
        if not build.is_free(x, z, max(width, depth) * 1.1, 0.9):
            continue
        build.claim(x, z, max(width, depth) * 1.1)
        turn = heading + side * math.pi / 2 + float(rng.normal(0, 0.15))
        town.house(x, z, (width, depth), turn, int(rng.integers(1, 3)), shop=rng.random() < 0.15)
    for x, z in scattered(rng, int(rng.integers(60, 160)), 60):
        if not build.is_free(x, z, 0.6, half * 0.9):
            continue
        if rng.random() < 0.5:
            flora.tree(x, z, float(rng.uniform(2, 5)))
        else:
            flora.bush(x, z, float(rng.uniform(0.25, 0.6)))
        build.claim(x, z, 0.3)
    for _ in range(int(rng.integers(2, 12))):
        index, side = int(rng.integers(len(build.way.points))), float(rng.choice([-1, 1]))
        a, b = _beside(build, index, side * (half + 0.5)), _beside(build, index + 10, side * (half + 0.5))
        if build.is_free((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, 1.2, 0.0 if half > 1.4 else -1.0):
            town.fence(a[:2], b[:2])
    for index in range(0, len(build.way.points), 26):
        x, z, _ = _beside(build, index, half + 0.3)
        if build.is_free(x, z, 0.15, 0.6):
            town.street_lamp(x, z)
    _traffic(build, town, half * 0.5 if half > 3 else 1.0, 1.0)
    return build


def bridge(rng: np.random.Generator) -> Builder:
    """A raised walk with railings over water or a valley, land at its sides."""
    base = straight_way(90)
    deck = float(rng.uniform(0.8, 4.0))
    way = Way(base.points, np.full(len(base.points), deck))
    build = Builder(rng, make_weather(rng), way)
    cell = 0.8
    heights = rolling(build, cell, rng.uniform(1, 9), 40.0) - 1.0
    build.set_ground(np.minimum(heights, deck + 0.0 * heights + 30.0), cell)
    usual_covers(build)
    fill_water(build, float(rng.uniform(-0.8, 0.2)))
    x_axis = (np.arange(512) - 256) * cell
    near = np.abs(x_axis) < 4.0
    heights[:, near] = np.minimum(heights[:, near], deck - 0.6)
    build.set_ground(heights, cell)
    town, flora = Town(build), Flora(build)
    half = float(rng.uniform(0.8, 2.2))
    floor = build.add_material(palettes.planks(rng) if rng.random() < 0.5 else palettes.tiles(rng))
    build.box(floor, 0.0, deck - 0.2, 0.0, (half, 0.1, 60.0), stands=False)
    style = int(rng.integers(3))
    for side in (-1, 1):
        for z in np.arange(-58.0, 60.0, 2.5):
            place = side * (half - 0.06)
            build.box(
                (town.iron, town.wood, town.white)[style],
                place,
                deck,
                float(z),
                (1.25, 0.3, 0.03),
                turn=math.pi / 2,
                cut=(2, 3, 1)[style],
                spacing=(0.16, 0.8, 0.18)[style],
                stands=False,
            )
            build.box(
                town.wood if style == 1 else town.iron,
                place,
                deck - 0.1,
                float(z) - 1.25,
                (0.06, 0.38, 0.06),
                stands=False,
            )
            if rng.random() < 0.25:
                build.cone(town.stone, side * half * 0.8, -6.0, float(z), (0.25, 0.25), 6.0 + deck - 0.2, stands=False)
    for index in range(0, len(way.points), int(rng.integers(14, 30))):
        z = float(way.points[index, 1])
        if rng.random() < 0.5:
            build.cone(town.iron, half - 0.12, deck, z, (0.05, 0.03), 2.4, stands=False)
            build.ellipsoid(town.lamp, half - 0.12, deck + 2.45, z, (0.13, 0.13, 0.13))
            if build.weather.is_dark:
                build.light(half - 0.12, deck + 2.3, z, (1.0, 0.8, 0.5), 2.5, 8.0)
    for x, z in scattered(rng, 130, 80, nearer=0.9):
        if abs(x) < half + 2.5 or build.height(x, z) < build.settings[38] + 0.3:
            continue
        if rng.random() < 0.5:
            flora.tree(x, z, float(rng.uniform(2.5, 6)))
        elif rng.random() < 0.5:
            flora.conifer(x, z, float(rng.uniform(3, 8)))
        else:
            flora.boulder(x, z, float(rng.uniform(0.3, 1.4)))
    return build
