"""Outdoor places by name.

Owns which function lays out which place, and nothing of light or weather: `scene` sees to those.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

from deployments.scene_authoring.procedural.painter.landscape import Outdoors
from deployments.scene_authoring.procedural.painter.settlements import castle, city, harbour, village
from deployments.scene_authoring.procedural.painter.wilds import beach, desert, forest, meadow, mountains
from deployments.scene_authoring.procedural.plan import Place, ScenePlan

if TYPE_CHECKING:
    from collections.abc import Callable


def build(plan: ScenePlan, rng: np.random.Generator) -> Outdoors:
    """The place of `plan`, which must be an outdoor one."""
    return _BUILDERS[plan.place](plan, rng)


_BUILDERS: "Final[dict[Place, Callable[[ScenePlan, np.random.Generator], Outdoors]]]" = {
    Place.MEADOW: meadow,
    Place.FOREST: forest,
    Place.MOUNTAINS: mountains,
    Place.VILLAGE: village,
    Place.DESERT: desert,
    Place.BEACH: beach,
    Place.HARBOUR: harbour,
    Place.CITY: city,
    Place.CASTLE: castle,
}
