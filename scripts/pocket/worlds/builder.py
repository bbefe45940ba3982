"""Collects the shapes, materials and lamps of a world and makes the arrays that the kernels read.

Owns the packing: rows, the grid of cells, the map of contact shadows. What to put where is decided by the recipes.
"""

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from scripts.pocket.worlds.casting import TERRAIN_BLOCK, sample_field
from scripts.pocket.worlds.compiling import compiled
from scripts.pocket.worlds.materials import PLAIN, linear, material
from scripts.pocket.worlds.noise import random_tables
from scripts.pocket.worlds.scene import (
    BOX,
    CAPSULE,
    CONE,
    ELLIPSOID,
    FIXED_MATERIALS,
    FRUSTUM,
    LIGHT_COLUMNS,
    S_CELL,
    S_FLAT,
    S_GRID_CELL,
    S_HIGHEST,
    S_ROCK_SLOPE,
    S_ROOFED,
    S_SNOW_LINE,
    S_STEP,
    S_WATER,
    S_WAY_EDGE,
    S_WAY_HALF,
    SETTING_COUNT,
    SHAPE_COLUMNS,
    Scene,
)
from scripts.pocket.worlds.shading import CONTACT_CELL
from scripts.pocket.worlds.terrain import SIDE
from scripts.pocket.worlds.ways import Way, stamp_way

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scripts.pocket.worlds.weather import Weather

GRID_SIDE: Final = 128
CONTACT_SIDE: Final = 384
NO_FOOT: Final = -1000.0


