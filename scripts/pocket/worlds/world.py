"""A world from a seed: its kind, its walks, and exact pictures with distances from any place.

Owns the interface of this package; `kinds.py` lists the recipes.
"""

import math
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from deployments.world_model.engines.pocket.geometry import BOTTOM_RAD, TOP_RAD, frame_rotation
from scripts.pocket.worlds.grading import Grading
from scripts.pocket.worlds.kinds import RECIPES
from scripts.pocket.worlds.render import draw_panorama, draw_view
from scripts.pocket.worlds.ways import STEP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scripts.pocket.worlds.builder import Builder

    Picture: TypeAlias = tuple[NDArray[np.uint8], NDArray[np.float32]]


class World:
    """Ready to be looked at. Deterministic in its seed."""

    def __init__(self, seed: int, kind: str, build: "Builder", rng: np.random.Generator) -> None:
        self.seed = seed
        self.kind: Final = kind
        self.time: Final = build.weather.time
        self.headroom: Final = build.headroom
        self._way = build.way
        self._build = build
        self._grading = Grading(rng, build.weather.exposure)
        self._walk_rng = np.random.default_rng([seed, 7])
        self.scene = build.finish()
        x, z, _ = self._way.at(len(self._way.points) // 2)
        self.start: Final = (x, z)

    def floor(self, index: int) -> float:
        """Height of what one stands on at a point of the way."""
        if self._way.floors is not None:
            return float(self._way.floors[index])
        x, z, _ = self._way.at(index)
        return max(
            self._build.height(x, z), float(self.scene.settings[38]) if self.scene.settings[38] > -1000 else -1e9
        )

    def path(self, n: int) -> "NDArray[np.float64]":
        """`n` poses x, y of the eye, z, yaw along a walk; each call takes another one, in a fixed order."""
        rng = self._walk_rng
        count = len(self._way.points)
        pace = rng.uniform(0.8, 2.0)
        span = int((n - 1) * pace / STEP) + 1
        margin = min(12, count // 8)
        first = int(rng.integers(margin, max(margin + 1, count - span - margin)))
        backward = rng.random() < 0.5
        turn = rng.normal(0, 0.25)
        poses = np.zeros((n, 4), dtype=np.float64)
        for i in range(n):
            index = min(first + int(i * pace / STEP), count - 1 - min(2, count // 16))
            x, z, heading = self._way.at(index)
            turn = 0.8 * turn + rng.normal(0, 0.12)
            poses[i] = (x, self.floor(index) + 1.0, z, heading + turn)
        if backward:
            poses = poses[::-1].copy()
            poses[:, 3] += math.pi
        poses[:, 3] = (poses[:, 3] + math.pi) % (2 * math.pi) - math.pi
        return poses

    def panorama(self, x: float, y: float, z: float, height: int, width: int, samples: int = 2) -> "Picture":
        """The band of `geometry.py`, heading 0 along +z: colours, and inverse distance (0 for the sky)."""
        colours = np.empty((height, width, 3), dtype=np.float32)
        inverse = np.empty((height, width), dtype=np.float32)
        draw_panorama(self.scene, x, y, z, TOP_RAD, BOTTOM_RAD, samples, colours, inverse)
        return self._grading.developed(colours, vignetted=False), inverse

    def view(
        self,
        x: float,
        y: float,
        z: float,
        yaw: float,
        pitch: float,
        field_of_view_rad: float,
        height: int,
        width: int,
        samples: int = 2,
    ) -> "Picture":
        """The same through a pinhole; inverse of the distance along the ray, not along the axis."""
        colours = np.empty((height, width, 3), dtype=np.float32)
        inverse = np.empty((height, width), dtype=np.float32)
        axes = frame_rotation(yaw, pitch).astype(np.float64)
        draw_view(self.scene, x, y, z, axes, math.tan(field_of_view_rad / 2), samples, colours, inverse)
        return self._grading.developed(colours, vignetted=True), inverse


def make_world(seed: int, kind: str | None = None) -> World:
    """The world of a seed; `kind` overrides the seed's choice."""
    rng = np.random.default_rng([seed, 1])
    names = list(RECIPES)
    weights = np.array([RECIPES[name][1] for name in names])
    chosen = names[int(rng.choice(len(names), p=weights / weights.sum()))]
    name = kind or chosen
    build = RECIPES[name][0](rng)
    return World(seed, name, build, rng)
