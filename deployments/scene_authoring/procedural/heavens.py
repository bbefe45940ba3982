"""Things in the sky: moon, sun, rainbow, aurora, stars. Painted only where the sky is.

Owns their look and their place; the colour of the sky itself is `light`'s.
"""

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.grading import COLOURS
from deployments.scene_authoring.procedural.ground import noise_at
from deployments.scene_authoring.procedural.layers import Layers
from deployments.scene_authoring.procedural.plan import AddThing, Look, Side, Size, Thing
from deployments.scene_authoring.procedural.raster import Plane, Rgb, smoothstep

_RADIUS = {Size.SMALL: 0.03, Size.USUAL: 0.055, Size.HUGE: 0.13}
_ACROSS = {Side.LEFT: 0.2, Side.CENTRE: 0.5, Side.RIGHT: 0.8, None: 0.72}


def hang(picture: Rgb, layers: Layers, step: AddThing, rng: np.random.Generator) -> Rgb:
    """The picture with `step.thing` in its sky; unchanged where there is no sky."""
    match step.thing:
        case Thing.MOON:
            return _moon(picture, layers, step.look, open_spot(layers, step.side, _RADIUS[step.look.size]))
        case Thing.SUN:
            return _sun(picture, layers, step.look, open_spot(layers, step.side, _RADIUS[step.look.size]))
        case Thing.RAINBOW:
            return _rainbow(picture, layers)
        case Thing.AURORA:
            return _aurora(picture, layers, step.look, rng)
        case _:
            return picture + ra.dyed(
                star_field(picture.shape[0], picture.shape[1], rng) * layers.sky, ra.rgb(0.95, 0.97, 1.0)
            )


def open_spot(layers: Layers, side: Side | None, radius: float) -> tuple[float, float]:
    """Column and row, as fractions, where a disc of `radius` heights lies best in open sky, high up and near `side`."""
    height, width = layers.sky.shape
    free = ra.resize(ra.blur(layers.sky, max(1, radius * height * 1.5)), 48, 27)
    rows, columns = ra.grid(27, 48)
    wish = free * 3.0 - np.abs(columns - _ACROSS[side]) * 1.6 - np.abs(rows - 0.2) * 1.2
    margin = radius * 1.25
    wish[(rows < margin) | (columns < margin * height / width) | (columns > 1 - margin * height / width)] -= 5.0
    best = int(np.argmax(wish))
    return float(columns.flat[best]), float(rows.flat[best])


def star_field(height: int, width: int, rng: np.random.Generator) -> Plane:
    """Points of very different brightness, and a faint band across."""
    count = max(1, int(380 * width / 640))
    plane = np.zeros((height, width), dtype=np.float32)
    plane[rng.integers(0, height, count), rng.integers(0, width, count)] = (
        rng.random(count, dtype=np.float32) ** 4 + 0.12
    )
    rows, columns = ra.grid(height, width)
    band = np.exp(-(((rows - 0.1 - 0.45 * columns) / 0.12) ** 2)) * (0.3 + noise_at(columns * 2, rows * 2, 90.0))
    return (plane + 0.05 * band).astype(np.float32)


def _offsets(layers: Layers, spot: tuple[float, float]) -> tuple[Plane, Plane]:
    height, width = layers.sky.shape
    rows, columns = ra.grid(height, width)
    return (columns - spot[0]) * np.float32(width / height), rows - spot[1]


def _moon(picture: Rgb, layers: Layers, look: Look, spot: tuple[float, float]) -> Rgb:
    radius = _RADIUS[look.size]
    x, y = _offsets(layers, spot)
    away = np.hypot(x, y) / radius
    height = picture.shape[0]
    disc = np.clip((1.0 - away) * radius * height + 0.5, 0.0, 1.0) * layers.sky
    maria = smoothstep(0.45, 0.62, noise_at(x / radius + 4.0, y / radius + 2.0, 13.0))
    craters = noise_at(y / radius + 1.0, x / radius + 7.0, 60.0)
    limb = np.sqrt(np.clip(1.0 - away * away, 0.0, 1.0)) ** 0.35
    hue = COLOURS[look.colour] * 1.3 if look.colour else ra.rgb(0.98, 0.97, 0.90)
    face = (0.95 - 0.30 * maria - 0.14 * craters) * (0.65 + 0.35 * limb)
    bright = float((ra.luminance(picture) * layers.sky).sum()) / max(float(layers.sky.sum()), 1e-3)
    dark = 1.0 - min(bright * 1.2, 0.8)
    halo = (np.exp(-np.maximum(away - 1.0, 0) / 0.55) * 0.30 + np.exp(-np.maximum(away - 1.0, 0) / 2.6) * 0.13) * dark
    veil = picture + ra.dyed(halo * (0.25 + 0.75 * layers.sky), hue * ra.rgb(0.62, 0.74, 1.0))
    return ra.mix(veil.astype(np.float32), ra.dyed(face, hue), disc)


