"""Surfaces seen in perspective: where a pixel lies on a level ground, and what covers it.

Owns textures by world position. Used on photographs with an estimated horizon and by the painter alike.
"""

from functools import cache
from typing import Final

import cv2
import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.layers import Layers
from deployments.scene_authoring.procedural.plan import Material
from deployments.scene_authoring.procedural.raster import Plane, Rgb, mix, smoothstep, srgb

_SIDE_LIMIT: Final = 32766

_TILE: Final = 512
"""Side of the noise tile in samples; world positions wrap around it."""


@cache
def tile() -> Plane:
    """A seamless square of fractal noise in 0..1."""
    rng = np.random.default_rng(7)
    total = np.zeros((_TILE, _TILE), dtype=np.float32)
    for octave in range(6):
        cells = 8 << octave
        field = np.pad(rng.random((cells, cells), dtype=np.float32), 2, mode="wrap")
        scale = _TILE // cells
        big = ra.resize(field, (cells + 4) * scale, (cells + 4) * scale)
        total += big[2 * scale : 2 * scale + _TILE, 2 * scale : 2 * scale + _TILE] * 0.5 ** (octave + 1)
    low, high = float(total.min()), float(total.max())
    return (total - low) / np.float32(high - low)


@cache
def _padded() -> Plane:
    """The tile with its first row and column once more at the end."""
    return np.pad(tile(), ((0, 1), (0, 1)), mode="wrap")


