"""Where a key's vertices lie in a frame or in a panorama.

Owns the compiled loops that place them, and the codes that say which are out of sight; what is drawn between them is
`quads`' and `cuts`'.
"""

import math
from typing import Final

from numba import njit

from deployments.world_model.engines.pocket.angles import angle
from deployments.world_model.engines.pocket.widths import F4, U1, Bytes, Floats

NEAR: Final = F4(0.03)
_MARGIN: Final = F4(24.0)
"""Vertices this far outside the picture still count as beside it: cut corners stand a little off them."""
BEHIND: Final = 16
_ELSEWHERE: Final = 32


# Left to LLVM to inline: `inline="always"` makes a frame a tenth slower.
@njit("UniTuple(f4, 4)(f4, f4, f4, f4[:,::1], f4, f4, f4)", cache=True, nogil=True, error_model="numpy")
def in_frame(
    dx: float, dy: float, dz: float, axes: Floats, focal: float, width: float, height: float
) -> tuple[float, float, float, float]:
    """Where a frame has what lies so far from the eye: pixel coordinates, inverse depth and depth."""
    depth = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
    w = F4(1) / max(depth, NEAR)
    x = (axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz) * w * focal + width * F4(0.5)
    y = (axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz) * w * focal + height * F4(0.5)
    return x, y, w, depth


@njit("UniTuple(f4, 4)(f4, f4, f4, f4, f4)", cache=True, nogil=True, error_model="numpy")
def in_panorama(
    dx: float, dy: float, dz: float, pixels_per_rad: float, top: float
) -> tuple[float, float, float, float]:
    """Where a panorama has what lies so far from the eye: pixel coordinates, inverse distance and distance."""
    flat = math.sqrt(dx * dx + dz * dz)
    distance = math.sqrt(flat * flat + dy * dy)
    w = F4(1) / max(distance, NEAR)
    x = (angle(dx, dz) + F4(math.pi)) * pixels_per_rad
    y = (top - angle(dy, flat)) * pixels_per_rad
    return x, y, w, distance


@njit(
    "void(f4[:,:,::1], f4[:,::1], f4[::1], f4, f4, f4, f4, f4[:,::1], f4[:,::1], f4[:,::1], u1[:,::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def place(
    points: Floats,
    axes: Floats,
    eye: Floats,
    focal: float,
    width: float,
    height: float,
    top: float,
    xs: Floats,
    ys: Floats,
    ws: Floats,
    codes: Bytes,
) -> None:
    """Pixel coordinates, inverse depths, and which sides of the frame the vertices are beyond.

    `focal` 0 is for a panorama: distances instead of depths, and no sides but above and below. `top` is its upper edge.
    """
    rows, columns = xs.shape
    pixels_per_rad = width / F4(2 * math.pi)
    for row in range(rows):
        px = points[0, row]
        py = points[1, row]
        pz = points[2, row]
        for column in range(columns):
            dx = px[column] - eye[0]
            dy = py[column] - eye[1]
            dz = pz[column] - eye[2]
            if focal > F4(0):
                x, y, w, depth = in_frame(dx, dy, dz, axes, focal, width, height)
            else:
                x, y, w, depth = in_panorama(dx, dy, dz, pixels_per_rad, top)
            xs[row, column] = x
            ys[row, column] = y
            ws[row, column] = w
            code = 0
            if focal > F4(0):
                code |= 1 if x < -_MARGIN else 0
                code |= 2 if x > width + _MARGIN else 0
            code |= 4 if y < -_MARGIN else 0
            code |= 8 if y > height + _MARGIN else 0
            code |= BEHIND if depth <= NEAR else 0
            codes[row, column] = U1(code)


@njit("void(f4[:,::1], f4[:,::1], u1[:,::1], u1[:,::1])", cache=True, nogil=True, error_model="numpy")
def leave_out(xs: Floats, ys: Floats, cells: Bytes, codes: Bytes) -> None:
    """Mark the vertices of a panorama that lie in none of the cells."""
    rows, columns = cells.shape
    for i in range(xs.shape[0]):
        for j in range(xs.shape[1]):
            row = min(max(int(ys[i, j] * F4(0.2)), 0), rows - 1)
            column = min(max(int(xs[i, j] * F4(0.2)), 0), columns - 1)
            if cells[row, column] == 0:
                codes[i, j] |= U1(_ELSEWHERE)
