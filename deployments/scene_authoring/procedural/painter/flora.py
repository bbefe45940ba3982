"""Plants, lamps and other drawn things set into a scene at world positions, hidden by what is nearer.

Owns instances: a thing is drawn once, mirrored for every other one, and scaled for each place where it stands.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural import things
from deployments.scene_authoring.procedural.painter.stage import FOCAL
from deployments.scene_authoring.procedural.plan import Look, Season, Thing
from deployments.scene_authoring.procedural.raster import Plane, Rgb
from deployments.scene_authoring.procedural.sculpt import Illumination, Sprite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployments.scene_authoring.procedural.painter.stage import Stage

_USUAL: Final = Look()


@dataclass(frozen=True, slots=True)
class Stand:
    """One thing on the land: where its foot is, and its size compared with the usual."""

    thing: Thing
    x: float
    z: float
    y: float = 0.0
    size: float = 1.0
    look: Look = _USUAL


@dataclass(frozen=True, slots=True)
class Air:
    """What distance fades to, and how fast: the distance in eye heights at which two thirds are gone."""

    colour: Rgb
    reach: float


def plant(
    picture: Rgb,
    stage: "Stage",
    stands: "Sequence[Stand]",
    light: Illumination,
    season: Season,
    air: Air,
    rng: np.random.Generator,
) -> Rgb:
    """The picture with all `stands`, far ones first; the stage's distances are brought up to date."""
    result = picture
    drawn: dict[tuple[Thing, Look], tuple[Sprite, Sprite]] = {}
    for index, stand in enumerate(sorted(stands, key=lambda s: s.z, reverse=True)):
        tall = things.SHAPES[stand.thing].height * stand.size / (stand.z * FOCAL) * stage.height
        if tall < 2 or stand.z < 0.4:
            continue
        key = (stand.thing, stand.look)
        if key not in drawn:
            largest = max(_tall(stage, other) for other in stands if (other.thing, other.look) == key)
            sculpture = things.draw(*key, round(min(largest, stage.height * 0.9)), season, rng)
            drawn[key] = (sculpture.lit(light), sculpture.mirrored().lit(light))
        result = _put(result, stage, stand, drawn[key][index % 2], round(tall), air)
    return result


def _tall(stage: "Stage", stand: Stand) -> float:
    return max(8.0, things.SHAPES[stand.thing].height * stand.size / (max(stand.z, 0.4) * FOCAL) * stage.height)


def _put(picture: Rgb, stage: "Stage", stand: Stand, sprite: Sprite, tall: int, air: Air) -> Rgb:
    wide = max(1, round(tall * sprite.alpha.shape[1] / sprite.alpha.shape[0]))
    column = (stand.x / stand.z / FOCAL * stage.height / stage.width + 0.5) * stage.width
    row = (stage.horizon + (1.0 - stand.y) / stand.z / FOCAL) * stage.height
    left, top = round(column - wide / 2), round(row - tall)
    y0, y1, x0, x1 = max(0, top), min(stage.height, top + tall), max(0, left), min(stage.width, left + wide)
    if y0 >= y1 or x0 >= x1:
        return picture
    part = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    cover: Plane = np.clip(ra.resize(sprite.alpha, wide, tall)[part], 1e-3, 1)
    alpha = cover * (stage.z[y0:y1, x0:x1] > stand.z * 0.985)
    colour = ra.resize(sprite.colour, wide, tall)[part] / ra.spread(cover)
    fade = 1.0 - float(np.exp(-stand.z / air.reach))
    colour = colour * np.float32(1 - fade) + air.colour * np.float32(fade)
    _contact(picture, stage, column, row, wide * 0.30)
    window = picture[y0:y1, x0:x1]
    picture[y0:y1, x0:x1] = window + (colour - window) * ra.spread(alpha)
    if things.SHAPES[stand.thing].light is not None:
        glow = ra.resize(sprite.glow, wide, tall)[part] * ra.spread(stage.z[y0:y1, x0:x1] > stand.z * 0.9)
        picture[y0:y1, x0:x1] += glow * np.float32(1 - 0.7 * fade)
    solid = alpha > 0.5
    stage.z[y0:y1, x0:x1][solid] = stand.z
    stage.ground[y0:y1, x0:x1][solid] = 0.0
    return picture


def _contact(picture: Rgb, stage: "Stage", column: float, row: float, half: float) -> None:
    """A soft dark patch where a thing meets the ground."""
    reach_y, reach_x = max(1.0, half * 0.35), max(1.0, half * 1.7)
    y0, y1 = max(0, int(row - 2 * reach_y)), min(stage.height, int(row + 2 * reach_y) + 1)
    x0, x1 = max(0, int(column - 2 * reach_x)), min(stage.width, int(column + 2 * reach_x) + 1)
    if y0 >= y1 or x0 >= x1:
        return
    y = (np.arange(y0, y1, dtype=np.float32)[:, None] - row) / reach_y
    x = (np.arange(x0, x1, dtype=np.float32)[None, :] - column) / reach_x
    picture[y0:y1, x0:x1] *= ra.spread(1.0 - 0.55 * np.exp(-(x * x + y * y)))
