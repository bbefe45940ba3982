"""What the synthetic engine's camera sees: the seed, mirrored at its edges without end.

Owns the drawing, and keeps it cheap: a view is two table look-ups in a copy of the seed at double resolution, so that
movement is smooth to half a pixel without any arithmetic on pixels. numpy does both without the interpreter's lock.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deployments.world_model.engine import Frame, FrameStack
    from deployments.world_model.engines.camera import Camera

_BLANK: Final = np.uint8(255)


class Panorama:
    """An endless picture, height x width per tile. Pixels are kept as little-endian words of R, G, B and a blank."""

    def __init__(self, seed: "Frame") -> None:
        self._height, self._width = seed.shape[:2]
        self._source = _words(_doubled(seed))

    def draw(self, cameras: "list[Camera]") -> "FrameStack":
        """One frame of the seed's size per camera. A camera that never moved sees the seed, bit for bit."""
        size = self._height * self._width
        out = np.empty(len(cameras) * size * 3 + 1, dtype=np.uint8)
        # Words written three bytes apart, in ascending order: each overwrites the blank of the one before. Numpy has
        # no copy of three bytes that is nearly as fast; the extra byte at the end takes the last blank.
        packed = np.ndarray((len(cameras), self._height, self._width), "<u4", out, 0, (size * 3, self._width * 3, 3))
        for index, camera in enumerate(cameras):
            np.copyto(packed[index], self._view(camera))
        return out[:-1].reshape(len(cameras), self._height, self._width, 3)

    def _view(self, camera: "Camera") -> "NDArray[np.uint32]":
        view = self._look(camera, camera.zoom, 1.0)
        if camera.window > 0:
            inner = self._look(camera, camera.far_zoom, camera.window)
            top, left = (self._height - inner.shape[0]) // 2, (self._width - inner.shape[1]) // 2
            view[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
        return view

    def _look(self, camera: "Camera", zoom: float, part: float) -> "NDArray[np.uint32]":
        """The middle `part` of what the camera sees at this scale."""
        rows = _look_up(self._height, camera.y_heights * self._height, zoom, part)
        columns = _look_up(self._width, camera.x_heights * self._height, zoom, part)
        left, right = columns.min(), columns.max() + 1
        return np.take(self._source[:, left:right][rows], columns - left, axis=1)


def _look_up(length: int, offset: float, zoom: float, part: float) -> "NDArray[np.intp]":
    """Which sample of the doubled source each pixel along one axis shows, for the pixels in the middle `part`.

    Pixel k of the seed is sample 2k; beyond the last one the picture runs backwards, then forwards again.
    """
    skipped = min(round(length * (1.0 - part) / 2), (length - 1) // 2)
    pixels = np.arange(skipped, length - skipped)
    positions = length / 2 + offset % (2 * length) + (pixels + 0.5 - length / 2) / zoom
    samples = np.floor(2 * positions - 0.5).astype(np.intp) % (4 * length)
    return np.where(samples < 2 * length, samples, np.maximum(4 * length - 2 - samples, 0))


def _doubled(seed: "Frame") -> "Frame":
    """The seed at double resolution: its own pixels, and between them the means of their neighbours."""
    wide = np.repeat(seed, 2, axis=1)
    wide[:, 1:-1:2] = _mean(seed[:, :-1], seed[:, 1:])
    tall = np.repeat(wide, 2, axis=0)
    tall[1:-1:2] = _mean(wide[:-1], wide[1:])
    return tall


def _mean(one: "Frame", other: "Frame") -> "Frame":
    """Rounded down, without leaving eight bits."""
    return (one & other) + ((one ^ other) >> np.uint8(1))


def _words(picture: "Frame") -> "NDArray[np.uint32]":
    padded = np.full((*picture.shape[:2], 4), _BLANK)
    padded[..., :3] = picture
    return padded.view("<u4")[..., 0]
