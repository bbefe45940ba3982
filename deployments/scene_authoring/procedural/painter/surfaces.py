"""What walls, roofs and floors are made of, by position along and up a surface.

Owns patterns: bricks, planks, plaster with timber, tiles, windows that may be lit. Each maker returns a surface
for `solids` and `rooms`.
"""

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.ground import grain_at, hashed, noise_at
from deployments.scene_authoring.procedural.raster import Plane, Rgb, mix, smoothstep, srgb

if TYPE_CHECKING:
    from collections.abc import Callable

Surface: TypeAlias = "Callable[[Plane, Plane, Rgb], tuple[Rgb, Rgb]]"

SNOW: Final = srgb("eef3fa")
_LAMPLIGHT: Final = ra.rgb(1.0, 0.62, 0.26)


def plain(colour: Rgb, snow: float = 0.0, rough: float = 0.25) -> Surface:
    """A rough surface of one colour; `snow` on what faces up."""

    def surface(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
        tone = 1.0 - rough + 2 * rough * noise_at(along, up, 60.0)
        return _snowed(ra.dyed(tone, colour), normal, along, up, snow), np.zeros_like(normal)

    return surface


def bricks(colour: Rgb, length: float, height: float, snow: float = 0.0, moss: float = 0.0) -> Surface:
    """Courses of stones with dark joints, each stone of its own tone."""

    def surface(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
        return _snowed(brick_pattern(along, up, colour, length, height, moss), normal, along, up, snow), np.zeros_like(
            normal
        )

    return surface


def brick_pattern(along: Plane, up: Plane, colour: Rgb, length: float, height: float, moss: float = 0.0) -> Rgb:
    """Albedo of `bricks` at positions."""
    course = np.floor(up / height)
    shifted = along / length + 0.5 * (course.astype(np.int32) & 1).astype(np.float32) + 0.2 * hashed(course, course + 3)
    stone = np.floor(shifted)
    u, v = shifted - stone, up / height - course
    wobble = (noise_at(along, up, 70.0) - 0.5) * 0.10
    joint = np.minimum(np.minimum(u, 1 - u) * (length / height), np.minimum(v, 1 - v)) + wobble
    edge = smoothstep(0.02, 0.13, joint)
    bevel = 1.0 + 0.22 * (smoothstep(0.25, 0.05, v) - smoothstep(0.75, 0.95, v)) * -1.0
    tone = (
        (0.30 + 0.70 * edge * bevel)
        * (0.74 + 0.5 * hashed(stone, course))
        * (0.55 + 0.6 * noise_at(along, up, 80.0) + 0.35 * grain_at(up, along, 110.0))
    )
    painted = ra.dyed(tone, colour)
    if moss:
        grows = smoothstep(0.52, 0.75, noise_at(up + 3.0, along, 16.0)) * moss
        painted = mix(painted.astype(np.float32), ra.dyed(tone, srgb("5f7a3a")), grows)
    return painted.astype(np.float32)


def planks(colour: Rgb, width: float, snow: float = 0.0, *, upright: bool = False) -> Surface:
    """Boards side by side with dark gaps and grain."""

    def surface(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
        across, length = (along, up) if upright else (up, along)
        board = np.floor(across / width)
        part = across / width - board
        gap = smoothstep(0.0, 0.09, np.minimum(part, 1 - part))
        grain = noise_at(length * 0.35 + hashed(board, board) * 9.0, across * 6.0, 70.0)
        tone = (0.22 + 0.78 * gap) * (0.62 + 0.5 * hashed(board, board + 7)) * (0.70 + 0.6 * grain)
        return _snowed(ra.dyed(tone, colour), normal, along, up, snow), np.zeros_like(normal)

    return surface


def roof_tiles(colour: Rgb, snow: float = 0.0) -> Surface:
    """Overlapping rows of tiles, or snow."""

    def surface(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
        row = np.floor(up / 0.13)
        v = up / 0.13 - row
        shifted = along / 0.16 + 0.5 * (row.astype(np.int32) & 1).astype(np.float32)
        u = shifted - np.floor(shifted)
        tone = (
            (0.55 + 0.45 * v)
            * (0.75 + 0.4 * hashed(np.floor(shifted), row))
            * (0.8 + 0.2 * smoothstep(0.0, 0.12, np.minimum(u, 1 - u)))
        )
        return _snowed(ra.dyed(tone, colour), normal, along, up, snow), np.zeros_like(normal)

    return surface


def facade(
    wall: Surface,
    windows: tuple[float, float],
    size: tuple[float, float],
    lit: float,
    frame: Rgb,
    first_floor: float = 0.35,
    seed: int = 0,
) -> Surface:
    """A wall with a window every `windows` (along, up), each of `size`; the share `lit` of them glows."""

    def surface(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
        albedo, glow = wall(along, up, normal)
        upright = np.abs(normal[..., 1]) < 0.3
        column, row = np.floor(along / windows[0]), np.floor((up - first_floor) / windows[1])
        u = (along / windows[0] - column - 0.5) * windows[0] / size[0]
        v = ((up - first_floor) / windows[1] - row - 0.5) * windows[1] / size[1]
        away = np.maximum(np.abs(u), np.abs(v))
        inside = (away < 0.5) & upright & (row >= 0)
        border = (away >= 0.5) & (away < 0.62) & upright & (row >= 0)
        bars = (np.minimum(np.abs(u), np.abs(v)) < 0.035) & inside
        chance = hashed(column + seed, row + 5)
        shining = inside & (chance < lit) & ~bars
        albedo = mix(albedo, frame, border | bars)
        pane = ra.dyed(0.05 + 0.10 * (0.5 - v) * hashed(row, column), ra.rgb(0.7, 0.9, 1.2))
        albedo = mix(albedo, pane, inside & ~bars)
        warm = ra.dyed(0.35 + 0.75 * hashed(column + 2, row + seed) ** 1.5, _LAMPLIGHT)
        lamp = ra.spread(0.35 + 0.75 * smoothstep(0.75, 0.0, np.sqrt(u * u + (v + 0.15) ** 2)))
        glow = mix(glow, warm * lamp, shining)
        return albedo.astype(np.float32), glow.astype(np.float32)

    return surface


def timbered(plaster: Rgb, timber: Rgb, cell: float, snow: float = 0.0) -> Surface:
    """Plaster between dark beams."""

    def surface(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
        u, v = along / cell - np.floor(along / cell), up / cell - np.floor(up / cell)
        braced = hashed(np.floor(along / cell), np.floor(up / cell)) < 0.35
        beam = (np.minimum(u, 1 - u) < 0.055) | (np.minimum(v, 1 - v) < 0.055) | ((np.abs(u - v) < 0.06) & braced)
        tone = 0.8 + 0.4 * noise_at(along, up, 50.0)
        albedo = mix(plaster, timber, beam) * ra.spread(tone)
        return _snowed(albedo.astype(np.float32), normal, along, up, snow), np.zeros_like(normal)

    return surface


def _snowed(albedo: Rgb, normal: Rgb, along: Plane, up: Plane, snow: float) -> Rgb:
    if not snow:
        return albedo.astype(np.float32)
    lies = smoothstep(0.35, 0.6, normal[..., 1] + 0.25 * (noise_at(along, up, 20.0) - 0.5)) * snow
    return mix(albedo.astype(np.float32), np.broadcast_to(SNOW, albedo.shape).astype(np.float32), lies)
