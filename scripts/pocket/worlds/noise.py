"""Smooth random fields, for terrain, clouds and surfaces.

Owns the tables of random numbers and the interpolation between them; what a field is used for is decided elsewhere.
All functions are compiled and return values in 0..1.
"""

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from scripts.pocket.worlds.compiling import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE_2D: Final = 128
SIDE_3D: Final = 32


def random_tables(rng: np.random.Generator) -> "tuple[NDArray[np.float32], NDArray[np.float32]]":
    """The lattice values of the plane's and of space's noise."""
    plane = rng.random((SIDE_2D, SIDE_2D), dtype=np.float32)
    space = rng.random((SIDE_3D, SIDE_3D, SIDE_3D), dtype=np.float32)
    return plane, space


@compiled
def hash01(a: int, b: int, c: int) -> float:
    """A random number for three integers."""
    h = (a * 374761393 + b * 668265263 + c * 2147483647 + 1013904223) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    h = ((h ^ (h >> 15)) * 2246822519) & 0xFFFFFFFF
    return ((h ^ (h >> 16)) & 0xFFFFFF) / 16777216.0


@compiled
def plane_noise(table: "NDArray[np.float32]", x: float, y: float) -> float:
    """One octave over the plane, a lattice value at each whole number."""
    fx, fy = math.floor(x), math.floor(y)
    u, v = x - fx, y - fy
    u = u * u * (3.0 - 2.0 * u)
    v = v * v * (3.0 - 2.0 * v)
    i0, j0 = int(fx) & 127, int(fy) & 127
    i1, j1 = (i0 + 1) & 127, (j0 + 1) & 127
    a = table[j0, i0] + (table[j0, i1] - table[j0, i0]) * u
    b = table[j1, i0] + (table[j1, i1] - table[j1, i0]) * u
    return a + (b - a) * v


@compiled
def space_noise(table: "NDArray[np.float32]", x: float, y: float, z: float) -> float:
    """One octave in space."""
    fx, fy, fz = math.floor(x), math.floor(y), math.floor(z)
    u, v, w = x - fx, y - fy, z - fz
    u = u * u * (3.0 - 2.0 * u)
    v = v * v * (3.0 - 2.0 * v)
    w = w * w * (3.0 - 2.0 * w)
    i0, j0, k0 = int(fx) & 31, int(fy) & 31, int(fz) & 31
    i1, j1, k1 = (i0 + 1) & 31, (j0 + 1) & 31, (k0 + 1) & 31
    a = table[k0, j0, i0] + (table[k0, j0, i1] - table[k0, j0, i0]) * u
    b = table[k0, j1, i0] + (table[k0, j1, i1] - table[k0, j1, i0]) * u
    c = table[k1, j0, i0] + (table[k1, j0, i1] - table[k1, j0, i0]) * u
    d = table[k1, j1, i0] + (table[k1, j1, i1] - table[k1, j1, i0]) * u
    near = a + (b - a) * v
    far = c + (d - c) * v
    return near + (far - near) * w


@compiled
def plane_octaves(table: "NDArray[np.float32]", x: float, y: float, octaves: int, footprint: float) -> float:
    """Octaves of halving size; those finer than `footprint` fade to their mean, so that nothing flickers."""
    total, weight, amplitude = 0.0, 0.0, 0.5
    for octave in range(octaves):
        seen = min(1.0, max(0.0, 1.6 - 1.6 * footprint))
        if seen > 0.0:
            total += amplitude * (0.5 + (plane_noise(table, x + 17.3 * octave, y - 9.7 * octave) - 0.5) * seen)
        else:
            total += amplitude * 0.5
        weight += amplitude
        amplitude *= 0.5
        x, y = 1.62 * x + 1.18 * y, -1.18 * x + 1.62 * y
        footprint *= 2.0
    return total / weight


@compiled
def space_octaves(table: "NDArray[np.float32]", x: float, y: float, z: float, octaves: int, footprint: float) -> float:
    """The same in space."""
    total, weight, amplitude = 0.0, 0.0, 0.5
    for octave in range(octaves):
        seen = min(1.0, max(0.0, 1.6 - 1.6 * footprint))
        if seen > 0.0:
            total += amplitude * (0.5 + (space_noise(table, x, y + 5.3 * octave, z) - 0.5) * seen)
        else:
            total += amplitude * 0.5
        weight += amplitude
        amplitude *= 0.5
        x, y, z = 1.62 * x + 1.18 * z, 2.03 * y + 3.1, -1.18 * x + 1.62 * z
        footprint *= 2.0
    return total / weight