def _sun(picture: Rgb, layers: Layers, look: Look, spot: tuple[float, float]) -> Rgb:
    radius = _RADIUS[look.size] * 0.8
    x, y = _offsets(layers, spot)
    away = np.hypot(x, y) / radius
    hue = COLOURS[look.colour] * 1.4 if look.colour else ra.rgb(1.0, 0.86, 0.58)
    disc = smoothstep(1.25, 0.75, away) * layers.sky
    angle = np.arctan2(y, x)
    rays = 0.75 + 0.25 * np.cos(angle * 6.0) * np.cos(angle * 11.0 + 1.0)
    halo = np.exp(-np.maximum(away - 0.8, 0) / 0.9) * 0.9 + np.exp(-away / 5.0) * 0.34 * rays
    flare = halo * (0.3 + 0.7 * layers.sky)
    lit = picture * ra.spread(1.0 + 0.18 * (1 - layers.sky)) + ra.dyed(flare, hue)
    return (lit + ra.dyed(disc, ra.rgb(1.4, 1.35, 1.2))).astype(np.float32)


def _rainbow(picture: Rgb, layers: Layers) -> Rgb:
    x, y = _offsets(layers, (0.5, layers.horizon + 0.12))
    away = np.hypot(x, y)
    aspect = picture.shape[1] / picture.shape[0]
    inner, band = 0.36 * aspect, 0.055
    along = (away - inner) / band
    hues = [ra.srgb(code) for code in ("7a3fe0", "3f7cf0", "3fe0b0", "8cf03f", "fff03f", "ff963f", "ff3f3f")]
    colour = ra.gradient(np.clip(along, 0, 1), [(i / 6, hue) for i, hue in enumerate(hues)])
    edge = smoothstep(0.0, 0.22, along) * smoothstep(1.0, 0.78, along)
    seen = edge * (0.34 + 0.66 * layers.sky) * smoothstep(0.0, 0.3, layers.distance) * 0.5
    lifted = 1.0 - (1.0 - np.clip(picture, 0, 1)) * (1.0 - colour * ra.spread(seen * 0.7))
    return lifted.astype(np.float32)


def _aurora(picture: Rgb, layers: Layers, look: Look, rng: np.random.Generator) -> Rgb:
    height, width = layers.sky.shape
    rows, columns = ra.grid(height, width)
    hue = COLOURS[look.colour] if look.colour else ra.rgb(0.10, 0.95, 0.50)
    total = np.zeros((height, width, 3), dtype=np.float32)
    for start, reach, strength in ((0.62, 0.36, 0.9), (0.42, 0.30, 0.6)):
        offset = float(rng.random() * 20)
        fold = noise_at(columns * 1.6 + offset, np.full_like(rows, start), 90.0) - 0.5
        foot = (start + fold * 0.62) * layers.horizon * 1.15
        rise = (foot - rows) / (reach * 1.2)
        curtain = np.where(rise > 0, np.exp(-rise * 2.4), np.exp(rise * 26.0))
        rays = 0.35 + 1.1 * noise_at(columns * 6.0 + fold * 3 + offset, rows * 0.06, 260.0)
        top = ra.mix(
            np.broadcast_to(hue, total.shape),
            np.broadcast_to(ra.rgb(0.55, 0.15, 0.85), total.shape),
            np.clip(rise * 1.3, 0, 0.85),
        )
        total += top * ra.spread(curtain * rays * strength * 0.75)
    spill = 1.0 + 0.5 * ra.dyed(1.0 - layers.sky, hue) * 0.4
    return (picture * spill + total * ra.spread(layers.sky)).astype(np.float32)
