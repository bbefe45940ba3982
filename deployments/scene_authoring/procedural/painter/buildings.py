"""Buildings of the outdoor places, put together from convex solids.

Owns proportions and materials. Where they stand is the places' business.
"""

from typing import Final

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.painter import surfaces as su
from deployments.scene_authoring.procedural.painter.solids import Solid, box, column, gable, spire
from deployments.scene_authoring.procedural.raster import srgb

_PLASTER: Final = ("e4d8bf", "d9c3a0", "cfd2cc", "e0c7b2")
_ROOFS: Final = ("8a4a34", "6e4436", "5b4a44", "7a5a3a")
_TIMBER: Final = srgb("4a3222")
_STONE: Final = srgb("8d877c")


def cottage(
    x: float, z: float, y: float, rng: np.random.Generator, snow: float, lit: float, *, turned: bool
) -> list[Solid]:
    """A timbered house with a stone foot, a steep roof, a door and a chimney."""
    wide, deep, tall = float(rng.uniform(1.0, 1.25)), float(rng.uniform(1.1, 1.4)), float(rng.uniform(1.45, 1.9))
    plaster = srgb(_PLASTER[int(rng.integers(len(_PLASTER)))])
    roof = su.roof_tiles(srgb(_ROOFS[int(rng.integers(len(_ROOFS)))]), snow)
    wall = su.facade(
        su.timbered(plaster, _TIMBER, 0.72),
        (0.72, 0.80),
        (0.34, 0.40),
        lit,
        _TIMBER * 0.8,
        0.30,
        seed=int(rng.integers(99)),
    )
    low, high = (x - wide, y - 0.4, z - deep), (x + wide, y + tall, z + deep)
    peak = tall + float(rng.uniform(0.95, 1.25))
    parts = [
        box(low, high, wall),
        box(
            (low[0] - 0.03, y - 0.4, low[2] - 0.03),
            (high[0] + 0.03, y + 0.32, high[2] + 0.03),
            su.bricks(_STONE, 0.36, 0.17, moss=0.4),
        ),
        gable(
            (low[0] - 0.22, y + tall - 0.12, low[2] - 0.22),
            (high[0] + 0.22, y + peak, high[2] + 0.22),
            roof,
            along_z=turned,
        ),
        box(
            (x + 0.35, y + tall, z + 0.2),
            (x + 0.68, y + peak + 0.32, z + 0.55),
            su.bricks(_STONE * 0.8, 0.2, 0.1, snow),
        ),
    ]
    inner = 1 if x < 0 else -1
    face = x + inner * wide
    parts.append(
        box(
            (min(face, face + inner * 0.05), y, z - 0.28),
            (max(face, face + inner * 0.05), y + 1.05, z + 0.28),
            su.planks(srgb("6b3f22"), 0.13, upright=True),
        )
    )
    return parts


def wooden_bridge(near: float, far: float, snow: float) -> list[Solid]:
    """A plank bridge across the way, with posts and rails."""
    deck = su.planks(srgb("8a6238"), 0.22, snow * 0.35)
    beam = su.plain(srgb("6b4526"), snow)
    parts = [box((-0.95, -0.06, near), (0.95, 0.04, far), deck)]
    for side in (-0.92, 0.92):
        parts += [
            box((side - 0.05, -0.7, z - 0.05), (side + 0.05, 0.62, z + 0.05), beam)
            for z in np.linspace(near + 0.06, far - 0.06, 4)
        ]
        parts += [box((side - 0.035, y, near), (side + 0.035, y + 0.06, far), beam) for y in (0.28, 0.54)]
    return parts


def pyramids() -> list[Solid]:
    """Two stepped-stone pyramids far out."""
    stone = su.bricks(srgb("d3b382"), 0.9, 0.45)
    return [spire((10.0, 46.0), 13.0, -0.6, 11.5, 4, stone), spire((-15.0, 62.0), 11.0, -0.6, 9.0, 4, stone)]


