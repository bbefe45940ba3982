"""Haze taken out of a picture by the dark channel prior (He et al. 2009).

Owns the estimate of airlight and veil, and the evidence for a veil: in clear air something beyond the foreground is
nearly black. Where that is so the picture stays as it is, so that clearing it twice hardly differs from once.
"""

from typing import Final

import cv2
import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.layers import Layers
from deployments.scene_authoring.procedural.raster import Plane, Rgb, smoothstep

_FAR: Final = 0.3
"""From this distance on the colour of the air shows."""

_AIR_COLOUR_RATIO: Final = 3.0
"""Brightest to darkest channel of the most coloured air; rock by torchlight has more."""

_CLEAR, _HAZY = 0.04, 0.08
"""The darkest fiftieth beyond the foreground, in shares of the airlight: at most in clear air, at least in haze."""

_PASSES_LIMIT: Final = 2
"""How often haze is taken out at most: on a wide plain much of it shows still when the first is gone."""

_SATURATION_GAIN: Final = 3.0
"""How much further from the colour of the air a colour may get, as a share of its light; what darkens may keep its."""


def without_haze(picture: Rgb, layers: Layers) -> Rgb:
    """The picture as in clear air: the same picture if it shows that already."""
    for _ in range(_PASSES_LIMIT):
        air = _airlight(picture, layers)
        balanced = ra.tinted(picture, 1.0 / air)
        dark = _eroded(ra.darkest(balanced), picture.shape[0] // 80)
        haziness = _haziness(dark)
        if haziness <= 0.0:
            break
        picture = ra.tinted(_unveiled(balanced, _veil(balanced, dark, layers) * np.float32(haziness)), air)
    return picture


def _airlight(picture: Rgb, layers: Layers) -> Rgb:
    """The colour of the air: that of wide patches in the distance with nothing dark in them."""
    bright = _eroded(ra.darkest(picture), picture.shape[0] // 24)
    far = layers.distance >= min(_FAR, float(layers.distance.max()))
    thickest = far & (bright >= np.quantile(bright[far], 0.95))
    colour = np.maximum(np.median(picture[thickest], axis=0), 0.02)
    return np.maximum(colour, colour.max() / _AIR_COLOUR_RATIO).astype(np.float32)


def _haziness(dark: Plane) -> float:
    """From 0 in clear air to 1. A held thing is as dark in any air, so that its corner does not count."""
    rows, columns = ra.grid(*dark.shape)
    beyond = dark[(rows < 0.55) & ~((rows > 0.36) & (columns > 0.58))]
    return float(smoothstep(_CLEAR, _HAZY, np.quantile(beyond, [0.02]))[0]) if beyond.size else 0.0


def _veil(balanced: Rgb, dark: Plane, layers: Layers) -> Plane:
    """The share of airlight in each pixel: little at the viewer's feet, none in what outshines the air."""
    light = ra.luminance(balanced)
    fine = ra.guided(np.sqrt(np.clip(light, 0.0, 1.0)), np.clip(dark, 0.0, 1.0), max(1, dark.shape[0] // 24), 1e-3)
    most = 1.0 - np.exp(-9.0 * layers.distance**1.3)
    return np.minimum(fine, most) * smoothstep(1.15, 0.95, light)


def _unveiled(balanced: Rgb, veil: Plane) -> Rgb:
    """Light and colour behind the veil, in units of the airlight. Where there is nearly nothing else, some is left."""
    through = 1.0 - veil * (1.0 - 0.5 * veil**4)
    grey = ra.luminance(balanced)
    light = np.maximum((grey - 1.0) / through + 1.0, 0.0)
    bound = np.maximum(_SATURATION_GAIN * light / np.maximum(grey, 1e-4), 1.0)
    gain = np.minimum(1.0 / through, bound)
    return np.maximum(ra.spread(light) + (balanced - ra.spread(grey)) * ra.spread(gain), 0.0)


def _eroded(plane: Plane, radius_px: int) -> Plane:
    across = 2 * max(1, radius_px) + 1
    return np.asarray(cv2.erode(np.asarray(plane, np.float32), np.ones((across, across), np.uint8)), np.float32)
