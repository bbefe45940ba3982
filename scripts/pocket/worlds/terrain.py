"""Heights of the ground: rolling, mountainous, dunes, canyons, caves.

Owns the height fields; their cover is chosen by the materials of a world.
"""

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from scripts.pocket.worlds.compiling import compiled
from scripts.pocket.worlds.noise import plane_noise, plane_octaves

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE: Final = 512


def field_axes(cell: float, side: int = SIDE) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """x and z of every cell of a field."""
    line = (np.arange(side, dtype=np.float64) - side / 2) * cell
    return np.tile(line, (side, 1)), np.repeat(line[:, None], side, axis=1)


@compiled
def octaves_field(
    table: "NDArray[np.float32]", side: int, cell: float, wave: float, octaves: int, shift: float
) -> "NDArray[np.float32]":
    """Noise in -0.5..0.5 over a field, its largest features `wave` long."""
    out = np.empty((side, side), dtype=np.float32)
    for j in range(side):
        for i in range(side):
            x, z = (i - 0.5 * side) * cell / wave + shift, (j - 0.5 * side) * cell / wave
            out[j, i] = plane_octaves(table, x, z, octaves, 0.0) - 0.5
    return out


@compiled
def ridged_field(
    table: "NDArray[np.float32]", side: int, cell: float, wave: float, octaves: int, shift: float
) -> "NDArray[np.float32]":
    """Sharp crests in 0..1, for mountains and dunes."""
    out = np.empty((side, side), dtype=np.float32)
    for j in range(side):
        for i in range(side):
            x, z = (i - 0.5 * side) * cell / wave + shift, (j - 0.5 * side) * cell / wave
            total, weight, amplitude, carry = 0.0, 0.0, 0.5, 1.0
            for _ in range(octaves):
                crest = 1.0 - abs(2.0 * plane_noise(table, x, z) - 1.0)
                crest *= crest
                total += amplitude * crest * carry
                weight += amplitude
                carry = min(1.0, 1.3 * crest + 0.1)
                amplitude *= 0.5
                x, z = 1.62 * x + 1.18 * z + 3.3, -1.18 * x + 1.62 * z
            out[j, i] = total / weight
    return out


def smoothstep(low: float, high: float, value: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """0 below `low`, 1 above `high`, smooth between."""
    u = np.clip((value - low) / (high - low), 0.0, 1.0)
    return u * u * (3.0 - 2.0 * u)


def flattened_along(
    heights: "NDArray[np.float64]", way_distance: "NDArray[np.float64]", level: float, width: float, blend: float
) -> "NDArray[np.float64]":
    """Heights drawn to `level` within `width` of the way, so that one can walk there."""
    share = 1.0 - smoothstep(width, width + blend, way_distance)
    return heights + (level - heights) * share


def terraced(heights: "NDArray[np.float64]", step: float, sharpness: float) -> "NDArray[np.float64]":
    """Heights in steps, as rock in layers weathers."""
    scaled = heights / step
    whole = np.floor(scaled)
    part = scaled - whole
    return (whole + smoothstep(0.5 - 0.5 / sharpness, 0.5 + 0.5 / sharpness, part)) * step


def mountains_ring(
    rng: np.random.Generator, table: "NDArray[np.float32]", cell: float, height: float, inner: float, outer: float
) -> "NDArray[np.float64]":
    """Mountains that rise beyond `inner` and reach their height at `outer`, in some directions more than others."""
    x, z = field_axes(cell)
    crests = ridged_field(table, SIDE, cell, float(rng.uniform(90, 170)), 5, float(rng.uniform(0, 90)))
    radius = np.hypot(x, z)
    turn = rng.uniform(0, 2 * math.pi)
    side = 0.6 + 0.4 * np.cos(np.arctan2(x, z) - turn)
    return height * smoothstep(inner, outer, radius) * (0.25 + crests.astype(np.float64)) * side
