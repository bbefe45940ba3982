"""Recipes of interiors: rooms, halls with columns, corridors of stone, caves."""

import math
from typing import TYPE_CHECKING

import numpy as np

from scripts.pocket.worlds import palettes
from scripts.pocket.worlds.builder import Builder
from scripts.pocket.worlds.buildings import Town
from scripts.pocket.worlds.flora import Flora, scattered
from scripts.pocket.worlds.materials import PAINTED, SHELVES, linear, material
from scripts.pocket.worlds.open_kinds import fill_water, rolling, usual_covers, way_field
from scripts.pocket.worlds.scene import (
    CEILING,
    GROUND,
    GROUND_PATCH,
    ROCK,
    S_FOG,
    S_FOG_DENSITY,
    S_HAZE_HEIGHT,
    S_INSIDE,
    S_INSIDE_LIGHT,
    SHORE,
)
from scripts.pocket.worlds.terrain import SIDE, octaves_field, smoothstep
from scripts.pocket.worlds.ways import corner_way, straight_way, winding_way
from scripts.pocket.worlds.weather import make_weather

if TYPE_CHECKING:
    from scripts.pocket.worlds.palettes import Colour


def _light_inside(
    build: Builder, x0: float, x1: float, z0: float, z1: float, top: float, colour: "Colour", level: float
) -> None:
    build.settings[S_FOG_DENSITY] = min(build.settings[S_FOG_DENSITY], 0.002)
    build.settings[S_INSIDE : S_INSIDE + 5] = (x0, x1, z0, z1, top)
    build.settings[S_INSIDE_LIGHT : S_INSIDE_LIGHT + 3] = linear(colour) * level


def _wall_with_openings(
    build: Builder,
    mat: int,
    a: tuple[float, float],
    b: tuple[float, float],
    top: float,
    openings: list[tuple[float, float, float, float]],
    thick: float = 0.1,
) -> None:
    """A wall from a to b; each opening is (middle along, half width, sill, lintel)."""
    length = math.hypot(b[0] - a[0], b[1] - a[1])
    ux, uz = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    turn = math.atan2(ux, uz) - math.pi / 2

    def piece(start: float, end: float, low: float, high: float) -> None:
        if end - start > 1e-3 and high - low > 1e-3:
            middle = (start + end) / 2
            half = ((end - start) / 2, (high - low) / 2, thick)
            build.box(mat, a[0] + ux * middle, low, a[1] + uz * middle, half, turn=turn, stands=low <= 0.0)

    now = 0.0
    for middle, half, sill, lintel in sorted(openings):
        piece(now, middle - half, 0.0, top)
        piece(middle - half, middle + half, 0.0, sill)
        piece(middle - half, middle + half, lintel, top)
        now = middle + half
    piece(now, length, 0.0, top)


