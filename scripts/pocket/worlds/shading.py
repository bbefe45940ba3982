"""The colour a ray brings back.

Owns light: sun or moon with shadows, sky, lamps, contact darkening, mirrors and water, fog. Geometry comes from
`casting.py`, the colours of surfaces from `materials.py`.
"""

import math
from typing import TYPE_CHECKING

from scripts.pocket.worlds.casting import (
    CEILING_ROCK,
    FARTHEST,
    NOTHING,
    TERRAIN,
    WATER,
    cast,
    ground_height,
    is_shadowed,
    sample_field,
)
from scripts.pocket.worlds.compiling import compiled
from scripts.pocket.worlds.materials import bump, pattern_colour
from scripts.pocket.worlds.noise import plane_noise, plane_octaves
from scripts.pocket.worlds.scene import (
    BOX,
    CAPSULE,
    CEILING,
    CONE,
    FRUSTUM,
    GROUND,
    GROUND_PATCH,
    ROCK,
    S_CELL,
    S_FLAT,
    S_FOG,
    S_FOG_DENSITY,
    S_GROUND_LIGHT,
    S_HAZE_HEIGHT,
    S_INSIDE,
    S_INSIDE_LIGHT,
    S_RIPPLE,
    S_ROCK_SLOPE,
    S_ROOFED,
    S_SKY_LIGHT,
    S_SNOW_LINE,
    S_SUN,
    S_SUN_COLOUR,
    S_WATER,
    S_WATER_COLOUR,
    S_WAY_EDGE,
    S_WAY_HALF,
    S_WAY_LINE,
    SHORE,
    WAY,
    WAY_VERGE,
    Scene,
)
from scripts.pocket.worlds.shapes import local_frame, local_normal
from scripts.pocket.worlds.sky import sky_colour

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONTACT_CELL = 0.5


@compiled
def _blend(low: float, high: float, value: float) -> float:
    u = min(1.0, max(0.0, (value - low) / (high - low)))
    return u * u * (3.0 - 2.0 * u)


@compiled
def _terrain_normal(scene: Scene, field: "NDArray[np.float32]", x: float, z: float) -> tuple[float, float, float]:
    cell = scene.settings[S_CELL]
    e = 0.8 * cell
    gx = (sample_field(field, cell, x + e, z) - sample_field(field, cell, x - e, z)) / (2.0 * e)
    gz = (sample_field(field, cell, x, z + e) - sample_field(field, cell, x, z - e)) / (2.0 * e)
    length = 1.0 / math.sqrt(gx * gx + gz * gz + 1.0)
    return -gx * length, length, -gz * length


