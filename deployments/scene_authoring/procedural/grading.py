"""Seasons, moods and coloured light: recolouring of the whole picture or of its vegetation.

Owns colour only; what is where comes from the layers.
"""

from typing import Final

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.layers import Layers
from deployments.scene_authoring.procedural.plan import Colour, Mood, Season
from deployments.scene_authoring.procedural.raster import Rgb, mix, smoothstep, srgb
from deployments.scene_authoring.procedural.weather import snow_cover

COLOURS: Final[dict[Colour, Rgb]] = {
    Colour.RED: srgb("e0362c"),
    Colour.ORANGE: srgb("f08a2c"),
    Colour.YELLOW: srgb("f5d547"),
    Colour.GREEN: srgb("4fb85a"),
    Colour.CYAN: srgb("38c6c9"),
    Colour.BLUE: srgb("3a6fe0"),
    Colour.PURPLE: srgb("9150e0"),
    Colour.PINK: srgb("f07ab4"),
    Colour.WHITE: srgb("f4f4f0"),
    Colour.BLACK: srgb("202024"),
}


def apply_season(picture: Rgb, layers: Layers, season: Season, rng: np.random.Generator) -> Rgb:
    """Vegetation of another season, and its light."""
    height, width = layers.sky.shape
    patches = ra.fractal(height, width, height / 9, 5, rng)
    speckle = ra.fractal(height, width, max(2.0, height / 70), 3, rng)
    grey = ra.luminance(picture)
    leaf = layers.vegetation
    match season:
        case Season.AUTUMN:
            hue = ra.gradient(
                np.clip((0.65 * patches + 0.35 * speckle - 0.28) * 2.3, 0, 1),
                [
                    (0.0, srgb("6e2a16")),
                    (0.3, srgb("b8431a")),
                    (0.6, srgb("e0822a")),
                    (0.85, srgb("ecb848")),
                    (1.0, srgb("8c8a38")),
                ],
            )
            return _recolour(picture, hue, grey, leaf * 0.92, gain=1.45) * ra.rgb(1.06, 1.0, 0.90)
        case Season.SPRING:
            fresh = _recolour(picture, np.broadcast_to(srgb("9ccf4e"), picture.shape), grey, leaf * 0.7, gain=1.35)
            blossom = leaf * smoothstep(0.52, 0.6, speckle) * smoothstep(0.44, 0.58, patches)
            petals = _recolour(
                picture, np.broadcast_to(srgb("ffc3d6"), picture.shape), grey, np.ones_like(leaf), gain=2.6
            )
            return mix(fresh, petals, blossom * 0.85) * ra.rgb(1.03, 1.04, 1.0)
        case Season.SUMMER:
            lush = _recolour(picture, np.broadcast_to(srgb("4f9a34"), picture.shape), grey, leaf * 0.6, gain=1.2)
            return _saturate(lush, 1.14) * ra.rgb(1.08, 1.04, 0.95)
        case Season.WINTER:
            bare = _recolour(picture, np.broadcast_to(srgb("a09a92"), picture.shape), grey, leaf * 0.8, gain=1.0)
            cold = _saturate(bare, 0.72) * ra.rgb(0.95, 1.0, 1.08)
            return snow_cover(cold.astype(np.float32), layers, 0.95)


def apply_mood(picture: Rgb, mood: Mood) -> Rgb:
    """A grading of the whole picture; what is light stays light."""
    match mood:
        case Mood.WARM:
            return ra.bloom(_saturate(picture, 1.06) * ra.rgb(1.14, 1.0, 0.80), 0.7, 0.2)
        case Mood.COLD:
            return _saturate(picture, 0.8) * ra.rgb(0.84, 0.98, 1.18)
        case Mood.GLOOMY:
            return ra.vignette(_curve(_saturate(picture, 0.42) * ra.rgb(0.90, 0.98, 1.04), 0.62, 1.18), 0.7)
        case Mood.CHEERFUL:
            return ra.bloom(_saturate(_curve(picture, 1.18, 1.04), 1.32) * ra.rgb(1.04, 1.02, 0.96), 0.75, 0.2)
        case Mood.EERIE:
            split = mix(
                picture * ra.rgb(0.55, 0.86, 0.66),
                picture * ra.rgb(0.86, 1.0, 0.60),
                smoothstep(0.05, 0.5, ra.luminance(picture)),
            )
            return ra.vignette(_curve(_saturate(split, 0.6), 0.62, 1.22), 0.85)
        case Mood.DREAMY:
            soft = ra.blur(picture, max(2, picture.shape[0] // 45))
            veil = 1.0 - (1.0 - np.clip(picture, 0, 1)) * (1.0 - 0.55 * np.clip(soft, 0, 1))
            return _saturate(veil.astype(np.float32), 1.05) * ra.rgb(1.03, 0.96, 1.04)
        case Mood.VINTAGE:
            grey = ra.spread(ra.luminance(picture))
            aged = mix(picture, (grey * ra.rgb(1.16, 0.98, 0.70)).astype(np.float32), 0.78)
            return ra.vignette(_curve(aged, 1.05, 0.88) + ra.rgb(0.022, 0.016, 0.008), 0.6)
        case Mood.MONOCHROME:
            grey = ra.spread(ra.luminance(picture * ra.rgb(1.25, 1.0, 0.65)))
            return ra.vignette(_curve(grey, 1.0, 1.25), 0.4)


def apply_tint(picture: Rgb, layers: Layers, colour: Colour) -> Rgb:
    """Coloured light: strongest from the sky, dimmer in the shade, whites still bright."""
    hue = COLOURS[colour]
    strength = np.float32(1.0 / max(float(hue @ ra.LUMA), 0.06) ** 0.6)
    grey = ra.luminance(picture)
    base = _saturate(picture, 0.5)
    bathed = base * (0.16 + hue * strength * 0.9) + (hue * 0.02)
    light = mix(bathed.astype(np.float32), (bathed + hue * 0.3 * ra.spread(grey)).astype(np.float32), layers.sky)
    return ra.vignette(ra.bloom(mix(picture, light, 0.88), 0.6, 0.3), 0.35)


def _recolour(picture: Rgb, hue: Rgb, grey: ra.Plane, mask: ra.Plane, gain: float) -> Rgb:
    """`picture` with the hue of `hue` under `mask`, light and shade kept."""
    level = np.maximum(hue @ ra.LUMA, 1e-3)
    painted = hue * ra.spread(np.clip(grey, 0, 1) ** 0.9 * np.float32(gain) / level)
    return mix(picture, np.minimum(painted, 1.4).astype(np.float32), mask)


def _saturate(picture: Rgb, amount: float) -> Rgb:
    grey = ra.spread(ra.luminance(picture))
    return np.maximum(grey + (picture - grey) * np.float32(amount), 0.0)


def _curve(picture: Rgb, exposure: float, contrast: float) -> Rgb:
    pivot = np.float32(0.2)
    return (pivot * (np.maximum(picture * np.float32(exposure), 1e-5) / pivot) ** np.float32(contrast)).astype(
        np.float32
    )
