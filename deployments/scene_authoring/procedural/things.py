"""Things that stand in a scene, each on a canvas of its own with its foot at the lower edge's middle.

Owns their drawing and their usual height. The sky's things are in `heavens`.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.grading import COLOURS
from deployments.scene_authoring.procedural.plan import Look, Material, Season, Thing
from deployments.scene_authoring.procedural.raster import Rgb, srgb
from deployments.scene_authoring.procedural.sculpt import Sculpture
from deployments.scene_authoring.procedural.tools import MATERIALS

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Shape:
    """How high a thing is, in eye heights, how wide for its height, and the light it throws, if any."""

    height: float
    aspect: float
    light: Rgb | None = None


SHAPES: Final[dict[Thing, Shape]] = {
    Thing.LAMP: Shape(2.3, 0.42, ra.rgb(1.0, 0.66, 0.30)),
    Thing.TREE: Shape(3.0, 0.95),
    Thing.PINE: Shape(3.3, 0.56),
    Thing.PALM: Shape(3.0, 0.9),
    Thing.CAMPFIRE: Shape(0.62, 1.2, ra.rgb(1.0, 0.46, 0.12)),
    Thing.CRATE: Shape(0.55, 1.12),
    Thing.BARREL: Shape(0.66, 0.74),
    Thing.CHEST: Shape(0.48, 1.45),
    Thing.DOOR: Shape(1.5, 0.64),
    Thing.ROCK: Shape(0.55, 1.55),
    Thing.PORTAL: Shape(1.8, 0.74, ra.rgb(0.45, 0.35, 1.0)),
}

_WOOD: Final = srgb("8a5a30")
_BARK: Final = srgb("4a3626")
_LEAF: Final[dict[Season, Rgb]] = {
    Season.SPRING: srgb("86b548"),
    Season.SUMMER: srgb("4f7f30"),
    Season.AUTUMN: srgb("c8742a"),
    Season.WINTER: srgb("dfe6ec"),
}


def draw(thing: Thing, look: Look, height_px: int, season: Season, rng: np.random.Generator) -> Sculpture:
    """A thing `height_px` high, in the colours of `season` where it has leaves."""
    canvas = Sculpture(max(1, round(height_px * SHAPES[thing].aspect)), height_px)
    _DRAWERS[thing](canvas, look, season, rng)
    return canvas


def colour_of(look: Look, usual: Rgb) -> Rgb:
    """The colour that a look asks for, else `usual`."""
    if look.colour:
        return COLOURS[look.colour]
    return MATERIALS[look.material] if look.material and look.material in MATERIALS else usual


def _lamp(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
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


def _tree(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
    middle = canvas.aspect / 2
    leaf = colour_of(look, _LEAF[season])
    canvas.bar((middle - 0.012, 1.0), (middle + 0.005, 0.55), (0.045, 0.026), _BARK, grain=0.35)
    canvas.bar((middle - 0.045, 1.0), (middle, 0.93), (0.02, 0.02), _BARK)
    canvas.bar((middle + 0.045, 1.0), (middle, 0.93), (0.02, 0.02), _BARK)
    for lean in (-0.24, -0.12, 0.10, 0.22):
        canvas.bar((middle, 0.68 + abs(lean) * 0.2), (middle + lean, 0.36 + abs(lean) * 0.3), (0.018, 0.007), _BARK)
    clumps = [(float(rng.uniform(-0.30, 0.30)), float(rng.uniform(0.16, 0.58))) for _ in range(26)]
    for dx, y in sorted(clumps, key=lambda clump: clump[1], reverse=True):
        wide = 1.0 - 1.6 * abs(y - 0.40)
        tone = 0.65 + 0.55 * (0.6 - y) + float(rng.uniform(-0.08, 0.1))
        canvas.leaves((middle + dx * wide, y), float(rng.uniform(0.085, 0.135)), leaf * tone, rng)


def _pine(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
    middle = canvas.aspect / 2
    green = colour_of(look, srgb("2c4a30"))
    canvas.bar((middle, 1.0), (middle, 0.80), (0.028, 0.022), _BARK, grain=0.3)
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


def _palm(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
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


def _campfire(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
    del season
    middle = canvas.aspect / 2
    for turn in np.linspace(-1.0, 1.0, 9):
        stone = (middle + 0.42 * float(turn), 0.90 + 0.05 * (1 - float(turn) ** 2))
        canvas.bar(stone, stone, (0.075, 0.075), srgb("77726a") * (0.7 + 0.4 * float(rng.random())))
    for lean in (-0.30, 0.26, -0.12, 0.12):
        canvas.bar((middle + lean, 0.90), (middle - lean * 0.4, 0.66), (0.045, 0.035), _BARK, grain=0.4)
    canvas.flame((middle, 0.88), 0.80, rng)
    hue = COLOURS[look.colour] if look.colour else ra.rgb(1.0, 0.40, 0.08)
    canvas.shine((middle, 0.62), 0.36, hue * 0.4)


def _crate(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
    del season, rng
    wood = colour_of(look, _WOOD)
    right, depth = canvas.aspect, 0.18
    front = right - depth
    canvas.face(
        [(0.01, depth), (depth, 0.01), (right - 0.01, 0.01), (front, depth)], wood * 1.15, (0.0, 0.9, 0.3), grain=0.18
    )
    canvas.face(
        [(front, depth), (right - 0.01, 0.01), (right - 0.01, 0.99 - depth), (front, 0.99)],
        wood * 0.8,
        (0.85, 0.1, 0.4),
        grain=0.18,
    )
    canvas.face([(0.01, depth), (front, depth), (front, 0.99), (0.01, 0.99)], wood, (-0.2, 0.1, 0.95), grain=0.25)
    for y in (0.385, 0.585, 0.785):
        canvas.face(
            [(0.05, y), (front - 0.04, y), (front - 0.04, y + 0.012), (0.05, y + 0.012)], wood * 0.25, (0, 0, 1)
        )
    frame = wood * 1.18
    for y in (depth, 0.90):
        canvas.face([(0.01, y), (front, y), (front, y + 0.09), (0.01, y + 0.09)], frame, (-0.2, 0.25, 0.95), grain=0.2)
    for x in (0.01, front - 0.09):
        canvas.face(
            [(x, depth), (x + 0.09, depth), (x + 0.09, 0.99), (x, 0.99)], frame * 0.94, (-0.3, 0.1, 0.95), grain=0.2
        )
    canvas.face(
        [(0.10, 0.87), (0.17, 0.90), (front - 0.10, 0.30), (front - 0.16, 0.27)],
        frame * 0.9,
        (-0.2, 0.2, 0.95),
        grain=0.2,
    )
    for x in (0.055, front - 0.045):
        for y in (depth + 0.045, 0.945):
            canvas.bar((x, y), (x, y + 0.001), (0.013, 0.013), srgb("3a3d40"))


def _barrel(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
    del season, rng
    middle, wood = canvas.aspect / 2, colour_of(look, _WOOD)
    rows = np.linspace(0.12, 0.90, 26)
    for y in rows:
        radius = 0.30 + 0.055 * np.cos((float(y) - 0.5) * 3.6)
        canvas.face(
            [
                (middle - radius, float(y)),
                (middle + radius, float(y)),
                (middle + radius, float(y) + 0.04),
                (middle - radius, float(y) + 0.04),
            ],
            wood * 0.5,
            (0, 0, 1),
        )
    for stave in np.linspace(-0.96, 0.96, 9):
        side = float(np.sin(stave * 1.45))
        for top, bottom in ((0.13, 0.5), (0.5, 0.92)):
            bulge_top = 0.30 + 0.055 * np.cos((top - 0.5) * 3.6)
            bulge_bottom = 0.30 + 0.055 * np.cos((bottom - 0.5) * 3.6)
            half = 0.047 * np.cos(stave * 1.3) + 0.006
            corners = [
                (middle + side * bulge_top - half, top),
                (middle + side * bulge_top + half, top),
                (middle + side * bulge_bottom + half, bottom),
                (middle + side * bulge_bottom - half, bottom),
            ]
            canvas.face(corners, wood, (side, 0.05, 1.0 - abs(side) * 0.6), grain=0.25)
    for y in (0.20, 0.36, 0.66, 0.84):
        radius = 0.312 + 0.055 * np.cos((y - 0.5) * 3.6)
        for part in np.linspace(-1, 1, 15)[:-1]:
            x0, x1 = (
                middle + radius * float(np.sin(part * 1.57)),
                middle + radius * float(np.sin((part + 0.143) * 1.57)),
            )
            canvas.face(
                [(x0, y), (x1, y), (x1, y + 0.035), (x0, y + 0.035)],
                srgb("565b60"),
                (float(part), 0.1, 1.0 - abs(float(part))),
            )
    lid = [(middle + 0.285 * float(np.cos(a)), 0.125 + 0.055 * float(np.sin(a))) for a in np.linspace(0, 6.283, 28)]
    canvas.face(lid, wood * 1.2, (0, 0.95, 0.3), grain=0.3)


def _chest(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
    del season, rng
    wood = colour_of(look, srgb("6f4120"))
    right, gold = canvas.aspect, MATERIALS[Material.GOLD]
    for step in np.linspace(0.0, 1.0, 14):
        angle = float(step) * 1.45
        y0, y1 = 0.44 - 0.34 * np.sin(angle), 0.44 - 0.34 * np.sin(angle + 0.12)
        inset = 0.05 * (1 - np.cos(angle))
        canvas.face(
            [
                (0.04 + inset, y0),
                (right - 0.04 - inset, y0),
                (right - 0.04 - inset, y1 - 0.01),
                (0.04 + inset, y1 - 0.01),
            ],
            wood,
            (0.0, float(np.sin(angle)), float(np.cos(angle)) + 0.05),
            grain=0.2,
        )
    canvas.face(
        [(0.04, 0.46), (right - 0.04, 0.46), (right - 0.06, 0.98), (0.06, 0.98)], wood * 0.95, (0, 0.0, 1), grain=0.25
    )
    canvas.face([(0.03, 0.43), (right - 0.03, 0.43), (right - 0.03, 0.49), (0.03, 0.49)], gold * 0.8, (0, 0.3, 1))
    for x in (0.12, right - 0.22):
        canvas.face([(x, 0.12), (x + 0.10, 0.12), (x + 0.10, 0.98), (x, 0.98)], gold * 0.75, (0, 0.35, 0.9))
    middle = right / 2
    canvas.face(
        [(middle - 0.07, 0.40), (middle + 0.07, 0.40), (middle + 0.06, 0.62), (middle - 0.06, 0.62)], gold, (0, 0.2, 1)
    )
    canvas.bar((middle, 0.50), (middle, 0.55), (0.02, 0.012), srgb("241608"))


def _door(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
    del season, rng
    wood, middle = colour_of(look, srgb("7a4a26")), canvas.aspect / 2
    stone = srgb("8d877d")
    arch = [(middle + 0.31 * float(np.cos(a)), 0.33 - 0.31 * float(np.sin(a))) for a in np.linspace(0, np.pi, 24)]
    canvas.face([(middle + 0.31, 1.0), *arch, (middle - 0.31, 1.0)], stone, (0, 0.2, 1), grain=0.12)
    for a in np.linspace(0.0, np.pi, 12):
        inner, outer = 0.235, 0.31
        c, s = float(np.cos(a)), float(np.sin(a))
        canvas.bar(
            (middle + inner * c, 0.33 - inner * s), (middle + outer * c, 0.33 - outer * s), (0.004, 0.004), stone * 0.4
        )
    for y in np.linspace(0.42, 0.93, 6):
        for side in (-1, 1):
            canvas.bar((middle + side * 0.24, float(y)), (middle + side * 0.31, float(y)), (0.004, 0.004), stone * 0.4)
    inside = [(middle + 0.235 * float(np.cos(a)), 0.33 - 0.235 * float(np.sin(a))) for a in np.linspace(0, np.pi, 24)]
    canvas.face([(middle + 0.235, 1.0), *inside, (middle - 0.235, 1.0)], wood, (0, 0, 1), grain=0.15)
    for x in np.linspace(-0.235, 0.235, 6)[1:-1]:
        canvas.bar((middle + float(x), 0.14), (middle + float(x), 0.995), (0.004, 0.004), wood * 0.3)
    for y in (0.38, 0.80):
        canvas.bar((middle - 0.22, y), (middle + 0.14, y), (0.016, 0.010), srgb("33363a"))
    canvas.bar((middle + 0.165, 0.60), (middle + 0.165, 0.602), (0.022, 0.022), MATERIALS[Material.GOLD])


def _rock(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
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


def _portal(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
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


_DRAWERS: "Final[dict[Thing, Callable[[Sculpture, Look, Season, np.random.Generator], None]]]" = {
    Thing.LAMP: _lamp,
    Thing.TREE: _tree,
    Thing.PINE: _pine,
    Thing.PALM: _palm,
    Thing.CAMPFIRE: _campfire,
    Thing.CRATE: _crate,
    Thing.BARREL: _barrel,
    Thing.CHEST: _chest,
    Thing.DOOR: _door,
    Thing.ROCK: _rock,
    Thing.PORTAL: _portal,
}
