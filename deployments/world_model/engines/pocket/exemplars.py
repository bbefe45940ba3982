"""The sharp detail of the seed for panoramas that are known only as a sketch, or only blurred.

Owns the bank of what the seed offers and the way from a sketch to a picture: `quilting` lays out what is unknown,
`matching` finds detail for what is blurred, `composing` draws both. The sketch is the completer's.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import cv2
import numpy as np

from deployments.world_model.engines.pocket import composing, geometry, matching, pricing, quilting, seams
from deployments.world_model.engines.pocket.cells import (
    CELL_PX,
    HEIGHT,
    LOW_SIGMA,
    WIDTH,
    away_from_known,
    blurred_within,
    extreme_of_grid,
    features,
    filled_in,
    halved,
    inverse_distance_of,
    known_part,
    local_variance,
    low_around,
    real,
    to_cells,
)
from deployments.world_model.engines.pocket.widths import U4

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deployments.world_model.engines.pocket.widths import Bytes, Floats, Integers

    Scalar = TypeVar("Scalar", bound=np.generic)

UNKNOWN_NEED: Final = 0.95
"""From here on nothing of what is there is believed."""
COMMON: Final = (40.0, 120.0)
"""Squared steps of colour: what is no more unlike its surroundings than this, or than is usual in its rows up to the
second of them, may be repeated nearly at will."""
USUAL_FACTOR: Final = 1.5
RARITY: Final = (5.0, 1500.0)
PULL: Final = 0.03
PLAIN_PULL: Final = 0.1
"""So much of it where nothing is copied: what is around is a better guide than the sketch."""
FREE_CELLS: Final = 40.0
"""So near to what is known a copy's colours yield to those next door."""
SWEEPS: Final = 24
UNLIKE: Final = 14.0
"""Steps of colour, on average, from which on a texture is of something else: plain colour looks better."""
SHARE_PER_NEED: Final = 1.2
"""Of a blurred cell's detail: blur takes less of it away than it leaves of anything else."""
RIM: Final = matching.PATCH // 2


@dataclass(frozen=True, slots=True)
class Trust:
    """How far copies follow what is there."""

    guided: float
    """Share of what the sketch's low frequencies differ by that a copy takes on."""
    alike: float
    """Steps of colour, or of scaled distance: what is known and differs by more from what a copy would have there is
    another thing. Joined to it, the copy would take on its colour: smoke around roofs, webs from a tower to the sky."""


BESIDE_THE_SEED: Final = Trust(guided=1.0, alike=math.inf)
"""What lies there is foreseen best by the network."""
FARTHER_ON: Final = Trust(guided=0.3, alike=45.0)
"""Sketches of sketches are believed less: with all of their colours, gold turned green."""


@dataclass(frozen=True, slots=True)
class Painting:
    """A panorama painted from the seed."""

    picture: "Bytes"
    """800×2560×3 RGB."""
    inverse_distance: "Floats"
    """Of the grid, 160×512: what was pasted brought its own."""


