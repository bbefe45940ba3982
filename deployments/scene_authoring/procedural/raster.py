"""Float images: conversion, blur, resampling and noise that everything painted here is made of.

Owns arrays and nothing of their meaning. Colours are linear light, (height, width, 3); planes
are (height, width). Both are float32 at run time; the types say no more than numpy's own keep through arithmetic.
"""

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

Plane: TypeAlias = NDArray[np.floating[Any]]
Rgb: TypeAlias = NDArray[np.floating[Any]]
Mask: TypeAlias = NDArray[np.bool_]

LUMA: Final = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Rec. 709 luminance weights of linear light."""

_LEVELS: Final = 4096
_TO_LINEAR: Final = ((np.arange(256, dtype=np.float32) / 255.0) ** 2.2).astype(np.float32)
_TO_BYTE: Final = (np.linspace(0.0, 1.0, _LEVELS + 1) ** (1 / 2.2) * 255.0 + 0.5).astype(np.uint8)


def _floats(values: ArrayLike) -> NDArray[np.float32]:
    return np.asarray(values, dtype=np.float32)


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
    return _floats(cv2.transform(_floats(picture), LUMA[None]))


def grey(picture: Rgb) -> Plane:
    """The mean of the channels."""
    return _floats(cv2.transform(_floats(picture), np.full((1, 3), 1 / 3, dtype=np.float32)))


def brightest(picture: Rgb) -> Plane:
    """The highest channel of each pixel."""
    return np.maximum(np.maximum(picture[..., 0], picture[..., 1]), picture[..., 2])


def darkest(picture: Rgb) -> Plane:
    """The lowest channel of each pixel."""
    return np.minimum(np.minimum(picture[..., 0], picture[..., 1]), picture[..., 2])


def spread(plane: Plane | Mask) -> Rgb:
    """A plane as an equal amount of each channel; numpy is slow with the three of `plane[..., None]`."""
    channel = _floats(plane)
    return _joined((channel, channel, channel))


def dyed(plane: Plane, colour: Rgb) -> Rgb:
    """A plane as an amount of one colour."""
    channel = _floats(plane)
    return _joined([channel * np.float32(amount) for amount in colour])


def _joined(channels: "Sequence[NDArray[np.float32]]") -> Rgb:
    shape = (*channels[0].shape, 3)
    return _floats(cv2.merge(channels)).reshape(shape) if channels[0].size else np.zeros(shape, dtype=np.float32)


def tinted(picture: Rgb, colour: Rgb) -> Rgb:
    """A picture times one colour."""
    return _floats(cv2.transform(_floats(picture), np.diag(colour)))


def mix(a: Rgb, b: Rgb, amount: Plane | Mask | float) -> Rgb:
    """`a` where `amount` is 0, `b` where it is 1, each a picture or a colour. A plane is spread over the channels."""
    if isinstance(amount, np.ndarray):
        weight = spread(amount)
        shape = weight.shape
    else:
        weight, shape = np.float32(amount), np.broadcast_shapes(a.shape, b.shape)
    below, above = (np.ascontiguousarray(np.broadcast_to(each, shape), np.float32) for each in (a, b))
    mixed = above - below
    mixed *= weight
    mixed += below
    return mixed


def smoothstep(low: float, high: float, value: Plane) -> Plane:
    """0 up to `low`, 1 from `high` on, smooth between; `low` may be the larger."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def resize(picture: Plane | Rgb, width: int, height: int) -> Plane | Rgb:
    """A plane or a picture resampled, smoothly upwards and averaging downwards."""
    shrinks = width < picture.shape[1] or height < picture.shape[0]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return _floats(cv2.resize(_floats(picture), (max(1, width), max(1, height)), interpolation=how))


def blur(picture: Plane | Rgb, radius_px: float) -> Plane | Rgb:
    """A soft blur of a plane or a picture. Large radii are done on a smaller copy, so the cost hardly grows."""
    height, width = picture.shape[:2]
    step = max(1, int(radius_px / 2))
    if step > 1:
        small = resize(picture, max(1, width // step), max(1, height // step))
        # Blurred as it is already, it needs no better than linear interpolation.
        soft = _box(_box(small, 1), 1)
        return _floats(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR))
    return _box(_box(picture, max(1, round(radius_px))), max(1, round(radius_px)))


def _box(picture: Plane | Rgb, radius: int) -> Plane | Rgb:
    across = 2 * radius + 1
    return _floats(cv2.blur(_floats(picture), (across, across), borderType=cv2.BORDER_REPLICATE))


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
    near, wide = blur(excess, max(2.0, height / 90)), blur(excess, max(2.0, height / 22))
    return picture + (0.6 * strength) * near + (0.4 * strength) * wide


def vignette(picture: Rgb, strength: float) -> Rgb:
    """Darker corners."""
    rows, columns = grid(*picture.shape[:2])
    falloff = 1.0 - strength * np.clip((rows - 0.5) ** 2 * 1.6 + (columns - 0.5) ** 2 * 1.6, 0.0, 1.0)
    return picture * spread(falloff)
