"""What places that were never seen take from the seed: something to start from, and their colours.

A dream that starts from noise is made of means, and one made from dreams of little else: over a long walk the one
bright thing of a seed was not seen again, and colours came that it never had. So a dream starts part of the way, from
pieces of the seed laid out around the panorama, and what comes out is drawn to the seed's own colours. Owns both; the
flow is the completer's.
"""

import math
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from PIL import Image

from deployments.world_model.engines.pocket.geometry import SKETCH_HEIGHT, SKETCH_WIDTH
from deployments.world_model.engines.pocket.networks import Sketch
from deployments.world_model.engines.pocket.spreading import spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIECE: Final = (0.3, 0.8)
"""Widths of the pieces, as shares of the seed's: large enough for a thing, too small for the seed to be seen again."""
WAY_ROWS: Final = 4
WAY_COLUMNS: Final = 7
"""Cells above and below the horizon, and to the sides, over whose mean a seed goes on farthest in a column."""
COLOURS: Final = 96
NEAR_COLOURS: Final = 10.0
"""Steps of colour within which several of the palette's are mixed."""


class Likeness:
    """What one seed lends. Its sketch is believed where `known`, 80 x 256, is 1; it fills some column at least."""

    def __init__(self, sketch: Sketch, known: "NDArray[np.float32]") -> None:
        columns = np.flatnonzero(known.any(axis=0))
        whole = np.concatenate([sketch.colours.transpose(2, 0, 1), np.sqrt(sketch.inverse_distance)[None]])
        filled = slice(int(columns[0]), int(columns[-1]) + 1)
        self._cells = spread(whole.astype(np.float32), known)[..., filled]
        middle = self._cells[3, SKETCH_HEIGHT // 2 - WAY_ROWS : SKETCH_HEIGHT // 2 + WAY_ROWS].mean(axis=0)
        self._farthest = int(np.asarray(cv2.blur(middle[None], (WAY_COLUMNS, 1)), np.float32).argmin())
        self._palette = _palette(sketch.colours[known > 0])

    def around(self, number: int, heading_rad: float) -> Sketch:
        """Pieces of the seed, some of them mirrored, side by side around a panorama; others for another number.

        Towards `heading_rad` is where the seed goes on farthest: a way on, for who stands before a wall.
        """
        rng = np.random.default_rng(number)
        width: int = self._cells.shape[-1]
        narrowest, widest = (max(1, round(share * width)) for share in PIECE)
        first = min(max(self._farthest - narrowest // 2, 0), width - narrowest)
        columns = list(range(first, first + narrowest))
        while len(columns) < SKETCH_WIDTH:
            piece = int(rng.integers(narrowest, widest + 1))
            first = int(rng.integers(0, width - piece + 1))
            taken = list(range(first, first + piece))
            columns += taken[::-1] if rng.random() < 0.5 else taken
        middle = round((heading_rad / (2 * math.pi) + 0.5) * SKETCH_WIDTH)
        cells = self._cells[..., np.roll(columns[:SKETCH_WIDTH], middle - narrowest // 2)]
        return Sketch(np.ascontiguousarray(cells[:3].transpose(1, 2, 0)), np.ascontiguousarray(cells[3] ** 2))

    def coloured(self, dreamt: Sketch, known: "NDArray[np.float32]") -> Sketch:
        """The dream, its unknown cells in colours of the seed's."""
        colours = dreamt.colours.copy()
        for row, free in zip(colours, known < 0.5, strict=True):
            row[free] = self._nearest(row[free])
        return Sketch(colours, dreamt.inverse_distance)

    def _nearest(self, wanted: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """The palette's colours nearest to those wanted, n x 3.

        A few hundred at once: more, and the product would wake threads that take the cores from the drawing.
        """
        away = (wanted * wanted).sum(axis=1)[:, None] - 2 * wanted @ self._palette.T + (self._palette**2).sum(axis=1)
        away -= away.min(axis=1, keepdims=True)
        weights = np.exp(-away / (2 * NEAR_COLOURS**2))
        return weights @ self._palette / weights.sum(axis=1, keepdims=True)


def _palette(colours: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """The colours that stand for all, by median cut (Heckbert 1982): at most 96 x 3."""
    row = Image.fromarray(np.rint(np.clip(colours, 0, 255)).astype(np.uint8)[None])
    quantised = row.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return np.unique(np.asarray(quantised.convert("RGB"))[0], axis=0).astype(np.float32)
