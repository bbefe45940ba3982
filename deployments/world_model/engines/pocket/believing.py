"""What a new key believes of the keys that it is made from.

Owns the reasons to dream something anew although a key shows it: it is stretched too far, it is in the way, or it is
what is left of a thing whose other parts are gone.
"""

import math
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from deployments.world_model.engines.pocket.geometry import GRID_HEIGHT, GRID_WIDTH, cell_directions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deployments.world_model.engines.pocket.keys import Position
    from deployments.world_model.engines.pocket.raster import Panorama

LOST: Final = 0.35
"""Source pixels per pixel below which nothing is known any more: what there is would be stretched to streaks."""
IN_THE_WAY: Final = 2.0
"""Eye heights within which things in the way make way, for something new: nobody gets stuck in a wall, and what a seed
holds in its hand is not left standing in the world."""
ASIDE: Final = 0.5
"""So far to either side it is the way: the walls of a corridor stay."""
GROUND: Final = -0.75
"""What lies lower does not stand in the way; eye heights from the eye."""
SLIVER_CELLS: Final = 9
"""What is narrower than this many cells of the grid is a sliver."""

_SLIVER: Final = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (SLIVER_CELLS, SLIVER_CELLS))


def believed(seen: "Panorama", before: "Position", here: "Position") -> "NDArray[np.bool_]":
    """The cells, 160 x 512, of what is seen from `here` that stay as they are seen, for one who came from `before`."""
    kept = seen.known & (seen.detail >= LOST) & ~_in_the_way(seen.inverse, before, here)
    return _without_slivers(kept)


def _in_the_way(inverse: "NDArray[np.float32]", before: "Position", here: "Position") -> "NDArray[np.bool_]":
    """The cells that show something on the way from `before`."""
    right, up, ahead = np.moveaxis(cell_directions(GRID_HEIGHT, GRID_WIDTH), -1, 0)
    way = here[0] - before[0], here[2] - before[2]
    far = max(math.hypot(*way), 1e-6)
    off = np.abs(right * way[1] - ahead * way[0]) / far / inverse
    return (inverse > 1 / IN_THE_WAY) & (up / inverse > GROUND) & (off < ASIDE)


def _without_slivers(kept: "NDArray[np.bool_]") -> "NDArray[np.bool_]":
    """The cells but for narrow strips and specks, around the turn."""
    wide = np.pad(kept.astype(np.uint8), ((0, 0), (SLIVER_CELLS, SLIVER_CELLS)), mode="wrap")
    whole = cv2.morphologyEx(wide, cv2.MORPH_OPEN, _SLIVER)
    return np.asarray(whole[:, SLIVER_CELLS:-SLIVER_CELLS] > 0, np.bool_)
