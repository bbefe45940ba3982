"""Convex solids: walls, roofs, towers, crates of planks; and the shadows they cast.

Owns the meeting of rays and planes, and facades: texture coordinates along a wall and up it. Materials of
walls are drawn in `surfaces`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.painter.stage import FOCAL
from deployments.scene_authoring.procedural.raster import Plane, Rgb

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deployments.scene_authoring.procedural.painter.stage import Stage

Vector = tuple[float, float, float]
Face = tuple[Vector, float]
"""An outward normal and its plane's distance from the origin."""


@dataclass(frozen=True, slots=True)
class Solid:
    """A convex body: its faces, the corners of its bounds, and its surface."""

    faces: "tuple[Face, ...]"
    corners: "tuple[Vector, ...]"
    surface: "Callable[[Plane, Plane, Rgb], tuple[Rgb, Rgb]]"
    """Albedo and own light from (along, up, normal): metres are eye heights."""
    casts: bool = True


def box(
    low: Vector, high: Vector, surface: "Callable[[Plane, Plane, Rgb], tuple[Rgb, Rgb]]", *, casts: bool = True
) -> Solid:
    """An upright box between two opposite corners."""
    faces = (
        ((1.0, 0.0, 0.0), high[0]),
        ((-1.0, 0.0, 0.0), -low[0]),
        ((0.0, 1.0, 0.0), high[1]),
        ((0.0, -1.0, 0.0), -low[1]),
        ((0.0, 0.0, 1.0), high[2]),
        ((0.0, 0.0, -1.0), -low[2]),
    )
    corners = tuple((x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2]))
    return Solid(faces, corners, surface, casts)


def gable(
    low: Vector, high: Vector, surface: "Callable[[Plane, Plane, Rgb], tuple[Rgb, Rgb]]", *, along_z: bool
) -> Solid:
    """A ridge roof over the rectangle of `low` and `high`; the ridge runs along z, or along x."""
    rise = high[1] - low[1]
    axis = 0 if along_z else 2
    middle, half = (low[axis] + high[axis]) / 2, (high[axis] - low[axis]) / 2
    length = float(np.hypot(rise, half))
    side, up = rise / length, half / length
    slopes: list[Face] = []
    for sign in (1.0, -1.0):
        normal = (sign * side, up, 0.0) if along_z else (0.0, up, sign * side)
        slopes.append((normal, sign * side * middle + up * high[1]))
    ends: list[Face] = (
        [((0.0, 0.0, 1.0), high[2]), ((0.0, 0.0, -1.0), -low[2])]
        if along_z
        else [((1.0, 0.0, 0.0), high[0]), ((-1.0, 0.0, 0.0), -low[0])]
    )
    body = box(low, high, surface)
    return Solid((*slopes, *ends, ((0.0, -1.0, 0.0), -low[1])), body.corners, surface)


def spire(
    centre: tuple[float, float],
    radius: float,
    foot: float,
    top: float,
    sides: int,
    surface: "Callable[[Plane, Plane, Rgb], tuple[Rgb, Rgb]]",
) -> Solid:
    """A pointed roof or a pyramid of `sides` sides."""
    rise = top - foot
    inner = radius * float(np.cos(np.pi / sides))
    length = float(np.hypot(rise, inner))
    faces: list[Face] = [((0.0, -1.0, 0.0), -foot)]
    for angle in (np.arange(sides) + 0.5) * 2 * np.pi / sides:
        normal = (float(np.cos(angle)) * rise / length, inner / length, float(np.sin(angle)) * rise / length)
        faces.append((normal, normal[0] * centre[0] + normal[1] * top + normal[2] * centre[1]))
    low, high = (centre[0] - radius, foot, centre[1] - radius), (centre[0] + radius, top, centre[1] + radius)
    return Solid(tuple(faces), box(low, high, surface).corners, surface)


def column(
    centre: tuple[float, float],
    radius: float,
    foot: float,
    top: float,
    sides: int,
    surface: "Callable[[Plane, Plane, Rgb], tuple[Rgb, Rgb]]",
) -> Solid:
    """An upright prism of `sides` sides: a tower, a pillar."""
    faces: list[Face] = [((0.0, -1.0, 0.0), -foot), ((0.0, 1.0, 0.0), top)]
    inner = radius * float(np.cos(np.pi / sides))
    for angle in (np.arange(sides) + 0.5) * 2 * np.pi / sides:
        normal = (float(np.cos(angle)), 0.0, float(np.sin(angle)))
        faces.append((normal, normal[0] * centre[0] + normal[2] * centre[1] + inner))
    low, high = (centre[0] - radius, foot, centre[1] - radius), (centre[0] + radius, top, centre[1] + radius)
    return Solid(tuple(faces), box(low, high, surface).corners, surface)


def nearest(solid: Solid) -> float:
    """Its least distance ahead. Put near ones first: what they hide is then never painted."""
    return min(corner[2] for corner in solid.corners)


