"""Time of day and weather: light, sky and fog of a world.

Owns the choice of their values; how they become colours is `sky.py`'s and `shading.py`'s.
"""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from scripts.pocket.worlds.materials import linear
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
    S_GROUND_LIGHT,
    S_HAZE_HEIGHT,
    S_HORIZON,
    S_RIDGE,
    S_RIDGE_COLOUR,
    S_RIDGE_ROUGH,
    S_SKY_LIGHT,
    S_STARS,
    S_SUN,
    S_SUN_COLOUR,
    S_ZENITH,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

TIMES: Final = ("day", "day", "day", "day", "overcast", "overcast", "sunset", "dusk", "night")


@dataclass(slots=True)
class Weather:
    """A time of day and what it looks like; `exposure` is the camera's."""

    time: str
    exposure: float
    values: "dict[int, float | NDArray[np.float64]]" = field(default_factory=dict[int, "float | NDArray[np.float64]"])

    @property
    def is_dark(self) -> bool:
        """Whether lamps are lit."""
        return self.time in ("dusk", "night")


def _varied(rng: np.random.Generator, colour: tuple[float, float, float], amount: float) -> "NDArray[np.float64]":
    return linear(np.clip(np.array(colour) + rng.normal(0, amount, 3) + rng.normal(0, amount), 0.0, 1.2))


def make_weather(rng: np.random.Generator, times: tuple[str, ...] = TIMES) -> Weather:
    """Choose a time of day and its light."""
    time = times[int(rng.integers(len(times)))]
    weather = Weather(time, exposure=float(rng.uniform(0.85, 1.2)))
    v = weather.values
    azimuth = rng.uniform(0, 2 * math.pi)
    height = math.radians(rng.uniform(22, 68))
    cover = float(rng.choice([0.0, rng.uniform(0.2, 0.6), rng.uniform(0.3, 0.75)]))
    v[S_GLOW], v[S_DISC], v[S_STARS] = 0.25, 0.016, 0.0
    fog_density = float(rng.choice([0.0006, 0.0015, 0.004, 0.012], p=[0.35, 0.4, 0.18, 0.07]))
    if time == "day":
        warm = rng.uniform(0.0, 0.12)
        v[S_SUN_COLOUR] = np.array([1.0, 0.96 - warm, 0.88 - 2 * warm]) * rng.uniform(0.9, 1.5)
        zenith, horizon = _varied(rng, (0.32, 0.53, 0.84), 0.04), _varied(rng, (0.74, 0.83, 0.92), 0.03)
        v[S_CLOUD_LIT], v[S_CLOUD_DARK] = linear((1.0, 1.0, 1.0)), _varied(rng, (0.68, 0.72, 0.78), 0.03)
        sky_light, ground_light = 0.42 * zenith + 0.18, linear((0.42, 0.4, 0.36))
    elif time == "overcast":
        v[S_SUN_COLOUR] = np.zeros(3) + rng.uniform(0.0, 0.12)
        grey = rng.uniform(0.55, 0.85)
        zenith = _varied(rng, (grey * 0.92, grey * 0.96, grey), 0.015)
        horizon = _varied(rng, (grey * 1.04, grey * 1.05, grey * 1.06), 0.015)
        cover = float(rng.uniform(0.65, 1.0))
        v[S_CLOUD_LIT] = _varied(rng, (grey * 1.08, grey * 1.09, grey * 1.1), 0.01)
        v[S_CLOUD_DARK] = _varied(rng, (grey * 0.8, grey * 0.82, grey * 0.85), 0.01)
        v[S_GLOW], v[S_DISC] = 0.0, 0.0
        sky_light, ground_light = 0.9 * horizon + 0.15, 0.3 * horizon
        fog_density *= float(rng.choice([1.0, 2.0, 6.0]))
    elif time == "sunset":
        height = math.radians(rng.uniform(4, 14))
        v[S_SUN_COLOUR] = np.array([1.0, rng.uniform(0.5, 0.72), rng.uniform(0.2, 0.42)]) * rng.uniform(0.9, 1.4)
        zenith = _varied(rng, (0.35, 0.42, 0.66), 0.05)
        horizon = _varied(rng, (0.96, 0.7, 0.5), 0.06)
        v[S_CLOUD_LIT], v[S_CLOUD_DARK] = _varied(rng, (1.0, 0.72, 0.55), 0.05), _varied(rng, (0.5, 0.4, 0.5), 0.05)
        v[S_GLOW] = 0.8
        sky_light, ground_light = 0.45 * zenith + 0.12 * horizon, 0.16 * horizon
        weather.exposure *= 1.15
    elif time == "dusk":
        height = math.radians(rng.uniform(2, 6))
        v[S_SUN_COLOUR] = np.array([0.3, 0.2, 0.22]) * rng.uniform(0.1, 0.5)
        zenith, horizon = _varied(rng, (0.16, 0.21, 0.42), 0.04), _varied(rng, (0.62, 0.46, 0.52), 0.06)
        v[S_CLOUD_LIT], v[S_CLOUD_DARK] = _varied(rng, (0.62, 0.45, 0.5), 0.05), _varied(rng, (0.22, 0.22, 0.36), 0.03)
        v[S_DISC], v[S_STARS], v[S_GLOW] = 0.0, 0.3, 0.6
        sky_light, ground_light = 0.35 * zenith + 0.12 * horizon, 0.08 * horizon
        weather.exposure *= 1.6
    else:
        v[S_SUN_COLOUR] = np.array([0.5, 0.6, 0.85]) * rng.uniform(0.06, 0.2)
        zenith, horizon = _varied(rng, (0.04, 0.055, 0.12), 0.012), _varied(rng, (0.12, 0.15, 0.26), 0.03)
        v[S_CLOUD_LIT], v[S_CLOUD_DARK] = linear((0.3, 0.33, 0.42)), linear((0.08, 0.1, 0.16))
        v[S_DISC], v[S_STARS], v[S_GLOW] = 0.02, 1.2, 1.5
        sky_light, ground_light = 1.6 * zenith + 0.6 * horizon, 0.4 * horizon
        weather.exposure *= float(rng.uniform(1.8, 3.0))
    v[S_SUN] = np.array([math.sin(azimuth) * math.cos(height), math.sin(height), math.cos(azimuth) * math.cos(height)])
    v[S_ZENITH], v[S_HORIZON] = zenith, horizon
    v[S_SKY_LIGHT], v[S_GROUND_LIGHT] = sky_light, ground_light
    v[S_FOG], v[S_FOG_DENSITY] = 0.9 * horizon + 0.1 * zenith, fog_density
    v[S_CLOUD_COVER], v[S_CLOUD_SIZE] = cover, float(rng.uniform(0.6, 1.7))
    v[S_CLOUD_SEED] = float(rng.uniform(0, 90))
    v[S_HAZE_HEIGHT] = float(rng.choice([0.0, 0.0, rng.uniform(3, 15)]))
    if rng.random() < 0.45:
        v[S_RIDGE] = float(rng.uniform(0.05, 0.32))
        v[S_RIDGE_ROUGH] = float(rng.choice([0.1, 0.35, 0.9]))
        v[S_RIDGE_COLOUR] = zenith * rng.uniform(0.3, 0.7) + 0.15 * linear((0.25, 0.35, 0.25))
    return weather
