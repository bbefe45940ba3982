"""Things that stand in a scene, each on a canvas of its own with its foot at the lower edge's middle.

Owns their usual size and light, and which drawer draws which. The sky's things are in `heavens`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.fires import campfire, lamp, portal
from deployments.scene_authoring.procedural.furniture import barrel, chest, crate, door
from deployments.scene_authoring.procedural.growth import palm, pine, rock, tree
from deployments.scene_authoring.procedural.plan import Look, Season, Thing
from deployments.scene_authoring.procedural.raster import Rgb
from deployments.scene_authoring.procedural.sculpt import Sculpture

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Shape:
    """How high a thing is, in eye heights, how wide for its height, and the light it throws, if any."""

    height: float
    aspect: float
    light: Rgb | None = None


SHAPES: Final[dict[Thing, Shape]] = {
    Thing.LAMP: Shape(2.3, 0.42, ra.rgb(1.0, 0.66, 0.30)),
    Thing.TREE: Shape(3.0, 0.95),
    Thing.PINE: Shape(3.3, 0.56),
    Thing.PALM: Shape(3.0, 0.9),
    Thing.CAMPFIRE: Shape(0.62, 1.2, ra.rgb(1.0, 0.46, 0.12)),
    Thing.CRATE: Shape(0.55, 1.12),
    Thing.BARREL: Shape(0.66, 0.74),
    Thing.CHEST: Shape(0.48, 1.45),
    Thing.DOOR: Shape(1.5, 0.64),
    Thing.ROCK: Shape(0.55, 1.55),
    Thing.PORTAL: Shape(1.8, 0.74, ra.rgb(0.45, 0.35, 1.0)),
}


def draw(thing: Thing, look: Look, height_px: int, season: Season, rng: np.random.Generator) -> Sculpture:
    """A thing `height_px` high, in the colours of `season` where it has leaves."""
    canvas = Sculpture(max(1, round(height_px * SHAPES[thing].aspect)), height_px)
    _DRAWERS[thing](canvas, look, season, rng)
    return canvas


_DRAWERS: "Final[dict[Thing, Callable[[Sculpture, Look, Season, np.random.Generator], None]]]" = {
    Thing.LAMP: lamp,
    Thing.TREE: tree,
    Thing.PINE: pine,
    Thing.PALM: palm,
    Thing.CAMPFIRE: campfire,
    Thing.CRATE: crate,
    Thing.BARREL: barrel,
    Thing.CHEST: chest,
    Thing.DOOR: door,
    Thing.ROCK: rock,
    Thing.PORTAL: portal,
}