class Furniture:
    """Tables, chairs, shelves and the like, in a room's materials."""

    def __init__(self, build: Builder) -> None:
        self.build = build
        rng = build.rng
        self.woods = [build.add_material(palettes.planks(rng)) for _ in range(2)]
        self.cloths = [
            build.add_material(palettes.plain(palettes.pick(rng, palettes.PAINTS + palettes.WALLS), 0.1, 3.0))
            for _ in range(3)
        ]
        self.white = build.add_material(palettes.plain((0.84, 0.83, 0.8), 0.04))
        self.iron = build.add_material(palettes.plain((0.16, 0.16, 0.17), 0.1))
        paint = palettes.pick(rng, palettes.PAINTS)
        self.books = build.add_material(
            material(
                SHELVES,
                palettes.pick(rng, palettes.WOODS),
                paint,
                palettes.pick(rng, palettes.SANDS),
                across=0.06,
                down=0.26,
            )
        )
        self.pictures = [
            build.add_material(
                material(
                    PAINTED,
                    *(palettes.pick(rng, palettes.PAINTS + palettes.SANDS + palettes.GREENS) for _ in range(3)),
                    across=4.0,
                )
            )
            for _ in range(3)
        ]
        self.lamp = build.add_material(palettes.plain((1.0, 0.9, 0.72), 0.02, glow=3.0))
        self.leaf = build.add_material(palettes.leaves(rng))

    def _at(self, x: float, z: float, turn: float, lx: float, lz: float) -> tuple[float, float]:
        return x + math.cos(turn) * lx + math.sin(turn) * lz, z - math.sin(turn) * lx + math.cos(turn) * lz

    def _legs(self, mat: int, x: float, z: float, turn: float, half: tuple[float, float], height: float) -> None:
        for a in (-1, 1):
            for b in (-1, 1):
                px, pz = self._at(x, z, turn, a * (half[0] - 0.05), b * (half[1] - 0.05))
                self.build.box(mat, px, 0.0, pz, (0.025, height / 2, 0.025), turn=turn)

    def table(self, x: float, z: float, turn: float) -> None:
        """With things on it and chairs about it."""
        build, rng = self.build, self.build.rng
        half = (float(rng.uniform(0.35, 0.8)), float(rng.uniform(0.3, 0.5)))
        wood = self.woods[0]
        build.box(wood, x, 0.44, z, (half[0], 0.025, half[1]), turn=turn, stands=False)
        self._legs(wood, x, z, turn, half, 0.44)
        for _ in range(int(rng.integers(0, 5))):
            px, pz = self._at(x, z, turn, half[0] * rng.uniform(-0.7, 0.7), half[1] * rng.uniform(-0.7, 0.7))
            mat = self.cloths[int(rng.integers(3))]
            if rng.random() < 0.5:
                build.cone(mat, px, 0.49, pz, (0.04, 0.05), float(rng.uniform(0.06, 0.2)), stands=False)
            else:
                build.box(mat, px, 0.49, pz, (0.1, 0.03, 0.07), turn=turn + float(rng.normal(0, 0.4)), stands=False)
        for side in (-1, 1):
            if rng.random() < 0.7:
                px, pz = self._at(x, z, turn, float(rng.uniform(-0.2, 0.2)), side * (half[1] + 0.22))
                self.chair(px, pz, turn + (0.0 if side > 0 else math.pi))

    def chair(self, x: float, z: float, turn: float) -> None:
        """Its back towards local +z."""
        build = self.build
        build.box(self.woods[1], x, 0.27, z, (0.13, 0.02, 0.13), turn=turn, stands=False)
        self._legs(self.woods[1], x, z, turn, (0.15, 0.15), 0.27)
        px, pz = self._at(x, z, turn, 0.0, 0.12)
        build.box(self.woods[1], px, 0.29, pz, (0.13, 0.15, 0.015), turn=turn, cut=2, spacing=0.06, stands=False)

    def sofa(self, x: float, z: float, turn: float) -> None:
        """Its back towards local +z."""
        build, wide = self.build, float(self.build.rng.uniform(0.45, 0.8))
        cloth = self.cloths[0]
        build.box(cloth, x, 0.04, z, (wide, 0.11, 0.26), turn=turn)
        px, pz = self._at(x, z, turn, 0.0, 0.22)
        build.box(cloth, px, 0.1, pz, (wide, 0.21, 0.08), turn=turn)
        for side in (-1, 1):
            px, pz = self._at(x, z, turn, side * wide, 0.0)
            build.box(cloth, px, 0.04, pz, (0.07, 0.17, 0.28), turn=turn)
            px, pz = self._at(x, z, turn, side * wide * 0.55, 0.12)
            build.ellipsoid(self.cloths[1], px, 0.36, pz, (0.14, 0.12, 0.06))

    def shelf(self, x: float, z: float, turn: float) -> None:
        """Books; its front towards local -z."""
        wide = float(self.build.rng.uniform(0.3, 0.8))
        height = float(self.build.rng.choice([0.3, 0.55, 0.62]))
        self.build.box(self.books, x, 0.0, z, (wide, height, 0.12), turn=turn)
        self.build.box(self.woods[0], x, 2 * height, z, (wide + 0.03, 0.02, 0.14), turn=turn, stands=False)
        for side in (-1, 1):
            px, pz = self._at(x, z, turn, side * wide, 0.0)
            self.build.box(self.woods[0], px, 0.0, pz, (0.025, height, 0.14), turn=turn)

    def cupboard(self, x: float, z: float, turn: float) -> None:
        """With doors and knobs."""
        rng, wide = self.build.rng, float(self.build.rng.uniform(0.25, 0.5))
        height = float(rng.uniform(0.25, 0.6))
        self.build.box(self.woods[1], x, 0.0, z, (wide, height, 0.16), turn=turn)
        for side in (-1, 1):
            px, pz = self._at(x, z, turn, side * wide * 0.5, -0.165)
            self.build.box(self.woods[0], px, 0.06, pz, (wide * 0.44, height - 0.08, 0.012), turn=turn, stands=False)
        if rng.random() < 0.5:
            self.build.cone(self.cloths[2], x, 2 * height, z, (0.06, 0.09), 0.2, stands=False)

    def bed(self, x: float, z: float, turn: float) -> None:
        """Its head towards local +z."""
        build = self.build
        build.box(self.woods[0], x, 0.05, z, (0.45, 0.09, 0.65), turn=turn)
        build.box(self.cloths[1], x, 0.22, z, (0.43, 0.06, 0.62), turn=turn, stands=False)
        px, pz = self._at(x, z, turn, 0.0, 0.64)
        build.box(self.woods[0], px, 0.0, pz, (0.45, 0.32, 0.03), turn=turn)
        px, pz = self._at(x, z, turn, 0.0, 0.45)
        build.ellipsoid(self.white, px, 0.37, pz, (0.3, 0.07, 0.14))

    def plant(self, x: float, z: float) -> None:
        """In a pot."""
        self.build.cone(self.cloths[2], x, 0.0, z, (0.1, 0.14), 0.24)
        self.build.ellipsoid(self.leaf, x, 0.55, z, (0.25, 0.35, 0.25), holes=0.5, frequency=7.0)

    def floor_lamp(self, x: float, z: float, *, lit: bool) -> None:
        """A shade on a pole."""
        self.build.cone(self.iron, x, 0.0, z, (0.012, 0.012), 0.9)
        self.build.cone(self.iron, x, 0.0, z, (0.12, 0.1), 0.02)
        self.build.cone(self.lamp if lit else self.white, x, 0.86, z, (0.16, 0.09), 0.2, stands=False)
        if lit:
            self.build.light(x, 0.8, z, (1.0, 0.8, 0.55), 0.5, 4.0, shadows=False)

    def along_wall(self, x: float, z: float, turn: float) -> None:
        """Something that stands with its back to a wall at local +z."""
        choice = int(self.build.rng.integers(6))
        if choice < 2:
            self.shelf(*self._at(x, z, turn, 0.0, -0.14), turn)
        elif choice == 2:
            self.cupboard(*self._at(x, z, turn, 0.0, -0.17), turn)
        elif choice == 3:
            self.sofa(*self._at(x, z, turn, 0.0, -0.32), turn)
        elif choice == 4:
            self.bed(*self._at(x, z, turn, 0.0, -0.68), turn)
        else:
            self.plant(*self._at(x, z, turn, 0.0, -0.3))


