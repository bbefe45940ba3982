"""Where the sky ends: found from the outline of what stands before it, in any light and weather.

Owns two ways and the choice between them. By outline (after Shen and Wang 2013): in each column the sky reaches down
to the first edge, the strength of which is chosen so that it parts two unlike regions, and colours then decide about
pixels near it (GrabCut, Rother et al. 2004). By colour: what looks like sky by day and hangs together with the top
edge; it serves where the outline is broken, as between trees and in streets. Indoors both find nothing they trust.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.raster import Mask, Plane, Rgb, blur, grid, resize

_WORK_WIDTH: Final = 240
_EDGES: Final = np.geomspace(0.015, 0.32, 16).astype(np.float32)

_LOWEST_OUTLINE: Final = 0.575
"""A sky found by its outline that reaches further down, as a share of the height, has run on into the land or is a
wall. Of painted scenes' skies none reaches so far."""

_LOWEST_COLOUR: Final = 0.75
_RESTLESS: Final = 0.03
"""Mean edge within a sky beyond which it is none."""

_SMALLEST: Final = 0.015
_SHORELINE_SHARE: Final = 0.85
"""A level edge counts as a shoreline where about three neighbouring rows of it add up to this share of the width."""


def find_sky(picture: Rgb) -> Plane:
    """Coverage of the sky, 0 or 1 but for resampling, of a picture of linear light and of its size."""
    height, width = picture.shape[:2]
    if min(height, width) < 24:
        return by_colour(picture).astype(np.float32)
    small = resize(picture, min(width, _WORK_WIDTH), max(24, round(min(width, _WORK_WIDTH) * height / width)))
    calm = np.asarray(cv2.medianBlur(np.sqrt(np.clip(small, 0.0, 1.0)).astype(np.float32), 5), np.float32)
    edges = _edges(calm)
    coloured = _opened(by_colour(small))
    outlined = _opened(_cut_out(calm, _above_outline(calm, edges)))
    if outlined.mean() > _SMALLEST and _lowest(outlined) <= _LOWEST_OUTLINE:
        # White clouds by day are edges too.
        found = outlined | coloured if _lowest(coloured) <= _LOWEST_OUTLINE else outlined
    elif coloured.mean() > _SMALLEST and _lowest(coloured) <= _LOWEST_COLOUR and edges[coloured].mean() < _RESTLESS:
        found = coloured
    else:
        return np.zeros((height, width), dtype=np.float32)
    return np.clip(resize(_without_holes(found).astype(np.float32), width, height), 0.0, 1.0)


def by_colour(small: Rgb) -> Mask:
    """Pixels that look like sky by day and hang together with the top edge."""
    height, width = small.shape[:2]
    rows, _ = grid(height, width)
    tone = np.sqrt(np.clip(small, 0.0, 1.0))
    light = ra.grey(tone)
    blueness = tone[..., 2] - np.maximum(tone[..., 0], tone[..., 1] * 0.98)
    spread = ra.brightest(tone) - ra.darkest(tone)
    steps = np.abs(np.diff(light, axis=0, prepend=light[:1])) + np.abs(np.diff(light, axis=1, prepend=light[:, :1]))
    restless = blur(steps, 2)
    calm = restless < 0.05
    likely = (blueness > 0.09) & (light > 0.1) & (restless < 0.12)
    likely |= (spread < 0.18) & (light > 0.66) & (restless < 0.1)
    likely |= (spread < 0.18) & (light > 0.84) & (rows < 0.5)
    likely |= (blueness > 0.015) & calm & (light > 0.04)
    likely |= (tone[..., 0] >= tone[..., 2]) & (light > 0.5) & calm & (rows < 0.45)
    sky = _hanging_from_top(likely & ~_shorelines(light, likely))
    ends = height - np.argmax(sky[::-1], axis=0)
    lowest = float(np.percentile(np.where(sky.any(axis=0), ends, 0), 92))
    return _without_holes(_hanging_from_top((likely & (rows < lowest / height)) | sky))


