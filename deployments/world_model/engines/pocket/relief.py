"""The relief of a panorama: where its distances break, what lies behind the breaks, and where an outline runs.

Owns the compiled loops over the grid of distances that `keys` is made with; draws nothing. Inverse radial distance
over a plane is linear in the direction's unit vector, so between neighbouring cells it is very nearly linear in their
indices, however flat the angle: what two neighbours cannot tell of each other by going on straight is a break.
"""

import math
from typing import Final

import cv2
import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.angles import angle
from deployments.world_model.engines.pocket.widths import F4, I4, U1, Bytes, Flags, Floats, Integers

BREAK: Final = F4(0.006)
BREAK_SHARE: Final = F4(0.05)
"""A jump in inverse distance counts from the sum of `BREAK` and this share of the nearer one: less hardly stretches."""

MOST_CUTS: Final = 6_000
"""A key with this many is drawn in time; a forest has half of it."""

BACKDROP_CELLS: Final = 8
GUARD_CELLS: Final = 6
"""So much farther than the backdrop reaches, colours of the near side are kept out of it."""


@njit("f4(f4, f4, f4, f4)", cache=True, nogil=True, inline="always")
def _break(before: float, left: float, right: float, after: float) -> float:
    """How many times the least that counts the jump from left to right is; 0 for none."""
    limit = BREAK + BREAK_SHARE * max(left, right)
    if abs(right - left) <= limit:
        return F4(0)
    jump = min(abs(F4(2) * left - before - right), abs(F4(2) * right - after - left))
    return jump / limit if jump > limit else F4(0)


@njit("i8(i8, i8)", cache=True, nogil=True, inline="always")
def _around(column: int, width: int) -> int:
    """A column less than one turn beyond either side."""
    if column < 0:
        return column + width
    return column - width if column >= width else column


@njit("f4[:,::1](f4[:,::1], f4[:,:,::1])", cache=True, nogil=True)
def sharpened(inverse: Floats, colour: Floats) -> Floats:
    """The distances with blurred breaks made steep: a cell in between takes the side that its colour and distance fit.

    `colour` is each cell's mean, 0 to 255.
    """
    height, width = inverse.shape
    out = inverse.copy()
    for row in range(height):
        for column in range(width):
            here = inverse[row, column]
            best = F4(0)
            value = here
            for axis in range(2):
                across = axis == 0
                row_left = row if across else max(0, row - 2)
                row_right = row if across else min(height - 1, row + 2)
                column_left = _around(column - 2, width) if across else column
                column_right = _around(column + 2, width) if across else column
                left = inverse[row_left, column_left]
                right = inverse[row_right, column_right]
                limit = F4(1.5) * (BREAK + BREAK_SHARE * max(left, right))
                jump = abs(right - left)
                if jump <= max(limit, best):
                    continue
                before = inverse[row, _around(column - 5, width)] if across else inverse[max(0, row - 5), column]
                after = (
                    inverse[row, _around(column + 5, width)] if across else inverse[min(height - 1, row + 5), column]
                )
                steep = min(
                    abs(left + (left - before) * F4(4 / 3) - right), abs(right - (after - right) * F4(4 / 3) - left)
                )
                if steep <= limit:
                    continue
                # In between only: a thing thinner than this window keeps its own distance.
                low = min(left, right)
                high = max(left, right)
                if here < low or here > high:
                    continue
                best = jump
                far_left = F4(0)
                far_right = F4(0)
                for channel in range(3):
                    mine = colour[row, column, channel]
                    far_left += abs(colour[row_left, column_left, channel] - mine)
                    far_right += abs(colour[row_right, column_right, channel] - mine)
                by_colour = (far_left - far_right) / (far_left + far_right + F4(24))
                by_distance = (abs(here - left) - abs(here - right)) / jump
                value = right if by_colour * F4(0.8) + by_distance > F4(0) else left
            out[row, column] = value
    return out


@njit("UniTuple(i8, 2)(f4[:,::1], i8, i8)", cache=True, nogil=True)
def _alike(inverse: Floats, row: int, column: int) -> tuple[int, int]:
    """How many of a cell's eight neighbours are about as far away, and which one of them is, 0 to 8 row by row."""
    height, width = inverse.shape
    here = inverse[row, column]
    count = 0
    which = 4
    for k in range(9):
        beside = row + k // 3 - 1
        if k == 4 or beside < 0 or beside >= height:
            continue
        value = inverse[beside, _around(column + k % 3 - 1, width)]
        if abs(value - here) <= BREAK + BREAK_SHARE * max(value, here):
            count += 1
            which = k
    return count, which