def _outside_view(build: Builder) -> None:
    """Ground, trees and houses to be seen through windows."""
    usual_covers(build)
    rng = build.rng
    flora, town = Flora(build), Town(build)
    for x, z in scattered(rng, 60, 40, nearer=1.0):
        if math.hypot(x, z) > 14:
            flora.tree(x, z, float(rng.uniform(2, 5))) if rng.random() < 0.6 else flora.bush(
                x, z, float(rng.uniform(0.4, 0.8))
            )
    for _ in range(5):
        angle = rng.uniform(0, 6.28)
        town.house(24 * math.sin(angle), 24 * math.cos(angle), (3, 3), float(angle), 2)


def _floor_cover(rng: np.random.Generator) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    choice = int(rng.integers(4))
    mirror = float(rng.choice([0.0, 0.12, 0.25]))
    if choice < 2:
        return palettes.planks(rng, mirror=mirror)
    if choice == 2:
        return palettes.tiles(rng, palettes.WALLS + palettes.GREYS, mirror=mirror)
    return palettes.plain(palettes.pick(rng, palettes.WALLS + palettes.PAINTS), 0.1, 6.0)


def room(rng: np.random.Generator) -> Builder:
    """One to three furnished rooms in a row, windows with a bright outside, lamps."""
    top = float(rng.uniform(1.45, 2.1))
    hx = float(rng.uniform(1.6, 3.6))
    lengths = [float(rng.uniform(3.5, 7.0)) for _ in range(int(rng.integers(1, 4)))]
    z0, z1 = -sum(lengths) / 2, sum(lengths) / 2
    shift = float(rng.uniform(-0.4, 0.4)) * hx
    corners = np.array([[shift, z0 + 0.6], [shift * 0.6, 0.0], [shift, z1 - 0.6]])
    build = Builder(rng, make_weather(rng), corner_way(corners))
    build.grid_cell, build.headroom = 1.0, top
    _outside_view(build)
    floor = build.add_material(_floor_cover(rng))
    build.box(floor, 0.0, -0.1, 0.0, (hx + 0.2, 0.05, (z1 - z0) / 2 + 0.2), stands=False)
    build.settings[43] = 1.0
    wall_row = (
        palettes.house_wall(rng)
        if rng.random() < 0.25
        else palettes.plain(palettes.pick(rng, palettes.WALLS), 0.04, 0.8)
    )
    wall, ceiling = build.add_material(wall_row), build.add_material(palettes.plain((0.86, 0.85, 0.82), 0.03))
    build.box(ceiling, 0.0, top, 0.0, (hx + 0.2, 0.1, (z1 - z0) / 2 + 0.2), stands=False)
    things = Furniture(build)
    day = not build.weather.is_dark
    lit = not day or rng.random() < 0.4
    warm = (1.0, 0.93, 0.84)
    _light_inside(
        build,
        -hx - 0.05,
        hx + 0.05,
        z0 - 0.05,
        z1 + 0.05,
        top + 0.05,
        warm,
        float(rng.uniform(0.16, 0.4)) if day else 0.1,
    )
    build.weather.exposure = float(rng.uniform(1.1, 1.6)) if day else float(rng.uniform(1.0, 1.4))
    for side in (-1, 1):
        openings: list[tuple[float, float, float, float]] = []
        if rng.random() < 0.75:
            count = int((z1 - z0) / rng.uniform(2.0, 3.5))
            half, sill = float(rng.uniform(0.3, 0.75)), float(rng.choice([0.02, 0.45, 0.55]))
            openings = [((i + 0.5) / count * (z1 - z0), half, sill, min(top - 0.15, 1.3)) for i in range(count)]
        _wall_with_openings(build, wall, (side * hx, z0), (side * hx, z1), top, openings)
        for middle, half, sill, lintel in openings:
            z = z0 + middle
            for bar in (-half, 0.0, half):
                build.box(things.white, side * hx, sill, z + bar, (0.04, (lintel - sill) / 2, 0.025), stands=False)
            build.box(things.white, side * hx, sill - 0.02, z, (0.14, 0.02, half + 0.05), stands=False)
            build.box(things.white, side * hx, lintel - 0.02, z, (0.12, 0.02, half), stands=False)
            if rng.random() < 0.6:
                cloth = things.cloths[1]
                for bar in (-half - 0.12, half + 0.12):
                    for fold in range(3):
                        build.cone(
                            cloth,
                            side * (hx - 0.14),
                            0.05,
                            z + bar + (fold - 1) * 0.08,
                            (0.05, 0.05),
                            min(top - 0.1, lintel + 0.1),
                            stands=False,
                        )
            if day:
                build.light(side * (hx - 0.25), (sill + lintel) / 2, z, (0.85, 0.92, 1.0), 0.45, 5.0, shadows=False)
    ends = z0
    for i in range(len(lengths) + 1):
        door = (
            [(hx + shift * (1.0 if i in (0, len(lengths)) else 0.7), 0.42, 0.0, min(1.28, top - 0.1))]
            if 0 < i < len(lengths)
            else []
        )
        if not door and rng.random() < 0.4:
            door = [(hx, 0.7, 0.5, min(1.3, top - 0.15))]
        if i == 0 or i == len(lengths) or rng.random() < 0.8:
            _wall_with_openings(build, wall, (-hx, ends), (hx, ends), top, door)
        if i < len(lengths):
            _furnish(build, things, hx, ends, ends + lengths[i], top, lit=lit)
            ends += lengths[i]
    return build


