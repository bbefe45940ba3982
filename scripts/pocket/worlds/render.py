"""Whole pictures from rays: panoramas and perspective views, supersampled.

Owns the sampling and what becomes of the samples of a pixel: colours are averaged; of the distances one is taken (the
upper median), because the mean of two surfaces would be a third that does not exist.
"""

import math
from typing import TYPE_CHECKING

import numpy as np

from scripts.pocket.worlds.compiling import compiled
from scripts.pocket.worlds.scene import Scene
from scripts.pocket.worlds.shading import look

if TYPE_CHECKING:
    from numpy.typing import NDArray


@compiled
def _agree(taken: "NDArray[np.float64]", samples: int) -> bool:
    """Whether the samples on the diagonal of a pixel show one smooth surface, so that they suffice."""
    for i in range(1, samples):
        k = i * (samples + 1)
        if abs(taken[k, 3] - taken[0, 3]) > 0.02 * max(taken[k, 3], taken[0, 3]):
            return False
        for c in range(3):
            if abs(taken[k, c] - taken[0, c]) > 0.02 + 0.15 * taken[0, c]:
                return False
    return samples > 1


@compiled
def _settle(
    taken: "NDArray[np.float64]",
    samples: int,
    turn: int,
    colour: "NDArray[np.float32]",
    found: "NDArray[np.float64]",
) -> None:
    """Average the colours; the distance settled on becomes the first of `found`."""
    count = 0
    r, g, b = 0.0, 0.0, 0.0
    for j in range(samples):
        for i in range(samples):
            if turn == 1 or i == j:
                k = j * samples + i
                r, g, b = r + min(taken[k, 0], 4.0), g + min(taken[k, 1], 4.0), b + min(taken[k, 2], 4.0)
                near = taken[k, 3]
                place = count
                while place > 0 and found[place - 1] > near:
                    found[place] = found[place - 1]
                    place -= 1
                found[place] = near
                count += 1
    colour[0], colour[1], colour[2] = r / count, g / count, b / count
    found[0] = found[count // 2]


@compiled
def draw_panorama(
    scene: Scene,
    x: float,
    y: float,
    z: float,
    top_rad: float,
    bottom_rad: float,
    samples: int,
    colours: "NDArray[np.float32]",
    inverse: "NDArray[np.float32]",
) -> None:
    """Fill `colours` (linear, height x width x 3) and `inverse` with an equirectangular band."""
    height, width = inverse.shape
    spread = 2.0 * math.pi / width / samples
    taken = np.zeros((samples * samples, 4), dtype=np.float64)
    found = np.zeros(samples * samples, dtype=np.float64)
    for row in range(height):
        for column in range(width):
            turn = 0
            for turn in range(2):
                for j in range(samples):
                    for i in range(samples):
                        if (i == j) != (turn == 0):
                            continue
                        heading = (column + (i + 0.5) / samples) / width * 2.0 * math.pi - math.pi
                        elevation = top_rad + (row + (j + 0.5) / samples) / height * (bottom_rad - top_rad)
                        flat = math.cos(elevation)
                        taken[j * samples + i] = look(
                            scene,
                            x,
                            y,
                            z,
                            flat * math.sin(heading),
                            math.sin(elevation),
                            flat * math.cos(heading),
                            spread,
                        )
                if turn == 0 and _agree(taken, samples):
                    break
            _settle(taken, samples, turn, colours[row, column], found)
            inverse[row, column] = found[0]


@compiled
def draw_view(
    scene: Scene,
    x: float,
    y: float,
    z: float,
    axes: "NDArray[np.float64]",
    half_width: float,
    samples: int,
    colours: "NDArray[np.float32]",
    inverse: "NDArray[np.float32]",
) -> None:
    """The same through a pinhole: `axes` are right, down and ahead, `half_width` the tangent of half the view."""
    height, width = inverse.shape
    spread = 2.0 * half_width / width / samples
    taken = np.zeros((samples * samples, 4), dtype=np.float64)
    found = np.zeros(samples * samples, dtype=np.float64)
    for row in range(height):
        for column in range(width):
            turn = 0
            for turn in range(2):
                for j in range(samples):
                    for i in range(samples):
                        if (i == j) != (turn == 0):
                            continue
                        u = ((column + (i + 0.5) / samples) / width * 2.0 - 1.0) * half_width
                        v = ((row + (j + 0.5) / samples) / height * 2.0 - 1.0) * half_width * height / width
                        dx = u * axes[0, 0] + v * axes[1, 0] + axes[2, 0]
                        dy = u * axes[0, 1] + v * axes[1, 1] + axes[2, 1]
                        dz = u * axes[0, 2] + v * axes[1, 2] + axes[2, 2]
                        length = 1.0 / math.sqrt(dx * dx + dy * dy + dz * dz)
                        taken[j * samples + i] = look(scene, x, y, z, dx * length, dy * length, dz * length, spread)
                if turn == 0 and _agree(taken, samples):
                    break
            _settle(taken, samples, turn, colours[row, column], found)
            inverse[row, column] = found[0]
