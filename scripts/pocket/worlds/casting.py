"""What a ray meets first in a whole world: shapes in a grid of cells, the terrain, the water.

Owns the walk through the cells and the march over the terrain; colours are `shading.py`'s business.
"""

import math
from typing import TYPE_CHECKING, Final

from scripts.pocket.worlds.compiling import compiled
from scripts.pocket.worlds.scene import (
    S_CELL,
    S_FLAT,
    S_GRID_CELL,
    S_HIGHEST,
    S_ROOFED,
    S_STEP,
    S_WATER,
    Scene,
)
from scripts.pocket.worlds.shapes import NEVER, meet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FARTHEST: Final = 400.0
TERRAIN_BLOCK: Final = 16

# What was met, where it is not the index of a shape.
NOTHING: Final = -1
TERRAIN: Final = -2
WATER: Final = -3
CEILING_ROCK: Final = -4


@compiled
def sample_field(field: "NDArray[np.float32]", cell: float, x: float, z: float) -> float:
    """Bilinear value of a square field centred on the origin, its edge values continued beyond."""
    side = field.shape[0]
    u = min(max(x / cell + 0.5 * side, 0.0), side - 1.001)
    v = min(max(z / cell + 0.5 * side, 0.0), side - 1.001)
    i, j = int(u), int(v)
    u, v = u - i, v - j
    a = field[j, i] + (field[j, i + 1] - field[j, i]) * u
    b = field[j + 1, i] + (field[j + 1, i + 1] - field[j + 1, i]) * u
    return a + (b - a) * v


@compiled
def ground_height(scene: Scene, x: float, z: float) -> float:
    """Height of the terrain."""
    if scene.settings[S_FLAT] > 0.5:
        return 0.0
    return sample_field(scene.heights, scene.settings[S_CELL], x, z)


@compiled
def cast_shapes(
    scene: Scene, ox: float, oy: float, oz: float, dx: float, dy: float, dz: float, limit: float
) -> tuple[float, int]:
    """Distance to the first shape nearer than `limit`, and its index."""
    grid_cell = scene.settings[S_GRID_CELL]
    cell_tops, cell_starts, cell_shapes = scene.cell_tops, scene.cell_starts, scene.cell_shapes
    shapes, kinds, table = scene.shapes, scene.shape_kinds, scene.space_table
    spans = scene.shape_spans
    side = cell_tops.shape[0]
    half = 0.5 * side * grid_cell
    best, best_shape = limit, NOTHING
    start, end = 0.0, limit
    for axis in range(2):
        o, d = (ox, dx) if axis == 0 else (oz, dz)
        if abs(d) < 1e-9:
            if abs(o) >= half:
                return best, best_shape
            continue
        a, b = (-half - o) / d, (half - o) / d
        start, end = max(start, min(a, b)), min(end, max(a, b))
    if start >= end:
        return best, best_shape
    start += 1e-5
    i = min(max(math.floor((ox + start * dx + half) / grid_cell), 0), side - 1)
    j = min(max(math.floor((oz + start * dz + half) / grid_cell), 0), side - 1)
    step_i, step_j = (1 if dx > 0.0 else -1), (1 if dz > 0.0 else -1)
    delta_i = grid_cell / abs(dx) if abs(dx) > 1e-9 else NEVER
    delta_j = grid_cell / abs(dz) if abs(dz) > 1e-9 else NEVER
    edge_i = ((i + (1 if dx > 0.0 else 0)) * grid_cell - half - ox) / dx if abs(dx) > 1e-9 else NEVER
    edge_j = ((j + (1 if dz > 0.0 else 0)) * grid_cell - half - oz) / dz if abs(dz) > 1e-9 else NEVER
    now = start
    while True:
        leave = min(edge_i, edge_j)
        low, high = oy + now * dy, oy + min(leave, end) * dy
        if low > high:
            low, high = high, low
        if low <= cell_tops[j, i]:
            cell = j * side + i
            for index in range(cell_starts[cell], cell_starts[cell + 1]):
                shape = cell_shapes[index]
                if low > spans[shape, 1] or high < spans[shape, 0]:
                    continue
                t = meet(table, int(kinds[shape]), shapes, shape, ox, oy, oz, dx, dy, dz, best)
                if t < best:
                    best, best_shape = t, shape
        if best <= leave or leave >= end:
            break
        now = leave
        if edge_i < edge_j:
            i += step_i
            edge_i += delta_i
        else:
            j += step_j
            edge_j += delta_j
        if i < 0 or j < 0 or i >= side or j >= side:
            break
    return best, best_shape