class ExemplarBank:
    """What one seed offers.

    `picture` is the panorama (800×2560×3 RGB) with the seed in it, `known` the grid's cells (160×512) that it fills,
    `inverse_distance` that of the grid. Raises ValueError if the seed fills nothing.
    """

    def __init__(self, picture: "Bytes", known: "NDArray[np.bool_]", inverse_distance: "Floats") -> None:
        whole = extreme_of_grid(known.astype(np.float32), np.minimum) > 0
        if not whole.any():
            problem = "the seed fills no cell of the panorama"
            raise ValueError(problem)
        rows, columns = np.flatnonzero(whole.any(axis=1)), np.flatnonzero(whole.any(axis=0))
        self._top, self._left = int(rows[0]) // 2 * 2, int(columns[0]) // 2 * 2
        bottom, right = (int(rows[-1]) + 2) // 2 * 2, (int(columns[-1]) + 2) // 2 * 2
        self._height = bottom - self._top
        ok = np.ascontiguousarray(whole[self._top : bottom, self._left : right]).astype(np.uint8)
        cells = features(to_cells(picture), inverse_distance)[self._top : bottom, self._left : right]
        cells = filled_in(np.ascontiguousarray(cells), ok)
        low = blurred_within(cells, ok, LOW_SIGMA)

        self._half, self._half_low = halved(cells), halved(low)
        half_ok = halved(ok[..., None].astype(np.float32))[..., 0] >= 1
        self._half_sums = np.zeros((half_ok.shape[0] + 1, half_ok.shape[1] + 1), dtype=np.int32)
        self._half_sums[1:, 1:] = half_ok.cumsum(axis=0).cumsum(axis=1)
        self._busy = local_variance(self._half[..., :3].mean(axis=2))
        self._rarity = _rarity(pricing.unlikeness(self._half, half_ok.astype(np.uint8)), half_ok)

        self._ok = ok
        self._rimmed = real(cv2.copyMakeBorder(cells, RIM, RIM, RIM, RIM, cv2.BORDER_REPLICATE))
        self._cells, self._low = _with_blank(cells), _with_blank(low)
        self._cells_ok = _with_blank(ok)
        full = picture[self._top * CELL_PX : bottom * CELL_PX, self._left * CELL_PX : right * CELL_PX]
        self._detail = _with_blank(_detail(full, cells, ok), CELL_PX)

    def synthesise(
        self,
        sketch: "Floats",
        inverse_distance: "Floats",
        raw: "Bytes | None",
        need: "Floats",
        seed: int,
        trust: Trust = FARTHER_ON,
    ) -> Painting:
        """A sharp panorama, and the distances that go with it.

        `sketch` holds the colours wanted (80×256×3, 0..255), `inverse_distance` the grid's distances, `raw` what is
        known of the picture. `need` tells for each of the grid's cells how much it lacks: 0 keeps raw as it is, 1 knows
        nothing of it, between raw's low frequencies are right. The same arguments give the same picture.
        """
        shape = (geometry.PICTURE_HEIGHT, geometry.PICTURE_WIDTH, 3)
        picture = np.zeros(shape, dtype=np.uint8) if raw is None else raw.copy()
        need = np.ascontiguousarray(need, dtype=np.float32)
        lack = extreme_of_grid(need, np.maximum)
        if not lack.any():
            return Painting(picture, inverse_distance)
        unknown = lack >= UNKNOWN_NEED
        partly = unknown & (extreme_of_grid(need, np.minimum) == 0)
        estimate = features(to_cells(picture), inverse_distance)
        estimate[partly, :3] = known_part(picture, need, partly)
        guide = features(real(cv2.resize(sketch, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)), inverse_distance)
        guide = low_around(np.where(unknown[..., None], guide, estimate))
        sources = (np.zeros((HEIGHT, WIDTH), dtype=np.int32), np.zeros((HEIGHT, WIDTH), dtype=np.int32))
        if unknown.any():
            self._lay_out(guide, estimate, unknown, partly, sources, seed, trust)
        blurred = ((lack > 0) & ~unknown).astype(np.uint8)
        if blurred.any():
            rimmed = cv2.copyMakeBorder(estimate, 0, 0, RIM, RIM, cv2.BORDER_WRAP)
            rimmed = cv2.copyMakeBorder(rimmed, RIM, RIM, 0, 0, cv2.BORDER_REPLICATE)
            matching.match(real(rimmed), blurred, *sources, self._rimmed, self._ok, self._top, U4(seed))
        share = np.where(unknown, 1, np.minimum(1, SHARE_PER_NEED * lack)).astype(np.float32)
        composing.paint(picture, real(estimate[..., :3]), share, need, *sources, self._detail)
        return Painting(picture, np.where(need >= UNKNOWN_NEED, inverse_distance_of(estimate), inverse_distance))

    def _lay_out(
        self,
        guide: "Floats",
        estimate: "Floats",
        unknown: "NDArray[np.bool_]",
        partly: "NDArray[np.bool_]",
        sources: "tuple[Integers, Integers]",
        seed: int,
        trust: Trust,
    ) -> None:
        """Fill the unknown cells of `estimate`, and where they are from in `sources`."""
        edge = estimate[partly]
        filled = np.where(unknown, seams.EMPTY, seams.KEPT).astype(np.uint8)
        away = away_from_known(unknown)
        spots = block_order(away, unknown, self._top, self._top + self._height)
        quilting.quilt(
            guide,
            estimate,
            filled,
            *sources,
            self._cells,
            self._cells_ok,
            self._half,
            self._half_low,
            self._half_sums,
            self._rarity,
            self._busy,
            spots,
            self._top,
            self._left,
            U4(seed),
        )
        plain = (filled == seams.EMPTY) | self._unlike(guide, filled, sources)
        sources[0][plain] = self._height // 2
        sources[1][plain] = self._ok.shape[1] + quilting.BLANK // 2
        estimate[partly] = edge
        pull = (PULL * np.clip(away / FREE_CELLS, 0, 1) ** 2).astype(np.float32)
        pull[plain] *= np.float32(PLAIN_PULL)
        copied = np.where(plain, composing.PLAIN, composing.COPIED) * (unknown & ~partly)
        composing.blend(
            estimate,
            guide,
            copied.astype(np.uint8),
            *sources,
            self._cells,
            self._low,
            pull,
            trust.guided,
            trust.alike,
            SWEEPS,
        )

    def _unlike(self, guide: "Floats", filled: "Bytes", sources: "tuple[Integers, Integers]") -> "NDArray[np.bool_]":
        """Above and below the seed's rows, where the seed has nothing of the colour that is wanted."""
        off = guide[..., :3] - self._low[sources[0], sources[1], :3]
        unlike = low_around(real(np.sqrt((off * off).mean(axis=2)))) > UNLIKE
        unlike[self._top : self._top + self._height] = False
        return unlike & (filled == seams.NEW)