def _furnish(build: Builder, things: Furniture, hx: float, z0: float, z1: float, top: float, *, lit: bool) -> None:
    rng = build.rng
    middle = (z0 + z1) / 2
    if lit:
        build.ellipsoid(things.lamp, 0.0, top - 0.22, middle, (0.16, 0.13, 0.16))
        build.cone(things.iron, 0.0, top - 0.12, middle, (0.01, 0.01), 0.12, stands=False)
        build.light(0.0, top - 0.4, middle, (1.0, 0.86, 0.66), float(rng.uniform(0.5, 1.0)), 7.0)
    for side in (-1, 1):
        z = z0 + 0.9
        while z < z1 - 0.8:
            if rng.random() < 0.75 and build.way.distance(side * (hx - 0.5), z) > 0.62:
                things.along_wall(side * (hx - 0.12), z, side * math.pi / 2)
            if rng.random() < 0.4:
                build.box(things.woods[0], side * (hx - 0.11), 0.85, z, (0.02, 0.2, 0.28), stands=False)
                build.box(
                    things.pictures[int(rng.integers(3))],
                    side * (hx - 0.125),
                    0.88,
                    z,
                    (0.02, 0.17, 0.25),
                    stands=False,
                )
            z += float(rng.uniform(1.4, 2.2))
    for _ in range(5):
        x, z = float(rng.uniform(-hx + 0.9, hx - 0.9)), float(rng.uniform(z0 + 1.0, z1 - 1.0))
        if build.is_free(x, z, 0.75, 0.3):
            things.table(x, z, float(rng.choice([0.0, math.pi / 2]) + rng.normal(0, 0.1)))
            build.claim(x, z, 0.9)
            break
    if rng.random() < 0.5:
        cloth = things.cloths[2]
        build.box(cloth, 0.0, -0.003, middle, (hx * 0.55, 0.006, (z1 - z0) * 0.3), stands=False)
    for corner in (-1, 1):
        x, z = corner * (hx - 0.35), z1 - 0.35
        if build.is_free(x, z, 0.2, 0.4):
            if rng.random() < 0.4:
                things.plant(x, z)
            elif rng.random() < 0.5:
                things.floor_lamp(x, z, lit=lit)


