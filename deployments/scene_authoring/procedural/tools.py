"""What a right hand holds, seen in first person, and the hand itself.

Owns the drawing on a square canvas whose lower right corner is the picture's. Where it goes is `compose`'s business.
"""

from itertools import pairwise
from typing import Final

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.grading import COLOURS
from deployments.scene_authoring.procedural.plan import Hold, Look, Material, Tool
from deployments.scene_authoring.procedural.raster import Rgb, srgb
from deployments.scene_authoring.procedural.sculpt import Illumination, Point, Sculpture, Sprite

MATERIALS: Final[dict[Material, Rgb]] = {
    Material.WOOD: srgb("7a5230"),
    Material.STONE: srgb("8c8880"),
    Material.IRON: srgb("9aa3ad"),
    Material.GOLD: srgb("e0b03c"),
    Material.GLOWING: srgb("9fe6ff"),
}
SKIN: Final = srgb("c68a66")
_SLEEVE: Final = srgb("4d3a2b")
_FIST: Final[Point] = (0.66, 0.80)
_WOOD: Final = srgb("6b4526")
_STEEL: Final = srgb("b9c2cc")

HAND_HEIGHT: Final = 0.62
"""Side of the canvas as a share of the picture's height."""


def held(hold: Hold, size_px: int, light: Illumination, rng: np.random.Generator) -> Sprite:
    """The tool and the hand around it on a square of `size_px` pixels."""
    canvas = Sculpture(size_px, size_px)
    match hold.tool:
        case Tool.TORCH:
            _torch(canvas, hold.look, rng)
        case Tool.SWORD:
            _sword(canvas, hold.look)
        case Tool.LANTERN:
            _lantern(canvas, hold.look, rng)
        case Tool.AXE:
            _axe(canvas, hold.look)
        case Tool.STAFF:
            _staff(canvas, hold.look)
        case Tool.FLASHLIGHT:
            _flashlight(canvas, hold.look)
    _hand(canvas)
    return canvas.lit(light)


def light_of(hold: Hold) -> Rgb | None:
    """The light that the held thing throws on its surroundings, if any."""
    coloured = COLOURS[hold.look.colour] if hold.look.colour else None
    if hold.tool in (Tool.TORCH, Tool.LANTERN):
        return (coloured if coloured is not None else ra.rgb(1.0, 0.58, 0.22)).astype(np.float32)
    if hold.tool is Tool.FLASHLIGHT:
        return ra.rgb(0.95, 0.97, 1.0)
    if hold.look.material is Material.GLOWING:
        return coloured if coloured is not None else ra.rgb(0.35, 0.75, 1.0)
    return None


def _material(look: Look, usual: Rgb) -> Rgb:
    if look.colour:
        return COLOURS[look.colour]
    return MATERIALS[look.material] if look.material else usual


def _hand(canvas: Sculpture) -> None:
    """A forearm from the lower right and four fingers and a thumb around the grip."""
    x, y = _FIST
    canvas.bar((1.16, 1.24), (x + 0.17, y + 0.17), (0.165, 0.115), _SLEEVE, grain=0.18)
    canvas.bar((x + 0.21, y + 0.10), (x + 0.11, y + 0.23), (0.05, 0.05), _SLEEVE * 1.35)
    canvas.bar((x + 0.17, y + 0.16), (x + 0.06, y + 0.06), (0.085, 0.095), SKIN)
    for index in range(4):
        shift = index * 0.050
        knuckle = (x + 0.085 - shift * 0.12, y - 0.070 + shift * 1.02)
        middle = (x - 0.045 - shift * 0.10, y - 0.060 + shift * 1.08)
        tip = (x - 0.040 + 0.045, y - 0.028 + shift * 1.02)
        radius = 0.036 - 0.0022 * index
        canvas.bar(knuckle, middle, (radius * 1.12, radius), SKIN * (1.0 - 0.035 * index))
        canvas.bar(middle, tip, (radius * 0.94, radius * 0.8), SKIN * (0.92 - 0.035 * index))
    canvas.bar((x + 0.10, y + 0.02), (x + 0.015, y - 0.085), (0.045, 0.036), SKIN * 1.04)
    canvas.bar((x + 0.015, y - 0.085), (x - 0.03, y - 0.105), (0.034, 0.028), SKIN * 1.06)
    canvas.bar((x - 0.028, y - 0.112), (x - 0.042, y - 0.113), (0.014, 0.012), srgb("e0b49a"))


