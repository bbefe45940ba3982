"""What drawing takes from a picture is given back to it.

A key's picture is drawn from between its pixels, by frames and by the next key. Bilinear interpolation at places that
lie anywhere between pixels leaves about a third of the finest detail's energy, so a picture drawn from a picture drawn
from a picture turns to fog; and what comes near is drawn larger than the key saw it. Owns the measure of fineness and
the sharpening, of keys and of frames, that makes up for both.
"""

import math
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEFT_BY_DRAWING: Final = 0.33
"""Of the energy of the Laplacian: the mean of |1 - s + s exp(iw)|^2 over shifts s, weighted towards high w."""
ENERGY_PER_AMOUNT: Final = 0.75
"""By so much of the amount the mask below raises the amplitude of what the Laplacian sees."""
MOST: Final = 1.5
"""A picture that lacks more than this brings back has lost it for good: more would only make noise."""
MARGIN: Final = 1.5
"""So much finer a key should be than the seed: frames are drawn between keys, and larger."""
ROOM: Final = np.uint8(12)
"""Levels by which a pixel may go beyond its surroundings, so that no outline gets a halo."""
CORE: Final = 1
"""Levels by which a pixel may differ from its surroundings and not be detail: the grain of a clear sky stays."""
STRIP: Final = 40
"""Rows at once: they fit a core's cache."""
MOST_OF_FRAME: Final = 1.4
LEAST_OF_FRAME: Final = -0.8
"""A frame that is finer than the seed is made softer: outlines of things that stand before others are always sharp."""
FOLLOWING: Final = 0.2
"""Share of the way to what the latest frame wants."""

_SOFT: Final = np.array([0.25, 0.5, 0.25], np.float32)
_AROUND: Final = np.ones((3, 3), np.uint8)


def fineness(picture: "NDArray[np.uint8]") -> float:
    """Mean square of the Laplacian of the luminance."""
    edges = cv2.Laplacian(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.CV_16S)
    return float(np.square(edges, dtype=np.float32).mean())


def crisp(picture: "NDArray[np.uint8]", wanted: float) -> "NDArray[np.uint8]":
    """The picture, so that one drawing from it is about as fine as `wanted` (`fineness`), as far as that can be had."""
    amount = _amount(fineness(picture), MARGIN * wanted)
    if amount <= 0:
        return picture
    wide = np.asarray(cv2.copyMakeBorder(picture, 1, 1, 0, 0, cv2.BORDER_REFLECT_101), np.uint8)
    sharp = np.empty_like(picture)
    for row in range(0, len(picture), STRIP):
        sharp[row : row + STRIP] = _sharpened(wide[row : row + STRIP + 2], amount)[1:-1]
    return sharp


def _sharpened(picture: "NDArray[np.uint8]", amount: float) -> "NDArray[np.uint8]":
    """By unsharp masking, but for grain, and within what is around each pixel."""
    soft = cv2.sepFilter2D(picture, -1, _SOFT, _SOFT)
    fine = np.asarray(cv2.subtract(picture, soft, dtype=cv2.CV_16S), np.int16)
    fine -= np.clip(fine, -CORE, CORE)
    sharp = cv2.add(picture, cv2.addWeighted(fine, amount, fine, 0.0, 0.0), dtype=cv2.CV_8U)
    lowest = np.maximum(cv2.erode(picture, _AROUND), ROOM) - ROOM
    highest = np.minimum(cv2.dilate(picture, _AROUND), np.uint8(255) - ROOM) + ROOM
    return np.clip(sharp, lowest, highest).astype(np.uint8)


class Focus:
    """Keeps frames about as fine as the seed: what they lack or have too much of shows in the frames before."""

    def __init__(self, wanted: float) -> None:
        self._wanted = wanted
        self._amount: float | None = None

    def look(self, frame: "NDArray[np.uint8]") -> None:
        """See how fine a frame is as it was drawn."""
        change = math.sqrt(self._wanted / max(fineness(frame), 1.0)) - 1.0
        target = min(MOST_OF_FRAME, max(LEAST_OF_FRAME, change / ENERGY_PER_AMOUNT))
        self._amount = target if self._amount is None else self._amount + FOLLOWING * (target - self._amount)

    def adjust(self, frame: "NDArray[np.uint8]", away: float) -> None:
        """Make a frame finer or softer, in place; wholly from one eye height or radian from the seed's view on."""
        amount = (self._amount or 0.0) * min(1.0, away)
        if amount:
            cv2.addWeighted(frame, 1.0 + amount, cv2.GaussianBlur(frame, (3, 3), 0), -amount, 0.0, dst=frame)


def _amount(there: float, wanted: float) -> float:
    if there <= 0:
        return 0.0
    return min(MOST, max(0.0, (math.sqrt(wanted / there / LEFT_BY_DRAWING) - 1.0) / ENERGY_PER_AMOUNT))
