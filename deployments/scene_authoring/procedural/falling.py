"""What falls: rain streaks, snowflakes, lightning. Drawn antialiased, in three depths.

Owns shapes in front of a finished picture; takes their brightness from it.
"""

from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.layers import Layers
from deployments.scene_authoring.procedural.raster import Plane, Rgb, mix

_SUPERSAMPLING: Final = 2


def streaks(picture: Rgb, rng: np.random.Generator, amount: float) -> Rgb:
    """Slanting rain: many short faint streaks far away, few long bright ones near."""
    height, width = picture.shape[:2]
    slant = float(rng.uniform(-0.22, -0.10))
    result = picture
    tone = _tone(picture, 0.55)
    for length, weight, opacity, count in ((0.04, 0.8, 0.30, 1300), (0.10, 1.2, 0.36, 420), (0.24, 1.9, 0.34, 70)):
        canvas = Image.new("L", (width * _SUPERSAMPLING, height * _SUPERSAMPLING))
        draw = ImageDraw.Draw(canvas)
        line = max(1, round(weight * height / 360 * _SUPERSAMPLING / 1.6))
        for x, y, vary in rng.random((int(count * amount), 3)):
            reach = length * (0.6 + 0.8 * vary) * height * _SUPERSAMPLING
            x0, y0 = (x * 1.3 - 0.1) * canvas.width, (y * 1.2 - 0.2) * canvas.height
            draw.line((x0, y0, x0 + reach * slant, y0 + reach), fill=int(120 + 135 * vary), width=line)
        result = mix(result, np.broadcast_to(tone, result.shape), _coverage(canvas, width, height) * opacity)
    return result


def flakes(picture: Rgb, rng: np.random.Generator, amount: float) -> Rgb:
    """Snowflakes: a fine far dust, crisp ones at middle distance, a few soft and large."""
    height, width = picture.shape[:2]
    tone = _tone(picture, 1.0)
    result = picture
    for size, opacity, count, soft in ((0.0022, 0.65, 1100, 0.0), (0.0042, 0.85, 330, 0.0), (0.011, 0.55, 36, 0.005)):
        canvas = Image.new("L", (width * _SUPERSAMPLING, height * _SUPERSAMPLING))
        draw = ImageDraw.Draw(canvas)
        for x, y, vary in rng.random((int(count * amount), 3)):
            radius = size * (0.55 + 0.8 * vary) * height * _SUPERSAMPLING
            cx, cy = x * canvas.width, y * canvas.height
            draw.ellipse((cx - radius * 1.1, cy - radius, cx + radius * 1.1, cy + radius), fill=int(150 + 105 * vary))
        cover = _coverage(canvas, width, height)
        if soft:
            cover = ra.blur(cover, soft * height)
        result = mix(result, np.broadcast_to(tone, result.shape), cover * opacity)
    return result


def lightning(picture: Rgb, layers: Layers, rng: np.random.Generator) -> Rgb:
    """A branched bolt within the sky, its glow in the clouds and a flash on the land."""
    height, width = picture.shape[:2]
    open_columns = ra.blur(layers.sky.mean(axis=0, keepdims=True), max(1, width // 14))[0]
    x = (float(np.argmax(open_columns)) + 0.5) / width
    canvas = Image.new("L", (width * _SUPERSAMPLING, height * _SUPERSAMPLING))
    _branch(ImageDraw.Draw(canvas), (x * canvas.width, 0.0), layers.horizon * canvas.height, height / 150, rng, depth=0)
    bolt = _coverage(canvas, width, height) * layers.sky
    glow = ra.blur(bolt, max(2, height // 16)) * 2.6 + ra.blur(bolt, max(2, height // 60)) * 1.4
    sheet = np.exp(-(((ra.grid(height, width)[1] - x) / 0.35) ** 2)) * layers.sky * 0.10
    lit = picture * ra.spread(1.0 + 3.0 * glow + 0.35 * (1 - layers.sky))
    shine = ra.dyed(glow * 0.35 + sheet, ra.rgb(0.55, 0.62, 1.0)) + ra.dyed(bolt, ra.rgb(1.6, 1.65, 2.0))
    return (lit + shine).astype(np.float32)


def _branch(
    draw: ImageDraw.ImageDraw,
    start: tuple[float, float],
    end_y: float,
    weight: float,
    rng: np.random.Generator,
    *,
    depth: int,
) -> None:
    x, y = start
    drift = float(rng.uniform(-0.35, 0.35)) * (1 + depth)
    stride = max(2.0, (end_y - y) / 26)
    while y < end_y:
        nx, ny = x + stride * (drift + float(rng.normal(0, 0.75))), y + stride * float(rng.uniform(0.5, 1.3))
        draw.line((x, y, nx, ny), fill=255 - 70 * depth, width=max(1, round(weight * _SUPERSAMPLING)))
        if depth < 2 and rng.random() < 0.14:
            _branch(
                draw, (nx, ny), ny + (end_y - ny) * float(rng.uniform(0.25, 0.6)), weight * 0.5, rng, depth=depth + 1
            )
        x, y = nx, ny


def _coverage(canvas: Image.Image, width: int, height: int) -> Plane:
    small = canvas.resize((width, height), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32) / np.float32(255.0)


def _tone(picture: Rgb, lift: float) -> Rgb:
    """The grey of things lit by the picture's own light."""
    level = float(np.clip(np.percentile(ra.luminance(picture), 85) * 1.25 + 0.04, 0.10, 0.95))
    return (np.float32(level) * ra.rgb(0.92, 0.97, 1.05) * np.float32(0.6 + 0.4 * lift)).astype(np.float32)