def block_order(away: "Floats", unknown: "NDArray[np.bool_]", first_row: int, last_row: int) -> "Integers":
    """The patchwork's spots (top, left, height, width), for a source that has the rows given.

    Large blocks in the source's rows come first, from what is known outward, those that are mostly new before those
    that fill gaps; then small ones from the horizon up and down.
    """
    (height, width), (step_y, step_x) = quilting.LARGE_BLOCK, quilting.LARGE_STEP
    last_top = max(last_row - height, 0) // 2 * 2
    tops = {*range(min(first_row, last_top), last_top, step_y), last_top}
    spots = [(0, y, x, height, width) for y in tops for x in range(0, WIDTH, step_x)]
    (height, width), (step_y, step_x) = quilting.SMALL_BLOCK, quilting.SMALL_STEP
    tops = {*range(0, first_row, step_y), *range(HEIGHT - height, last_row - height, -step_y)}
    spots += [(1, y, x, height, width) for y in tops for x in range(0, WIDTH, step_x)]
    sums = cv2.integral(np.tile(unknown.astype(np.uint8), (1, 2)))

    def rank(spot: tuple[int, int, int, int, int]) -> tuple[int, bool, float, int, int]:
        later, y, x, height, width = spot
        middle = y + height // 2
        new = int(sums[y + height, x + width] - sums[y, x + width] - sums[y + height, x] + sums[y, x])
        far = abs(middle - HEIGHT // 2) if later else float(away[middle, (x + width // 2) % WIDTH])
        return later, 2 * new < height * width, far, y, x

    return np.array([spot[1:] for spot in sorted(spots, key=rank)], dtype=np.int32)


def _rarity(unlike: "Floats", ok: "NDArray[np.bool_]") -> "Floats":
    """What stands out: by how much a cell is more unlike the others than is common; for large and for small blocks."""
    usual = np.zeros(len(unlike), dtype=np.float32)
    for row in range(len(unlike)):
        near = slice(max(0, row - 4), row + 5)
        usual[row] = np.median(unlike[near][ok[near]]) if ok[near].any() else 0
    usual = np.maximum(USUAL_FACTOR * usual, COMMON[0])
    above = [unlike - np.minimum(usual, most)[:, None] for most in (COMMON[1], np.inf)]
    return np.clip(above, *RARITY).astype(np.float32)


def _detail(full: "Bytes", cells: "Floats", ok: "Bytes") -> "NDArray[np.int16]":
    """What the pixels have beyond the cells smoothly enlarged."""
    size = (full.shape[1], full.shape[0])
    smooth = cv2.resize(np.ascontiguousarray(cells[..., :3]), size, interpolation=cv2.INTER_LINEAR)
    whole = ok.repeat(CELL_PX, axis=0).repeat(CELL_PX, axis=1)[..., None]
    return (np.rint(full - smooth) * whole).astype(np.int16)


def _with_blank(cells: "NDArray[Scalar]", size: int = 1) -> "NDArray[Scalar]":
    """The cells with columns of zeros to the right, for the patchwork's plain places."""
    margins = [(0, 0), (0, quilting.BLANK * size), (0, 0)]
    return np.pad(cells, margins[: cells.ndim])
