"""Weather on a picture with its layers: fog, clouds, rain, storm, snow, and taking them away again.

Owns what is in the air and what it leaves on the ground. Streaks and flakes are drawn in `falling`.
"""

from typing import Final

import numpy as np

from deployments.scene_authoring.procedural import falling, ground
from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.haze import without_haze
from deployments.scene_authoring.procedural.layers import Layers
from deployments.scene_authoring.procedural.light import found_clouds
from deployments.scene_authoring.procedural.plan import SetWeather, Strength, Weather
from deployments.scene_authoring.procedural.raster import Plane, Rgb, mix, smoothstep

_AMOUNT: Final = {Strength.LIGHT: 0.55, Strength.NORMAL: 1.0, Strength.HEAVY: 1.6}


def apply_weather(picture: Rgb, layers: Layers, step: SetWeather, rng: np.random.Generator) -> Rgb:
    """The same place in other weather; how bright it is stays with the time of day."""
    amount = _AMOUNT[step.strength]
    match step.weather:
        case Weather.CLEAR:
            return clear_air(picture, layers, Weather.CLOUDS)
        case Weather.CLOUDS:
            return overcast(picture, layers, rng, amount=min(1.0, 0.85 * amount), darkness=0.2 * amount)
        case Weather.FOG:
            return fog(picture, layers, rng, amount)
        case Weather.RAIN:
            return _rain(picture, layers, rng, amount)
        case Weather.STORM:
            return _storm(picture, layers, rng, amount)
        case Weather.SNOW:
            return _snowfall(picture, layers, rng, amount)


def air_colour(picture: Rgb, layers: Layers) -> Rgb:
    """What distance fades to: the sky's colour near the horizon, or a light grey of the picture's own brightness."""
    if layers.has_sky:
        rows, _ = ra.grid(*layers.sky.shape)
        weight = layers.sky * np.exp(-(((rows - layers.horizon) / 0.2) ** 2)) + 1e-6
        colour = (picture * ra.spread(weight)).sum(axis=(0, 1)) / weight.sum()
    else:
        colour = picture.mean(axis=(0, 1)) * 1.6
    grey = float(colour @ ra.LUMA)
    return (0.55 * colour + 0.45 * grey).astype(np.float32)


def fog(picture: Rgb, layers: Layers, rng: np.random.Generator, amount: float, colour: Rgb | None = None) -> Rgb:
    """Fog in drifting banks: the further, the thicker; the upper sky shows through a little."""
    height, width = layers.sky.shape
    rows, _ = ra.grid(height, width)
    shade = air_colour(picture, layers) if colour is None else colour
    banks = ra.fractal(height, width, height / 3, 4, rng, stretch=3.5)
    depth = 4.3 * layers.distance**1.8 * amount * (0.6 + 0.8 * banks)
    level = (
        np.exp(-(((rows - layers.horizon) / 0.16) ** 2))
        * (0.55 * amount)
        * (0.4 + 1.2 * banks)
        * (0.3 + layers.distance)
    )
    veil = 1.0 - np.exp(-(depth + level))
    above = np.clip((layers.horizon - rows) / max(layers.horizon, 0.1), 0.0, 1.0)
    veil = veil * (1.0 - (0.42 / max(amount, 0.6)) * above * layers.sky)
    muted = mix(picture, ra.spread(ra.luminance(picture)), 0.35 * veil)
    lit = ra.dyed(1.04 - 0.16 * np.clip(rows - layers.horizon, 0, 1), shade)
    return mix(muted, lit, np.clip(veil, 0.0, 0.985))