def harbour(rng: np.random.Generator, snow: float, lit: float) -> list[Solid]:
    """A wooden pier ahead, warehouses on the left, boats moored at the right, a lighthouse beyond."""
    deck = su.planks(srgb("8f7454"), 0.24, snow * 0.5)
    pile = su.plain(srgb("5a4632"), snow)
    parts = [box((-1.15, -0.12, 0.3), (1.15, 0.0, 13.0), deck), box((-1.15, -0.12, 11.4), (4.5, 0.0, 13.0), deck)]
    for z in np.arange(1.6, 13.0, 1.9):
        parts += [box((side - 0.08, -1.0, z - 0.08), (side + 0.08, 0.26, z + 0.08), pile) for side in (-1.15, 1.15)]
    parts.append(box((-30.0, -0.8, 5.0), (-4.6, 0.12, 40.0), su.bricks(_STONE, 0.6, 0.3, snow)))
    for index, z in enumerate((7.0, 11.0, 15.6, 21.0)):
        tone = srgb(("9c4a38", "c9b48a", "5d7486", "8c6a4c")[index])
        wall = su.facade(
            su.planks(tone, 0.16, upright=True), (0.8, 0.85), (0.36, 0.44), lit, srgb("e8e2d2"), 0.25, seed=index
        )
        tall = float(rng.uniform(1.9, 2.8))
        parts += [
            box((-8.2, 0.1, z - 1.6), (-5.3, tall, z + 1.6), wall),
            gable(
                (-8.4, tall - 0.05, z - 1.75),
                (-5.1, tall + 1.15, z + 1.75),
                su.roof_tiles(srgb(_ROOFS[index]), snow),
                along_z=False,
            ),
        ]
    for x, z, tone in ((2.7, 5.0, "b8452f"), (3.2, 8.4, "2f5f8a"), (6.4, 10.5, "3f7a5a"), (7.5, 16.0, "c9a23c")):
        parts += _boat(x, z, srgb(tone), snow)
    white, red = su.plain(srgb("efece4"), rough=0.06), su.plain(srgb("b8392f"), rough=0.08)
    parts += [
        column((14.0, 34.0), 1.5 - 0.14 * k, -0.5 + 1.5 * k, 1.0 + 1.5 * k, 12, (white, red)[k % 2]) for k in range(5)
    ]
    glow = su.facade(su.plain(srgb("2c2f33")), (0.4, 1.0), (0.3, 0.8), max(lit * 2, 0.3), srgb("2c2f33"), 0.0)
    return [*parts, column((14.0, 34.0), 0.7, 7.0, 8.0, 12, glow), spire((14.0, 34.0), 1.0, 8.0, 9.0, 12, red)]


def _boat(x: float, z: float, tone: ra.Rgb, snow: float) -> list[Solid]:
    hull = su.planks(tone, 0.14)
    bow = Solid(
        (
            ((0.85, -0.35, 0.39), 0.85 * (x + 0.62) - 0.35 * -0.1 + 0.39 * (z + 0.5)),
            ((-0.85, -0.35, 0.39), -0.85 * (x - 0.62) - 0.35 * -0.1 + 0.39 * (z + 0.5)),
            ((0.0, 1.0, 0.0), -0.08),
            ((0.0, -1.0, 0.0), 0.7),
            ((0.0, 0.0, -1.0), -(z - 0.95)),
        ),
        box((x - 1.1, -0.7, z - 0.95), (x + 1.1, -0.08, z + 2.2), hull).corners,
        hull,
    )
    wood = su.plain(srgb("d8cdb8"), snow, rough=0.1)
    cabin = su.facade(wood, (0.3, 0.36), (0.2, 0.2), 0.3, srgb("5a4632"), -0.08)
    mast = su.plain(srgb("6b5236"))
    return [
        bow,
        box((x - 0.34, -0.1, z - 0.55), (x + 0.34, 0.34, z + 0.25), cabin),
        box((x - 0.40, 0.34, z - 0.62), (x + 0.40, 0.40, z + 0.30), su.plain(tone * 0.8, snow)),
        box((x - 0.03, 0.0, z + 0.45), (x + 0.03, 2.1, z + 0.51), mast, casts=False),
    ]