class Builder:
    """A world under construction. Lengths in eye heights; `y` of a thing that stands is the height of its foot."""

    def __init__(self, rng: np.random.Generator, weather: "Weather", way: Way) -> None:
        self.rng = rng
        self.weather = weather
        self.way = way
        self.plane_table, self.space_table = random_tables(rng)
        self.settings = np.zeros(SETTING_COUNT, dtype=np.float64)
        for index, value in weather.values.items():
            size = np.size(value)
            self.settings[index : index + size] = value
        self.settings[S_WATER] = -1e4
        self.settings[S_CELL] = 1.0
        self.settings[S_FLAT] = 1.0
        self.settings[S_STEP] = 0.45
        self.settings[S_ROCK_SLOPE] = 2.0
        self.settings[S_SNOW_LINE] = 1e4
        self.heights: NDArray[np.float32] | None = None
        self.ceiling: NDArray[np.float32] | None = None
        self.headroom = 1e4
        self.grid_cell = 1.6
        self._shapes: list[NDArray[np.float32]] = []
        self._kinds: list[int] = []
        self._materials_of: list[int] = []
        self._materials = [material(PLAIN, (0.5, 0.5, 0.5)) for _ in range(FIXED_MATERIALS)]
        self._lights: list[NDArray[np.float32]] = []
        self._taken: list[tuple[float, float, float]] = []

    # Ground

    def set_ground(self, heights: "NDArray[np.float64]", cell: float, *, step: float = 0.45) -> None:
        """A terrain instead of the level plane."""
        self.heights = heights.astype(np.float32)
        self.settings[S_FLAT], self.settings[S_CELL], self.settings[S_STEP] = 0.0, cell, step
        self.settings[S_HIGHEST] = float(heights.max()) + 0.01

    def set_ceiling(self, ceiling: "NDArray[np.float64]") -> None:
        """Rock above, over a terrain."""
        self.ceiling = ceiling.astype(np.float32)
        self.settings[S_ROOFED] = 1.0

    def set_way(self, half_width: float, edge: float, row: "NDArray[np.float32]", verge: "NDArray[np.float32]") -> None:
        """Make the way visible on the ground."""
        self.settings[S_WAY_HALF], self.settings[S_WAY_EDGE] = half_width, edge
        self._materials[3], self._materials[4] = row, verge

    def fix_material(self, index: int, row: "NDArray[np.float32]") -> None:
        """Set one of the materials that the ground uses."""
        self._materials[index] = row

    def fixed_material(self, index: int) -> "NDArray[np.float32]":
        """One of the materials that the ground uses."""
        return self._materials[index]

    def height(self, x: float, z: float) -> float:
        """Of the ground."""
        if self.heights is None:
            return 0.0
        return float(sample_field(self.heights, float(self.settings[S_CELL]), x, z))

    def add_material(self, row: "NDArray[np.float32]") -> int:
        """The index of a new material."""
        self._materials.append(row)
        return len(self._materials) - 1

    # Places

    def is_free(self, x: float, z: float, radius: float, clearance: float = 0.8) -> bool:
        """Whether a thing of `radius` fits there, clear of the way and of what has been claimed."""
        if self.way.distance(x, z) < radius + clearance:
            return False
        return all((x - a) ** 2 + (z - b) ** 2 > (radius + r) ** 2 for a, b, r in self._taken)

    def claim(self, x: float, z: float, radius: float) -> None:
        """Keep a place from being built on."""
        self._taken.append((x, z, radius))

    # Shapes

    def _add(self, kind: int, mat: int, values: dict[int, float], foot: float) -> None:
        row = np.zeros(SHAPE_COLUMNS, dtype=np.float32)
        for index, value in values.items():
            row[index] = value
        row[13] = self.rng.uniform(0.9, 1.1)
        row[14] = self.rng.random()
        row[15] = foot
        self._shapes.append(row)
        self._kinds.append(kind)
        self._materials_of.append(mat)

    def box(
        self,
        mat: int,
        x: float,
        y: float,
        z: float,
        half: tuple[float, float, float],
        *,
        turn: float = 0.0,
        cut: int = 0,
        spacing: float = 0.1,
        stands: bool = True,
    ) -> None:
        """A box whose foot is at `y`. Positive `turn` is to the right, like a heading."""
        values = {0: x, 1: y + half[1], 2: z, 3: half[0], 4: half[1], 5: half[2], 10: cut, 11: spacing}
        values |= {6: math.cos(turn), 7: math.sin(turn)}
        self._add(BOX, mat, values, y if stands else NO_FOOT)

    def frustum(
        self,
        mat: int,
        x: float,
        y: float,
        z: float,
        half: tuple[float, float, float],
        top: tuple[float, float],
        *,
        turn: float = 0.0,
        stands: bool = False,
    ) -> None:
        """A box with another size at the top: (0, hz) makes a gable roof along z."""
        values = {0: x, 1: y + half[1], 2: z, 3: half[0], 4: half[1], 5: half[2], 8: top[0], 9: top[1]}
        values |= {6: math.cos(turn), 7: math.sin(turn)}
        self._add(FRUSTUM, mat, values, y if stands else NO_FOOT)

    def cone(
        self,
        mat: int,
        x: float,
        y: float,
        z: float,
        radii: tuple[float, float],
        height: float,
        *,
        holes: float = 0.0,
        frequency: float = 2.0,
        stands: bool = True,
    ) -> None:
        """An upright cylinder or cone from foot to top radius; with `holes` it is foliage."""
        values = {0: x, 1: y + height / 2, 2: z, 3: radii[0], 4: height / 2, 5: radii[1], 10: holes, 11: frequency}
        self._add(CONE, mat, values, y if stands else NO_FOOT)

    def ellipsoid(
        self,
        mat: int,
        x: float,
        y: float,
        z: float,
        radii: tuple[float, float, float],
        *,
        holes: float = 0.0,
        frequency: float = 2.0,
        lumps: float = 0.0,
        foot: float = NO_FOOT,
    ) -> None:
        """An ellipsoid about its centre: foliage with `holes`, stone with `lumps`."""
        values = {0: x, 1: y, 2: z, 3: radii[0], 4: radii[1], 5: radii[2], 10: holes, 11: frequency, 12: lumps}
        self._add(ELLIPSOID, mat, values, foot)

    def capsule(self, mat: int, a: tuple[float, float, float], b: tuple[float, float, float], radius: float) -> None:
        """A round bar between two points."""
        values = {i: (a[i] + b[i]) / 2 for i in range(3)} | {3 + i: (b[i] - a[i]) / 2 for i in range(3)}
        self._add(CAPSULE, mat, values | {6: radius}, NO_FOOT)

    def light(
        self,
        x: float,
        y: float,
        z: float,
        colour: tuple[float, float, float],
        strength: float,
        reach: float,
        *,
        shadows: bool = True,
    ) -> None:
        """A lamp; at a distance of one it gives `strength`."""
        row = np.zeros(LIGHT_COLUMNS, dtype=np.float32)
        row[:3] = (x, y, z)
        row[3:6] = linear(colour) * strength
        row[6], row[7] = reach, 1.0 if shadows else 0.0
        self._lights.append(row)

    # The end

    def _bounds(self, shapes: "NDArray[np.float32]", kinds: "NDArray[np.int32]") -> "NDArray[np.float32]":
        """x0, x1, z0, z1, top, foot of every shape."""
        out = np.zeros((len(shapes), 6), dtype=np.float32)
        for i, (s, kind) in enumerate(zip(shapes, kinds, strict=True)):
            if kind in (BOX, FRUSTUM):
                hx, hz = (s[3], s[5]) if kind == BOX else (max(s[3], s[8]), max(s[5], s[9]))
                rx, rz = abs(s[6]) * hx + abs(s[7]) * hz, abs(s[7]) * hx + abs(s[6]) * hz
                top = s[4]
            elif kind == CONE:
                rx = rz = max(s[3], s[5])
                top = s[4]
            elif kind == ELLIPSOID:
                rx, top, rz = s[3] * (1 + s[12]), s[4] * (1 + s[12]), s[5] * (1 + s[12])
            else:
                rx, top, rz = abs(s[3]) + s[6], abs(s[4]) + s[6], abs(s[5]) + s[6]
            out[i] = (s[0] - rx, s[0] + rx, s[2] - rz, s[2] + rz, s[1] + top, s[1] - top)
        return out

    def finish(self) -> Scene:
        """Pack everything."""
        count = len(self._shapes)
        shapes = np.array(self._shapes, dtype=np.float32) if count else np.zeros((0, SHAPE_COLUMNS), dtype=np.float32)
        kinds = np.array(self._kinds, dtype=np.int32)
        bounds = self._bounds(shapes, kinds)
        starts, items, tops = _fill_grid(bounds, GRID_SIDE, self.grid_cell)
        self.settings[S_GRID_CELL] = self.grid_cell
        side = SIDE if self.heights is not None or self.settings[S_WAY_HALF] > 0 else 2
        heights = self.heights if self.heights is not None else np.zeros((side, side), dtype=np.float32)
        ceiling = self.ceiling if self.ceiling is not None else np.zeros((2, 2), dtype=np.float32)
        distance, along = np.full((side, side), 1e3, dtype=np.float32), np.zeros((side, side), dtype=np.float32)
        if self.settings[S_WAY_HALF] > 0:
            reach = float(self.settings[S_WAY_HALF] + self.settings[S_WAY_EDGE] + 3.0)
            stamp_way(self.way.points, float(self.settings[S_CELL]), reach, distance, along)
        contact = np.ones((CONTACT_SIDE, CONTACT_SIDE), dtype=np.float32)
        _stamp_contacts(shapes, kinds, CONTACT_CELL, contact)
        lights = (
            np.array(self._lights, dtype=np.float32) if self._lights else np.zeros((0, LIGHT_COLUMNS), dtype=np.float32)
        )
        return Scene(
            shapes=shapes,
            shape_spans=np.ascontiguousarray(bounds[:, 5:3:-1]),
            shape_kinds=kinds,
            shape_materials=np.array(self._materials_of, dtype=np.int32),
            cell_starts=starts,
            cell_shapes=items,
            cell_tops=tops,
            heights=heights,
            height_tops=_block_tops(heights),
            ceiling=ceiling,
            way_distance=distance,
            way_along=along,
            contact=contact,
            materials=np.array(self._materials, dtype=np.float32),
            lights=lights,
            settings=self.settings,
            plane_table=self.plane_table,
            space_table=self.space_table,
        )


