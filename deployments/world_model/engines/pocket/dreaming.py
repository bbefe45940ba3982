"""Making keys: the first from a seed, the others from keys nearby.

Owns the order of the steps: what is seen from there already, what of it is believed, what the completer dreams for the
rest, and what the seed lends both. The steps themselves are `seeding`'s, `raster`'s, `believing`'s, `networks`',
`likeness`', `exemplars`', `clarity`'s and `crispness`'.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from deployments.world_model.engines.pocket import geometry
from deployments.world_model.engines.pocket.believing import believed
from deployments.world_model.engines.pocket.clarity import clarity, cleared
from deployments.world_model.engines.pocket.crispness import crisp, fineness
from deployments.world_model.engines.pocket.exemplars import BESIDE_THE_SEED, ExemplarBank
from deployments.world_model.engines.pocket.geometry import (
    GRID_HEIGHT,
    GRID_WIDTH,
    SKETCH_HEIGHT,
    SKETCH_WIDTH,
)
from deployments.world_model.engines.pocket.keys import Key, Seed, build_key
from deployments.world_model.engines.pocket.likeness import Likeness
from deployments.world_model.engines.pocket.networks import Networks, Sketch, Start
from deployments.world_model.engines.pocket.raster import add_to_panorama, draw_panorama
from deployments.world_model.engines.pocket.seeding import project_seed
from deployments.world_model.engines.pocket.upright import stood_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from deployments.images import Frame

FIRST_STEPS: Final = 10
LATER_STEPS: Final = 2
LATER_START: Final = 0.66
"""Of the way from noise to pieces of the seed. The first dream starts from noise: what is next to a seed is foreseen
best so."""
SEED_PITCH_LIMIT_RAD: Final = 0.2
"""A seed is not taken to look farther up or down than this."""
PITCH_DOUBT_RAD: Final = 0.08
"""Most pictures are taken level, and the network errs by 0.05: only what exceeds this is believed."""
SHARP_ENOUGH: Final = 1.0
"""Source pixels per pixel from which on nothing is added."""
BLURRED: Final = 0.6
"""And at which all detail is."""
NEED_SIGMA: Final = 3.0
"""Cells of the grid over which the want of detail is evened out."""
GIVEN_UP: Final = 0.85
"""Want of detail from which on what is known is painted anew, in its colours."""
LEAST_NEED: Final = 0.1
SEAM_CELLS: Final = 6.0
"""Over so many cells of the grid dreamt distances pass into known ones."""


@dataclass(frozen=True, slots=True)
class Dream:
    """What all keys of one seed share."""

    networks: Networks
    bank: ExemplarBank
    likeness: Likeness
    fineness: float
    """The seed's, of which the keys are not to lose any; likewise the next."""
    clarity: float
    number: int
    """The same number, seed and places give the same keys."""


def first_key(networks: Networks, frame: "Frame", number: int) -> tuple[Dream, Key]:
    """The world around a seed, 360 x 640 x 3, seen from where it was seen."""
    shallow, tilt = networks.distance(frame)
    doubted = math.copysign(max(abs(tilt) - PITCH_DOUBT_RAD, 0.0), tilt)
    pitch_rad = min(max(doubted, -SEED_PITCH_LIMIT_RAD), SEED_PITCH_LIMIT_RAD)
    picture, known = project_seed(frame, pitch_rad)
    inverse = _projected(stood_up(shallow, pitch_rad), pitch_rad)
    sketch, sure = _sketch_of(picture, inverse, known)
    likeness = Likeness(sketch, sure)
    dreamt = likeness.coloured(networks.complete(sketch, sure, FIRST_STEPS, number), sure)
    distances = _joined(inverse, known, dreamt.inverse_distance)
    bank = ExemplarBank(picture, known, distances)
    need = (~known).astype(np.float32)
    whole = bank.synthesise(dreamt.colours, distances, picture, need, number, BESIDE_THE_SEED).picture
    wanted = fineness(frame)
    key = build_key((0.0, 0.0, 0.0), crisp(whole, wanted), distances, Seed(frame, pitch_rad))
    return Dream(networks, bank, likeness, wanted, clarity(picture, known.astype(np.float32)), number), key