def _torch(canvas: Sculpture, look: Look, rng: np.random.Generator) -> None:
    x, y = _FIST
    head = (x - 0.13, y - 0.38)
    canvas.bar(
        (x + 0.06, y + 0.20), head, (0.034, 0.042), _material(look, _WOOD) if look.material else _WOOD, grain=0.3
    )
    canvas.bar(
        (head[0] + 0.025, head[1] + 0.08), (head[0] - 0.005, head[1] - 0.03), (0.054, 0.062), srgb("2b211b"), grain=0.4
    )
    canvas.bar((head[0] + 0.03, head[1] + 0.085), (head[0] + 0.027, head[1] + 0.075), (0.060, 0.060), _STEEL * 0.5)
    canvas.flame((head[0], head[1] + 0.02), 0.34, rng)
    hue = COLOURS[look.colour] * 2.2 if look.colour else ra.rgb(1.0, 0.42, 0.08)
    canvas.shine((head[0], head[1] - 0.10), 0.20, hue * 0.34, stretch=1.2)


def _sword(canvas: Sculpture, look: Look) -> None:
    x, y = _FIST
    glows = look.material is Material.GLOWING
    steel = _material(look, _STEEL)
    grip, guard, tip = (x + 0.05, y + 0.17), (x - 0.055, y - 0.16), (x - 0.34, y - 0.79)
    dx, dy = tip[0] - guard[0], tip[1] - guard[1]
    length = float(np.hypot(dx, dy))
    ux, uy = dx / length, dy / length
    px, py = -uy, ux
    half, point = 0.036, (tip[0], tip[1])
    shoulder = (tip[0] - ux * 0.085, tip[1] - uy * 0.085)

    def at(base: Point, side: float) -> Point:
        return (base[0] + px * side, base[1] + py * side)

    canvas.face([at(guard, half), at(shoulder, half * 0.8), point, shoulder, guard], steel, (0.75, 0.35, 0.55))
    canvas.face([at(guard, -half), at(shoulder, -half * 0.8), point, shoulder, guard], steel * 0.9, (-0.75, 0.25, 0.6))
    canvas.bar(
        (guard[0] + ux * 0.02, guard[1] + uy * 0.02),
        (guard[0] + dx * 0.72, guard[1] + dy * 0.72),
        (0.006, 0.003),
        steel * 0.5,
    )
    gold = COLOURS[look.colour] * 0.6 if look.colour else MATERIALS[Material.GOLD] * 0.8
    canvas.bar(at(guard, 0.13), at(guard, -0.13), (0.022, 0.022), gold)
    canvas.bar(at(guard, 0.13), at(guard, 0.132), (0.03, 0.03), gold)
    canvas.bar(at(guard, -0.13), at(guard, -0.132), (0.03, 0.03), gold)
    canvas.bar(guard, grip, (0.026, 0.026), srgb("3a2418"), grain=0.45)
    canvas.bar(grip, (grip[0] + 0.008, grip[1] + 0.018), (0.038, 0.038), gold)
    if glows:
        hue = COLOURS[look.colour] if look.colour else ra.rgb(0.25, 0.62, 1.0)
        for share in np.linspace(0.02, 0.97, 22):
            canvas.shine((guard[0] + dx * share, guard[1] + dy * share), 0.055, hue * 0.42)
            canvas.shine((guard[0] + dx * share, guard[1] + dy * share), 0.018, (hue * 0.3 + 0.35).astype(np.float32))