def overcast(
    picture: Rgb, layers: Layers, rng: np.random.Generator, amount: float, darkness: float, lift: float = 0.0
) -> Rgb:
    """A cover of clouds about as bright as the sky was, by day at least `lift`, and flat light below it."""
    height, width = layers.sky.shape
    grey = ra.luminance(picture)
    flat = mix(picture, ra.spread(grey), 0.38 * amount) * np.float32(1.0 - 0.8 * darkness)
    local = ra.blur(flat, max(2, height // 24))
    flat = ra.tinted(mix(flat, local, 0.10 * amount), ra.rgb(0.97, 1.0, 1.05))
    top = ra.brightest(picture)
    shines = smoothstep(0.22, 0.7, top - ra.blur(top, max(2, height // 10))) * (1.0 - layers.sky)
    flat = mix(flat, picture, shines)
    if not layers.has_sky:
        return flat
    level = min(0.75, float((grey * layers.sky).sum() / layers.sky.sum()) * 0.95)
    level = max(level, lift * float(np.clip(grey.mean() / 0.2, 0.0, 1.0)))
    rows, columns = ra.grid(height, width)
    up = np.maximum(layers.horizon - rows, 0.0) + 0.13
    x, y = (columns - 0.5) * (1.0 * width / max(1, height)) / up, 1.0 / up
    shift = float(rng.random() * 100)
    body = 0.65 * ground.noise_at(x + shift, y, 7.0) + 0.35 * ground.noise_at(y, x + shift, 19.0)
    relief = 1.0 + 1.5 * (body - 0.5)
    toward = 1.0 + 0.25 * smoothstep(0.3, 0.0, up)
    tone = level * (1.0 - darkness) * relief * toward
    clouds = ra.dyed(np.maximum(tone, 0.0), ra.rgb(0.93, 0.98, 1.06))
    return mix(flat, clouds, layers.sky * amount)


def _rain(picture: Rgb, layers: Layers, rng: np.random.Generator, amount: float) -> Rgb:
    grey = overcast(picture, layers, rng, amount=min(1.0, 0.75 + 0.2 * amount), darkness=0.16 + 0.1 * amount, lift=0.34)
    wet = _wet_ground(grey, layers, min(1.0, 0.75 * amount))
    hazy = fog(wet, layers, rng, 0.10 + 0.12 * amount)
    return falling.streaks(hazy, rng, amount)


def _storm(picture: Rgb, layers: Layers, rng: np.random.Generator, amount: float) -> Rgb:
    dark = overcast(picture, layers, rng, amount=1.0, darkness=0.72)
    dark = ra.tinted(dark, ra.rgb(0.90, 0.98, 1.08))
    if layers.has_sky:
        dark = falling.lightning(dark.astype(np.float32), layers, rng)
    wet = _wet_ground(dark.astype(np.float32), layers, 0.85)
    return ra.vignette(falling.streaks(fog(wet, layers, rng, 0.2), rng, 1.25 * amount), 0.45)


def _wet_ground(picture: Rgb, layers: Layers, amount: float) -> Rgb:
    """Darker ground with puddles that mirror what stands behind them."""
    height, width = layers.sky.shape
    x, z = ground.plane_positions(height, width, layers.horizon)
    puddles = smoothstep(0.42, 0.6, ground.noise_at(x, z, 7.0))
    grazing = np.clip(z / 9.0, 0.15, 0.75)
    mirrored = ra.blur(ground.reflection(picture, layers.horizon, x, z, ripple=0.55), max(1, height // 180))
    damp = picture * ra.spread(1.0 - 0.32 * amount * layers.ground)
    strength = layers.ground * np.clip(grazing * (0.35 + 0.75 * puddles), 0, 0.8) * amount
    return mix(damp.astype(np.float32), mirrored, strength)


def _snowfall(picture: Rgb, layers: Layers, rng: np.random.Generator, amount: float) -> Rgb:
    pale = overcast(picture, layers, rng, amount=min(1.0, 0.8 * amount + 0.1), darkness=0.0, lift=0.58)
    white = snow_cover(pale, layers, min(1.15, 0.55 + 0.45 * amount))
    hazy = fog(white, layers, rng, 0.12 + 0.16 * amount)
    return falling.flakes(hazy, rng, amount)


def snow_cover(picture: Rgb, layers: Layers, amount: float) -> Rgb:
    """Snow on level ground, on ledges and on the tops of vegetation, as bright as the light allows."""
    height, width = layers.sky.shape
    grey = ra.luminance(picture)
    wide = ra.blur(grey, max(2, height // 12))
    detail = np.clip(grey / np.maximum(ra.blur(grey, max(1, height // 90)), 1e-3), 0.4, 1.7)
    x, z = ground.plane_positions(height, width, layers.horizon)
    drifts = 0.55 * ground.noise_at(x, z, 12.0) + 0.45 * ground.noise_at(z, x, 70.0)
    lying = layers.ground * smoothstep(0.62 - 0.62 * amount, 0.95 - 0.62 * amount, drifts)
    ledges = _ledges(grey, layers) * min(1.0, amount)
    canopy = layers.vegetation * smoothstep(0.9, 1.25, detail) * 0.9 * min(1.0, amount)
    mask = np.clip(np.maximum(np.maximum(lying, ledges), canopy), 0.0, 1.0) * (1.0 - layers.sky)
    bright = float(np.clip(grey.mean() / 0.2, 0.10, 1.0))
    shade = np.clip(wide / max(float(wide.mean()), 1e-3), 0.3, 1.6) ** 0.35
    tone = np.minimum(0.80 * bright * shade * (0.66 + 0.34 * detail) * (0.90 + 0.2 * drifts), 0.97)
    return mix(picture, ra.dyed(tone, ra.rgb(0.93, 0.97, 1.05)), mask)


def _ledges(grey: Plane, layers: Layers) -> Plane:
    """Where something darker begins below something brighter: tops of walls, roofs and rocks, and the skyline."""
    height = grey.shape[0]
    total = np.zeros_like(grey)
    tone = np.sqrt(np.clip(grey, 0.0, 1.0))
    for reach in (max(1, height // 240), max(2, height // 110)):
        soft = ra.blur(tone, reach)
        above, below = np.roll(soft, reach, axis=0), np.roll(soft, -reach, axis=0)
        total = np.maximum(total, smoothstep(0.03, 0.11, above - below))
        total = np.maximum(total, smoothstep(0.25, 0.7, np.roll(layers.sky, 2 * reach, axis=0)))
    total[: max(2, height // 60)] = 0.0
    return total * 0.92


def clear_air(picture: Rgb, layers: Layers, weather: Weather) -> Rgb:
    """Haze taken out of the distance, and clouds out of the sky."""
    height = layers.sky.shape[0]
    result = picture
    if weather is not Weather.CLOUDS:
        result = without_haze(picture, layers)
    if layers.has_sky and weather is not Weather.FOG:
        clouds = found_clouds(picture, layers.sky)
        open_sky = layers.sky * (1.0 - np.clip(clouds * 3.0, 0.0, 1.0)) + 1e-5
        rows = (picture * ra.spread(open_sky)).sum(axis=1) / open_sky.sum(axis=1)[:, None]
        smooth = ra.blur(np.ascontiguousarray(rows[:, None, :], dtype=np.float32), max(1, height // 14))
        blue = np.minimum(smooth, np.float32(0.9)) * ra.rgb(0.80, 0.93, 1.08)
        result = mix(
            result,
            np.broadcast_to(blue, picture.shape).astype(np.float32),
            layers.sky * np.clip(0.5 + clouds * 3, 0, 1),
        )
    return result
