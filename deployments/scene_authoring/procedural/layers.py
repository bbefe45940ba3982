"""What is where in a picture: sky, distance, ground and vegetation, estimated from a single frame.

Owns classical guesses: ground by colour, calm and connection to the bottom edge; distance by position below the
horizon and by haze (dark channel prior, He et al. 2009). The painter knows the truth and fills in the same type.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.raster import (
    Mask,
    Plane,
    Rgb,
    blur,
    grid,
    guided,
    luminance,
    resize,
    smoothstep,
)
from deployments.scene_authoring.procedural.skyline import find_sky

SKY_WORTH_PAINTING: Final = 0.03
"""Below this share of the picture there is no sky to speak of."""

_GROUND_WORTH_TRUSTING: Final = 0.10
"""A smaller patch that hangs together with the bottom edge is a bush or a roof rather than the ground."""

_WORK_WIDTH: Final = 240


@dataclass(frozen=True, slots=True)
class Layers:
    """Planes in 0..1 of the picture's size.

    `sky` and `vegetation` are coverage; `distance` is 0 at the viewer's feet and 1 at infinity; `ground` is how
    much a surface faces up. `horizon` is a row as a fraction of the height.
    """

    sky: Plane
    distance: Plane
    ground: Plane
    vegetation: Plane
    horizon: float

    @property
    def has_sky(self) -> bool:
        """Whether enough of the sky is seen for it to matter."""
        return float(self.sky.mean()) > SKY_WORTH_PAINTING


def estimate(picture: Rgb) -> Layers:
    """Layers of any picture, 1 x 1 upwards."""
    height, width = picture.shape[:2]
    work_height = max(2, min(height, round(_WORK_WIDTH * height / max(1, width)), 400))
    work_width = max(2, min(width, _WORK_WIDTH))
    small = resize(picture, work_width, work_height)
    rough_sky = find_sky(small)
    rough_ground = _ground(small, rough_sky)
    horizon = _horizon(rough_sky, rough_ground)
    rows, _ = grid(work_height, work_width)
    rough_ground = rough_ground * smoothstep(horizon - 0.03, horizon + 0.03, rows)
    guide = np.sqrt(np.clip(luminance(picture), 0.0, 1.0))
    sky = _matte(picture, guide, np.clip(resize(rough_sky, width, height), 0.0, 1.0))
    far = _distance(small, rough_sky, horizon)
    distance = np.clip(resize(far, width, height), 0.0, 1.0)
    distance = np.maximum(guided(guide, distance, max(2, width // 60), 5e-3), sky)
    ground = np.clip(resize(rough_ground, width, height), 0.0, 1.0)
    ground = _matte(picture, guide, ground) * (1.0 - sky)
    return Layers(sky, distance, ground, _vegetation(picture) * (1.0 - sky), horizon)


def _matte(picture: Rgb, guide: Plane, rough: Plane) -> Plane:
    """A rough region grown to its true edges: whatever near it has the colour of the region next to it."""
    width = rough.shape[1]
    if not 0.0 < float(rough.mean()) < 1.0:
        return rough
    tone = np.sqrt(np.clip(picture, 0.0, 1.0))
    reach = max(2, width // 36)
    weight = blur(rough, reach) + np.float32(1e-4)
    local = blur(tone * ra.spread(rough), reach) / ra.spread(weight)
    apart = ra.brightest(np.abs(tone - local))
    alike = smoothstep(0.15, 0.05, apart) * smoothstep(0.02, 0.10, blur(rough, max(1, width // 110)))
    return smoothstep(
        0.2, 0.8, guided(guide, np.maximum(rough * smoothstep(0.4, 0.2, apart), alike), max(1, width // 320), 4e-4)
    )


def _horizon(sky: Plane, ground: Plane) -> float:
    """Where sky and ground would meet, kept to the middle of the picture."""
    height, width = sky.shape
    if float(sky.mean()) < SKY_WORTH_PAINTING:
        return 0.46
    sky_ends = np.where(sky.any(axis=0), height - np.argmax(sky[::-1] > 0, axis=0), 0) / height
    lowest_sky = float(np.percentile(sky_ends, 92 if width > 8 else 100))
    columns = (ground > 0.5).any(axis=0)
    if columns.mean() < 0.2:
        return float(np.clip(lowest_sky, 0.3, 0.66))
    ground_begins = np.argmax(ground[:, columns] > 0.5, axis=0) / height
    return float(np.clip(max(lowest_sky, float(np.percentile(ground_begins, 25))), 0.3, 0.66))


def _distance(small: Rgb, sky: Plane, horizon: float) -> Plane:
    height, width = small.shape[:2]
    rows, _ = grid(height, width)
    below = np.clip(rows - horizon, 0.0, 1.0)
    by_place = np.where(rows > horizon, 0.05 / (0.05 + below), 0.75).astype(np.float32)
    tone = np.sqrt(np.clip(small, 0.0, 1.0))
    dark = blur(ra.darkest(tone), 2)
    colourful = blur(ra.brightest(tone) - ra.darkest(tone), 2)
    haze = smoothstep(0.1, 0.75, dark) * (1.0 - smoothstep(0.08, 0.4, colourful))
    by_haze = np.clip(0.35 + 0.65 * haze, 0.0, 1.0)
    far = np.where(rows > horizon, by_place * (0.55 + 0.45 * by_haze), 0.2 + 0.6 * haze)
    smooth = blur(far.astype(np.float32), 3)
    return np.maximum(smooth, sky)


def _ground(small: Rgb, sky: Plane) -> Plane:
    """What hangs together with the bottom edge in colour, and what is calm and level below the sky."""
    height, width = small.shape[:2]
    tone = np.sqrt(np.clip(small, 0.0, 1.0))
    light = ra.grey(tone)
    restless = blur(np.abs(light - blur(light, 1)) + np.abs(light - np.roll(light, 1, axis=1)), 2)
    soft = np.stack([blur(tone[..., c], 2) for c in range(3)], axis=-1)
    chroma = soft / (soft.mean(axis=-1, keepdims=True) + np.float32(0.05))
    features = np.concatenate([0.45 * soft, 0.4 * chroma], axis=-1)
    strip = features[-max(1, height // 12) :]
    parts = min(7, width)
    cuts = [width * part // parts for part in range(parts + 1)]
    seeds = [strip[:, start:end].mean(axis=(0, 1)) for start, end in pairwise(cuts)]
    apart = np.min([np.abs(features - seed).max(axis=-1) for seed in seeds], axis=0)
    low = grid(height, width)[0] > 0.36
    alike = (apart < 0.10) & (restless < 0.085) & low
    bottom = np.zeros((height, width), dtype=bool)
    bottom[-max(1, height // 40) :] = True
    connected = _flood(alike, alike & bottom)
    below_sky = np.cumsum(sky > 0.5, axis=0) > 0
    level = (restless < 0.03) & low & (sky < 0.5) & below_sky & (light > 0.3)
    if level.any():
        same = np.abs(features - features[level].mean(axis=0)).max(axis=-1) < 0.07
        level = _flood(level | (same & low & below_sky & (sky < 0.5) & (restless < 0.16)), level)
    if connected.mean() < _GROUND_WORTH_TRUSTING:
        connected[:] = False
    patches = blur((connected | level).astype(np.float32), 2) > 0.5
    gaps = np.cumsum(~patches[::-1], axis=0)[::-1] > height * 0.13
    patches &= ~gaps | level
    broad = blur((blur(patches.astype(np.float32), 5) > 0.62).astype(np.float32), 5) > 0.08
    return smoothstep(0.35, 0.65, blur((patches & broad).astype(np.float32), 2)) * (1.0 - sky)


def _flood(likely: Mask, start: Mask) -> Mask:
    """All of `likely` that can be reached from `start`."""
    _, parts = cv2.connectedComponents((likely | start).astype(np.uint8), connectivity=4)
    return np.isin(parts, np.unique(parts[start]))


def _vegetation(picture: Rgb) -> Plane:
    """Green to olive of some saturation."""
    soft = max(1.0, picture.shape[0] / 240)
    red, green, blue = (blur(picture[..., c], soft) for c in range(3))
    top = np.maximum(np.maximum(red, green), 1e-4)
    olive = smoothstep(0.12, 0.45, (green - blue) / top)
    return olive * smoothstep(-0.42, -0.16, (green - red) / top)