@compiled
def _ground_colour(
    scene: Scene, x: float, y: float, z: float, flatness: float, footprint: float
) -> tuple[float, float, float, float, float]:
    """The ground's cover: the way and its verge, shore, snow, rock on slopes, and two kinds of earth in patches."""
    settings = scene.settings
    plane, space = scene.plane_table, scene.space_table
    ragged = plane_octaves(plane, x * 0.9, z * 0.9, 3, footprint)
    patches = plane_octaves(plane, x * 0.07 + 11.0, z * 0.07, 4, footprint * 0.07)
    share = _blend(0.5, 0.6, 0.8 * patches + 0.2 * ragged)
    r, g, b, glow, mirror = 0.0, 0.0, 0.0, 0.0, 0.0
    if share < 1.0:
        r, g, b, glow, mirror = pattern_colour(plane, space, scene.materials[GROUND], x, z, x, y, z, footprint, 0.1)
    if share > 0.0:
        r2, g2, b2, _, mirror2 = pattern_colour(
            plane, space, scene.materials[GROUND_PATCH], x, z, x, y, z, footprint, 0.2
        )
        r, g, b = r + (r2 - r) * share, g + (g2 - g) * share, b + (b2 - b) * share
        mirror += (mirror2 - mirror) * share
    limit = settings[S_ROCK_SLOPE]
    steep = _blend(limit, limit + 0.12, (1.0 - flatness) + 0.25 * (ragged - 0.5))
    if steep > 0.0:
        r2, g2, b2, _, _ = pattern_colour(plane, space, scene.materials[ROCK], x + z, y, x, y, z, footprint, 0.3)
        r, g, b = r + (r2 - r) * steep, g + (g2 - g) * steep, b + (b2 - b) * steep
    snow = settings[S_SNOW_LINE]
    if snow < 1000.0:
        white = _blend(snow - 3.0, snow + 3.0, y + 8.0 * (ragged - 0.5)) * _blend(0.45, 0.7, flatness)
        r, g, b = r + (0.82 - r) * white, g + (0.86 - g) * white, b + (0.92 - b) * white
    level = settings[S_WATER]
    if level > -1000.0:
        wet = 1.0 - _blend(0.25, 0.9, y - level + 0.6 * (ragged - 0.5))
        if wet > 0.0:
            r2, g2, b2, _, _ = pattern_colour(plane, space, scene.materials[SHORE], x, z, x, y, z, footprint, 0.4)
            dark = 1.0 - 0.45 * (1.0 - _blend(0.02, 0.3, y - level))
            r, g, b = r + (dark * r2 - r) * wet, g + (dark * g2 - g) * wet, b + (dark * b2 - b) * wet
    half = settings[S_WAY_HALF]
    if half > 0.0:
        cell = settings[S_CELL]
        away = sample_field(scene.way_distance, cell, x, z)
        edge = settings[S_WAY_EDGE]
        fray = (ragged - 0.5) * (0.5 if settings[S_WAY_LINE] < 0.5 else 0.04)
        soft = max(0.05, footprint)
        if edge > 0.0:
            verge = 1.0 - _blend(half + edge - soft, half + edge + soft, away + fray)
            if verge > 0.0:
                r2, g2, b2, _, _ = pattern_colour(
                    plane, space, scene.materials[WAY_VERGE], x, z, x, y, z, footprint, 0.5
                )
                r, g, b = r + (r2 - r) * verge, g + (g2 - g) * verge, b + (b2 - b) * verge
        on = 1.0 - _blend(half - soft, half + soft, away + fray)
        if on > 0.0:
            along = sample_field(scene.way_along, cell, x, z)
            r2, g2, b2, _, mirror2 = pattern_colour(plane, space, scene.materials[WAY], x, z, x, y, z, footprint, 0.6)
            if settings[S_WAY_LINE] > 0.5:
                dash = along / 3.0 - math.floor(along / 3.0)
                line = (1.0 - _blend(0.05, 0.05 + soft, away)) * (1.0 if dash < 0.5 else 0.0)
                line = max(line, 1.0 - _blend(0.04, 0.04 + soft, abs(away - half + 0.2)))
                r2, g2, b2 = r2 + (0.7 - r2) * line, g2 + (0.7 - g2) * line, b2 + (0.65 - b2) * line
            else:
                worn = 1.0 - 0.25 * _blend(0.5, 1.0, away / half) + 0.1 * (ragged - 0.5)
                r2, g2, b2 = r2 * worn, g2 * worn, b2 * worn
            r, g, b = r + (r2 - r) * on, g + (g2 - g) * on, b + (b2 - b) * on
            mirror += (mirror2 - mirror) * on
    return r, g, b, glow, mirror


