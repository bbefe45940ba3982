"""Colours that go together: sRGB, 0..1.

Owns the choice of base colours of natural and built materials, mostly natural, sometimes wild.
"""

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from scripts.pocket.worlds.materials import (
    BARK,
    BRICK,
    COBBLES,
    FACADE,
    GRASS,
    LEAVES,
    PLAIN,
    PLANKS,
    SHINGLES,
    STONES,
    STRATA,
    TILES,
    TIMBER,
    WINDOW,
    material,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

Colour: TypeAlias = tuple[float, float, float]

GREENS: Final[list[Colour]] = [
    (0.28, 0.42, 0.16),
    (0.36, 0.48, 0.2),
    (0.2, 0.34, 0.16),
    (0.45, 0.5, 0.22),
    (0.3, 0.4, 0.26),
]
AUTUMN: Final[list[Colour]] = [(0.72, 0.42, 0.14), (0.62, 0.28, 0.12), (0.75, 0.58, 0.2), (0.5, 0.4, 0.18)]
EARTHS: Final[list[Colour]] = [(0.42, 0.33, 0.24), (0.52, 0.44, 0.34), (0.36, 0.3, 0.25), (0.58, 0.5, 0.4)]
SANDS: Final[list[Colour]] = [(0.8, 0.68, 0.48), (0.76, 0.6, 0.4), (0.84, 0.76, 0.6), (0.72, 0.48, 0.32)]
GREYS: Final[list[Colour]] = [(0.5, 0.49, 0.47), (0.4, 0.4, 0.41), (0.62, 0.6, 0.57), (0.55, 0.53, 0.5)]
WALLS: Final[list[Colour]] = [
    (0.86, 0.83, 0.76),
    (0.8, 0.72, 0.58),
    (0.74, 0.58, 0.46),
    (0.68, 0.7, 0.72),
    (0.82, 0.78, 0.6),
    (0.62, 0.66, 0.6),
    (0.7, 0.5, 0.42),
    (0.9, 0.88, 0.85),
    (0.5, 0.58, 0.66),
]
BRICKS: Final[list[Colour]] = [(0.56, 0.3, 0.22), (0.62, 0.4, 0.28), (0.48, 0.26, 0.22), (0.66, 0.52, 0.38)]
ROOFS: Final[list[Colour]] = [
    (0.55, 0.28, 0.2),
    (0.32, 0.32, 0.35),
    (0.42, 0.3, 0.24),
    (0.6, 0.38, 0.26),
    (0.26, 0.3, 0.32),
]
WOODS: Final[list[Colour]] = [
    (0.46, 0.32, 0.2),
    (0.58, 0.42, 0.27),
    (0.34, 0.24, 0.17),
    (0.66, 0.54, 0.38),
    (0.42, 0.38, 0.33),
]
PAINTS: Final[list[Colour]] = [
    (0.7, 0.16, 0.14),
    (0.16, 0.3, 0.55),
    (0.85, 0.85, 0.86),
    (0.12, 0.13, 0.15),
    (0.2, 0.42, 0.3),
    (0.82, 0.66, 0.18),
    (0.5, 0.52, 0.55),
    (0.35, 0.2, 0.42),
]


def pick(rng: np.random.Generator, colours: list[Colour], spread: float = 0.05) -> Colour:
    """One of the colours, varied; once in a while any colour at all."""
    if rng.random() < 0.025:
        return tuple_of(rng.uniform(0.1, 0.85, 3))
    colour = np.array(colours[int(rng.integers(len(colours)))])
    return tuple_of(colour + rng.normal(0, spread, 3) * 0.6 + rng.normal(0, spread))


def tuple_of(colour: "NDArray[np.float64]") -> Colour:
    """An array as a colour within 0.02..1."""
    r, g, b = np.clip(colour, 0.02, 1.0)
    return float(r), float(g), float(b)


def shaded(colour: Colour, factor: float) -> Colour:
    """The same colour, darker or lighter."""
    return tuple_of(np.array(colour) * factor)


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    """Between two colours."""
    return tuple_of(np.array(a) * (1 - share) + np.array(b) * share)


def grass(rng: np.random.Generator, base: "Colour | None" = None, *, flowers: float = 0.0) -> "NDArray[np.float32]":
    """Meadow or lawn."""
    first = base or pick(rng, GREENS)
    third = pick(rng, PAINTS) if flowers > 0 else mixed(first, (0.55, 0.5, 0.25), 0.5)
    return material(
        GRASS, shaded(first, 0.85), shaded(first, 1.2), third, extra=flowers, bump=0.25, noise=rng.uniform(0.6, 1.2)
    )


def earth(rng: np.random.Generator, colours: list[Colour] = EARTHS) -> "NDArray[np.float32]":
    """Bare ground."""
    first = pick(rng, colours)
    return material(
        GRASS, shaded(first, 0.85), shaded(first, 1.12), shaded(first, 0.75), bump=0.25, noise=rng.uniform(0.8, 1.6)
    )


def plain(
    first: Colour, contrast: float = 0.12, noise: float = 1.5, glow: float = 0.0, mirror: float = 0.0, bump: float = 0.0
) -> "NDArray[np.float32]":
    """One colour, faintly mottled."""
    return material(
        PLAIN,
        shaded(first, 1 - contrast),
        shaded(first, 1 + contrast),
        noise=noise,
        glow=glow,
        mirror=mirror,
        bump=bump,
    )


def rock(rng: np.random.Generator, colours: list[Colour] = GREYS) -> "NDArray[np.float32]":
    """Natural rock in layers."""
    first = pick(rng, colours)
    return material(
        STRATA,
        shaded(first, 0.75),
        shaded(first, 1.15),
        shaded(first, 0.5),
        down=rng.uniform(0.6, 2.5),
        bump=0.5,
        noise=rng.uniform(0.5, 1.3),
    )


def leaves(rng: np.random.Generator, colours: list[Colour] = GREENS) -> "NDArray[np.float32]":
    """Foliage."""
    first = pick(rng, colours)
    return material(
        LEAVES,
        shaded(first, 0.75),
        shaded(first, 1.45),
        mixed(first, (0.7, 0.7, 0.36), 0.4),
        bump=0.6,
        noise=rng.uniform(1.2, 2.4),
    )


def bark(rng: np.random.Generator) -> "NDArray[np.float32]":
    """Of a tree; some are birches."""
    first = (0.75, 0.73, 0.68) if rng.random() < 0.15 else pick(rng, WOODS)
    return material(
        BARK, shaded(first, 0.55), shaded(first, 1.0), shaded(first, 0.4), bump=0.6, noise=rng.uniform(1.5, 3)
    )


def planks(rng: np.random.Generator, colours: list[Colour] = WOODS, *, mirror: float = 0.0) -> "NDArray[np.float32]":
    """Boards."""
    first = pick(rng, colours)
    return material(
        PLANKS,
        shaded(first, 0.75),
        shaded(first, 1.1),
        shaded(first, 0.35),
        down=rng.uniform(0.07, 0.16),
        mirror=mirror,
    )


def bricks(rng: np.random.Generator) -> "NDArray[np.float32]":
    """A brick wall."""
    first, size = pick(rng, BRICKS), rng.uniform(0.05, 0.08)
    mortar = pick(rng, GREYS)
    return material(
        BRICK, shaded(first, 0.75), shaded(first, 1.15), mortar, across=3 * size, down=size, extra=0.15 * size, bump=0.2
    )


def stones(rng: np.random.Generator, colours: list[Colour] = GREYS) -> "NDArray[np.float32]":
    """Masonry of cut stone."""
    first, size = pick(rng, colours), rng.uniform(0.14, 0.45)
    return material(
        STONES,
        shaded(first, 0.75),
        shaded(first, 1.15),
        shaded(first, 0.4),
        across=size * rng.uniform(1.3, 2.2),
        down=size,
        extra=0.1 * size,
        bump=0.4,
        noise=2.5,
    )


def tiles(rng: np.random.Generator, colours: list[Colour] = GREYS, *, mirror: float = 0.0) -> "NDArray[np.float32]":
    """Square flags or tiles."""
    first, size = pick(rng, colours), rng.uniform(0.2, 0.6)
    return material(
        TILES,
        shaded(first, 0.88),
        shaded(first, 1.1),
        shaded(first, 0.55),
        across=size,
        down=size,
        mirror=mirror,
        noise=2,
    )


def cobbles(rng: np.random.Generator) -> "NDArray[np.float32]":
    """Paving stones or gravel."""
    first = pick(rng, GREYS)
    return material(
        COBBLES,
        shaded(first, 0.75),
        shaded(first, 1.2),
        shaded(first, 0.45),
        across=rng.uniform(0.08, 0.22),
        bump=0.2,
        noise=2,
    )


def asphalt(rng: np.random.Generator) -> "NDArray[np.float32]":
    """A road; sometimes wet."""
    grey = float(rng.uniform(0.25, 0.42))
    return plain((grey, grey, grey * 1.03), 0.08, 2.5, mirror=0.35 if rng.random() < 0.15 else 0.0)


def path_cover(rng: np.random.Generator) -> "NDArray[np.float32]":
    """What a footpath is made of."""
    choice = int(rng.integers(5))
    if choice == 1:
        return cobbles(rng)
    if choice == 2:
        return tiles(rng)
    return earth(rng, SANDS if choice == 4 else EARTHS)


def shingles(rng: np.random.Generator) -> "NDArray[np.float32]":
    """A roof."""
    first, size = pick(rng, ROOFS), rng.uniform(0.12, 0.24)
    return material(SHINGLES, shaded(first, 0.7), shaded(first, 1.2), across=size * 0.8, down=size, noise=1)


def facade(rng: np.random.Generator, lit: float, *, glassy: bool = False) -> "NDArray[np.float32]":
    """A wall with windows in rows and columns, some of them lit."""
    wall = pick(rng, WALLS + BRICKS + GREYS)
    frame = pick(rng, [(0.9, 0.9, 0.88), (0.3, 0.25, 0.2), (0.2, 0.22, 0.24)])
    pane = (0.62, 0.5, 0.3) if lit > 0 else (0.12, 0.15, 0.19)
    return material(
        FACADE,
        wall,
        frame,
        pane,
        across=rng.uniform(1.0, 1.8),
        down=rng.uniform(1.7, 2.2),
        extra=lit,
        glow=2.2,
        mirror=0.55 if glassy else 0.35,
        noise=0.7,
    )


def window(lit: float) -> "NDArray[np.float32]":
    """A single window, hung on a wall as a thin box."""
    pane = (0.8, 0.62, 0.34) if lit > 0 else (0.12, 0.15, 0.19)
    return material(
        WINDOW, (0.5, 0.5, 0.5), (0.85, 0.84, 0.8), pane, across=0.6, down=0.8, extra=lit, glow=2.0, mirror=0.4
    )


def house_wall(rng: np.random.Generator) -> "NDArray[np.float32]":
    """Plaster, brick, boards, stone or timber frame."""
    choice = int(rng.integers(6))
    if choice < 2:
        return plain(pick(rng, WALLS), 0.06, 1.2, bump=0.1)
    if choice == 2:
        return bricks(rng)
    if choice == 3:
        return stones(rng)
    if choice == 4:
        return planks(rng, WALLS + WOODS)
    return material(TIMBER, (0.8, 0.77, 0.68), (0.86, 0.82, 0.74), pick(rng, WOODS), across=0.9, down=1.0)