def next_key(dream: Dream, sources: "Sequence[Key]", position: tuple[float, float, float], count: int) -> Key:
    """The world seen from `position`: as the source keys (nearest first) show it, and dreamt where they do not.

    `count` numbers the keys of a dream.
    """
    seen = draw_panorama(sources[0], *position)
    for other in sources[1:]:
        add_to_panorama(seen, other, *position)
    picture, inverse, known = seen.picture, seen.inverse, believed(seen, sources[0].position, position)
    sketch, sure = _sketch_of(picture, inverse, known)
    number = dream.number + 7919 * count
    way = position[0] - sources[0].position[0], position[2] - sources[0].position[2]
    start = Start(dream.likeness.around(number, math.atan2(*way)), LATER_START)
    dreamt = dream.likeness.coloured(dream.networks.complete(sketch, sure, LATER_STEPS, number, start), sure)
    distances = _joined(inverse, known, dreamt.inverse_distance)
    blurred = np.clip((SHARP_ENOUGH - seen.detail) / (SHARP_ENOUGH - BLURRED), 0.0, 1.0)
    blurred = cv2.GaussianBlur(blurred, (0, 0), NEED_SIGMA)
    need = np.where(known & (blurred < GIVEN_UP), 0.9 * blurred, 1.0).astype(np.float32)
    need[need < LEAST_NEED] = 0.0
    painting = dream.bank.synthesise(dreamt.colours, distances, picture, need, number)
    whole = cleared(painting.picture, need, dream.clarity)
    # Where a known cell is painted anew it stays where it was.
    distances = np.where(known, distances, painting.inverse_distance)
    return build_key(position, crisp(whole, dream.fineness), distances)


def _projected(shallow: "NDArray[np.float32]", pitch_rad: float) -> "NDArray[np.float32]":
    """Inverse distances of a frame on the panorama's grid; of use only where the frame is."""
    rays = geometry.cell_directions(GRID_HEIGHT, GRID_WIDTH) @ geometry.frame_rotation(0.0, pitch_rad).T
    ahead = np.maximum(rays[..., 2], 1e-3)
    scale = shallow.shape[1] / geometry.FRAME_WIDTH * geometry.FOCAL_PX / ahead
    x = rays[..., 0] * scale + (shallow.shape[1] - 1) / 2
    y = rays[..., 1] * scale + (shallow.shape[0] - 1) / 2
    columns, rows = x.astype(np.float32), y.astype(np.float32)
    seen = cv2.remap(shallow, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return seen.astype(np.float32)


def _sketch_of(
    picture: "NDArray[np.uint8]", inverse: "NDArray[np.float32]", known: "NDArray[np.bool_]"
) -> "tuple[Sketch, NDArray[np.float32]]":
    """The panorama in the completer's cells, and which of them are wholly known."""
    size = (SKETCH_WIDTH, SKETCH_HEIGHT)
    sure = np.asarray(known.reshape(SKETCH_HEIGHT, 2, SKETCH_WIDTH, 2).all(axis=(1, 3)), np.float32)
    colours = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    root = cv2.resize(np.sqrt(inverse), size, interpolation=cv2.INTER_AREA)
    return Sketch(colours, np.asarray(root * root, np.float32)), sure


def _joined(
    inverse: "NDArray[np.float32]", known: "NDArray[np.bool_]", dreamt: "NDArray[np.float32]"
) -> "NDArray[np.float32]":
    """Known distances, and dreamt ones elsewhere, bent so that they meet."""
    size = (GRID_WIDTH, GRID_HEIGHT)
    root = cv2.resize(np.sqrt(dreamt), size, interpolation=cv2.INTER_LINEAR)
    if known.all():
        return inverse
    wide = np.tile((~known).astype(np.uint8), (1, 3))
    away, labels = cv2.distanceTransformWithLabels(wide, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    nearest, gap = labels.astype(np.intp), np.tile(np.sqrt(inverse) - root, (1, 3))
    at_known = np.zeros(int(nearest.max()) + 1, np.float32)
    at_known[nearest[wide == 0]] = gap[wide == 0]
    offset = (at_known[nearest] * np.exp(-((away / SEAM_CELLS) ** 2)))[:, GRID_WIDTH : 2 * GRID_WIDTH]
    bent = np.maximum(root + offset, 0.0) ** 2
    return np.where(known, inverse, bent).astype(np.float32)