@compiled
def _lit(
    scene: Scene,
    x: float,
    y: float,
    z: float,
    nx: float,
    ny: float,
    nz: float,
    leafy: int,
    shadows: int,
) -> tuple[float, float, float]:
    """The light that falls on a surface."""
    settings = scene.settings
    inside = (
        settings[S_INSIDE] < x < settings[S_INSIDE + 1]
        and settings[S_INSIDE + 2] < z < settings[S_INSIDE + 3]
        and y < settings[S_INSIDE + 4]
    )
    above = 0.5 + 0.5 * ny
    if inside:
        r = settings[S_INSIDE_LIGHT] * (0.75 + 0.25 * above)
        g = settings[S_INSIDE_LIGHT + 1] * (0.75 + 0.25 * above)
        b = settings[S_INSIDE_LIGHT + 2] * (0.75 + 0.25 * above)
    else:
        r = settings[S_GROUND_LIGHT] + (settings[S_SKY_LIGHT] - settings[S_GROUND_LIGHT]) * above
        g = settings[S_GROUND_LIGHT + 1] + (settings[S_SKY_LIGHT + 1] - settings[S_GROUND_LIGHT + 1]) * above
        b = settings[S_GROUND_LIGHT + 2] + (settings[S_SKY_LIGHT + 2] - settings[S_GROUND_LIGHT + 2]) * above
    sx, sy, sz = settings[S_SUN], settings[S_SUN + 1], settings[S_SUN + 2]
    facing = nx * sx + ny * sy + nz * sz
    if leafy:
        facing = 0.35 + 0.65 * facing
    strength = settings[S_SUN_COLOUR] + settings[S_SUN_COLOUR + 1] + settings[S_SUN_COLOUR + 2]
    if facing > 0.0 and strength > 0.02 and settings[S_ROOFED] < 0.5:
        away = 0.12 if leafy else 0.01
        clear = not shadows or not is_shadowed(
            scene,
            x + away * nx + 0.01 * sx,
            y + away * ny + 0.01 * sy,
            z + away * nz + 0.01 * sz,
            sx,
            sy,
            sz,
            160.0,
            terrain=settings[S_FLAT] < 0.5,
        )
        if clear:
            r += facing * settings[S_SUN_COLOUR]
            g += facing * settings[S_SUN_COLOUR + 1]
            b += facing * settings[S_SUN_COLOUR + 2]
    for i in range(scene.lights.shape[0]):
        light = scene.lights[i]
        lx, ly, lz = light[0] - x, light[1] - y, light[2] - z
        reach = light[6]
        square = lx * lx + ly * ly + lz * lz
        if square > reach * reach:
            continue
        distance = math.sqrt(square) + 1e-6
        lx, ly, lz = lx / distance, ly / distance, lz / distance
        facing = nx * lx + ny * ly + nz * lz
        if leafy or distance < 0.3:
            facing = 0.4 + 0.6 * facing
        if facing <= 0.0:
            continue
        edge = 1.0 - square / (reach * reach)
        power = facing * edge * edge / (0.15 + square)
        if (
            light[7] > 0.5
            and shadows
            and power > 0.02
            and is_shadowed(
                scene,
                x + 0.02 * nx,
                y + 0.02 * ny,
                z + 0.02 * nz,
                lx,
                ly,
                lz,
                distance - 0.3,
                terrain=settings[S_ROOFED] > 0.5,
            )
        ):
            continue
        r += power * light[3]
        g += power * light[4]
        b += power * light[5]
    return r, g, b


