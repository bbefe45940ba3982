"""The kinds of worlds there are, and how often each comes."""

from typing import TYPE_CHECKING, Final

from scripts.pocket.worlds import built_kinds, inside_kinds, open_kinds

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from scripts.pocket.worlds.builder import Builder

RECIPES: "Final[dict[str, tuple[Callable[[np.random.Generator], Builder], float]]]" = {
    "hills": (open_kinds.hills, 1.2),
    "forest": (open_kinds.forest, 1.2),
    "park": (open_kinds.park, 1.2),
    "shore": (open_kinds.shore, 1.1),
    "desert": (open_kinds.desert, 0.7),
    "snow": (open_kinds.snow, 0.8),
    "canyon": (open_kinds.canyon, 0.8),
    "street": (built_kinds.street, 1.6),
    "city": (built_kinds.city, 1.2),
    "village": (built_kinds.village, 1.4),
    "bridge": (built_kinds.bridge, 0.7),
    "room": (inside_kinds.room, 1.6),
    "hall": (inside_kinds.hall, 1.1),
    "dungeon": (inside_kinds.dungeon, 0.7),
    "cave": (inside_kinds.cave, 0.7),
}
