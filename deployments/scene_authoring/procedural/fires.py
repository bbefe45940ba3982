"""Things that shine: street lamp, campfire, portal.

Owns their drawing, foot at the middle of the lower edge.
"""

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.grading import COLOURS
from deployments.scene_authoring.procedural.growth import BARK
from deployments.scene_authoring.procedural.plan import Look, Season
from deployments.scene_authoring.procedural.raster import srgb
from deployments.scene_authoring.procedural.sculpt import Sculpture
from deployments.scene_authoring.procedural.tools import MATERIALS


def lamp(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
    del season, rng
    middle = canvas.aspect / 2
    iron = MATERIALS[look.material] * 0.6 if look.material else srgb("2e3236")
    canvas.bar((middle - 0.045, 0.985), (middle + 0.045, 0.985), (0.018, 0.018), iron)
    canvas.bar((middle, 0.98), (middle, 0.88), (0.030, 0.022), iron)
    canvas.bar((middle, 0.90), (middle, 0.20), (0.014, 0.011), iron)
    canvas.bar((middle - 0.055, 0.235), (middle + 0.055, 0.235), (0.006, 0.006), iron)
    canvas.face(
        [(middle - 0.030, 0.205), (middle + 0.030, 0.205), (middle + 0.05, 0.10), (middle - 0.05, 0.10)],
        srgb("ffe2a8"),
        (0, 0.1, 1),
    )
    canvas.face(
        [(middle - 0.062, 0.10), (middle + 0.062, 0.10), (middle + 0.02, 0.055), (middle - 0.02, 0.055)],
        iron,
        (0, 0.6, 0.7),
    )
    canvas.bar((middle, 0.055), (middle, 0.035), (0.009, 0.004), iron)
    for side in (-1, 0, 1):
        canvas.bar((middle + side * 0.030, 0.205), (middle + side * 0.05, 0.10), (0.004, 0.004), iron)
    hue = COLOURS[look.colour] if look.colour else ra.rgb(1.0, 0.68, 0.30)
    canvas.shine((middle, 0.155), 0.042, hue * 1.3, stretch=1.25)
    canvas.shine((middle, 0.155), 0.10, hue * 0.30)


def campfire(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
    del season
    middle = canvas.aspect / 2
    for turn in np.linspace(-1.0, 1.0, 9):
        stone = (middle + 0.42 * float(turn), 0.90 + 0.05 * (1 - float(turn) ** 2))
        canvas.bar(stone, stone, (0.075, 0.075), srgb("77726a") * (0.7 + 0.4 * float(rng.random())))
    for lean in (-0.30, 0.26, -0.12, 0.12):
        canvas.bar((middle + lean, 0.90), (middle - lean * 0.4, 0.66), (0.045, 0.035), BARK, grain=0.4)
    canvas.flame((middle, 0.88), 0.80, rng)
    hue = COLOURS[look.colour] if look.colour else ra.rgb(1.0, 0.40, 0.08)
    canvas.shine((middle, 0.62), 0.36, hue * 0.4)


def portal(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
    del season
    middle = canvas.aspect / 2
    hue = COLOURS[look.colour] if look.colour else srgb("6a5cff")
    for turn in np.linspace(0.0, 2 * np.pi, 40)[:-1]:
        a, b = float(turn), float(turn) + 0.155
        stone = srgb("6f6a78") * float(rng.uniform(0.75, 1.1))
        canvas.bar(
            (middle + 0.30 * np.cos(a), 0.5 - 0.45 * np.sin(a)),
            (middle + 0.30 * np.cos(b), 0.5 - 0.45 * np.sin(b)),
            (0.036, 0.036),
            stone,
        )
    disc = [(middle + 0.285 * float(np.cos(a)), 0.5 - 0.43 * float(np.sin(a))) for a in np.linspace(0, 6.283, 40)]
    canvas.face(disc, hue * 0.12, (0, 0, 1))
    for arm in range(4):
        for t in np.linspace(0.06, 1.0, 16):
            a = arm * 1.571 + float(t) * 3.4
            centre = (middle + 0.25 * float(t) * np.cos(a), 0.5 - 0.38 * float(t) * np.sin(a))
            canvas.shine(centre, 0.03 + 0.035 * float(t), hue * (0.75 - 0.4 * float(t)))
    canvas.shine((middle, 0.5), 0.11, (hue * 0.5 + 0.5).astype(np.float32), stretch=1.5)
    canvas.shine((middle, 0.5), 0.24, hue * 0.3, stretch=1.5)