def _lantern(canvas: Sculpture, look: Look, rng: np.random.Generator) -> None:
    x, y = _FIST
    iron = MATERIALS[look.material] if look.material else srgb("3d3a38")
    hang = (x - 0.20, y - 0.38)
    canvas.bar((x + 0.06, y + 0.18), (x - 0.07, y - 0.27), (0.026, 0.022), _WOOD, grain=0.3)
    canvas.bar((x - 0.07, y - 0.27), hang, (0.021, 0.014), _WOOD, grain=0.3)
    top, bottom = (hang[0], hang[1] + 0.085), (hang[0], hang[1] + 0.30)
    canvas.bar((hang[0] - 0.06, top[1] + 0.02), (hang[0], hang[1]), (0.009, 0.009), iron)
    canvas.bar((hang[0] + 0.06, top[1] + 0.02), (hang[0], hang[1]), (0.009, 0.009), iron)
    canvas.face(
        [
            (top[0] - 0.085, top[1] + 0.03),
            (top[0] - 0.045, top[1] - 0.03),
            (top[0] + 0.045, top[1] - 0.03),
            (top[0] + 0.085, top[1] + 0.03),
        ],
        iron,
        (-0.2, 0.7, 0.6),
    )
    canvas.face(
        [
            (top[0] - 0.07, top[1] + 0.03),
            (top[0] + 0.07, top[1] + 0.03),
            (bottom[0] + 0.07, bottom[1]),
            (bottom[0] - 0.07, bottom[1]),
        ],
        srgb("c89a4a") * 0.8,
        (0.0, 0.2, 1.0),
    )
    for post in (-0.07, 0.0, 0.07):
        canvas.bar((top[0] + post, top[1] + 0.03), (bottom[0] + post, bottom[1]), (0.010, 0.010), iron)
    canvas.bar((bottom[0] - 0.078, bottom[1] + 0.012), (bottom[0] + 0.078, bottom[1] + 0.012), (0.024, 0.024), iron)
    hue = COLOURS[look.colour] if look.colour else ra.rgb(1.0, 0.60, 0.18)
    middle = (top[0], (top[1] + bottom[1]) / 2 + 0.03)
    canvas.flame((middle[0], middle[1] + 0.06), 0.13, rng)
    canvas.shine(middle, 0.075, hue * 1.2, stretch=1.3)
    canvas.shine(middle, 0.24, hue * 0.28)


def _axe(canvas: Sculpture, look: Look) -> None:
    x, y = _FIST
    steel = _material(look, _STEEL)
    head = (x - 0.20, y - 0.50)
    canvas.bar((x + 0.08, y + 0.26), (head[0] - 0.03, head[1] - 0.08), (0.030, 0.026), _WOOD, grain=0.3)
    edge = [(-0.05, -0.07), (-0.20, -0.13), (-0.255, 0.0), (-0.235, 0.12), (-0.16, 0.18), (-0.02, 0.06)]
    canvas.face([(head[0] + px, head[1] + py) for px, py in edge], steel * 0.75, (-0.35, 0.4, 0.8))
    rim = [(-0.20, -0.13), (-0.255, 0.0), (-0.235, 0.12), (-0.16, 0.18), (-0.195, 0.105), (-0.21, 0.0), (-0.175, -0.10)]
    canvas.face([(head[0] + px, head[1] + py) for px, py in rim], steel * 1.3, (-0.7, 0.5, 0.5))
    canvas.bar((head[0] - 0.035, head[1] - 0.05), (head[0] - 0.008, head[1] + 0.05), (0.042, 0.042), steel * 0.55)


def _staff(canvas: Sculpture, look: Look) -> None:
    x, y = _FIST
    wood = MATERIALS[look.material] if look.material else srgb("70502f")
    knots = [
        (x + 0.09, y + 0.30),
        (x + 0.01, y + 0.02),
        (x - 0.055, y - 0.24),
        (x - 0.10, y - 0.46),
        (x - 0.13, y - 0.60),
    ]
    for start, end in pairwise(knots):
        canvas.bar(start, end, (0.027, 0.025), wood, grain=0.35)
        canvas.bar(end, end, (0.029, 0.029), wood * 0.85)
    tip = knots[-1]
    canvas.bar(tip, (tip[0] - 0.07, tip[1] - 0.055), (0.022, 0.015), wood)
    canvas.bar(tip, (tip[0] + 0.055, tip[1] - 0.065), (0.022, 0.015), wood)
    hue = COLOURS[look.colour] if look.colour else srgb("6fb7e8")
    orb = (tip[0] - 0.008, tip[1] - 0.085)
    canvas.bar(orb, orb, (0.047, 0.047), hue)
    canvas.shine(orb, 0.05, hue * 0.55)
    canvas.shine(orb, 0.13, hue * (0.5 if look.material is Material.GLOWING else 0.16))


def _flashlight(canvas: Sculpture, look: Look) -> None:
    x, y = _FIST
    body = _material(look, srgb("2f343a"))
    canvas.bar((x + 0.10, y + 0.12), (x - 0.11, y - 0.14), (0.048, 0.048), body, grain=0.2)
    canvas.bar((x - 0.10, y - 0.13), (x - 0.15, y - 0.20), (0.055, 0.082), body * 1.25)
    canvas.bar((x - 0.155, y - 0.205), (x - 0.160, y - 0.212), (0.076, 0.074), srgb("dfe8ee"))
    canvas.shine((x - 0.165, y - 0.22), 0.055, ra.rgb(1.1, 1.12, 1.1))
    canvas.shine((x - 0.18, y - 0.25), 0.14, ra.rgb(0.30, 0.32, 0.33))