def street(rng: np.random.Generator, snow: float, lit: float) -> list[Solid]:
    """Tall houses on both sides of a street, and towers beyond its end."""
    parts: list[Solid] = []
    tones = ("8c6f5e", "9a938a", "6d7680", "a08468", "77706a", "5f6b70")
    for side in (-1, 1):
        z = 0.6
        while z < 42.0:
            deep, tall = float(rng.uniform(2.6, 4.6)), float(rng.uniform(4.2, 10.5))
            tone = srgb(tones[int(rng.integers(len(tones)))])
            base = su.bricks(tone, 0.32, 0.12, snow) if rng.random() < 0.55 else su.plain(tone, snow, rough=0.12)
            wall = su.facade(
                base,
                (float(rng.uniform(0.6, 0.85)), 0.95),
                (0.40, 0.60),
                lit,
                tone * 0.5 + 0.12,
                1.0,
                seed=int(rng.integers(999)),
            )
            shop = su.facade(
                su.plain(tone * 0.45, rough=0.1),
                (1.15, 1.0),
                (0.95, 0.68),
                min(1.0, lit * 1.7),
                srgb("2b2b2e"),
                0.0,
                seed=int(rng.integers(999)),
            )
            inner, outer = side * 2.35, side * 8.0
            low, high = min(inner, outer), max(inner, outer)
            parts.append(box((low, 0.0, z), (high, tall, z + deep), wall))
            skin = inner - side * 0.06
            parts.append(box((min(skin, inner), 0.0, z + 0.06), (max(skin, inner) + 0.01, 1.05, z + deep - 0.06), shop))
            ledge = inner - side * 0.14
            parts.append(
                box(
                    (min(ledge, inner), tall - 0.16, z),
                    (max(ledge, inner) + 0.01, tall + 0.05, z + deep),
                    su.plain(tone * 0.8, snow),
                )
            )
            if lit and rng.random() < 0.7:
                parts.append(_neon_sign(side, z + deep * 0.5, rng))
            z += deep + (0.0 if rng.random() < 0.7 else 0.5)
    for x, z, tall in (
        (-3.4, 52.0, 24.0),
        (4.6, 58.0, 31.0),
        (0.4, 72.0, 40.0),
        (-12.0, 66.0, 30.0),
        (13.0, 75.0, 36.0),
    ):
        wall = su.facade(
            su.plain(srgb("58636f"), rough=0.05), (0.9, 1.1), (0.66, 0.7), lit, srgb("4a535c"), 0.5, seed=int(tall)
        )
        parts.append(box((x - 2.6, 0.0, z), (x + 2.6, tall, z + 5.0), wall))
    return parts


def _neon_sign(side: int, z: float, rng: np.random.Generator) -> Solid:
    """A tall sign that sticks out over the pavement, bars of coloured light on it."""
    hue = srgb(("ff3f8f", "35d6ff", "ffb03a", "7dff6a", "b05cff")[int(rng.integers(5))])

    def surface(along: ra.Plane, up: ra.Plane, normal: ra.Rgb) -> tuple[ra.Rgb, ra.Rgb]:
        del along
        bars = (np.abs((up / 0.34) % 1.0 - 0.5) < 0.30).astype(np.float32)
        glow = bars[..., None] * hue * 1.5 + 0.06 * hue
        return np.full_like(normal, 0.05), glow.astype(np.float32)

    low = float(rng.uniform(1.25, 2.0))
    x0, x1 = sorted((side * 2.34, side * float(rng.uniform(1.92, 2.05))))
    return box((x0, low, z), (x1, low + float(rng.uniform(0.8, 1.5)), z + 0.07), surface, casts=False)


def castle(z: float, y: float, snow: float, lit: float) -> list[Solid]:
    """A curtain wall with round towers and a gate, a keep behind it."""
    stone = su.bricks(srgb("a39a8a"), 0.5, 0.24, snow, moss=0.25)
    walls = su.facade(stone, (1.5, 1.7), (0.22, 0.55), lit, srgb("5d574d"), 0.9, seed=3)
    roof = su.roof_tiles(srgb("4a5a78"), snow)
    parts = [box((-6.0, y - 2.5, z), (6.0, y + 2.4, z + 0.8), stone)]
    parts += [
        box((x, y + 2.4, z), (x + 0.42, y + 2.8, z + 0.4), stone, casts=False) for x in np.arange(-5.6, 5.6, 0.84)
    ]
    for x, radius, tall in ((-6.0, 1.15, 4.4), (6.0, 1.15, 4.4), (-1.75, 0.85, 3.7), (1.75, 0.85, 3.7)):
        parts += [
            column((x, z), radius, y - 2.5, y + tall, 10, walls),
            column((x, z), radius * 1.16, y + tall - 0.1, y + tall + 0.35, 10, stone),
            spire((x, z), radius * 1.25, y + tall + 0.3, y + tall + 0.3 + radius * 2.3, 10, roof),
        ]
    parts.append(
        box((-0.75, y - 2.5, z - 0.06), (0.75, y + 1.5, z + 0.02), su.planks(srgb("4f331f"), 0.22, upright=True))
    )
    parts += [
        box((-2.8, y, z + 4.0), (2.8, y + 6.4, z + 9.0), walls),
        gable((-3.0, y + 6.3, z + 3.8), (3.0, y + 8.8, z + 9.2), roof, along_z=False),
        column((3.0, z + 5.0), 1.1, y, y + 9.2, 10, walls),
        spire((3.0, z + 5.0), 1.4, y + 9.2, y + 12.6, 10, roof),
        column((-3.2, z + 6.0), 0.9, y, y + 7.8, 10, walls),
        spire((-3.2, z + 6.0), 1.15, y + 7.8, y + 10.4, 10, roof),
    ]
    return parts