def _block_tops(heights: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """The highest ground of every block of cells, its border included."""
    side = heights.shape[0] // TERRAIN_BLOCK
    if side == 0:
        return np.zeros((1, 1), dtype=np.float32)
    padded = np.pad(heights, ((0, 1), (0, 1)), mode="edge")
    tops = np.zeros((side, side), dtype=np.float32)
    for j in range(side):
        for i in range(side):
            rows = slice(j * TERRAIN_BLOCK, (j + 1) * TERRAIN_BLOCK + 1)
            columns = slice(i * TERRAIN_BLOCK, (i + 1) * TERRAIN_BLOCK + 1)
            tops[j, i] = padded[rows, columns].max()
    return tops


@compiled
def _fill_grid(
    bounds: "NDArray[np.float32]", side: int, cell: float
) -> "tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]":
    """Which shapes each cell holds, one cell's after another's, and how high the highest reaches."""
    half = 0.5 * side * cell
    counts = np.zeros(side * side + 1, dtype=np.int32)
    tops = np.full((side, side), -1e9, dtype=np.float32)
    items = np.zeros(1, dtype=np.int32)
    filled = np.zeros(side * side, dtype=np.int32)
    for turn in range(2):
        if turn == 1:
            for c in range(side * side):
                counts[c + 1] += counts[c]
            items = np.zeros(max(1, counts[side * side]), dtype=np.int32)
        for s in range(bounds.shape[0]):
            i0 = math.floor((bounds[s, 0] + half) / cell - 1e-3)
            i1 = math.floor((bounds[s, 1] + half) / cell + 1e-3)
            j0 = math.floor((bounds[s, 2] + half) / cell - 1e-3)
            j1 = math.floor((bounds[s, 3] + half) / cell + 1e-3)
            for j in range(max(0, j0), min(side - 1, j1) + 1):
                for i in range(max(0, i0), min(side - 1, i1) + 1):
                    c = j * side + i
                    if turn == 0:
                        counts[c + 1] += 1
                        tops[j, i] = max(tops[j, i], bounds[s, 4])
                    else:
                        items[counts[c] + filled[c]] = s
                        filled[c] += 1
    return counts, items, tops


@compiled
def _stamp_contacts(
    shapes: "NDArray[np.float32]", kinds: "NDArray[np.int32]", cell: float, contact: "NDArray[np.float32]"
) -> None:
    """Darken the map of the ground about the feet of things."""
    side = contact.shape[0]
    for index in range(shapes.shape[0]):
        s, kind = shapes[index], kinds[index]
        if s[15] < -900.0:
            continue
        radius = 1.5 + max(s[3], s[5]) * 1.5
        strength = 0.45 if kind != 3 or s[10] <= 0.0 else 0.3
        i0 = max(0, int((s[0] - radius) / cell + 0.5 * side))
        i1 = min(side - 1, int((s[0] + radius) / cell + 0.5 * side) + 1)
        j0 = max(0, int((s[2] - radius) / cell + 0.5 * side))
        j1 = min(side - 1, int((s[2] + radius) / cell + 0.5 * side) + 1)
        for j in range(j0, j1 + 1):
            for i in range(i0, i1 + 1):
                rx, rz = (i - 0.5 * side) * cell - s[0], (j - 0.5 * side) * cell - s[2]
                if kind in (0, 1):
                    px, pz = s[6] * rx - s[7] * rz, s[7] * rx + s[6] * rz
                    ex, ez = max(0.0, abs(px) - s[3]), max(0.0, abs(pz) - s[5])
                    away = math.sqrt(ex * ex + ez * ez)
                else:
                    away = max(0.0, math.sqrt(rx * rx + rz * rz) - max(s[3], s[5] if kind == 3 else s[3]))
                spread = 0.25 + 0.18 * min(3.0, s[4])
                dark = 1.0 - strength * math.exp(-away / spread)
                contact[j, i] = min(contact[j, i], dark)
