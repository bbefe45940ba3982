"""What grows or lies about by nature: trees, pines, palms, boulders.

Owns their drawing, foot at the middle of the lower edge.
"""

from itertools import pairwise
from typing import Final

import numpy as np

from deployments.scene_authoring.procedural.looks import colour_of
from deployments.scene_authoring.procedural.plan import Look, Season
from deployments.scene_authoring.procedural.raster import Rgb, srgb
from deployments.scene_authoring.procedural.sculpt import Sculpture

BARK: Final = srgb("4a3626")


_LEAF: Final[dict[Season, Rgb]] = {
    Season.SPRING: srgb("86b548"),
    Season.SUMMER: srgb("4f7f30"),
    Season.AUTUMN: srgb("c8742a"),
    Season.WINTER: srgb("dfe6ec"),
}


def tree(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
    middle = canvas.aspect / 2
    leaf = colour_of(look, _LEAF[season])
    canvas.bar((middle - 0.012, 1.0), (middle + 0.005, 0.55), (0.045, 0.026), BARK, grain=0.35)
    canvas.bar((middle - 0.045, 1.0), (middle, 0.93), (0.02, 0.02), BARK)
    canvas.bar((middle + 0.045, 1.0), (middle, 0.93), (0.02, 0.02), BARK)
    for lean in (-0.24, -0.12, 0.10, 0.22):
        canvas.bar((middle, 0.68 + abs(lean) * 0.2), (middle + lean, 0.36 + abs(lean) * 0.3), (0.018, 0.007), BARK)
    clumps = [(float(rng.uniform(-0.30, 0.30)), float(rng.uniform(0.16, 0.58))) for _ in range(26)]
    for dx, y in sorted(clumps, key=lambda clump: clump[1], reverse=True):
        wide = 1.0 - 1.6 * abs(y - 0.40)
        tone = 0.65 + 0.55 * (0.6 - y) + float(rng.uniform(-0.08, 0.1))
        canvas.leaves((middle + dx * wide, y), float(rng.uniform(0.085, 0.135)), leaf * tone, rng)


def pine(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
    middle = canvas.aspect / 2
    green = colour_of(look, srgb("2c4a30"))
    canvas.bar((middle, 1.0), (middle, 0.80), (0.028, 0.022), BARK, grain=0.3)
    tiers = 13
    for tier in range(tiers):
        share = tier / tiers
        low = 0.92 - 0.82 * share
        reach = 0.26 * (1.0 - share) ** 0.85 + 0.018
        for bough in np.linspace(-1.0, 1.0, 9):
            spread = reach * float(bough) * float(rng.uniform(0.78, 1.12))
            drop = 0.035 * abs(float(bough)) + float(rng.uniform(-0.012, 0.018))
            tone = (0.55 + 0.45 * float(rng.random())) * (0.75 + 0.45 * share) * (0.8 + 0.2 * abs(float(bough)))
            start, tip = (middle + spread * 0.1, low - 0.07), (middle + spread, low + drop - 0.02)
            canvas.bar(start, tip, (0.024 * (1.1 - share) + 0.004, 0.004), green * tone)
            half = (start[0] * 0.45 + tip[0] * 0.55, start[1] * 0.45 + tip[1] * 0.55)
            canvas.bar(
                half,
                (half[0] + spread * 0.18, half[1] + 0.045 * (1.1 - share)),
                (0.012 * (1.1 - share) + 0.002, 0.002),
                green * tone * 0.8,
            )
            if season is Season.WINTER:
                canvas.bar(half, (tip[0] - spread * 0.05, tip[1] - 0.010), (0.011, 0.004), srgb("eef3f8"))
    canvas.bar((middle, 0.16), (middle, 0.02), (0.012, 0.001), green)


def palm(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
    del season
    middle, crown = canvas.aspect / 2, (canvas.aspect / 2 + 0.06, 0.30)
    knots = np.linspace(0.0, 1.0, 12)
    path = [(middle - 0.06 + 0.12 * float(t) ** 0.6, 1.0 - 0.70 * float(t)) for t in knots]
    for start, end in pairwise(path):
        canvas.bar(start, end, (0.026, 0.021), srgb("8a7355"), grain=0.4)
    green = colour_of(look, srgb("4c8238"))
    for turn in np.linspace(-1.25, 1.25, 13):
        angle = float(turn) + float(rng.uniform(-0.1, 0.1))
        last = crown
        for joint in range(1, 9):
            t = joint / 8
            tip = (crown[0] + np.sin(angle) * 0.38 * t, crown[1] - np.cos(angle) * 0.24 * t + 0.27 * t * t)
            canvas.bar(
                last,
                tip,
                (0.017 * (1.15 - t) + 0.003, 0.017 * (1.0 - t) + 0.002),
                green * (0.75 + 0.25 * float(rng.random())),
            )
            droop = (tip[0] + 0.012, tip[1] + 0.055 * (1.2 - t))
            canvas.bar(tip, droop, (0.007, 0.002), green * 0.8)
            last = tip
    for nut in (-0.02, 0.012):
        canvas.bar(
            (crown[0] + nut, crown[1] + 0.025), (crown[0] + nut, crown[1] + 0.027), (0.017, 0.017), srgb("5a3d22")
        )


def rock(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
    del season
    stone, middle = colour_of(look, srgb("7d7a74")), canvas.aspect / 2
    for dx, y, radius in (
        (-0.30, 0.72, 0.26),
        (0.32, 0.70, 0.29),
        (0.0, 0.58, 0.44),
        (0.12, 0.48, 0.34),
        (-0.1, 0.80, 0.26),
    ):
        canvas.leaves((middle + dx, y), radius, stone * float(rng.uniform(0.85, 1.05)), rng, gaps=0.06)