def hall(rng: np.random.Generator) -> Builder:
    """A long hall or corridor with columns, doors or windows; stone, plaster or brick."""
    top, hx, length = float(rng.uniform(1.7, 5.5)), float(rng.uniform(1.3, 5.0)), 70.0
    build = Builder(rng, make_weather(rng), straight_way(length - 12))
    build.grid_cell, build.headroom = 1.5, top
    _outside_view(build)
    stony = rng.random() < 0.5
    wall = build.add_material(
        palettes.stones(rng) if stony else palettes.plain(palettes.pick(rng, palettes.WALLS), 0.05, 0.8)
    )
    cover = palettes.tiles(rng, mirror=float(rng.choice([0.0, 0.2, 0.35]))) if rng.random() < 0.7 else _floor_cover(rng)
    floor = build.add_material(cover)
    build.box(floor, 0.0, -0.1, 0.0, (hx + 0.2, 0.05, length / 2), stands=False)
    ceiling = build.add_material(
        palettes.planks(rng) if rng.random() < 0.3 else palettes.plain(palettes.pick(rng, palettes.WALLS), 0.05)
    )
    build.box(ceiling, 0.0, top, 0.0, (hx + 0.2, 0.1, length / 2), stands=False)
    things = Furniture(build)
    day = not build.weather.is_dark
    _light_inside(
        build,
        -hx - 0.05,
        hx + 0.05,
        -length / 2,
        length / 2,
        top + 0.05,
        (1.0, 0.95, 0.9),
        float(rng.uniform(0.12, 0.35)),
    )
    build.weather.exposure = float(rng.uniform(1.2, 1.7))
    pitch = float(rng.uniform(2.0, 4.5))
    windows, doors = [bool(rng.random() < 0.45) for _ in range(2)], bool(rng.random() < 0.6)
    count = int(length / pitch)
    for side, windowed in zip((-1, 1), windows, strict=True):
        openings = [
            ((i + 0.5) * pitch, pitch * 0.2, 0.6, min(top - 0.2, 0.6 + top * 0.5)) for i in range(count) if windowed
        ]
        _wall_with_openings(build, wall, (side * hx, -length / 2), (side * hx, length / 2), top, openings)
        for i in range(count):
            z = -length / 2 + (i + 0.5) * pitch
            if windowed:
                build.box(things.white, side * hx, 0.6, z, (0.03, top * 0.25, 0.02), stands=False)
                build.box(things.white, side * hx, 0.6 + top * 0.22, z, (0.03, 0.015, pitch * 0.2), stands=False)
                if day and i % 2 == 0:
                    build.light(side * (hx - 0.3), 0.6 + top * 0.25, z, (0.85, 0.92, 1.0), 0.6, 5.0, shadows=False)
            elif doors and rng.random() < 0.6:
                build.box(things.white, side * hx, 0.0, z, (0.13, 0.67, 0.42), stands=False)
                build.box(things.woods[0], side * hx, 0.0, z, (0.15, 0.63, 0.36))
                build.ellipsoid(things.iron, side * (hx - 0.17), 0.6, z + 0.28, (0.03, 0.03, 0.03))
            elif rng.random() < 0.4:
                build.box(things.pictures[i % 3], side * (hx - 0.11), 0.7, z, (0.02, 0.28, 0.3), stands=False)
    for end in (-1, 1):
        z = end * length / 2
        _wall_with_openings(
            build, wall, (-hx, z), (hx, z), top, [(hx, 0.6, 0.0, min(1.6, top - 0.1))] if rng.random() < 0.6 else []
        )
    columns = hx > 2.0 and rng.random() < 0.7
    column = build.add_material(
        palettes.plain(palettes.pick(rng, palettes.WALLS + palettes.GREYS), 0.06, 2.0)
        if rng.random() < 0.6
        else palettes.stones(rng)
    )
    radius, place = float(rng.uniform(0.12, 0.32)), hx * float(rng.uniform(0.55, 0.75))
    lamps = bool(rng.random() < 0.6) or not day
    for i in range(count + 1):
        z = -length / 2 + i * pitch
        if columns:
            for side in (-1, 1):
                x = side * place
                build.cone(column, x, 0.0, z, (radius, radius * 0.9), top)
                build.box(column, x, 0.0, z, (radius * 1.3, 0.12, radius * 1.3))
                build.box(column, x, top - 0.2, z, (radius * 1.3, 0.1, radius * 1.3), stands=False)
        elif rng.random() < 0.5:
            for side in (-1, 1):
                build.box(column, side * hx, 0.0, z, (0.22, top / 2, 0.2))
        if rng.random() < 0.9 and stony:
            build.box(column, 0.0, top - 0.18, z, (hx, 0.09, 0.12), stands=False)
        if lamps and i % 2 == 0:
            build.box(things.lamp, 0.0, top - 0.06, z + pitch / 2, (0.3, 0.03, 0.08), stands=False)
            build.light(0.0, top - 0.3, z + pitch / 2, (1.0, 0.9, 0.75), 0.4 + 0.3 * top, 4.0 + top, shadows=False)
        if rng.random() < 0.15:
            x, zz = float(rng.choice([-1, 1])) * (hx - 0.5), z + pitch * 0.5
            if build.is_free(x, zz, 0.3, 0.4):
                things.plant(x, zz)
    return build


