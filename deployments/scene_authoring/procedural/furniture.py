"""Made things: crate, barrel, treasure chest, door.

Owns their drawing, foot at the middle of the lower edge.
"""

from typing import Final

import numpy as np

from deployments.scene_authoring.procedural.looks import colour_of
from deployments.scene_authoring.procedural.plan import Look, Material, Season
from deployments.scene_authoring.procedural.raster import srgb
from deployments.scene_authoring.procedural.sculpt import Sculpture
from deployments.scene_authoring.procedural.tools import MATERIALS

_WOOD: Final = srgb("8a5a30")


def crate(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
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


def barrel(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
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


def chest(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
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


def door(canvas: Sculpture, look: Look, season: Season, rng: np.random.Generator) -> None:
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
