"""Putting things and hands into a picture: where they stand, in what light, with what shadow.

Owns placement and blending. The things themselves come lit from `things` and `tools`.
"""

from typing import Final

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural import things, tools
from deployments.scene_authoring.procedural.grading import COLOURS
from deployments.scene_authoring.procedural.layers import Layers
from deployments.scene_authoring.procedural.plan import AddThing, Hold, Look, Season, Side, Size, Thing
from deployments.scene_authoring.procedural.raster import Plane, Rgb
from deployments.scene_authoring.procedural.sculpt import Illumination, Sprite

_SCALE: Final = {Size.SMALL: 0.6, Size.USUAL: 1.0, Size.HUGE: 1.55}
_SPOTS: Final[dict[Side | None, float]] = {Side.LEFT: 0.2, Side.CENTRE: 0.5, Side.RIGHT: 0.72, None: 0.34}
_STRIDE: Final = 0.17
_FURTHER_SPOTS: Final = (0.0, 0.30, -0.18, 0.44)
"""Where the second, third and fourth kind of thing stand, next to the first."""

_TALL: Final = 1.4
_FEET_BELOW_HORIZON: Final = (0.36, 0.23)
"""How far below the horizon, as a share of the height, low and tall things stand."""


def illumination(picture: Rgb, layers: Layers) -> Illumination:
    """The light of a picture: its mean colour around things, its bright parts from above."""
    land = 1.0 - layers.sky + 1e-3
    mean = (picture * ra.spread(land)).sum(axis=(0, 1)) / land.sum()
    grey = float(mean @ ra.LUMA)
    hue = 0.45 * mean / max(grey, 1e-4) + 0.55
    bright = float(np.percentile(ra.luminance(picture), 92))
    ambient = np.clip(grey * 2.0, 0.035, 0.75)
    key = np.clip(bright * 1.15, 0.06, 1.15) * 0.75
    left = float(ra.luminance(picture[:, : max(1, picture.shape[1] // 2)]).mean())
    right = float(ra.luminance(picture[:, picture.shape[1] // 2 :]).mean())
    lean = float(np.clip((right - left) / max(left + right, 1e-3) * 3.0, -0.7, 0.7))
    return Illumination((lean, 0.75, 0.5), (hue * key).astype(np.float32), (hue * ambient).astype(np.float32))


def stand(picture: Rgb, layers: Layers, step: AddThing, rng: np.random.Generator, ordinal: int = 0) -> Rgb:
    """The picture with `step.count` things side by side on its ground; the `ordinal`-th kind of thing in it."""
    light = illumination(picture, layers)
    result = picture
    middle = _SPOTS[step.side] + (_FURTHER_SPOTS[ordinal % len(_FURTHER_SPOTS)] if step.side is None else 0.0)
    below = _FEET_BELOW_HORIZON[things.SHAPES[step.thing].height > _TALL]
    for index in range(step.count):
        spread = (index - (step.count - 1) / 2) * _STRIDE
        depth = below * (1.0 - 0.16 * (index % 2))
        column = float(np.clip(middle + spread, 0.06, 0.94))
        foot = (column, min(layers.horizon + depth, 0.97))
        result = place(result, layers, step, foot, light, rng)
    return result


def place(
    picture: Rgb,
    layers: Layers,
    step: AddThing,
    foot: tuple[float, float],
    light: Illumination,
    rng: np.random.Generator,
) -> Rgb:
    """One thing with its foot at a column and row (fractions), as large as the level ground there says."""
    height, width = picture.shape[:2]
    shape = things.SHAPES[step.thing]
    eye_px = (foot[1] - layers.horizon) * height
    tall = max(2, round(eye_px * shape.height * _SCALE[step.look.size]))
    sprite = things.draw(step.thing, step.look, min(tall, 2 * height), Season.SUMMER, rng).lit(light)
    left, bottom = round(foot[0] * width - sprite.alpha.shape[1] / 2), round(foot[1] * height)
    shaded = _shadow(picture, foot, sprite.alpha.shape[1] * 0.42, light)
    if shape.light is not None:
        hue = COLOURS[step.look.colour] if step.look.colour else shape.light
        shaded = throw_light(
            shaded, layers, (foot[0], foot[1] - 0.35 * tall / height), hue, reach=0.26 * _SCALE[step.look.size]
        )
    return lay(shaded, sprite, left, bottom - sprite.alpha.shape[0])


def hold(picture: Rgb, layers: Layers, step: Hold, rng: np.random.Generator) -> Rgb:
    """The picture with a right hand at the bottom right that holds `step.tool`."""
    height, width = picture.shape[:2]
    size = max(2, round(min(height * tools.HAND_HEIGHT, width * 0.6)))
    light = illumination(picture, layers)
    glow = tools.light_of(step)
    lit = picture
    if glow is not None:
        at = ((width - 0.52 * size) / width, (height - 0.52 * size) / height)
        lit = throw_light(picture, layers, at, glow, reach=0.55)
        light = Illumination((-0.55, 0.65, 0.5), light.key + glow * 0.42, light.ambient + glow * 0.13)
    sprite = tools.held(step, size, light, rng)
    return lay(lit, sprite, width - size + round(size * 0.04), height - size + round(size * 0.04))


def lamp_colour(thing: Thing, look: Look) -> Rgb | None:
    """The light that a thing throws, if any."""
    light = things.SHAPES[thing].light
    return COLOURS[look.colour] if light is not None and look.colour else light


def lamp_height(thing: Thing) -> float:
    """How high above its foot a thing shines, in eye heights."""
    return things.SHAPES[thing].height * (0.84 if thing is Thing.LAMP else 0.6)


def throw_light(picture: Rgb, layers: Layers, at: tuple[float, float], hue: Rgb, reach: float) -> Rgb:
    """A lamp's light on what is around it: strong in the dark, faint by day, never on the sky."""
    height, width = picture.shape[:2]
    rows, columns = ra.grid(height, width)
    away = np.hypot((columns - at[0]) * width / height, (rows - at[1]) * 1.15) / reach
    need = float(np.clip(0.24 - ra.luminance(picture).mean(), 0.02, 0.22)) / 0.22
    falloff = np.exp(-(away**1.5)) * (1.0 - layers.sky) * (1.0 - 0.6 * layers.distance)
    base = ra.spread(np.sqrt(np.clip(ra.luminance(picture), 0, 1))) * 0.5 + picture
    return (picture + base * ra.dyed(falloff * need * 1.9, hue)).astype(np.float32)


def lay(picture: Rgb, sprite: Sprite, left: int, top: int) -> Rgb:
    """A sprite over a picture, cut off at its edges; its glow spills beyond its outline."""
    height, width = picture.shape[:2]
    rows, columns = sprite.alpha.shape
    y0, y1, x0, x1 = max(0, top), min(height, top + rows), max(0, left), min(width, left + columns)
    if y0 >= y1 or x0 >= x1:
        return picture
    result = picture.copy()
    part = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    behind = result[y0:y1, x0:x1] * ra.spread(1.0 - sprite.alpha[part])
    result[y0:y1, x0:x1] = behind + sprite.colour[part] + sprite.glow[part]
    return result


def empty_hand(picture: Rgb) -> Rgb:
    """The lower right covered by what lies to the left of it, mirrored, matched in tone and blended in."""
    height, width = picture.shape[:2]
    rows, columns = ra.grid(height, width)
    mask = ra.smoothstep(0.50, 0.64, columns) * ra.smoothstep(0.30, 0.46, rows)
    mirrored = picture[:, ::-1]
    level = ra.blur(picture, max(2, height // 5))
    seam = level[:, max(0, round(0.5 * width) - 1)][:, None]
    return ra.mix(picture, mirrored * 0.85 + seam * 0.15, mask)


def _shadow(picture: Rgb, foot: tuple[float, float], half_px: float, light: Illumination) -> Rgb:
    height, width = picture.shape[:2]
    rows, columns = ra.grid(height, width)
    lean = -light.towards_key[0] * half_px * 0.8
    x = (columns * width - foot[0] * width - lean) / max(half_px * 1.25, 1.0)
    y = (rows * height - foot[1] * height + half_px * 0.02) / max(half_px * 0.26, 1.0)
    wide: Plane = np.exp(-((x * x + y * y) ** 1.2)) * 0.55
    tight = np.exp(-(((columns * width - foot[0] * width) / max(half_px, 1.0)) ** 4) - (y / 0.5) ** 2) * 0.5
    return (picture * ra.spread(1.0 - np.maximum(wide, tight))).astype(np.float32)