def noise_at(x: Plane, y: Plane, scale: float) -> Plane:
    """Smooth noise at world positions: one tile covers `512 / scale` world units."""
    turns = np.float32(scale / _TILE)
    u, v = x * turns, y * turns
    column, row = (u - np.floor(u)) * np.float32(_TILE), (v - np.floor(v)) * np.float32(_TILE)
    if not x.size:
        return np.zeros_like(x)
    if x.ndim == 2:
        return np.asarray(cv2.remap(_padded(), column, row, cv2.INTER_LINEAR), np.float32)
    # OpenCV wants a picture, and none with a side beyond its limit.
    places = np.zeros((2, -(-x.size // _SIDE_LIMIT), min(x.size, _SIDE_LIMIT)), dtype=np.float32)
    for place, values in zip(places, (column, row), strict=True):
        place.ravel()[: x.size] = values
    noise = np.asarray(cv2.remap(_padded(), places[0], places[1], cv2.INTER_LINEAR), np.float32)
    return noise.ravel()[: x.size]


@cache
def _grain() -> Plane:
    """A seamless square of fine grain in 0..1, with nothing in it larger than four samples."""
    rng = np.random.default_rng(11)
    white = rng.random((_TILE, _TILE), dtype=np.float32) - 0.5
    total = 0.55 * white
    for cells, weight in ((_TILE // 2, 0.8), (_TILE // 4, 0.7)):
        field = np.pad(rng.random((cells, cells), dtype=np.float32) - 0.5, 2, mode="wrap")
        scale = _TILE // cells
        big = ra.resize(field, (cells + 4) * scale, (cells + 4) * scale)
        total += big[2 * scale : 2 * scale + _TILE, 2 * scale : 2 * scale + _TILE] * np.float32(weight)
    return np.clip(total * 0.75 + 0.5, 0.0, 1.0).astype(np.float32)


def grain_at(x: Plane, y: Plane, scale: float) -> Plane:
    """Grain at world positions, `scale` samples to the unit, without smoothing between samples."""
    column = (x * np.float32(scale)).astype(np.int32) & (_TILE - 1)
    row = (y * np.float32(scale)).astype(np.int32) & (_TILE - 1)
    return _grain()[row, column]


def plane_positions(height: int, width: int, horizon: float) -> tuple[Plane, Plane]:
    """World x and z, in eye heights, of each pixel on a level ground; z is 60 above the horizon."""
    rows, columns = ra.grid(height, width)
    drop = np.maximum(rows - horizon, 1.0 / 90.0) * 1.5
    z = np.minimum(1.0 / drop, 60.0)
    return (columns - 0.5) * np.float32(1.5 * width / max(1, height)) * z, z


def cover(picture: Rgb, layers: Layers, material: Material) -> Rgb:
    """The ground of a picture covered with `material`, keeping its light and shade."""
    height, width = picture.shape[:2]
    x, z = plane_positions(height, width, layers.horizon)
    grey = ra.luminance(picture)
    shade = np.clip(grey / np.maximum(ra.blur(grey, max(2, height // 10)), 1e-3), 0.55, 1.5)
    level = float(np.clip(np.mean(grey * layers.ground) / max(float(layers.ground.mean()), 1e-3) / 0.2, 0.15, 1.3))
    mask = smoothstep(0.2, 0.6, layers.ground)
    if material is Material.WATER:
        return mix(
            picture, reflection(picture, layers.horizon, x, z, ripple=1.0) * ra.rgb(0.62, 0.74, 0.80), mask * 0.94
        )
    albedo, glow = texture(material, x, z)
    covered = albedo * ra.spread(level * (0.5 + 0.5 * shade)) + glow
    shine = ra.blur(glow * ra.spread(mask), max(2, height // 14)) * np.float32(0.55)
    return mix(picture, covered.astype(np.float32), mask) + shine


def texture(material: Material, x: Plane, z: Plane) -> tuple[Rgb, Rgb]:
    """Albedo and own light of a level surface at world positions in eye heights."""
    coarse, fine = noise_at(x, z, 14.0), noise_at(z + 3.0, x, 90.0)
    close = np.clip(4.0 / (z + 1.5), 0.0, 1.0)
    grit = (0.55 * grain_at(x, z, 150.0) + 0.45 * grain_at(x, z, 60.0) - 0.5) * close
    none = np.zeros((*x.shape, 3), dtype=np.float32)
    match material:
        case Material.SAND:
            waves = 0.5 + 0.5 * np.sin((z * 1.1 + x * 0.35 + coarse * 2.6) * 9.0)
            calm = np.clip(6.0 / (z * z + 1.0), 0.0, 1.0)
            tone = 0.62 + 0.22 * coarse + 0.08 * waves * calm + 0.2 * (fine - 0.5) + 0.35 * grit
            return ra.dyed(tone, srgb("e2c08c")), none
        case Material.GRASS:
            blades = noise_at(x * 1.5, z, 60.0)
            tone = 0.50 + 0.45 * coarse + 0.45 * (blades - 0.45) + 0.9 * grit
            dry = smoothstep(0.5, 0.85, noise_at(z, x, 5.0))
            return ra.spread(np.maximum(tone, 0.12)) * mix(srgb("6f9440"), srgb("a89a52"), dry), none
        case Material.LAVA:
            crack = np.abs(noise_at(x + coarse * 0.4, z, 44.0) - 0.5) * 2.0
            wide = np.abs(noise_at(z, x + 9.0, 20.0) - 0.5) * 2.0
            heat = smoothstep(0.09, 0.0, crack) * 0.6 + smoothstep(0.13, 0.0, wide) * 0.9
            crust = ra.dyed(0.25 + 0.7 * fine, srgb("3a302c"))
            return crust, ra.dyed(heat, ra.rgb(2.2, 0.50, 0.06))
        case _:
            return cobbles(x, z, size=0.36), none


def cobbles(x: Plane, z: Plane, size: float) -> Rgb:
    """Rows of rounded stones, each of its own grey."""
    row = np.floor(z / size)
    shifted = x / size * 0.8 + (row.astype(np.int32) & 1).astype(np.float32) * 0.5
    wobble = (noise_at(x, z, 30.0) - 0.5) * 0.3
    u, v = shifted - np.floor(shifted) - 0.5, z / size - row - 0.5
    edge = np.maximum(np.abs(u + wobble) ** 2.5, 0) + np.maximum(np.abs(v + wobble) ** 2.5, 0)
    dome = smoothstep(0.26, 0.05, edge)
    grey = 0.55 + 0.5 * hashed(np.floor(shifted), row)
    tone = (0.28 + 0.72 * dome) * grey * (0.5 + 0.5 * grain_at(x, z, 110.0) + 0.5 * grain_at(z, x, 380.0))
    fade = np.clip(z / 26.0, 0.0, 1.0)
    return ra.dyed(tone * (1 - fade) + 0.55 * fade, srgb("a49d92"))


def hashed(a: Plane, b: Plane) -> Plane:
    """A random number in 0..1 for each pair of whole numbers."""
    mixed = (a.astype(np.int32).astype(np.uint32) * np.uint32(374761393)) ^ (
        b.astype(np.int32).astype(np.uint32) * np.uint32(668265263)
    )
    mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(1274126177)
    return ((mixed ^ (mixed >> np.uint32(16))) & np.uint32(0xFFFF)).astype(np.float32) / np.float32(65535.0)


def reflection(picture: Rgb, horizon: float, x: Plane, z: Plane, ripple: float) -> Rgb:
    """What a level water surface mirrors: the rows above the horizon, upside down and rippled."""
    height, width = picture.shape[:2]
    rows, columns = ra.grid(height, width)
    wave = noise_at(x * 0.5, z * 1.6, 34.0) - 0.5
    near = np.clip(rows - horizon, 0.0, 1.0)
    source = 2.0 * horizon - rows - 0.01 + wave * near * np.float32(0.45 * ripple)
    row = np.clip(np.abs(source) * height, 0, height - 1).astype(np.int32)
    column = np.clip((columns + wave * near * np.float32(0.06 * ripple)) * width, 0, width - 1).astype(np.int32)
    mirrored = picture[row, column]
    glint = 1.0 + ra.spread(wave) * np.float32(0.5 * ripple)
    return (mirrored * glint).astype(np.float32)
