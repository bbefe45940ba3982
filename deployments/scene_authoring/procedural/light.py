"""Times of day: what each does to the sky and to everything under it.

Owns the table of light and its application to a picture with its layers. Lamps and windows that light
up at night are found here too. Weather and mood are other modules'.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.layers import Layers
from deployments.scene_authoring.procedural.plan import TimeOfDay
from deployments.scene_authoring.procedural.raster import Plane, Rgb, mix, smoothstep, srgb


@dataclass(frozen=True, slots=True)
class Light:
    """Light of a time of day. Colours are linear; `zenith` to `horizon` run down the sky."""

    zenith: Rgb
    middle: Rgb
    horizon: Rgb
    cloud_lit: Rgb
    cloud_shade: Rgb
    glow: Rgb
    key: Rgb
    ambient: Rgb
    saturation: float
    exposure: float
    contrast: float
    aerial: float
    stars: float
    lamps: float


LIGHTS: Final[dict[TimeOfDay, Light]] = {
    TimeOfDay.DAWN: Light(
        srgb("5b78ad"),
        srgb("b9a7c0"),
        srgb("ffd2b0"),
        srgb("ffcdbb"),
        srgb("9a8fb0"),
        ra.rgb(1.0, 0.55, 0.30),
        ra.rgb(1.12, 0.86, 0.74),
        ra.rgb(0.60, 0.62, 0.86),
        0.85,
        0.80,
        1.0,
        0.45,
        0.0,
        0.25,
    ),
    TimeOfDay.DAY: Light(
        srgb("2f6fbd"),
        srgb("77aee0"),
        srgb("d3e6f2"),
        srgb("ffffff"),
        srgb("aab6c6"),
        ra.rgb(0.35, 0.33, 0.28),
        ra.rgb(1.08, 1.03, 0.94),
        ra.rgb(0.82, 0.92, 1.06),
        1.08,
        1.12,
        1.04,
        0.2,
        0.0,
        0.0,
    ),
    TimeOfDay.SUNSET: Light(
        srgb("3b4a82"),
        srgb("c8677a"),
        srgb("ffab45"),
        srgb("ff8f52"),
        srgb("74476f"),
        ra.rgb(1.5, 0.62, 0.16),
        ra.rgb(1.25, 0.66, 0.34),
        ra.rgb(0.50, 0.40, 0.62),
        1.0,
        0.72,
        1.12,
        0.5,
        0.0,
        0.35,
    ),
    TimeOfDay.DUSK: Light(
        srgb("16214f"),
        srgb("4a568c"),
        srgb("c58a8a"),
        srgb("8c7a9c"),
        srgb("39416e"),
        ra.rgb(0.55, 0.24, 0.16),
        ra.rgb(0.38, 0.42, 0.72),
        ra.rgb(0.34, 0.40, 0.70),
        0.70,
        0.52,
        1.05,
        0.45,
        0.25,
        0.8,
    ),
    TimeOfDay.NIGHT: Light(
        srgb("050a1e"),
        srgb("0f1b3d"),
        srgb("25375f"),
        srgb("4a5a80"),
        srgb("141d38"),
        ra.rgb(0.03, 0.045, 0.09),
        ra.rgb(0.46, 0.60, 1.0),
        ra.rgb(0.26, 0.38, 0.80),
        0.28,
        0.27,
        1.2,
        0.3,
        1.0,
        1.0,
    ),
}


def relight(picture: Rgb, layers: Layers, time: TimeOfDay, rng: np.random.Generator) -> Rgb:
    """The same place at `time`: sky repainted around its clouds, land graded, lamps and windows lit."""
    light = LIGHTS[time]
    land = _land(picture, layers, light)
    if layers.has_sky:
        clouds = found_clouds(picture, layers.sky)
        if time is TimeOfDay.SUNSET:
            clouds = np.maximum(clouds, 0.75 * streaks(picture.shape[0], picture.shape[1], rng))
        sky = sky_of(light, clouds, layers.horizon, sun_column(layers.sky, layers.horizon), rng)
        spill = np.clip(layers.sky * 1.02, 0.0, 1.0)
        land = mix(land, sky, spill)
    if light.lamps > 0:
        warm = ra.rgb(1.0, 0.56, 0.18) * light.lamps
        land = land + ra.dyed(_windows(picture, layers), warm * 1.5)
    land = ra.bloom(land, 0.5, 0.5 if light.lamps > 0.5 else 0.22)
    return ra.vignette(land, 0.62 if time is TimeOfDay.NIGHT else 0.3)


def sky_of(light: Light, clouds: Plane, horizon: float, sun_x: float, rng: np.random.Generator) -> Rgb:
    """A whole sky: gradient, glow where the sun stands low, clouds lit from there, and stars between them."""
    height, width = clouds.shape
    rows, columns = ra.grid(height, width)
    up = np.clip(rows / max(horizon, 0.05), 0.0, 1.0)
    sky = ra.gradient(up, [(0.0, light.zenith), (0.55, light.middle), (1.0, light.horizon)])
    aspect = width / max(1, height)
    away = np.sqrt(((columns - sun_x) * aspect) ** 2 + ((rows - horizon) * 1.9) ** 2)
    sky = sky + ra.dyed(0.75 * np.exp(-((away / 0.34) ** 1.3)), light.glow)
    if light.stars > 0:
        sky = sky + ra.spread(_stars(height, width, rng) * (1.0 - np.clip(clouds * 2.2, 0, 1)) * light.stars)
    toward = np.clip(0.35 + 0.9 * np.exp(-((away / 0.75) ** 2)), 0.0, 1.0)
    body = mix(light.cloud_shade, light.cloud_lit, toward) * ra.spread(0.7 + 0.5 * clouds)
    return mix(sky, body, np.clip(clouds, 0.0, 1.0) * 0.88)


def sun_column(sky: Plane, horizon: float) -> float:
    """Where along the horizon most of the low sky is open, as a fraction of the width."""
    height, width = sky.shape
    band = sky[max(0, int((horizon - 0.22) * height)) : max(1, int(horizon * height))]
    open_ = ra.blur(band.mean(axis=0, keepdims=True).astype(np.float32), max(1, width // 12))[0]
    centre = 1.0 - 0.35 * np.abs(np.linspace(-1, 1, width, dtype=np.float32))
    return float((np.argmax(open_ * centre) + 0.5) / width)


def found_clouds(picture: Rgb, sky: Plane) -> Plane:
    """Clouds of the picture's own sky: whiter than the clear sky of the same row."""
    tone = np.sqrt(np.clip(picture, 0.0, 1.0))
    white = ra.darkest(tone) / np.maximum(ra.brightest(tone), 1e-3) * ra.grey(tone)
    height = sky.shape[0]
    inside = sky > 0.6
    known = [row for row in range(height) if int(inside[row].sum()) > 3]
    if not known:
        return np.zeros_like(sky)
    clear = [float(np.percentile(white[row][inside[row]], 22)) for row in known]
    rows = np.arange(height, dtype=np.float32)
    along: Plane = np.asarray(np.interp(rows, np.array(known, np.float32), np.array(clear, np.float32)), np.float32)
    along = ra.blur(along[:, None], max(1, height // 16))
    return smoothstep(0.04, 0.42, white - along) * sky


def streaks(height: int, width: int, rng: np.random.Generator) -> Plane:
    """High thin clouds in bands."""
    noise = ra.fractal(height, width, height / 5, 5, rng, stretch=4.5)
    return smoothstep(0.5, 0.78, noise)


def _land(picture: Rgb, layers: Layers, light: Light) -> Rgb:
    grey = ra.luminance(picture)
    muted = mix(ra.spread(grey), picture, light.saturation)
    bright = smoothstep(0.08, 0.6, ra.blur(grey, max(1.0, picture.shape[0] / 240)))
    graded = np.maximum(muted, 0.0) * mix(light.ambient * light.exposure, light.key * light.exposure, bright)
    pivot = np.float32(0.18 * light.exposure)
    graded = pivot * (np.maximum(graded, 1e-5) / pivot) ** np.float32(light.contrast)
    far = np.clip(layers.distance - 0.25, 0.0, 1.0) ** 1.5 * light.aerial
    return mix(graded, light.horizon * 0.8, far)


def _stars(height: int, width: int, rng: np.random.Generator) -> Plane:
    count = max(1, int(260 * width / 640))
    plane = np.zeros((height, width), dtype=np.float32)
    ys, xs = rng.integers(0, height, count), rng.integers(0, width, count)
    plane[ys, xs] = (rng.random(count, dtype=np.float32) ** 4) * 1.3 + 0.12
    if height < 500:
        return plane
    return np.maximum(plane, ra.blur(plane, 1) * np.float32(4.0)).astype(np.float32)


def _windows(picture: Rgb, layers: Layers) -> Plane:
    """Dark recesses between uprights of something built: where a window or a gallery would be lit."""
    width = layers.sky.shape[1]
    light = np.sqrt(np.clip(ra.luminance(picture), 0.0, 1.0))
    local = ra.blur(light, max(2, width // 60))
    recess = smoothstep(0.06, 0.2, local - light) * smoothstep(0.45, 0.25, light)
    tone = np.sqrt(np.clip(picture, 0.0, 1.0))
    warm = smoothstep(0.10, 0.24, tone[..., 0] - np.maximum(tone[..., 1], tone[..., 2]))
    built = smoothstep(0.06, 0.22, ra.blur(warm, max(2, width // 30))) * (1.0 - layers.vegetation)
    across = np.abs(np.diff(light, axis=1, prepend=light[:, :1]))
    busy = smoothstep(0.025, 0.06, ra.blur(across, max(2, width // 40)))
    return (
        recess
        * built
        * busy
        * (1.0 - layers.sky)
        * (1.0 - layers.ground)
        * (1.0 - smoothstep(0.5, 0.9, layers.distance))
    )