def _shorelines(light: Plane, likely: Mask) -> Mask:
    """Long level edges, such as that between a pale sky and pale water."""
    fall = light - np.roll(light, -1, axis=0)
    fall[-1] = 0.0
    height, width = light.shape
    level = resize(resize(fall, max(1, width // 24), height), width, height)
    lower_half = grid(height, width)[0] > 0.3
    edge = (level > 0.012) & lower_half & likely
    long_ = blur(edge.mean(axis=1, keepdims=True).astype(np.float32), 1) * 3.0 > _SHORELINE_SHARE
    return edge & long_


def _edges(calm: Rgb) -> Plane:
    """How much a pixel differs from the one above or beside it, or those two rows away: mist softens outlines."""
    steps = ra.brightest(np.abs(np.diff(calm, axis=0, prepend=calm[:1])))
    across = ra.brightest(np.abs(np.diff(calm, axis=1, prepend=calm[:, :1])))
    steps = np.maximum(steps, 0.8 * across)
    steps[2:-2] = np.maximum(steps[2:-2], 0.6 * ra.brightest(np.abs(calm[4:] - calm[:-4])))
    steps[:2] = 0.0
    return steps


def _above_outline(calm: Rgb, edges: Plane) -> Mask:
    """The best of the skies that end at the first edge of each column, by how strong an edge must be."""
    height, width = edges.shape
    sums = np.cumsum(np.pad(calm, ((1, 0), (0, 0), (0, 0))), axis=0, dtype=np.float32)
    rows = np.arange(height, dtype=np.intp)[:, None]
    best, highest = np.zeros((height, width), dtype=bool), 0.0
    for least in _EDGES:
        hit: Mask = edges > least
        first: NDArray[np.intp] = hit.argmax(axis=0)
        ends: Plane = np.where(hit.any(axis=0), np.maximum(first - 1, 0), height).astype(np.float32)
        # Single columns that run on are gaps in the outline.
        smooth = np.asarray(cv2.erode(cv2.medianBlur(ends[None], 5), np.ones((1, 3), dtype=np.uint8)), np.float32)[0]
        whole = np.minimum(ends, smooth + 0.04 * height).astype(np.intp)
        sky: Mask = rows < whole
        worth = _worth(calm, sums, whole, sky)
        if worth > highest:
            best, highest = sky, worth
    return best


def _worth(calm: Rgb, sums: Rgb, ends: NDArray[np.intp], sky: Mask) -> float:
    """Contrast across an outline for the unrest within the sky; large skies with simple outlines before others."""
    height, width = sky.shape
    share = float(sky.mean())
    if not 0.02 < share < 0.9:
        return 0.0
    reach = max(3, height // 22)
    columns = np.arange(width, dtype=np.intp)
    bounds = [np.clip(ends + shift, 0, height) for shift in (-1 - reach, -1, 2, 2 + reach)]
    known = (bounds[1] - bounds[0] > 1) & (bounds[3] - bounds[2] > 1)
    if not known.any():
        return 0.0
    above, below = (
        (sums[high, columns] - sums[low, columns])[known] / (high - low)[known, None]
        for low, high in ((bounds[0], bounds[1]), (bounds[2], bounds[3]))
    )
    contrast = float(np.median(np.abs(above - below).max(axis=1))) * float(known.mean())
    size = (width // 4 * 2 + 1, height // 8 * 2 + 1)
    weight = sky.astype(np.float32)
    local = cv2.blur(calm * ra.spread(weight), size) / ra.spread(np.asarray(cv2.blur(weight, size)) + 1e-4)
    unrest = float(ra.brightest(np.abs(calm - local))[sky].mean())
    jagged = float(np.abs(np.diff(ends)).mean()) / height
    return contrast / (unrest + 0.02) * share**0.35 * float(np.exp(-6.0 * jagged))


def _cut_out(calm: Rgb, sky: Mask) -> Mask:
    """A sky whose edge follows the colours on both sides."""
    height = sky.shape[0]
    low, middle = int(0.72 * height), height // 2
    if sky[:low].sum() < 50 or (~sky).sum() < 50:
        return sky
    labels = np.where(sky, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[low:] = cv2.GC_BGD
    certain = cv2.erode(sky.astype(np.uint8), np.ones((9, 9), dtype=np.uint8), borderValue=1)
    labels[:middle][certain[:middle] > 0] = cv2.GC_FGD
    models = np.zeros((2, 1, 65))
    cv2.setRNGSeed(1)
    cv2.grabCut((calm * 255.0).astype(np.uint8), labels, (0, 0, 1, 1), models[0], models[1], 2, cv2.GC_INIT_WITH_MASK)
    return _hanging_from_top((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD))


def _hanging_from_top(mask: Mask) -> Mask:
    """All of a mask that is connected with its first row."""
    _, parts = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    return np.isin(parts, np.unique(parts[0][mask[0]])) & mask


def _without_holes(mask: Mask) -> Mask:
    """A mask and all that it cuts off from the last row, such as the moon."""
    return ~_hanging_from_top(~mask[::-1])[::-1]


def _opened(mask: Mask) -> Mask:
    """A mask without what is narrower than five pixels."""
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), dtype=np.uint8)) > 0


def _lowest(mask: Mask) -> float:
    """How far down a mask reaches, as a share of the height."""
    rows = np.flatnonzero(np.any(mask, axis=1))
    return (int(rows[-1]) + 1) / mask.shape[0] if rows.size else 0.0