@compiled
def _terrain_gap(
    heights: "NDArray[np.float32]",
    ceiling: "NDArray[np.float32]",
    cell: float,
    x: float,
    y: float,
    z: float,
    roofed: int,
) -> float:
    gap = y - sample_field(heights, cell, x, z)
    if roofed:
        gap = min(gap, sample_field(ceiling, cell, x, z) - y)
    return gap


@compiled
def cast_terrain(scene: Scene, ox: float, oy: float, oz: float, dx: float, dy: float, dz: float, limit: float) -> float:
    """Distance to the terrain (or the rock above, in a cave), `limit` if it is not nearer.

    Steps grow with the gap to the ground and with distance; blocks of cells whose top lies below the ray are skipped.
    """
    settings = scene.settings
    if settings[S_FLAT] > 0.5:
        if dy >= -1e-9 or oy <= 0.0:
            return limit
        return min(limit, -oy / dy)
    heights, ceiling, tops = scene.heights, scene.ceiling, scene.height_tops
    roofed = 1 if settings[S_ROOFED] > 0.5 else 0
    cell = settings[S_CELL]
    share = settings[S_STEP]
    edge = 0.5 * heights.shape[0] * cell
    block = cell * TERRAIN_BLOCK
    blocks = tops.shape[0]
    t, before = 0.01, 0.0
    highest = settings[S_HIGHEST]
    if not roofed and oy > highest:
        if dy >= 0.0:
            return limit
        t = max(t, (highest - oy) / dy)
        before = t - 0.01
    growth = 0.012 if roofed else 0.02
    for _ in range(400):
        if t >= limit:
            return limit
        x, y, z = ox + t * dx, oy + t * dy, oz + t * dz
        if abs(x) >= edge or abs(z) >= edge:
            return limit
        if not roofed:
            if dy >= 0.0 and y > highest:
                return limit
            u, v = (x + edge) / block, (z + edge) / block
            i, j = min(int(u), blocks - 1), min(int(v), blocks - 1)
            top = tops[j, i]
            if y > top:
                leave = 1e9
                if dx > 1e-9:
                    leave = (i + 1 - u) * block / dx
                elif dx < -1e-9:
                    leave = (i - u) * block / dx
                if dz > 1e-9:
                    leave = min(leave, (j + 1 - v) * block / dz)
                elif dz < -1e-9:
                    leave = min(leave, (j - v) * block / dz)
                if dy < -1e-9:
                    leave = min(leave, (top - y) / dy)
                before = t
                t += leave + 0.01
                continue
        gap = _terrain_gap(heights, ceiling, cell, x, y, z, roofed)
        if gap <= 0.0:
            low, high = before, t
            for _bisection in range(10):
                middle = 0.5 * (low + high)
                inner = _terrain_gap(
                    heights, ceiling, cell, ox + middle * dx, oy + middle * dy, oz + middle * dz, roofed
                )
                if inner <= 0.0:
                    high = middle
                else:
                    low = middle
            return min(limit, 0.5 * (low + high))
        before = t
        t += max(share * gap, 0.02 + growth * t)
    return limit


@compiled
def cast(
    scene: Scene, ox: float, oy: float, oz: float, dx: float, dy: float, dz: float, water: int
) -> tuple[float, int]:
    """Distance to what a ray meets first, and what it is."""
    limit, what = FARTHEST, NOTHING
    level = scene.settings[S_WATER]
    if water and level > -1000.0 and dy < -1e-9 and oy > level:
        t = (level - oy) / dy
        if t < limit:
            limit, what = t, WATER
    t, shape = cast_shapes(scene, ox, oy, oz, dx, dy, dz, limit)
    if shape >= 0:
        limit, what = t, shape
    t = cast_terrain(scene, ox, oy, oz, dx, dy, dz, limit)
    if t < limit:
        limit, what = t, TERRAIN
        if scene.settings[S_ROOFED] > 0.5:
            cell = scene.settings[S_CELL]
            x, y, z = ox + t * dx, oy + t * dy, oz + t * dz
            floor = sample_field(scene.heights, cell, x, z)
            if sample_field(scene.ceiling, cell, x, z) - y < y - floor:
                what = CEILING_ROCK
    return limit, what


@compiled
def is_shadowed(
    scene: Scene, ox: float, oy: float, oz: float, dx: float, dy: float, dz: float, limit: float, terrain: int
) -> bool:
    """Whether anything stands between a point and a light `limit` away."""
    _, shape = cast_shapes(scene, ox, oy, oz, dx, dy, dz, limit)
    if shape >= 0:
        return True
    return terrain > 0 and cast_terrain(scene, ox, oy, oz, dx, dy, dz, limit) < limit