def put(stage: "Stage", solid: Solid) -> None:
    """Show a solid on the stage where it is nearer than what is there."""
    window = _window(stage, solid.corners)
    if window is None:
        return
    x, drop = stage.x[window], stage.drop[window]
    enter, leave, which = _meet(x, drop, solid)
    hit = (enter < leave) & (enter > 0.05) & (enter < stage.z[window])
    if not hit.any():
        return
    z = enter[hit]
    normal = np.array([face[0] for face in solid.faces], dtype=np.float32)[which[hit]]
    px, py = x[hit] * z, 1.0 - drop[hit] * z
    is_top = normal[:, 1] > 0.9
    along = np.where(~is_top & (np.abs(normal[:, 0]) > np.abs(normal[:, 2])), z, px)
    albedo, glow = solid.surface(along, np.where(is_top, z, py), normal)
    stage.z[window][hit] = z
    stage.albedo[window][hit] = albedo
    stage.normal[window][hit] = normal
    stage.glow[window][hit] = glow
    stage.ground[window][hit] = np.where(is_top, np.float32(0.6), np.float32(0.0))
    stage.water[window][hit] = 0.0


def cast_shadows(stage: "Stage", solids: "Sequence[Solid]", sun: Vector) -> Plane:
    """How much of the sun each pixel misses, 0..1, from solids only; worked out at half size."""
    step = 2 if min(stage.height, stage.width) >= 16 else 1
    z = stage.z[::step, ::step]
    x, drop = stage.x[::step, ::step], stage.drop[::step, ::step]
    near = z < 60.0
    px, py, pz = (x * z)[near], (1.0 - drop * z)[near], z[near]
    normal = stage.normal[::step, ::step][near]
    px, py, pz = px + normal[:, 0] * 0.03, py + normal[:, 1] * 0.03, pz + normal[:, 2] * 0.03
    points = np.stack([px, py, pz])
    across = _across(sun) @ points
    dark = np.zeros(px.shape, dtype=bool)
    for solid in solids:
        if not solid.casts:
            continue
        outline = _across(sun) @ np.array(solid.corners, dtype=np.float32).T
        low, high = outline.min(axis=1)[:, None], outline.max(axis=1)[:, None]
        (behind,) = ((across > low) & (across < high)).all(axis=0).nonzero()
        dark[behind] |= _is_shaded(points[:, behind], solid, sun)
    plane = np.zeros(z.shape, dtype=np.float32)
    plane[near] = dark
    return np.clip(ra.resize(ra.blur(plane, 1), stage.width, stage.height), 0.0, 1.0) if step > 1 else plane


def _across(sun: Vector) -> Plane:
    """Two rows: directions at right angles to the sun and to each other."""
    towards = np.array(sun) / np.linalg.norm(sun)
    side = np.cross(towards, (0.0, 0.0, 1.0))
    side /= np.linalg.norm(side)
    return np.stack([side, np.cross(towards, side)]).astype(np.float32)


def _is_shaded(points: Rgb, solid: Solid, sun: Vector) -> NDArray[np.bool_]:
    """Whether a ray from each of the points, in columns, to the sun meets the solid."""
    enter = np.zeros(points.shape[1], dtype=np.float32)
    leave = np.full(points.shape[1], 300.0, dtype=np.float32)
    for normal, offset in solid.faces:
        speed = float(np.dot(normal, sun))
        gap = np.float32(offset) - np.array(normal, dtype=np.float32) @ points
        if abs(speed) < 1e-6:
            leave[gap < 0] = -1.0
        elif speed < 0:
            np.maximum(enter, gap / np.float32(speed), out=enter)
        else:
            np.minimum(leave, gap / np.float32(speed), out=leave)
    return enter < leave


def _meet(x: Plane, drop: Plane, solid: Solid) -> tuple[Plane, Plane, NDArray[np.uint8]]:
    """Where each ray enters and leaves, and the face by which it enters."""
    enter = np.full(x.shape, -1e6, dtype=np.float32)
    leave = np.full(x.shape, 1e6, dtype=np.float32)
    which = np.zeros(x.shape, dtype=np.uint8)
    for index, ((nx, ny, nz), offset) in enumerate(solid.faces):
        speed = nx * x - ny * drop + nz
        gap = np.float32(offset - ny)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = gap / speed
        comes = (speed < 0) & (t > enter)
        np.copyto(enter, t, where=comes)
        np.copyto(which, np.uint8(index), where=comes)
        np.copyto(leave, t, where=(speed > 0) & (t < leave))
        if gap < 0:
            leave[speed >= 0] = -1e6
    return enter, leave, which


def _window(stage: "Stage", corners: "Sequence[Vector]") -> tuple[slice, slice] | None:
    """The part of the picture in which a body with these corners can be seen."""
    if max(corner[2] for corner in corners) < 0.1:
        return None
    if min(corner[2] for corner in corners) < 0.1:
        return slice(0, stage.height), slice(0, stage.width)
    aspect = FOCAL * stage.width / max(1, stage.height)
    columns = [x / z / aspect + 0.5 for x, _, z in corners]
    rows = [stage.horizon + (1.0 - y) / z / FOCAL for _, y, z in corners]
    left, right = max(0, int(min(columns) * stage.width) - 1), min(stage.width, int(max(columns) * stage.width) + 2)
    top, bottom = max(0, int(min(rows) * stage.height) - 1), min(stage.height, int(max(rows) * stage.height) + 2)
    return (slice(top, bottom), slice(left, right)) if left < right and top < bottom else None
