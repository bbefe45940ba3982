"""Outlines: where, in a quad that a break runs through, the near side ends and the far side begins.

Owns each side's distances at the quad's corners, and the matte between them that the picture's colours decide.
Drawing the two sides is `cuts`'.
"""

import numpy as np
from numba import njit

from deployments.world_model.engines.pocket.relief import BREAK, BREAK_SHARE, around
from deployments.world_model.engines.pocket.widths import F4, U1, Bytes, Floats, Integers


@njit("f4(f4, f4, f4, f4)", cache=True, nogil=True)
def _split(a: float, b: float, c: float, d: float) -> float:
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
        middle = _split(corners[0], corners[1], corners[2], corners[3])
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
                cell_column = around(column + j, width)
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
                pixel_column = around(column * 5 + 2 + j, picture_width)
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