@compiled
def _surface(
    scene: Scene,
    what: int,
    x: float,
    y: float,
    z: float,
    dx: float,
    dy: float,
    dz: float,
    footprint: float,
    shadows: int,
) -> tuple[float, float, float, float, float, float, float]:
    """Light from a solid surface towards the eye, then mirror share and the normal."""
    settings = scene.settings
    leafy = False
    if what in (TERRAIN, CEILING_ROCK):
        if settings[S_FLAT] > 0.5:
            nx, ny, nz = 0.0, 1.0, 0.0
        else:
            nx, ny, nz = _terrain_normal(scene, scene.heights, x, z)
        if what == CEILING_ROCK:
            nx, ny, nz = _terrain_normal(scene, scene.ceiling, x, z)
            nx, ny, nz = -nx, -ny, -nz
            r, g, b, glow, mirror = pattern_colour(
                scene.plane_table, scene.space_table, scene.materials[CEILING], x, z, x, y, z, footprint, 0.7
            )
            lean_u, lean_v = bump(scene.plane_table, scene.materials[CEILING], x + 0.7 * y, z, footprint)
            contact = 1.0
        else:
            r, g, b, glow, mirror = _ground_colour(scene, x, y, z, ny, footprint)
            lean_u, lean_v = bump(scene.plane_table, scene.materials[GROUND], x + 0.7 * y, z, footprint)
            if (
                settings[S_WAY_HALF] > 0.0
                and sample_field(scene.way_distance, settings[S_CELL], x, z) < settings[S_WAY_HALF]
            ):
                lean_u, lean_v = 0.3 * lean_u, 0.3 * lean_v
            contact = sample_field(scene.contact, CONTACT_CELL, x, z)
        nx, nz = nx + lean_u, nz + lean_v
    else:
        shape = scene.shapes[what]
        kind = scene.shape_kinds[what]
        m = scene.materials[scene.shape_materials[what]]
        px, py, pz = local_frame(scene.shapes, what, kind, x, y, z)
        nx, ny, nz = local_normal(scene.space_table, kind, scene.shapes, what, x, y, z)
        leafy = shape[10] > 0.0 and kind > FRUSTUM
        if kind in (BOX, FRUSTUM):
            if abs(ny) > 0.9:
                u, v = px, pz
            elif abs(nx) > abs(nz):
                u, v = pz, py + shape[4]
                if kind == FRUSTUM:
                    v /= max(0.2, abs(nx))
            else:
                u, v = px, py + shape[4]
                if kind == FRUSTUM:
                    v /= max(0.2, abs(nz))
        elif kind == CONE:
            u, v = math.atan2(px, pz) * max(shape[3], 0.05), py + shape[4]
        elif kind == CAPSULE:
            u, v = px + pz, py
        else:
            u, v = px + 0.5 * pz, py
        r, g, b, glow, mirror = pattern_colour(
            scene.plane_table, scene.space_table, m, u, v, x, y, z, footprint, shape[14]
        )
        lean_u, lean_v = bump(scene.plane_table, m, u, v, footprint)
        if abs(ny) > 0.9:
            nx, nz = nx + lean_u, nz + lean_v
        elif abs(nx) > abs(nz):
            nz, ny = nz + lean_u, ny + lean_v
        else:
            nx, ny = nx + lean_u, ny + lean_v
        if kind in (BOX, FRUSTUM):
            c, n = shape[6], shape[7]
            nx, nz = c * nx + n * nz, -n * nx + c * nz
        r, g, b = r * shape[13], g * shape[13], b * shape[13]
        contact = 1.0
        if shape[15] > -900.0:
            contact -= 0.38 * math.exp(-max(0.0, y - shape[15]) / 0.22)
        if leafy and kind != CONE:
            # Crowns are darker within and below.
            inner = math.sqrt((px / shape[3]) ** 2 + (py / shape[4]) ** 2 + (pz / shape[5]) ** 2)
            contact *= (0.4 + 0.6 * min(1.0, inner) ** 2) * (0.8 + 0.2 * py / shape[4])
        elif leafy:
            radius = shape[3] + (shape[5] - shape[3]) * (py + shape[4]) / (2.0 * shape[4])
            inner = math.sqrt(px * px + pz * pz) / max(radius, 0.02)
            contact *= 0.45 + 0.55 * min(1.0, inner) ** 2
    length = 1.0 / math.sqrt(nx * nx + ny * ny + nz * nz + 1e-12)
    nx, ny, nz = nx * length, ny * length, nz * length
    if nx * dx + ny * dy + nz * dz > 0.0 and what >= 0 and not leafy:
        nx, ny, nz = -nx, -ny, -nz
    lr, lg, lb = _lit(scene, x, y, z, nx, ny, nz, leafy=leafy, shadows=shadows)
    r, g, b = r * (lr * contact + glow), g * (lg * contact + glow), b * (lb * contact + glow)
    return r, g, b, mirror, nx, ny, nz


@compiled
def _through_fog(
    scene: Scene, r: float, g: float, b: float, t: float, oy: float, dy: float
) -> tuple[float, float, float]:
    settings = scene.settings
    density = settings[S_FOG_DENSITY]
    depth = t
    height = settings[S_HAZE_HEIGHT]
    if height > 0.0:
        # Mist that thins out upward as exp(-y / height), along the ray in closed form.
        rise = dy * t / height
        foot = math.exp(-max(-3.0, min(6.0, oy / height)))
        depth = t * foot * ((1.0 - math.exp(-rise)) / rise if abs(rise) > 1e-3 else 1.0)
    veil = 1.0 - math.exp(-density * min(max(depth, 0.0), 1e4))
    return r + (settings[S_FOG] - r) * veil, g + (settings[S_FOG + 1] - g) * veil, b + (settings[S_FOG + 2] - b) * veil


@compiled
def _second_bounce(
    scene: Scene, x: float, y: float, z: float, dx: float, dy: float, dz: float, footprint: float
) -> tuple[float, float, float]:
    """What a mirror shows: surfaces without shadows or further mirrors."""
    t, what = cast(scene, x, y, z, dx, dy, dz, water=0)
    if what == NOTHING:
        return sky_colour(scene.plane_table, scene.settings, dx, abs(dy), dz, disc=1)
    r, g, b, _, _, _, _ = _surface(
        scene, what, x + t * dx, y + t * dy, z + t * dz, dx, dy, dz, footprint + 0.01 * t, shadows=0
    )
    return _through_fog(scene, r, g, b, t, y, dy)