def dungeon(rng: np.random.Generator) -> Builder:
    """Winding corridors of rough stone with torches, niches, barrels and bars."""
    corners = [np.zeros(2)]
    heading = 0.0
    for _ in range(9):
        corners.append(corners[-1] + rng.uniform(5, 11) * np.array([math.sin(heading), math.cos(heading)]))
        heading = 0.0 if heading != 0.0 else float(rng.choice([-1, 1, 0])) * math.pi / 2
    line = np.array(corners)
    line -= line[4]
    way = corner_way(line, rounding=3)
    build = Builder(rng, make_weather(rng, ("night",)), way)
    top, half = float(rng.uniform(1.5, 2.8)), float(rng.uniform(0.9, 1.8))
    build.grid_cell, build.headroom = 1.0, top
    stone, floor = (
        build.add_material(palettes.stones(rng)),
        build.add_material(palettes.cobbles(rng) if rng.random() < 0.5 else palettes.tiles(rng)),
    )
    brick = build.add_material(palettes.bricks(rng))
    wall = stone if rng.random() < 0.6 else brick
    low, high = line.min(axis=0) - 12, line.max(axis=0) + 12
    middle, size = (low + high) / 2, (high - low) / 2
    build.box(floor, middle[0], -0.1, middle[1], (size[0], 0.05, size[1]), stands=False)
    build.box(stone, middle[0], top, middle[1], (size[0], 0.2, size[1]), stands=False)
    cell = 1.0
    things, town = Furniture(build), Town(build)
    torch = build.add_material(palettes.plain((1.0, 0.7, 0.3), 0.05, glow=5.0))
    nx, nz = int(size[0] * 2 / cell), int(size[1] * 2 / cell)
    solid = np.ones((nz, nx), dtype=bool)
    for j in range(nz):
        for i in range(nx):
            x, z = low[0] + (i + 0.5) * cell, low[1] + (j + 0.5) * cell
            solid[j, i] = way.distance(x, z) > half
    for _ in range(int(rng.integers(1, 5))):
        px, pz, _ = way.at(int(rng.integers(len(way.points))))
        ci, cj, r = int((px - low[0]) / cell), int((pz - low[1]) / cell), int(rng.integers(2, 5))
        solid[max(1, cj - r) : cj + r + 1, max(1, ci - r) : ci + r + 1] = False
    solid[0], solid[-1], solid[:, 0], solid[:, -1] = True, True, True, True
    for j in range(nz):
        i = 0
        while i < nx:
            if not solid[j, i] or not np.any(~solid[max(0, j - 1) : j + 2, max(0, i - 1) : i + 2]):
                i += 1
                continue
            k = i
            while k < nx and solid[j, k] and np.any(~solid[max(0, j - 1) : j + 2, max(0, k - 1) : k + 2]):
                k += 1
            x, z = low[0] + (i + k) / 2 * cell, low[1] + (j + 0.5) * cell
            build.box(wall, x, 0.0, z, ((k - i) * cell / 2, top / 2, cell / 2))
            i = k
    _light_inside(build, low[0], high[0], low[1], high[1], top + 0.3, (0.7, 0.75, 0.95), float(rng.uniform(0.04, 0.18)))
    build.weather.exposure = float(rng.uniform(1.4, 2.2))
    warm = palettes.pick(rng, [(1.0, 0.65, 0.3), (1.0, 0.75, 0.45), (0.6, 0.8, 1.0)])
    for index in range(3, len(way.points), int(rng.integers(9, 18))):
        x, z, heading = way.at(index)
        side = float(rng.choice([-1, 1]))
        reach = 0.3
        while reach < 4.0 and not _solid_at(
            solid, low, cell, x + side * reach * math.cos(heading), z - side * reach * math.sin(heading)
        ):
            reach += 0.05
        reach -= 0.12
        tx, tz = x + side * reach * math.cos(heading), z - side * reach * math.sin(heading)
        build.capsule(
            things.iron,
            (tx, 0.95, tz),
            (tx - side * 0.05 * math.cos(heading), 1.15, tz + side * 0.05 * math.sin(heading)),
            0.025,
        )
        build.ellipsoid(torch, tx, 1.22, tz, (0.05, 0.09, 0.05))
        build.light(tx - side * 0.2 * math.cos(heading), 1.25, tz + side * 0.2 * math.sin(heading), warm, 0.9, 6.0)
    for _ in range(30):
        px, pz, heading = way.at(int(rng.integers(len(way.points))))
        side = float(rng.choice([-1, 1])) * (half - 0.1)
        x, z = px + side * math.cos(heading), pz - side * math.sin(heading)
        if not build.is_free(x, z, 0.25, 0.35) or _solid_at(solid, low, cell, x, z):
            continue
        build.claim(x, z, 0.25)
        if rng.random() < 0.5:
            build.cone(town.wood, x, 0.0, z, (0.2, 0.18), 0.55)
        else:
            build.box(town.wood, x, 0.0, z, (0.22, 0.2, 0.22), turn=float(rng.uniform(0, 1.5)))
    return build