@njit("f4[:,::1](f4[:,::1])", cache=True, nogil=True)
def despeckled(inverse: Floats) -> Floats:
    """The distances with what stands alone evened out: one cell, or two, that are like none of those around them.

    They become their neighbours' median. Each time that a panorama is drawn from another, its breaks shed such cells.
    """
    height, width = inverse.shape
    out = inverse.copy()
    values = np.empty(8, np.float32)
    for row in range(1, height - 1):
        for column in range(width):
            count, which = _alike(inverse, row, column)
            if count > 1:
                continue
            if count == 1:
                other, _ = _alike(inverse, row + which // 3 - 1, _around(column + which % 3 - 1, width))
                if other > 1:
                    continue
            held = 0
            for k in range(9):
                if k == 4:
                    continue
                value = inverse[row + k // 3 - 1, _around(column + k % 3 - 1, width)]
                place = held
                while place > 0 and values[place - 1] > value:
                    values[place] = values[place - 1]
                    place -= 1
                values[place] = value
                held += 1
            out[row, column] = (values[3] + values[4]) * F4(0.5)
    return out


def cut_quads(inverse: Floats) -> Flags:
    """Which quads between four neighbouring cells a break runs through: (height - 1) x width, the last column wraps.

    The strongest `MOST_CUTS` of them: distances that break everywhere are noise.
    """
    strengths = _strengths(inverse)
    least = F4(0)
    if np.count_nonzero(strengths) > MOST_CUTS:
        least = np.partition(strengths, strengths.size - MOST_CUTS, axis=None)[strengths.size - MOST_CUTS]
    return strengths > least


@njit("f4[:,::1](f4[:,::1])", cache=True, nogil=True, error_model="numpy")
def _strengths(inverse: Floats) -> Floats:
    """The strongest break along the sides of each quad."""
    height, width = inverse.shape
    cut = np.zeros((height - 1, width), np.float32)
    for row in range(height):
        for column in range(width):
            right = _around(column + 1, width)
            strength = _break(
                inverse[row, _around(column - 1, width)],
                inverse[row, column],
                inverse[row, right],
                inverse[row, _around(column + 2, width)],
            )
            if strength > F4(0):
                if row > 0:
                    cut[row - 1, column] = max(cut[row - 1, column], strength)
                if row < height - 1:
                    cut[row, column] = max(cut[row, column], strength)
            if row == height - 1:
                continue
            strength = _break(
                inverse[max(row - 1, 0), column],
                inverse[row, column],
                inverse[row + 1, column],
                inverse[min(row + 2, height - 1), column],
            )
            if strength > F4(0):
                before = _around(column - 1, width)
                cut[row, column] = max(cut[row, column], strength)
                cut[row, before] = max(cut[row, before], strength)
    return cut


@njit("f4[:,::1](f4[:,::1], b1[:,::1])", cache=True, nogil=True)
def evened(inverse: Floats, cut: Flags) -> Floats:
    """The distances with the cells of each near side along a cut evened out among themselves.

    The last cell before an outline has a distance that hangs on where in the cell the outline is; unevened, the
    outline is ragged from any other place.
    """
    height, width = inverse.shape
    current = inverse.copy()
    out = inverse.copy()
    for _ in range(3):
        for row in range(1, height - 1):
            for column in range(width):
                before = _around(column - 1, width)
                if not (cut[row - 1, before] or cut[row - 1, column] or cut[row, before] or cut[row, column]):
                    continue
                here = current[row, column]
                limit = BREAK + F4(2) * BREAK_SHARE * here
                total = here
                count = F4(1)
                far = False
                for k in range(-1, 2):
                    for m in range(-1, 2):
                        value = current[row + k, _around(column + m, width)]
                        if abs(value - here) <= limit:
                            total += value
                            count += F4(1)
                        elif value < here:
                            far = True
                if far:
                    out[row, column] = total / count
        current[:] = out
    return out


@njit("f4(f4, f4, f4, f4)", cache=True, nogil=True)
def split(a: float, b: float, c: float, d: float) -> float:
    """The inverse distance that parts four into nearer and farther, amid the widest gap between them."""
    a, b = min(a, b), max(a, b)
    c, d = min(c, d), max(c, d)
    a, c = min(a, c), max(a, c)
    b, d = min(b, d), max(b, d)
    b, c = min(b, c), max(b, c)
    middle = a
    best = F4(0)
    for low, high in ((a, b), (b, c), (c, d)):
        if high - low > best:
            best = high - low
            middle = (high + low) * F4(0.5)
    return F4(middle)


@njit("void(f4[:,::1], i4[:,::1], u1[:,:,::1], f4[:,::1], f4[:,::1], u1[:,::1], u1[:,::1])", cache=True, nogil=True)
def outline(
    inverse: Floats, quads: Integers, picture: Bytes, near: Floats, far: Floats, side: Bytes, matte: Bytes
) -> None:
    """For each cut quad (row, column): inverse distances of its near and its far part at the four corners, and where
    the outline runs.

    Corners go row by row. `side` tells which corners are near. `matte` is 6 x 6: how near each of the picture's
    pixels between the corners is, 0 to 255, from the corners' sides and from which side's colours it resembles.
    """
    height, width = inverse.shape
    picture_width = picture.shape[1]
    means = np.empty((2, 3), np.float32)
    counts = np.empty(2, np.float32)
    for index in range(quads.shape[0]):
        row = int(quads[index, 0])
        column = int(quads[index, 1])
        right = (column + 1) % width
        corners = (inverse[row, column], inverse[row, right], inverse[row + 1, column], inverse[row + 1, right])
        middle = split(corners[0], corners[1], corners[2], corners[3])
        near_sum = F4(0)
        far_sum = F4(0)
        near_least = F4(1e9)
        far_least = F4(1e9)
        near_most = F4(0)
        far_most = F4(0)
        near_count = 0
        for k in range(4):
            if corners[k] > middle:
                near_sum += corners[k]
                near_count += 1
                near_least = min(near_least, corners[k])
                near_most = max(near_most, corners[k])
            else:
                far_sum += corners[k]
                far_least = min(far_least, corners[k])
                far_most = max(far_most, corners[k])
        near_mean = near_sum / F4(max(near_count, 1))
        far_mean = far_sum / F4(max(4 - near_count, 1))
        # A side that is itself broken would stretch into a streak: it all goes to its farther part.
        near_flat = near_most - near_least > BREAK + F4(2) * BREAK_SHARE * near_most
        far_flat = far_most - far_least > BREAK + F4(2) * BREAK_SHARE * far_most
        for k in range(4):
            is_near = corners[k] > middle
            side[index, k] = 1 if is_near else 0
            near[index, k] = near_least if near_flat else (corners[k] if is_near else near_mean)
            far[index, k] = far_least if far_flat else (far_mean if is_near else corners[k])
        counts[:] = F4(0)
        means[:] = F4(0)
        for i in range(-1, 3):
            cell_row = row + i
            if cell_row < 0 or cell_row >= height:
                continue
            for j in range(-1, 3):
                cell_column = _around(column + j, width)
                which = 1 if inverse[cell_row, cell_column] > middle else 0
                weight = F4(1) if (i == -1 or i == 2 or j == -1 or j == 2) else F4(0.4)
                counts[which] += weight
                for channel in range(3):
                    means[which, channel] += weight * F4(picture[cell_row * 5 + 2, cell_column * 5 + 2, channel])
        means[0] /= counts[0] + F4(1e-6)
        means[1] /= counts[1] + F4(1e-6)
        apart = F4(0)
        for channel in range(3):
            apart += abs(means[1, channel] - means[0, channel])
        for i in range(6):
            down = F4(i) / F4(5)
            for j in range(6):
                along = F4(j) / F4(5)
                upper = F4(side[index, 0]) * (F4(1) - along) + F4(side[index, 1]) * along
                lower = F4(side[index, 2]) * (F4(1) - along) + F4(side[index, 3]) * along
                prior = upper * (F4(1) - down) + lower * down
                pixel_row = row * 5 + 2 + i
                pixel_column = _around(column * 5 + 2 + j, picture_width)
                to_far = F4(0)
                to_near = F4(0)
                for channel in range(3):
                    value = F4(picture[pixel_row, pixel_column, channel])
                    to_far += abs(value - means[0, channel])
                    to_near += abs(value - means[1, channel])
                likeness = (to_far - to_near) / (to_far + to_near + F4(1))
                trust = F4(0.55) * min(F4(1), apart / F4(90))
                # At the corners the colour has no say, so that the outline meets the uncut quads beside it.
                edge = F4(4) * max(prior * (F4(1) - prior), F4(0.0))
                nearness = prior + trust * likeness * edge + F4(0.04)
                matte[index, i * 6 + j] = U1(min(F4(1), max(F4(0), nearness)) * F4(255))


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
    for step in range(2, BACKDROP_CELLS + GUARD_CELLS + 2):
        last = count
        for index in range(first, last):
            for i in range(-1, 2):
                row = front[index, 0] + i
                if row < 0 or row >= height:
                    continue
                for j in range(-1, 2):
                    column = _around(front[index, 1] + j, width)
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
                                beside = _around(column + m, width)
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
                    beside = _around(column + m, width)
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


_MARGIN_PIXELS: Final = 2


@njit("void(i4[:,::1], u1[:,::1], u1[:,:])", cache=True, nogil=True)
def _near_matte(quads: Integers, matte: Bytes, mask: Bytes) -> None:
    for index in range(quads.shape[0]):
        top = quads[index, 0] * 5 + 2
        left = quads[index, 1] * 5 + 2
        for i in range(6):
            for j in range(6):
                if matte[index, i * 6 + j] > 90:
                    mask[top + i, _around(left + j, mask.shape[1])] = 1


@njit("void(u1[:,::1], u1[:,::1])", cache=True, nogil=True)
def _near_cells(level: Bytes, mask: Bytes) -> None:
    for row in range(level.shape[0]):
        for column in range(level.shape[1]):
            if level[row, column] >= 2:
                for i in range(5):
                    for j in range(5):
                        mask[row * 5 + i, column * 5 + j] = 1


@njit("void(i8, i8, i8, f4, i4[:,::1], i4[:,::1], f4[:,::1])", cache=True, nogil=True, error_model="numpy")
def cap_places(height: int, width: int, size: int, rim: float, outer: Integers, inner: Integers, share: Floats) -> None:
    """Where a cap, seen on a plane at distance 1, finds its colours in a picture of height x width.

    Mirrored at the rim (`outer`: pixels counted row by row from the rim), and farther in the plane's texture from
    beside it, which does not run together in a point (`inner`, with its `share`).
    """
    pixels_per_rad = F4(F4(width) / F4(2 * math.pi))
    rim_elevation = angle(F4(1), rim)
    for i in range(size):
        for j in range(size):
            x = F4(((F4(j) + F4(0.5)) / F4(size) * F4(2) - F4(1)) * rim)
            z = F4(((F4(i) + F4(0.5)) / F4(size) * F4(2) - F4(1)) * rim)
            radius = F4(math.sqrt(x * x + z * z))
            part = min(F4(1), max(F4(0), (F4(0.97) - radius / rim) * F4(2.2)))
            share[i, j] = part * part * (F4(3) - F4(2) * part)
            aside = F4(z + F4(2.2) * rim)
            for way in range(2):
                if way == 0:
                    heading = angle(x, z)
                    down = angle(F4(1), radius) - rim_elevation
                else:
                    heading = angle(x, aside)
                    down = rim_elevation - angle(F4(1), F4(math.sqrt(x * x + aside * aside)))
                offset = min(height - 1, max(0, int(down * pixels_per_rad)))
                place = offset * width + int((heading + F4(math.pi)) * pixels_per_rad) % width
                if way == 0:
                    outer[i, j] = place
                else:
                    inner[i, j] = place


@njit("void(u1[:,:,::1], i8, i4[:,::1], i4[:,::1], f4[:,::1], u1[:,:,::1])", cache=True, nogil=True)
def paint_cap(picture: Bytes, above: int, outer: Integers, inner: Integers, share: Floats, cap: Bytes) -> None:
    """Paint what lies above (1) or below (0) the band, from the places of `cap_places`."""
    height, width = picture.shape[:2]
    flat = picture.reshape(height * width, 3)
    last = (height - 1) * width
    for i in range(cap.shape[0]):
        for j in range(cap.shape[1]):
            one = int(outer[i, j])
            two = int(inner[i, j])
            if above == 0:
                one = last - one // width * width + one % width
                two = last - two // width * width + two % width
            part = share[i, j]
            for channel in range(3):
                value = (F4(1) - part) * F4(flat[one, channel]) + part * F4(flat[two, channel])
                cap[i, j, channel] = U1(value + F4(0.5))


@njit("void(u1[:,:,::1], u1[:,::1], f4[:,:,::1], f4[:,::1])", cache=True, nogil=True, error_model="numpy")
def halved(picture: Bytes, keep: Bytes, colours: Floats, weights: Floats) -> None:
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
def fill_in(picture: Bytes, keep: Bytes, colours: Floats) -> None:
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