@compiled
def _water(
    scene: Scene, x: float, y: float, z: float, dx: float, dy: float, dz: float, footprint: float
) -> tuple[float, float, float]:
    settings = scene.settings
    plane = scene.plane_table
    ripple = settings[S_RIPPLE]
    fade = 1.0 / (1.0 + 6.0 * footprint)
    e = 0.15
    here = plane_octaves(plane, x * 0.9, z * 1.3, 3, footprint)
    lean_x = ripple * fade * (plane_octaves(plane, (x + e) * 0.9, z * 1.3, 3, footprint) - here) / e
    lean_z = ripple * fade * (plane_octaves(plane, x * 0.9, (z + e) * 1.3, 3, footprint) - here) / e
    length = 1.0 / math.sqrt(lean_x * lean_x + lean_z * lean_z + 1.0)
    nx, ny, nz = -lean_x * length, length, -lean_z * length
    facing = nx * dx + ny * dy + nz * dz
    rx, ry, rz = dx - 2.0 * facing * nx, max(0.003, dy - 2.0 * facing * ny), dz - 2.0 * facing * nz
    length = 1.0 / math.sqrt(rx * rx + ry * ry + rz * rz)
    mr, mg, mb = _second_bounce(scene, x, y + 0.002, z, rx * length, ry * length, rz * length, footprint)
    share = 0.04 + 0.9 * (1.0 - min(1.0, abs(facing))) ** 4
    depth = max(0.0, y - ground_height(scene, x, z))
    murk = 1.0 - math.exp(-depth / 0.5)
    light = settings[S_SKY_LIGHT + 1] + 0.5 * max(0.0, settings[S_SUN + 1]) * settings[S_SUN_COLOUR + 1]
    br, bg, bb, _, _ = pattern_colour(plane, scene.space_table, scene.materials[SHORE], x, z, x, y, z, footprint, 0.4)
    r = light * (0.5 * br + (settings[S_WATER_COLOUR] - 0.5 * br) * murk)
    g = light * (0.5 * bg + (settings[S_WATER_COLOUR + 1] - 0.5 * bg) * murk)
    b = light * (0.5 * bb + (settings[S_WATER_COLOUR + 2] - 0.5 * bb) * murk)
    foam = (
        (1.0 - _blend(0.02, 0.12, depth))
        * _blend(0.4, 0.6, plane_noise(plane, x * 3.0, z * 3.0))
        * min(1.0, ripple * 4.0)
    )
    r, g, b = r + (mr - r) * share, g + (mg - g) * share, b + (mb - b) * share
    white = 0.6 * foam * light
    return r + white, g + white, b + white


@compiled
def look(
    scene: Scene, ox: float, oy: float, oz: float, dx: float, dy: float, dz: float, spread: float
) -> tuple[float, float, float, float]:
    """Linear colour and inverse distance (0 for the sky) along a ray whose pixel is `spread` radians wide."""
    t, what = cast(scene, ox, oy, oz, dx, dy, dz, water=1)
    if what == NOTHING or t >= FARTHEST:
        r, g, b = sky_colour(scene.plane_table, scene.settings, dx, dy, dz, disc=1)
        return r, g, b, 0.0
    x, y, z = ox + t * dx, oy + t * dy, oz + t * dz
    footprint = t * spread
    if what == WATER:
        r, g, b = _water(scene, x, y, z, dx, dy, dz, footprint / math.sqrt(max(0.02, abs(dy))))
    else:
        if what == TERRAIN:
            footprint /= math.sqrt(max(0.02, abs(dy)))
        r, g, b, mirror, nx, ny, nz = _surface(scene, what, x, y, z, dx, dy, dz, footprint, shadows=1)
        if mirror > 0.01:
            facing = nx * dx + ny * dy + nz * dz
            share = mirror * (0.25 + 0.75 * (1.0 - min(1.0, abs(facing))) ** 3)
            mr, mg, mb = _second_bounce(
                scene,
                x + 0.004 * nx,
                y + 0.004 * ny,
                z + 0.004 * nz,
                dx - 2.0 * facing * nx,
                dy - 2.0 * facing * ny,
                dz - 2.0 * facing * nz,
                footprint,
            )
            r, g, b = r + (mr - r) * share, g + (mg - g) * share, b + (mb - b) * share
    r, g, b = _through_fog(scene, r, g, b, t, oy, dy)
    return r, g, b, 1.0 / max(t, 1e-3)
