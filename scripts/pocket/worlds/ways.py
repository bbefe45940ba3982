"""The way one walks in a world: a smooth line with points a short step apart.

Owns the shape of ways and the walk along them; what stands beside a way is placed elsewhere, clear of it.
"""

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from scripts.pocket.worlds.compiling import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP: Final = 0.5


@dataclass(frozen=True, slots=True)
class Way:
    """Points x, z every `STEP`; `floors` are the heights walked on where they are not the terrain's."""

    points: "NDArray[np.float64]"
    floors: "NDArray[np.float64] | None" = None

    def distance(self, x: float, z: float) -> float:
        """From a place to the way."""
        away = self.points - np.array([x, z])
        return float(np.sqrt(np.min(np.sum(away * away, axis=1))))

    def at(self, index: int) -> tuple[float, float, float]:
        """Place and heading at a point, the index clipped to the way."""
        index = min(max(index, 0), len(self.points) - 1)
        before = self.points[max(index - 2, 0)]
        after = self.points[min(index + 2, len(self.points) - 1)]
        heading = math.atan2(after[0] - before[0], after[1] - before[1])
        return float(self.points[index, 0]), float(self.points[index, 1]), heading


def winding_way(rng: np.random.Generator, length: float, bend: float, *, start_heading: float = 0.0) -> Way:
    """A way through the origin whose heading wanders within `bend` radians of its start."""
    count = int(length / STEP)
    waves = rng.uniform(0.02, 0.09, 3)
    phases = rng.uniform(0.0, 2 * math.pi, 3)
    weights = rng.dirichlet(np.ones(3)) * bend
    along = (np.arange(count) - count // 2) * STEP
    heading = start_heading + np.sum(
        weights[:, None] * np.sin(waves[:, None] * along[None, :] * 2.0 + phases[:, None]), axis=0
    )
    steps = np.stack([np.sin(heading), np.cos(heading)], axis=1) * STEP
    points = np.cumsum(steps, axis=0)
    return Way(points - points[count // 2])


def straight_way(length: float) -> Way:
    """A way along +z through the origin."""
    along = np.arange(-length / 2, length / 2, STEP)
    return Way(np.stack([np.zeros_like(along), along], axis=1))


def corner_way(corners: "NDArray[np.float64]", rounding: int = 8) -> Way:
    """A way along straight pieces, its corners rounded."""
    pieces = [
        a + (b - a) * np.linspace(0, 1, max(2, int(np.linalg.norm(b - a) / STEP)), endpoint=False)[:, None]
        for a, b in itertools.pairwise(corners)
    ]
    points = np.concatenate([*pieces, corners[-1:]])
    padded = np.concatenate([np.repeat(points[:1], rounding, 0), points, np.repeat(points[-1:], rounding, 0)])
    kernel = np.ones(2 * rounding + 1) / (2 * rounding + 1)
    smooth = np.stack([np.convolve(padded[:, i], kernel, mode="valid") for i in range(2)], axis=1)
    return Way(smooth)


@compiled
def stamp_way(
    points: "NDArray[np.float64]",
    cell: float,
    reach: float,
    distance: "NDArray[np.float32]",
    along: "NDArray[np.float32]",
) -> None:
    """Write into the fields how far each cell within `reach` is from the way, and how far along it."""
    side = distance.shape[0]
    for index in range(points.shape[0] - 1):
        ax, az = points[index]
        bx, bz = points[index + 1]
        dx, dz = bx - ax, bz - az
        square = dx * dx + dz * dz + 1e-12
        i0 = max(0, int((min(ax, bx) - reach) / cell + 0.5 * side))
        i1 = min(side - 1, int((max(ax, bx) + reach) / cell + 0.5 * side) + 1)
        j0 = max(0, int((min(az, bz) - reach) / cell + 0.5 * side))
        j1 = min(side - 1, int((max(az, bz) + reach) / cell + 0.5 * side) + 1)
        for j in range(j0, j1 + 1):
            z = (j - 0.5 * side) * cell
            for i in range(i0, i1 + 1):
                x = (i - 0.5 * side) * cell
                share = min(1.0, max(0.0, ((x - ax) * dx + (z - az) * dz) / square))
                px, pz = x - ax - share * dx, z - az - share * dz
                away = math.sqrt(px * px + pz * pz)
                if away < distance[j, i]:
                    distance[j, i] = away
                    along[j, i] = (index + share) * math.sqrt(square)
