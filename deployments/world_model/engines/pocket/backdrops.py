"""What lies behind a key's breaks: the far sides, extended under the near ones, and colours for them.

Owns how far they reach and what is made up there; nothing of it is seen from the key itself.
"""

from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.geometry import PICTURE_HEIGHT, PICTURE_WIDTH
from deployments.world_model.engines.pocket.relief import around
from deployments.world_model.engines.pocket.widths import F4, I4, U1, Bytes, Floats, Integers

if TYPE_CHECKING:
    from numpy.typing import NDArray

BACKDROP_CELLS: Final = 8
_GUARD_CELLS: Final = 6
"""So much farther than the backdrop reaches, colours of the near side are kept out of it."""
_MARGIN_PIXELS: Final = 2
_HEIGHT: Final = PICTURE_HEIGHT // 2
_WIDTH: Final = PICTURE_WIDTH // 2
_ACROSS_UNTIL: Final = 40
_ROWS_UNTIL: Final = 12
"""What is filled in comes from the sides as far as possible: a horizon goes on behind a tree."""


@njit("void(f4[:,::1], i4[:,::1], f4[:,::1], u1[:,::1], f4[:,::1], u1[:,::1])", cache=True, nogil=True)
def spread_far_side(inverse: Floats, quads: Integers, far: Floats, side: Bytes, back: Floats, level: Bytes) -> None:
    """Extend the far sides of cut quads under the near ones.

    `back` becomes the inverse distance behind each cell, `level` 1 for the far cells it starts from, then how many
    cells under the near side it is plus 1; 0 where nothing is behind.
    """
    height, width = inverse.shape
    back[:] = inverse
    level[:] = 0
    for index in range(quads.shape[0]):
        for k in range(4):
            if side[index, k] == 0:
                level[quads[index, 0] + k // 2, (quads[index, 1] + k % 2) % width] = 1
    front = np.empty((height * width, 2), np.int32)
    count = 0
    for row in range(height):
        for column in range(width):
            if level[row, column] == 1:
                front[count, 0] = row
                front[count, 1] = column
                count += 1
    first = 0
    for step in range(2, BACKDROP_CELLS + _GUARD_CELLS + 2):
        last = count
        for index in range(first, last):
            for i in range(-1, 2):
                row = front[index, 0] + i
                if row < 0 or row >= height:
                    continue
                for j in range(-1, 2):
                    column = around(front[index, 1] + j, width)
                    if level[row, column] != 0:
                        continue
                    total = F4(0)
                    weights = F4(0)
                    least = F4(1e9)
                    for way in range(2):
                        for k in range(-1, 2):
                            if row + k < 0 or row + k >= height:
                                continue
                            for m in range(-1, 2):
                                beside = around(column + m, width)
                                known = level[row + k, beside]
                                if known == 0 or known >= step:
                                    continue
                                value = back[row + k, beside]
                                if inverse[row, column] < value * F4(1.05) + F4(0.004):
                                    continue
                                if way == 0:
                                    least = min(least, value)
                                elif value <= least * F4(1.25) + F4(0.01):
                                    weight = F4(4) if k == 0 else F4(1)
                                    total += value * weight
                                    weights += weight
                    if weights > F4(0):
                        back[row, column] = total / weights
                        level[row, column] = step
                        front[count, 0] = row
                        front[count, 1] = column
                        count += 1
        first = last
    for _ in range(6):
        for index in range(count):
            row = front[index, 0]
            column = front[index, 1]
            if level[row, column] < 2:
                continue
            total = F4(0)
            weights = F4(0)
            for k in range(-1, 2):
                for m in range(-1, 2):
                    beside = around(column + m, width)
                    if row + k < 0 or row + k >= height or level[row + k, beside] == 0:
                        continue
                    if abs(back[row + k, beside] - back[row, column]) > back[row, column] * F4(0.25) + F4(0.01):
                        continue
                    weight = F4(3) if k == 0 else F4(1)
                    total += back[row + k, beside] * weight
                    weights += weight
            back[row, column] = min(total / weights, inverse[row, column])
    # Seen from the key itself it must stay hidden.
    for index in range(quads.shape[0]):
        for k in range(4):
            row = quads[index, 0] + k // 2
            column = (quads[index, 1] + k % 2) % width
            back[row, column] = min(back[row, column], far[index, k])


def near_pixels(quads: Integers, matte: Bytes, level: Bytes, mask: Bytes) -> None:
    """Set in `mask` the picture's pixels that belong to a near side, two pixels of margin included."""
    rim = _MARGIN_PIXELS
    wide = np.zeros((mask.shape[0], mask.shape[1] + 2 * rim), np.uint8)
    _near_matte(quads, matte, wide[:, rim:-rim])
    wide[:, :rim] = wide[:, -2 * rim : -rim]
    wide[:, -rim:] = wide[:, rim : 2 * rim]
    mask[:] = cv2.dilate(wide, np.ones((2 * rim + 1, 2 * rim + 1), np.uint8))[:, rim:-rim]
    _near_cells(level, mask)


@njit("void(i4[:,::1], u1[:,::1], u1[:,:])", cache=True, nogil=True)
def _near_matte(quads: Integers, matte: Bytes, mask: Bytes) -> None:
    for index in range(quads.shape[0]):
        top = quads[index, 0] * 5 + 2
        left = quads[index, 1] * 5 + 2
        for i in range(6):
            for j in range(6):
                if matte[index, i * 6 + j] > 90:
                    mask[top + i, around(left + j, mask.shape[1])] = 1


@njit("void(u1[:,::1], u1[:,::1])", cache=True, nogil=True)
def _near_cells(level: Bytes, mask: Bytes) -> None:
    for row in range(level.shape[0]):
        for column in range(level.shape[1]):
            if level[row, column] >= 2:
                for i in range(5):
                    for j in range(5):
                        mask[row * 5 + i, column * 5 + j] = 1


def filled(picture: "NDArray[np.uint8]", mask: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """The picture at half its size, what is masked filled in from around: averages pulled up, then pushed down."""
    size = (_WIDTH, _HEIGHT)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    keep = (cv2.resize(mask, size, interpolation=cv2.INTER_AREA) == 0).astype(np.uint8)
    colour = np.empty((_HEIGHT // 2, _WIDTH // 2, 3), np.float32)
    known = np.empty(colour.shape[:2], np.float32)
    _halved(small, keep, colour, known)
    scale = _trust(known)
    colours: list[NDArray[np.floating]] = [colour * scale[..., None]]
    weights: list[NDArray[np.floating]] = [known * scale]
    while colours[-1].shape[1] > _ACROSS_UNTIL or colours[-1].shape[0] > _ROWS_UNTIL:
        height, width = weights[-1].shape
        across = width > _ACROSS_UNTIL
        half = (width // 2, height) if across else (width // 2, height // 2)
        colour = cv2.resize(colours[-1], half, interpolation=cv2.INTER_AREA)
        known = cv2.resize(weights[-1], half, interpolation=cv2.INTER_AREA)
        if across:
            colour, known = cv2.blur(colour, (1, 3)), cv2.blur(known, (1, 3))
        scale = _trust(known)
        colours.append(colour * scale[..., None])
        weights.append(known * scale)
    whole: NDArray[np.floating] = colours[-1] / np.maximum(weights[-1], 1e-6)[..., None]
    for colour, known in zip(colours[-2::-1], weights[-2::-1], strict=True):
        height, width = known.shape
        pushed = cv2.resize(whole, (width, height), interpolation=cv2.INTER_LINEAR)
        whole = colour + pushed * (1.0 - known)[..., None]
    _fill_in(small, keep, np.ascontiguousarray(whole, np.float32))
    return small


def _trust(known: "NDArray[Any]") -> "NDArray[np.float32]":
    return (np.minimum(1.0, 2.0 * known) / np.maximum(known, 1e-6)).astype(np.float32)


@njit("void(u1[:,:,::1], u1[:,::1], f4[:,:,::1], f4[:,::1])", cache=True, nogil=True, error_model="numpy")
def _halved(picture: Bytes, keep: Bytes, colours: Floats, weights: Floats) -> None:
    """The sum of what is kept of each two by two pixels, over four, and which share of them that is."""
    for row in range(weights.shape[0]):
        for column in range(weights.shape[1]):
            red = I4(0)
            green = I4(0)
            blue = I4(0)
            count = I4(0)
            for i in range(2):
                for j in range(2):
                    kept = I4(keep[2 * row + i, 2 * column + j])
                    red += kept * I4(picture[2 * row + i, 2 * column + j, 0])
                    green += kept * I4(picture[2 * row + i, 2 * column + j, 1])
                    blue += kept * I4(picture[2 * row + i, 2 * column + j, 2])
                    count += kept
            colours[row, column, 0] = F4(red) * F4(0.25)
            colours[row, column, 1] = F4(green) * F4(0.25)
            colours[row, column, 2] = F4(blue) * F4(0.25)
            weights[row, column] = F4(count) * F4(0.25)


@njit("void(u1[:,:,::1], u1[:,::1], f4[:,:,::1])", cache=True, nogil=True, error_model="numpy")
def _fill_in(picture: Bytes, keep: Bytes, colours: Floats) -> None:
    """Give pixels that are not kept the colours, given at half the size, smoothly enlarged."""
    height, width = keep.shape
    for row in range(height):
        y = (row - 1) >> 1
        down = F4(0.25) if row % 2 == 1 else F4(0.75)
        y0 = max(y, 0)
        y1 = min(y + 1, height // 2 - 1)
        for column in range(width):
            if keep[row, column] != 0:
                continue
            x = (column - 1) >> 1
            along = F4(0.25) if column % 2 == 1 else F4(0.75)
            x0 = max(x, 0)
            x1 = min(x + 1, width // 2 - 1)
            for channel in range(3):
                upper = colours[y0, x0, channel] * (F4(1) - along) + colours[y0, x1, channel] * along
                lower = colours[y1, x0, channel] * (F4(1) - along) + colours[y1, x1, channel] * along
                value = upper * (F4(1) - down) + lower * down + F4(0.5)
                picture[row, column, channel] = U1(min(F4(255), max(F4(0), value)))
