"""Plants: trees, conifers, bushes, tufts, palms, cacti; and stones, which stand among them."""

import math
from typing import TYPE_CHECKING

from scripts.pocket.worlds import palettes
from scripts.pocket.worlds.materials import LEAVES, material

if TYPE_CHECKING:
    import numpy as np

    from scripts.pocket.worlds.builder import Builder


class Flora:
    """A world's kinds of plants, each with its materials."""

    def __init__(self, build: "Builder", *, autumn: bool = False, snowy: bool = False) -> None:
        self.build = build
        rng = build.rng
        colours = palettes.AUTUMN if autumn else palettes.GREENS
        self.leaves = [build.add_material(palettes.leaves(rng, colours)) for _ in range(3)]
        dark = [(0.14, 0.26, 0.16), (0.18, 0.3, 0.2), (0.12, 0.22, 0.14)]
        needles = palettes.leaves(rng, dark)
        if snowy:
            first = palettes.pick(rng, dark)
            needles = material(LEAVES, first, (0.85, 0.88, 0.93), (0.9, 0.92, 0.96), bump=0.5, noise=1.4)
        self.needles = build.add_material(needles)
        self.barks = [build.add_material(palettes.bark(rng)) for _ in range(2)]
        self.stone = build.add_material(palettes.rock(rng))
        self.snowy = snowy

    def _one(self, of: list[int]) -> int:
        return of[int(self.build.rng.integers(len(of)))]

    def tree(self, x: float, z: float, height: float, *, bare: bool = False) -> None:
        """A trunk with branches and a crown of several leafy balls."""
        build, rng = self.build, self.build.rng
        y = build.height(x, z)
        trunk, crown = self._one(self.barks), self._one(self.leaves)
        radius = height * rng.uniform(0.018, 0.035)
        fork = height * rng.uniform(0.3, 0.5)
        build.cone(trunk, x, y - 0.2, z, (radius * 1.3, radius * 0.8), fork + 0.2 + 0.1 * height)
        build.cone(trunk, x, y - 0.1, z, (radius * 2.2, radius * 1.1), 0.12 * height)
        count = int(rng.integers(4, 8))
        turn = rng.uniform(0, 2 * math.pi)
        for i in range(count):
            angle = turn + i * 2.4
            reach = height * rng.uniform(0.12, 0.28)
            top = fork + height * rng.uniform(0.12, 0.45)
            tip = (x + reach * math.sin(angle), y + top, z + reach * math.cos(angle))
            build.capsule(trunk, (x, y + fork * rng.uniform(0.8, 1.1), z), tip, radius * 0.45)
            if bare:
                for _ in range(3):
                    bend = angle + rng.normal(0, 0.7)
                    out = height * rng.uniform(0.08, 0.2)
                    end = (
                        tip[0] + out * math.sin(bend),
                        tip[1] + out * rng.uniform(0.1, 0.9),
                        tip[2] + out * math.cos(bend),
                    )
                    build.capsule(trunk, tip, end, radius * 0.2)
            else:
                size = height * rng.uniform(0.13, 0.22)
                radii = (size * rng.uniform(0.9, 1.3), size * rng.uniform(0.65, 0.95), size * rng.uniform(0.9, 1.3))
                build.ellipsoid(
                    crown,
                    *tip,
                    radii,
                    holes=rng.uniform(0.42, 0.5),
                    frequency=rng.uniform(1.6, 3.0) / max(0.4, size) + 1.0,
                )
        if not bare:
            size = height * rng.uniform(0.18, 0.26)
            build.ellipsoid(
                crown,
                x,
                y + height - size * 0.8,
                z,
                (size, size * 0.85, size),
                holes=0.44,
                frequency=2.0 / max(0.4, size) + 1.0,
            )

    def conifer(self, x: float, z: float, height: float) -> None:
        """Tiers of needles about a straight trunk."""
        build, rng = self.build, self.build.rng
        y = build.height(x, z)
        width = height * rng.uniform(0.15, 0.26)
        build.cone(self._one(self.barks), x, y - 0.2, z, (height * 0.025, height * 0.008), height * 0.95 + 0.2)
        foot = height * rng.uniform(0.06, 0.3)
        tiers = int(rng.integers(3, 6))
        for i in range(tiers):
            low = foot + (height - foot) * i / tiers
            high = foot + (height - foot) * min(1.0, (i + 1.6) / tiers)
            size = width * (1 - 0.75 * i / tiers)
            build.cone(
                self.needles,
                x,
                y + low,
                z,
                (size, size * 0.1),
                high - low,
                holes=rng.uniform(0.36, 0.46),
                frequency=1.6 / max(0.25, size) + 1.2,
                stands=False,
            )

    def bush(self, x: float, z: float, size: float) -> None:
        """Two or three leafy balls on the ground."""
        build, rng = self.build, self.build.rng
        y = build.height(x, z)
        crown = self._one([*self.leaves, self.needles])
        for _ in range(int(rng.integers(2, 4))):
            dx, dz = rng.normal(0, 0.45 * size, 2)
            radii = (size * rng.uniform(0.6, 1.0), size * rng.uniform(0.5, 0.9), size * rng.uniform(0.6, 1.0))
            build.ellipsoid(
                crown,
                x + dx,
                y + radii[1] * 0.6,
                z + dz,
                radii,
                holes=0.4,
                frequency=2.0 / max(0.3, size) + 1.0,
                foot=y,
            )

    def tuft(self, x: float, z: float, size: float) -> None:
        """High grass or ferns: a leafy upturned cone."""
        build = self.build
        y = build.height(x, z)
        build.cone(
            self._one(self.leaves),
            x,
            y - 0.03,
            z,
            (size * 0.35, size * 0.7),
            size,
            holes=0.55,
            frequency=5.0 / max(0.2, size),
            stands=False,
        )

    def palm(self, x: float, z: float, height: float) -> None:
        """A leaning trunk with fronds."""
        build, rng = self.build, self.build.rng
        y = build.height(x, z)
        lean = rng.normal(0, 0.12 * height, 2)
        top = (x + lean[0], y + height, z + lean[1])
        middle = (x + 0.35 * lean[0], y + 0.5 * height, z + 0.35 * lean[1])
        trunk = self._one(self.barks)
        build.capsule(trunk, (x, y, z), middle, height * 0.03)
        build.capsule(trunk, middle, top, height * 0.024)
        green = self._one(self.leaves)
        for i in range(9):
            angle = i * 0.7 + rng.normal(0, 0.15)
            reach = height * rng.uniform(0.26, 0.36)
            out = (
                top[0] + reach * 0.6 * math.sin(angle),
                top[1] + 0.1 * height,
                top[2] + reach * 0.6 * math.cos(angle),
            )
            end = (top[0] + reach * math.sin(angle), top[1] - 0.08 * height, top[2] + reach * math.cos(angle))
            build.capsule(green, top, out, height * 0.014)
            build.capsule(green, out, end, height * 0.012)

    def cactus(self, x: float, z: float, height: float) -> None:
        """A column with arms."""
        build, rng = self.build, self.build.rng
        y = build.height(x, z)
        green = self._one(self.leaves)
        radius = height * 0.08
        build.capsule(green, (x, y, z), (x, y + height, z), radius)
        for side in (-1.0, 1.0):
            if rng.random() < 0.7:
                angle = rng.uniform(0, math.pi)
                low, out = y + height * rng.uniform(0.35, 0.55), side * height * 0.24
                px, pz = x + out * math.cos(angle), z + out * math.sin(angle)
                build.capsule(green, (x, low, z), (px, low + 0.05 * height, pz), radius * 0.7)
                build.capsule(green, (px, low + 0.05 * height, pz), (px, low + height * 0.3, pz), radius * 0.7)

    def boulder(self, x: float, z: float, size: float, mat: int | None = None) -> None:
        """A stone, sunk in the ground."""
        build, rng = self.build, self.build.rng
        y = build.height(x, z)
        radii = (size * rng.uniform(0.7, 1.3), size * rng.uniform(0.5, 0.9), size * rng.uniform(0.7, 1.3))
        build.ellipsoid(
            self.stone if mat is None else mat, x, y + 0.25 * radii[1], z, radii, lumps=rng.uniform(0.15, 0.35), foot=y
        )


def scattered(
    rng: "np.random.Generator", count: int, reach: float, *, nearer: float = 0.6
) -> list[tuple[float, float]]:
    """Places about the origin, denser near it the smaller `nearer` is below 1."""
    out: list[tuple[float, float]] = []
    for _ in range(count):
        angle, radius = rng.uniform(0, 2 * math.pi), reach * float(rng.random()) ** (1.0 / (2.0 * nearer))
        out.append((radius * math.sin(angle), radius * math.cos(angle)))
    return out
