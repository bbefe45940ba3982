"""Where a ray meets one shape, and how the surface stands there.

Owns the geometry of single shapes; which shapes a ray has to try is `casting.py`'s. A ray that starts within a solid
shape does not meet it. Leaves are shells of ellipsoids or cones with holes of noise, so that outlines are irregular
and the shells further in show through.
"""

import math
from typing import TYPE_CHECKING

from scripts.pocket.worlds.compiling import compiled
from scripts.pocket.worlds.noise import space_noise
from scripts.pocket.worlds.scene import (
    BOX,
    CAPSULE,
    CONE,
    CUT_BARS,
    CUT_MESH,
    CUT_PICKETS,
    CUT_RAILS,
    ELLIPSOID,
    FRUSTUM,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEVER = 1e9


@compiled
def _is_cut(pattern: int, spacing: float, u: float, v: float, half_v: float) -> bool:
    """Whether a box with a cut-out pattern is open at (u, v) of its face."""
    phase = u / spacing - math.floor(u / spacing)
    level = (v + half_v) / (2.0 * half_v)
    if pattern == CUT_PICKETS:
        rail = (0.22 < level < 0.32) or (0.68 < level < 0.78)
        point = 1.0 - 0.16 * abs(phase - 0.3) / 0.3
        return not rail and (phase > 0.6 or level > point)
    if pattern == CUT_BARS:
        rail = level < 0.06 or level > 0.93
        return not rail and phase > 0.16
    if pattern == CUT_RAILS:
        post = phase < 0.06
        rail = level > 0.88 or (0.4 < level < 0.52) or (0.05 < level < 0.12)
        return not (post or rail)
    if pattern == CUT_MESH:
        row = v / spacing - math.floor(v / spacing)
        return phase > 0.12 and row > 0.12
    return False


@compiled
def _meet_box(
    shapes: "NDArray[np.float32]",
    k: int,
    ox: float,
    oy: float,
    oz: float,
    dx: float,
    dy: float,
    dz: float,
    limit: float,
) -> float:
    c, n = shapes[k, 6], shapes[k, 7]
    rx, ry, rz = ox - shapes[k, 0], oy - shapes[k, 1], oz - shapes[k, 2]
    px, pz = c * rx - n * rz, n * rx + c * rz
    ex, ez = c * dx - n * dz, n * dx + c * dz
    enter, leave = -NEVER, NEVER
    axis = 0
    for i in range(3):
        if i == 0:
            p, e, h = ry, dy, shapes[k, 4]
        elif i == 1:
            p, e, h = px, ex, shapes[k, 3]
        else:
            p, e, h = pz, ez, shapes[k, 5]
        if abs(e) < 1e-9:
            if abs(p) > h:
                return NEVER
            continue
        a, b = (-h - p) / e, (h - p) / e
        if a > b:
            a, b = b, a
        if a > enter:
            enter, axis = a, i
        leave = min(leave, b)
    if enter >= leave or leave <= 1e-4 or enter >= limit:
        return NEVER
    pattern = int(shapes[k, 10])
    if pattern == 0:
        return enter if enter > 1e-4 else NEVER
    # A cut-out is a thin panel along its local x: either of its faces may be met.
    if enter > 1e-4 and not (
        axis != 1 and _is_cut(pattern, shapes[k, 11], px + enter * ex, ry + enter * dy, shapes[k, 4])
    ):
        return enter
    if 1e-4 < leave < limit and not _is_cut(pattern, shapes[k, 11], px + leave * ex, ry + leave * dy, shapes[k, 4]):
        return leave
    return NEVER


@compiled
def _meet_frustum(
    shapes: "NDArray[np.float32]", k: int, ox: float, oy: float, oz: float, dx: float, dy: float, dz: float
) -> float:
    c, n = shapes[k, 6], shapes[k, 7]
    rx, ry, rz = ox - shapes[k, 0], oy - shapes[k, 1], oz - shapes[k, 2]
    px, pz = c * rx - n * rz, n * rx + c * rz
    ex, ez = c * dx - n * dz, n * dx + c * dz
    kx, kz = (shapes[k, 8] - shapes[k, 3]) / (2.0 * shapes[k, 4]), (shapes[k, 9] - shapes[k, 5]) / (2.0 * shapes[k, 4])
    mx, mz = 0.5 * (shapes[k, 8] + shapes[k, 3]), 0.5 * (shapes[k, 9] + shapes[k, 5])
    enter, leave = -NEVER, NEVER
    for i in range(6):
        if i == 0:
            offset, slope = ry - shapes[k, 4], dy
        elif i == 1:
            offset, slope = -ry - shapes[k, 4], -dy
        elif i == 2:
            offset, slope = px - kx * ry - mx, ex - kx * dy
        elif i == 3:
            offset, slope = -px - kx * ry - mx, -ex - kx * dy
        elif i == 4:
            offset, slope = pz - kz * ry - mz, ez - kz * dy
        else:
            offset, slope = -pz - kz * ry - mz, -ez - kz * dy
        if abs(slope) < 1e-9:
            if offset > 0.0:
                return NEVER
        elif slope < 0.0:
            enter = max(enter, -offset / slope)
        else:
            leave = min(leave, -offset / slope)
    return enter if 1e-4 < enter < leave else NEVER


@compiled
def _meet_cone_once(
    shapes: "NDArray[np.float32]",
    k: int,
    scale: float,
    ox: float,
    oy: float,
    oz: float,
    dx: float,
    dy: float,
    dz: float,
    past: float,
) -> float:
    """The first meeting after `past` with the cone whose radii are scaled."""
    half = shapes[k, 4]
    rx, ry, rz = ox - shapes[k, 0], oy - shapes[k, 1], oz - shapes[k, 2]
    slant = scale * (shapes[k, 5] - shapes[k, 3]) / (2.0 * half)
    m = scale * 0.5 * (shapes[k, 3] + shapes[k, 5])
    # (rx + t dx)^2 + (rz + t dz)^2 = (m + k (ry + t dy))^2
    q = m + slant * ry
    a = dx * dx + dz * dz - slant * slant * dy * dy
    b = rx * dx + rz * dz - slant * q * dy
    c = rx * rx + rz * rz - q * q
    best = NEVER
    if abs(a) > 1e-9:
        disc = b * b - a * c
        if disc >= 0.0:
            root = math.sqrt(disc)
            for sign in (-1.0, 1.0):
                t = (-b + sign * root) / a
                y = ry + t * dy
                if past < t < best and abs(y) <= half and m + slant * y >= 0.0:
                    best = t
    if abs(dy) > 1e-9:
        for sign in (-1.0, 1.0):
            t = (sign * half - ry) / dy
            if past < t < best:
                radius = m + slant * sign * half
                x, z = rx + t * dx, rz + t * dz
                if x * x + z * z <= radius * radius:
                    best = t
    return best


@compiled
def _is_hole(
    table: "NDArray[np.float32]", share: float, frequency: float, x: float, y: float, z: float, seed: float
) -> bool:
    value = 0.65 * space_noise(table, x * frequency + seed, y * frequency, z * frequency) + 0.35 * space_noise(
        table, x * frequency * 2.7, y * frequency * 2.7 + seed, z * frequency * 2.7
    )
    return value < share


@compiled
def _meet_cone(
    table: "NDArray[np.float32]",
    shapes: "NDArray[np.float32]",
    k: int,
    ox: float,
    oy: float,
    oz: float,
    dx: float,
    dy: float,
    dz: float,
) -> float:
    t = _meet_cone_once(shapes, k, 1.0, ox, oy, oz, dx, dy, dz, 1e-4)
    share = shapes[k, 10]
    if share <= 0.0 or t >= NEVER:
        return t
    for layer in range(4):
        scale = 1.0 - 0.2 * layer
        t = _meet_cone_once(shapes, k, scale, ox, oy, oz, dx, dy, dz, 1e-4)
        for _side in range(2):
            if t >= NEVER:
                break
            hole = share * (1.0 - 0.25 * layer)
            if not _is_hole(table, hole, shapes[k, 11], ox + t * dx, oy + t * dy, oz + t * dz, shapes[k, 14]):
                return t
            if layer == 3:
                t = _meet_cone_once(shapes, k, scale, ox, oy, oz, dx, dy, dz, t + 1e-4)
            else:
                break
    return NEVER


@compiled
def _ellipsoid_span(
    shapes: "NDArray[np.float32]",
    k: int,
    ox: float,
    oy: float,
    oz: float,
    dx: float,
    dy: float,
    dz: float,
    scale: float,
) -> tuple[float, float]:
    ix, iy, iz = 1.0 / (shapes[k, 3] * scale), 1.0 / (shapes[k, 4] * scale), 1.0 / (shapes[k, 5] * scale)
    px, py, pz = (ox - shapes[k, 0]) * ix, (oy - shapes[k, 1]) * iy, (oz - shapes[k, 2]) * iz
    ex, ey, ez = dx * ix, dy * iy, dz * iz
    a = ex * ex + ey * ey + ez * ez
    b = px * ex + py * ey + pz * ez
    c = px * px + py * py + pz * pz - 1.0
    disc = b * b - a * c
    if disc <= 0.0:
        return NEVER, NEVER
    root = math.sqrt(disc)
    return (-b - root) / a, (-b + root) / a


@compiled
def _meet_ellipsoid(
    table: "NDArray[np.float32]",
    shapes: "NDArray[np.float32]",
    k: int,
    ox: float,
    oy: float,
    oz: float,
    dx: float,
    dy: float,
    dz: float,
) -> float:
    lumps = shapes[k, 12]
    share = shapes[k, 10]
    enter, leave = _ellipsoid_span(shapes, k, ox, oy, oz, dx, dy, dz, 1.0 + lumps)
    if leave >= NEVER or leave <= 1e-4:
        return NEVER
    if share > 0.0:
        back = NEVER
        for layer in range(4):
            if layer > 0:
                enter, leave = _ellipsoid_span(shapes, k, ox, oy, oz, dx, dy, dz, 1.0 - 0.17 * layer)
                if leave >= NEVER or leave <= 1e-4:
                    return back
            hole = share * (1.0 - 0.2 * layer)
            if enter > 1e-4 and not _is_hole(
                table, hole, shapes[k, 11], ox + enter * dx, oy + enter * dy, oz + enter * dz, shapes[k, 14]
            ):
                return enter
            if layer == 0 and not _is_hole(
                table, hole + 0.12, shapes[k, 11], ox + leave * dx, oy + leave * dy, oz + leave * dz, shapes[k, 14]
            ):
                # The back of the crown, kept for when no shell in front of it is met.
                back = leave
        return back
    if lumps <= 0.0:
        return enter if enter > 1e-4 else NEVER
    # A lumpy stone: from the enlarged ellipsoid inward to where the noise says surface.
    t = max(enter, 1e-4)
    step = (leave - t) / 24.0
    before = 1.0
    for i in range(25):
        x, y, z = ox + t * dx, oy + t * dy, oz + t * dz
        value = _stone_level(table, shapes, k, x, y, z)
        if value < 0.0:
            if i == 0:
                return NEVER
            return t - step * (-value) / (before - value + 1e-9)
        before = value
        t += step
    return NEVER


@compiled
def _stone_level(
    table: "NDArray[np.float32]", shapes: "NDArray[np.float32]", k: int, x: float, y: float, z: float
) -> float:
    px, py, pz = (x - shapes[k, 0]) / shapes[k, 3], (y - shapes[k, 1]) / shapes[k, 4], (z - shapes[k, 2]) / shapes[k, 5]
    radius = math.sqrt(px * px + py * py + pz * pz)
    noise = space_noise(table, 1.7 * px + shapes[k, 14], 1.7 * py, 1.7 * pz)
    noise = 0.7 * noise + 0.3 * space_noise(table, 4.1 * px, 4.1 * py + shapes[k, 14], 4.1 * pz)
    return radius - 1.0 - shapes[k, 12] * (2.0 * noise - 1.0)


@compiled
def _meet_capsule(
    shapes: "NDArray[np.float32]", k: int, ox: float, oy: float, oz: float, dx: float, dy: float, dz: float
) -> float:
    # After Inigo Quilez, "capsule - intersection".
    bx, by, bz = 2.0 * shapes[k, 3], 2.0 * shapes[k, 4], 2.0 * shapes[k, 5]
    ax, ay, az = (
        ox - (shapes[k, 0] - shapes[k, 3]),
        oy - (shapes[k, 1] - shapes[k, 4]),
        oz - (shapes[k, 2] - shapes[k, 5]),
    )
    radius = shapes[k, 6]
    bb = bx * bx + by * by + bz * bz
    bd = bx * dx + by * dy + bz * dz
    ba = bx * ax + by * ay + bz * az
    da = dx * ax + dy * ay + dz * az
    aa = ax * ax + ay * ay + az * az
    a = bb - bd * bd
    b = bb * da - ba * bd
    c = bb * aa - ba * ba - radius * radius * bb
    h = b * b - a * c
    if h < 0.0:
        return NEVER
    if a > 1e-9:
        t = (-b - math.sqrt(h)) / a
        y = ba + t * bd
        if 0.0 < y < bb:
            return t if t > 1e-4 else NEVER
    else:
        y = 0.0
    if y > 0.0:
        ax, ay, az = ax - bx, ay - by, az - bz
    b = dx * ax + dy * ay + dz * az
    c = ax * ax + ay * ay + az * az - radius * radius
    h = b * b - c
    if h <= 0.0:
        return NEVER
    t = -b - math.sqrt(h)
    return t if t > 1e-4 else NEVER


@compiled
def meet(
    table: "NDArray[np.float32]",
    kind: int,
    shapes: "NDArray[np.float32]",
    k: int,
    ox: float,
    oy: float,
    oz: float,
    dx: float,
    dy: float,
    dz: float,
    limit: float,
) -> float:
    """Distance to the first meeting with a shape, `NEVER` if there is none."""
    if kind == BOX:
        return _meet_box(shapes, k, ox, oy, oz, dx, dy, dz, limit)
    if kind == FRUSTUM:
        return _meet_frustum(shapes, k, ox, oy, oz, dx, dy, dz)
    if kind == CONE:
        return _meet_cone(table, shapes, k, ox, oy, oz, dx, dy, dz)
    if kind == ELLIPSOID:
        return _meet_ellipsoid(table, shapes, k, ox, oy, oz, dx, dy, dz)
    if kind == CAPSULE:
        return _meet_capsule(shapes, k, ox, oy, oz, dx, dy, dz)
    return NEVER


@compiled
def local_frame(
    shapes: "NDArray[np.float32]", k: int, kind: int, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """A point in the shape's own axes, from its centre."""
    rx, ry, rz = x - shapes[k, 0], y - shapes[k, 1], z - shapes[k, 2]
    if kind in (BOX, FRUSTUM):
        return shapes[k, 6] * rx - shapes[k, 7] * rz, ry, shapes[k, 7] * rx + shapes[k, 6] * rz
    return rx, ry, rz


@compiled
def local_normal(
    table: "NDArray[np.float32]", kind: int, shapes: "NDArray[np.float32]", k: int, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """The outward normal at a point of the surface, in the shape's own axes."""
    px, py, pz = local_frame(shapes, k, kind, x, y, z)
    nx, ny, nz = 0.0, 1.0, 0.0
    if kind == BOX:
        gx, gy, gz = abs(px) - shapes[k, 3], abs(py) - shapes[k, 4], abs(pz) - shapes[k, 5]
        if gx > gy and gx > gz:
            nx, ny = (1.0 if px > 0.0 else -1.0), 0.0
        elif gz > gy:
            nz, ny = (1.0 if pz > 0.0 else -1.0), 0.0
        elif py < 0.0:
            ny = -1.0
    elif kind == FRUSTUM:
        kx, kz = (
            (shapes[k, 8] - shapes[k, 3]) / (2.0 * shapes[k, 4]),
            (shapes[k, 9] - shapes[k, 5]) / (2.0 * shapes[k, 4]),
        )
        lx, lz = 1.0 / math.sqrt(1.0 + kx * kx), 1.0 / math.sqrt(1.0 + kz * kz)
        gx = (abs(px) - kx * py - 0.5 * (shapes[k, 8] + shapes[k, 3])) * lx
        gz = (abs(pz) - kz * py - 0.5 * (shapes[k, 9] + shapes[k, 5])) * lz
        gy = abs(py) - shapes[k, 4]
        if gx > gy and gx > gz:
            nx, ny = (lx if px > 0.0 else -lx), -kx * lx
        elif gz > gy:
            nz, ny = (lz if pz > 0.0 else -lz), -kz * lz
        elif py < 0.0:
            ny = -1.0
    elif kind == CONE:
        if abs(py) > shapes[k, 4] - 1e-3 and shapes[k, 10] <= 0.0:
            ny = 1.0 if py > 0.0 else -1.0
        else:
            radius = math.sqrt(px * px + pz * pz) + 1e-9
            slant = (shapes[k, 5] - shapes[k, 3]) / (2.0 * shapes[k, 4])
            length = 1.0 / math.sqrt(1.0 + slant * slant)
            nx, ny, nz = px / radius * length, -slant * length, pz / radius * length
    elif kind == ELLIPSOID:
        if shapes[k, 12] > 0.0:
            e = 0.03 * min(shapes[k, 3], shapes[k, 4], shapes[k, 5]) + 1e-3
            at = _stone_level(table, shapes, k, x, y, z)
            nx = (_stone_level(table, shapes, k, x + e, y, z) - at) / e
            ny = (_stone_level(table, shapes, k, x, y + e, z) - at) / e
            nz = (_stone_level(table, shapes, k, x, y, z + e) - at) / e
        else:
            nx, ny, nz = (
                px / (shapes[k, 3] * shapes[k, 3]),
                py / (shapes[k, 4] * shapes[k, 4]),
                pz / (shapes[k, 5] * shapes[k, 5]),
            )
        length = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-12
        nx, ny, nz = nx / length, ny / length, nz / length
    elif kind == CAPSULE:
        bb = shapes[k, 3] * shapes[k, 3] + shapes[k, 4] * shapes[k, 4] + shapes[k, 5] * shapes[k, 5] + 1e-12
        along = max(-1.0, min(1.0, (px * shapes[k, 3] + py * shapes[k, 4] + pz * shapes[k, 5]) / bb))
        nx, ny, nz = px - along * shapes[k, 3], py - along * shapes[k, 4], pz - along * shapes[k, 5]
        length = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-12
        nx, ny, nz = nx / length, ny / length, nz / length
    return nx, ny, nz