def _solid_at(
    solid: "np.ndarray[tuple[int, ...], np.dtype[np.bool]]",
    low: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]",
    cell: float,
    x: float,
    z: float,
) -> bool:
    i, j = int((x - low[0]) / cell), int((z - low[1]) / cell)
    return not (0 <= i < solid.shape[1] and 0 <= j < solid.shape[0]) or bool(solid[j, i])


def cave(rng: np.random.Generator) -> Builder:
    """A winding cave with stalagmites, lamps or glowing stones, at times a pool."""
    build = Builder(rng, make_weather(rng, ("night",)), winding_way(rng, 90, 1.2))
    cell = 0.35
    away = way_field(build.way, cell, 14.0)
    ragged = 4.0 * octaves_field(build.plane_table, SIDE, cell, 7.0, 5, 2.0).astype(np.float64)
    width = float(rng.uniform(1.8, 4.5))
    wide = np.maximum(0.0, away + ragged * smoothstep(0.8, 2.0, away) - width)
    floor = rolling(build, cell, 0.5, 9.0) * smoothstep(0.5, 3.0, away) + 0.5 * wide**1.3
    top = float(rng.uniform(1.9, 4.5))
    roof = top + 1.2 * rolling(build, cell, 1.0, 6.0) * np.sqrt(top / 2) - 0.9 * wide**1.3
    roof = np.maximum(roof, 1.6 - 1.5 * smoothstep(0.6, 1.4, away))
    build.set_ground(floor, cell, step=0.3)
    build.set_ceiling(roof)
    build.headroom = 1.5
    build.grid_cell = 1.5
    colours = palettes.GREYS + palettes.EARTHS
    stone = palettes.rock(rng, colours)
    build.fix_material(GROUND, palettes.earth(rng) if rng.random() < 0.5 else stone)
    build.fix_material(GROUND_PATCH, stone)
    build.fix_material(ROCK, stone)
    build.fix_material(CEILING, stone)
    build.fix_material(SHORE, palettes.earth(rng))
    build.settings[57] = 0.12
    if rng.random() < 0.3:
        fill_water(build, -0.25)
    _light_inside(build, -1e3, 1e3, -1e3, 1e3, 1e3, (0.75, 0.8, 0.95), float(rng.uniform(0.08, 0.35)))
    build.settings[S_FOG : S_FOG + 3] = linear((0.05, 0.06, 0.08))
    build.settings[S_FOG_DENSITY], build.settings[S_HAZE_HEIGHT] = float(rng.choice([0.0, 0.01, 0.04])), 0.0
    build.weather.exposure = float(rng.uniform(1.3, 2.2))
    flora = Flora(build)
    rocky = build.add_material(stone)
    tint = palettes.pick(rng, [(1.0, 0.7, 0.4), (0.5, 0.8, 1.0), (0.6, 1.0, 0.7), (1.0, 0.85, 0.65)])
    glowing = build.add_material(palettes.plain(tint, 0.1, glow=3.0))
    for _ in range(140):
        px, pz, heading = build.way.at(int(rng.integers(len(build.way.points))))
        side = float(rng.choice([-1, 1]) * rng.uniform(0.9, width + 1.0))
        x, z = px + side * math.cos(heading), pz - side * math.sin(heading)
        if not build.is_free(x, z, 0.3, 0.5):
            continue
        y, size = build.height(x, z), float(rng.uniform(0.3, 1.3))
        choice = rng.random()
        if choice < 0.35:
            build.cone(rocky, x, y - 0.1, z, (0.14 * size + 0.05, 0.01), size)
        elif choice < 0.6:
            build.cone(rocky, x, top - size * 0.8, z, (0.01, 0.13 * size + 0.05), size + 1.5, stands=False)
        elif choice < 0.9:
            flora.boulder(x, z, 0.5 * size, rocky)
        elif choice < 0.95:
            build.cone(rocky, x, y - 0.2, z, (0.3 * size, 0.22 * size), top + 1.5)
    for index in range(5, len(build.way.points), int(rng.integers(9, 20))):
        px, pz, heading = build.way.at(index)
        side = float(rng.choice([-1, 1])) * (width * 0.5 + 0.5)
        x, z = px + side * math.cos(heading), pz - side * math.sin(heading)
        y = build.height(x, z)
        build.cone(glowing, x, y - 0.05, z, (0.08, 0.02), float(rng.uniform(0.2, 0.5)), stands=False)
        build.light(x, y + 0.7, z, tint, float(rng.uniform(0.8, 1.8)), 7.0)
    return build
