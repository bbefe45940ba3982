"""The colour of the sky in a direction.

Owns gradient, clouds, sun or moon, stars and the silhouette of far ridges, all of them infinitely far away. Which
values they have is chosen in `weather.py`.
"""

import math
from typing import TYPE_CHECKING

from scripts.pocket.worlds.compiling import compiled
from scripts.pocket.worlds.noise import hash01, plane_noise, plane_octaves
from scripts.pocket.worlds.scene import (
    S_CLOUD_COVER,
    S_CLOUD_DARK,
    S_CLOUD_LIT,
    S_CLOUD_SEED,
    S_CLOUD_SIZE,
    S_DISC,
    S_FOG,
    S_FOG_DENSITY,
    S_GLOW,
    S_HORIZON,
    S_RIDGE,
    S_RIDGE_COLOUR,
    S_RIDGE_ROUGH,
    S_STARS,
    S_SUN,
    S_SUN_COLOUR,
    S_ZENITH,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@compiled
def ridge_height(table: "NDArray[np.float32]", settings: "NDArray[np.float64]", heading: float, layer: int) -> float:
    """Elevation of the silhouette at a heading; it closes on itself after a full turn."""
    x, z = math.cos(heading), math.sin(heading)
    rough = settings[S_RIDGE_ROUGH]
    seed = settings[S_CLOUD_SEED] + 31.7 * layer
    value = 0.6 * plane_noise(table, 1.9 * x + seed, 1.9 * z) + 0.27 * plane_noise(table, 5.3 * x + seed, 5.3 * z)
    fine = plane_octaves(table, 14.0 * x + seed, 14.0 * z, 3, 0.0)
    return settings[S_RIDGE] * (value + rough * (fine - 0.4)) * (1.0 - 0.35 * layer)


@compiled
def sky_colour(
    table: "NDArray[np.float32]", settings: "NDArray[np.float64]", dx: float, dy: float, dz: float, disc: int
) -> tuple[float, float, float]:
    """Linear colour of the sky."""
    sun = dx * settings[S_SUN] + dy * settings[S_SUN + 1] + dz * settings[S_SUN + 2]
    up = max(dy, 0.0)
    blend = math.sqrt(up) * 0.6 + 0.4 * up
    glow = settings[S_GLOW] * (0.5 * max(sun, 0.0) ** 6 + 0.9 * max(sun, 0.0) ** 48) * (1.0 - 0.5 * up)
    r = settings[S_HORIZON] + (settings[S_ZENITH] - settings[S_HORIZON]) * blend + glow * settings[S_SUN_COLOUR]
    g = settings[S_HORIZON + 1] + (settings[S_ZENITH + 1] - settings[S_HORIZON + 1]) * blend
    g += glow * settings[S_SUN_COLOUR + 1]
    b = settings[S_HORIZON + 2] + (settings[S_ZENITH + 2] - settings[S_HORIZON + 2]) * blend
    b += glow * settings[S_SUN_COLOUR + 2]
    if settings[S_STARS] > 0.0 and dy > 0.0:
        u, v = math.atan2(dx, dz) * 60.0, math.asin(min(dy, 1.0)) * 60.0
        i, j = math.floor(u), math.floor(v)
        if hash01(int(i), int(j), 7) > 0.93:
            px, py = u - i - 0.5, v - j - 0.5
            light = settings[S_STARS] * math.exp(-18.0 * (px * px + py * py)) * hash01(int(i), int(j), 9) * dy**0.4
            r, g, b = r + light, g + light, b + light
    radius = settings[S_DISC]
    if disc and radius > 0.0 and sun > 0.9:
        angle = math.acos(min(sun, 1.0))
        inside = min(1.0, max(0.0, (radius - angle) / 0.006 + 0.5))
        r += inside * 3.0 * settings[S_SUN_COLOUR]
        g += inside * 3.0 * settings[S_SUN_COLOUR + 1]
        b += inside * 3.0 * settings[S_SUN_COLOUR + 2]
    cover = settings[S_CLOUD_COVER]
    if cover > 0.0 and dy > 0.0:
        size = settings[S_CLOUD_SIZE]
        reach = 1.0 / (dy + 0.09)
        x, z = dx * reach * size + settings[S_CLOUD_SEED], dz * reach * size
        footprint = 0.02 * reach * size
        value = plane_octaves(table, x, z, 5, footprint)
        dense = min(1.0, max(0.0, (value - (0.78 - 0.56 * cover)) * 5.5))
        if dense > 0.0:
            # Lit on the side of the sun: the density a little way towards it is what shades.
            ahead = plane_octaves(
                table, x + 0.25 * settings[S_SUN] * size, z + 0.25 * settings[S_SUN + 2] * size, 3, footprint
            )
            lit = min(1.0, max(0.0, 0.75 - 2.2 * (ahead - 0.5) - 0.25 * dense + 0.3 * max(sun, 0.0) ** 8))
            dense *= min(1.0, dy * 9.0)
            cr = settings[S_CLOUD_DARK] + (settings[S_CLOUD_LIT] - settings[S_CLOUD_DARK]) * lit
            cg = settings[S_CLOUD_DARK + 1] + (settings[S_CLOUD_LIT + 1] - settings[S_CLOUD_DARK + 1]) * lit
            cb = settings[S_CLOUD_DARK + 2] + (settings[S_CLOUD_LIT + 2] - settings[S_CLOUD_DARK + 2]) * lit
            r, g, b = r + (cr - r) * dense, g + (cg - g) * dense, b + (cb - b) * dense
    if settings[S_RIDGE] > 0.0 and -0.1 < dy < 0.5:
        heading = math.atan2(dx, dz)
        elevation = math.asin(dy)
        for layer in range(2):
            height = ridge_height(table, settings, heading, layer)
            inside = min(1.0, max(0.0, (height - elevation) / 0.005 + 0.5))
            if inside > 0.0:
                # The farther ridge is paler: it is drawn first and the nearer, lower one over it.
                pale = 0.55 - 0.35 * layer
                pale += 0.25 * (1.0 - min(1.0, max(0.0, elevation / (height + 1e-6))))
                cr = settings[S_RIDGE_COLOUR] + (settings[S_HORIZON] - settings[S_RIDGE_COLOUR]) * pale
                cg = settings[S_RIDGE_COLOUR + 1] + (settings[S_HORIZON + 1] - settings[S_RIDGE_COLOUR + 1]) * pale
                cb = settings[S_RIDGE_COLOUR + 2] + (settings[S_HORIZON + 2] - settings[S_RIDGE_COLOUR + 2]) * pale
                r, g, b = r + (cr - r) * inside, g + (cg - g) * inside, b + (cb - b) * inside
    density = settings[S_FOG_DENSITY]
    if density > 0.0:
        veil = 1.0 - math.exp(-density * 25.0 / (max(dy, 0.0) * 4.0 + 0.12))
        r += (settings[S_FOG] - r) * veil
        g += (settings[S_FOG + 1] - g) * veil
        b += (settings[S_FOG + 2] - b) * veil
    return r, g, b
