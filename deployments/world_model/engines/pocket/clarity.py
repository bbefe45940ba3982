"""What averaging takes from a picture's contrast is given back to it.

What is painted anew has the colours that were there on average, and a key made from keys made from keys becomes grey
where the seed has light and shade. Owns the measure of that contrast and the raising of it; detail is `crispness`'s.
"""

import math
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from deployments.world_model.engines.pocket.cells import blurred_within

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE: Final = (320, 100)
"""Width and height at which it is measured: an eighth of a panorama's."""
SIGMA: Final = 12.0
"""Of those pixels: what is wider is the place's own."""
ENOUGH: Final = 0.8
"""Of the seed's contrast: it is more than most of a place has."""
MOST: Final = 1.15
"""From one key to the next. More, and what is a little darker than its surroundings becomes a black hole."""
LEAST_AREA: Final = 0.02
EDGE_SIGMA: Final = 2.0


def clarity(picture: "NDArray[np.uint8]", mask: "NDArray[np.float32]") -> float:
    """Mean square of what a panorama's colours differ from those around, where `mask` (160 x 512) is; 0 to 1."""
    return _mean_square(*_band(picture, mask))


def cleared(picture: "NDArray[np.uint8]", need: "NDArray[np.float32]", wanted: float) -> "NDArray[np.uint8]":
    """The panorama with more light and shade where there was `need` (160 x 512, 0 to 1), towards a `wanted` clarity.

    Only the luma is spread: colours that are spread become such as were never there.
    """
    mask = np.minimum(2 * need, 1.0)
    if mask.mean() < LEAST_AREA:
        return picture
    band, weights = _band(picture, mask)
    gain = math.sqrt(ENOUGH * wanted / max(_mean_square(band, weights), 1.0))
    if gain <= 1.0:
        return picture
    soft = cv2.GaussianBlur(weights[..., 0], (0, 0), EDGE_SIGMA)
    more = cv2.cvtColor(band, cv2.COLOR_RGB2GRAY) * soft * (min(gain, MOST) - 1.0)
    levels = np.rint(cv2.resize(more, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)).astype(np.int16)
    return np.asarray(cv2.add(picture, cv2.merge([levels] * 3), dtype=cv2.CV_8U), np.uint8)


def _mean_square(band: "NDArray[np.float32]", weights: "NDArray[np.float32]") -> float:
    return float((band * band * weights).sum() / max(float(weights.sum()), 1e-3))


def _band(
    picture: "NDArray[np.uint8]", mask: "NDArray[np.float32]"
) -> "tuple[NDArray[np.float32], NDArray[np.float32]]":
    """What the masked colours differ from those around, 100 x 320 x 3, and the mask, 100 x 320 x 1."""
    small = cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)
    weights = np.asarray(cv2.resize(mask, SIZE, interpolation=cv2.INTER_AREA), np.float32)[..., None]
    return small - blurred_within(small, weights[..., 0], SIGMA), weights
