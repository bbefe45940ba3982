"""Float images: conversion, blur, resampling and noise that everything painted here is made of.

Owns arrays and nothing of their meaning. Colours are linear light, (height, width, 3); planes
are (height, width). Both are float32 at run time; the types say no more than numpy's own keep through arithmetic.
"""

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

Plane: TypeAlias = NDArray[np.floating[Any]]
Rgb: TypeAlias = NDArray[np.floating[Any]]

LUMA: Final = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Rec. 709 luminance weights of linear light."""

_LEVELS: Final = 4096
_TO_LINEAR: Final = ((np.arange(256, dtype=np.float32) / 255.0) ** 2.2).astype(np.float32)
_TO_BYTE: Final = (np.linspace(0.0, 1.0, _LEVELS + 1) ** (1 / 2.2) * 255.0 + 0.5).astype(np.uint8)


def rgb(red: float, green: float, blue: float) -> Rgb:
    """A linear colour as an array of three."""
    return np.array([red, green, blue], dtype=np.float32)


def srgb(code: str) -> Rgb:
    """The linear colour of a hexadecimal display colour such as `c0ffee`."""
    return _TO_LINEAR[np.frombuffer(bytes.fromhex(code), dtype=np.uint8)]


def from_image(image: Image.Image) -> Rgb:
    """Linear light of an image, whatever its mode."""
    return _TO_LINEAR[np.asarray(image.convert("RGB"))]


def to_image(picture: Rgb) -> Image.Image:
    """An 8-bit RGB image; what lies outside 0..1 is clipped."""
    index = (np.clip(picture, 0.0, 1.0) * _LEVELS).astype(np.int32)
    return Image.fromarray(_TO_BYTE[index])


def luminance(picture: Rgb) -> Plane:
    """Luminance of linear light."""
    return picture[..., 0] * LUMA[0] + picture[..., 1] * LUMA[1] + picture[..., 2] * LUMA[2]


def mix(a: Rgb, b: Rgb, amount: Plane | float) -> Rgb:
    """`a` where `amount` is 0, `b` where it is 1. A plane is spread over the channels."""
    weight = amount[..., None] if isinstance(amount, np.ndarray) else np.float32(amount)
    return (a + (b - a) * weight).astype(np.float32, copy=False)


def smoothstep(low: float, high: float, value: Plane) -> Plane:
    """0 up to `low`, 1 from `high` on, smooth between; `low` may be the larger."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def resize(plane: Plane, width: int, height: int) -> Plane:
    """A plane resampled, smoothly upwards and averaging downwards."""
    shrinks = width < plane.shape[1] or height < plane.shape[0]
    how = Image.Resampling.BOX if shrinks else Image.Resampling.BICUBIC
    source = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32))
    return np.asarray(source.resize((max(1, width), max(1, height)), how), dtype=np.float32)


def resize_rgb(picture: Rgb, width: int, height: int) -> Rgb:
    """As `resize`, for each channel."""
    return np.stack([resize(picture[..., c], width, height) for c in range(picture.shape[2])], axis=-1)


def blur(plane: Plane, radius_px: float) -> Plane:
    """A soft blur. Large radii are done on a smaller copy, so the cost hardly grows."""
    height, width = plane.shape
    step = max(1, int(radius_px / 2))
    if step > 1:
        small = resize(plane, max(1, width // step), max(1, height // step))
        return resize(_box(_box(small, 1), 1), width, height)
    return _box(_box(plane, max(1, round(radius_px))), max(1, round(radius_px)))


def blur_rgb(picture: Rgb, radius_px: float) -> Rgb:
    """As `blur`, for each channel."""
    return np.stack([blur(picture[..., c], radius_px) for c in range(3)], axis=-1)


def _box(plane: Plane, radius: int) -> Plane:
    if radius == 1:
        tall = np.pad(plane, ((1, 1), (0, 0)), mode="edge")
        plane = tall[:-2] + tall[1:-1] + tall[2:]
        broad = np.pad(plane, ((0, 0), (1, 1)), mode="edge")
        return (broad[:, :-2] + broad[:, 1:-1] + broad[:, 2:]) * np.float32(1 / 9)
    across = 2 * radius + 1
    high, wide = plane.shape
    down = np.cumsum(np.pad(plane, ((radius + 1, radius), (0, 0)), mode="edge"), axis=0, dtype=np.float64)
    plane = ((down[across : across + high] - down[:high]) / across).astype(np.float32)
    along = np.cumsum(np.pad(plane, ((0, 0), (radius + 1, radius)), mode="edge"), axis=1, dtype=np.float64)
    return ((along[:, across : across + wide] - along[:, :wide]) / across).astype(np.float32)


def guided(guide: Plane, mask: Plane, radius_px: int, epsilon: float) -> Plane:
    """`mask` with the edges of `guide` (guided filter, He et al. 2010)."""
    mean_g, mean_m = blur(guide, radius_px), blur(mask, radius_px)
    variance = blur(guide * guide, radius_px) - mean_g * mean_g
    covariance = blur(guide * mask, radius_px) - mean_g * mean_m
    slope = covariance / (variance + np.float32(epsilon))
    return np.clip(blur(slope, radius_px) * guide + blur(mean_m - slope * mean_g, radius_px), 0.0, 1.0)


def grid(height: int, width: int) -> tuple[Plane, Plane]:
    """Row and column of each pixel, as fractions of the height and of the width."""
    rows = (np.arange(height, dtype=np.float32) + 0.5) / height
    columns = (np.arange(width, dtype=np.float32) + 0.5) / width
    return np.broadcast_to(rows[:, None], (height, width)), np.broadcast_to(columns[None, :], (height, width))


def fractal(
    height: int, width: int, cell_px: float, octaves: int, rng: np.random.Generator, stretch: float = 1.0
) -> Plane:
    """Fractal value noise in about 0..1; `stretch` makes its features that much wider than high."""
    total = np.zeros((height, width), dtype=np.float32)
    weight, weights = 1.0, 0.0
    for _ in range(octaves):
        rows, columns = int(height / cell_px) + 3, int(width / (cell_px * stretch)) + 3
        field = rng.random((rows, columns), dtype=np.float32)
        total += weight * resize(field, max(width, columns), max(height, rows))[:height, :width]
        weights += weight
        weight, cell_px = weight * 0.5, max(1.0, cell_px / 2)
    return total / np.float32(weights)


def gradient(position: Plane, stops: "Sequence[tuple[float, Rgb]]") -> Rgb:
    """Colours interpolated along `position` between the stops."""
    at = np.array([stop for stop, _ in stops], dtype=np.float32)
    table = np.stack([colour for _, colour in stops])
    channels = [np.interp(position, at, table[:, c]).astype(np.float32) for c in range(3)]
    return np.stack(channels, axis=-1)


def bloom(picture: Rgb, threshold: float, strength: float) -> Rgb:
    """Light that spills over from what is brighter than `threshold`."""
    height = picture.shape[0]
    excess = np.maximum(picture - np.float32(threshold), 0.0)
    glow = 0.6 * blur_rgb(excess, max(2.0, height / 90)) + 0.4 * blur_rgb(excess, max(2.0, height / 22))
    return picture + np.float32(strength) * glow


def vignette(picture: Rgb, strength: float) -> Rgb:
    """Darker corners."""
    rows, columns = grid(*picture.shape[:2])
    falloff = 1.0 - strength * np.clip((rows - 0.5) ** 2 * 1.6 + (columns - 0.5) ** 2 * 1.6, 0.0, 1.0)
    return picture * falloff[..., None]
