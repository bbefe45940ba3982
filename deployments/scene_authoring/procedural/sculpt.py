"""A small sculptor: shapes with normals, drawn antialiased and lit afterwards.

Owns rounded bars, flat polygons and clumps of leaves on a canvas. What they add up to is drawn in
`things` and `tools`; where it stands in a picture is `compose`'s business.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageDraw

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.raster import Plane, Rgb, smoothstep

if TYPE_CHECKING:
    from collections.abc import Sequence

_FINE_BELOW_PX: Final = 230
"""Canvases lower than this are drawn at twice their size."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Illumination:
    """Light on a thing: a direction towards the key light (x right, y up, z to the viewer) and two colours."""

    towards_key: tuple[float, float, float]
    key: Rgb
    ambient: Rgb


@dataclass(frozen=True, slots=True)
class Sprite:
    """A lit thing: premultiplied colour, coverage, and the light it gives off itself."""

    colour: Rgb
    alpha: Plane
    glow: Rgb


class Sculpture:
    """A canvas of `width` x `height` pixels. Shapes use units of the canvas height; later ones cover earlier ones."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (max(1, width), max(1, height))
        finer = 2 if height < _FINE_BELOW_PX else 1
        rows, columns = max(1, height) * finer, max(1, width) * finer
        self._unit = float(rows)
        self._surface = np.zeros((rows, columns, 6), dtype=np.float32)
        """Albedo, then normal."""
        self._alpha = np.zeros((rows, columns), dtype=np.float32)
        self._glow = np.zeros((rows, columns, 3), dtype=np.float32)
        self._shines = False

    @property
    def aspect(self) -> float:
        """Width of the canvas in units of its height."""
        return self._alpha.shape[1] / self._alpha.shape[0]

    def bar(self, start: Point, end: Point, radii: tuple[float, float], colour: Rgb, grain: float = 0.0) -> None:
        """A rounded bar from `start` to `end`, its radius going from the first to the second of `radii`."""
        window = self._window((start, end), max(radii))
        if window is None:
            return
        rows, columns, y, x = window
        x, y = x - start[0], y - start[1]
        dx, dy = end[0] - start[0], end[1] - start[1]
        square = max(dx * dx + dy * dy, 1e-9)
        along = np.clip(x * (dx / square) + y * (dy / square), 0.0, 1.0)
        radius = radii[0] + (radii[1] - radii[0]) * along
        ox, oy = (x - along * dx) / radius, (y - along * dy) / radius
        out = ox * ox + oy * oy
        cover = np.clip((1.0 - np.sqrt(out)) * radius * self._unit + 0.5, 0.0, 1.0)
        nz = np.sqrt(np.clip(1.0 - out, 0.02, 1.0))
        shaded = ra.dyed(1.0 - grain * (0.5 + 0.5 * np.sin(along * 40.0 + ox * 9.0)), colour) if grain else colour
        self._lay(rows, columns, cover, shaded, (ox, -oy, nz))

    def face(
        self, corners: "Sequence[Point]", colour: Rgb, normal: tuple[float, float, float], grain: float = 0.0
    ) -> None:
        """A flat polygon that looks towards `normal`; `grain` gives it streaks along x."""
        mask = self._polygon(corners)
        window = self._window(corners, 0.0)
        if window is None:
            return
        rows, columns, y, x = window
        shaded = colour
        if grain:
            shaded = ra.dyed(1.0 - grain * (0.5 + 0.5 * np.sin(y * 160.0 + np.sin(x * 23.0) * 2.0)), colour)
        self._lay(rows, columns, mask[rows, columns], shaded, normal)

    def shine(self, centre: Point, radius: float, colour: Rgb, stretch: float = 1.0) -> None:
        """A soft light that covers nothing, `stretch` times as high as wide."""
        window = self._window((centre,), radius * max(1.0, stretch) * 2.2)
        if window is None:
            return
        rows, columns, y, x = window
        away = ((x - centre[0]) ** 2 + ((y - centre[1]) / stretch) ** 2) / (radius * radius)
        self._shines = True
        self._glow[rows, columns] += ra.dyed(np.exp(-away), colour)

    def flame(self, base: Point, height: float, rng: np.random.Generator) -> None:
        """A fire that stands on `base`: a bright core, orange tongues."""
        for share, hot in (
            (1.0, ra.rgb(1.5, 0.32, 0.03)),
            (0.72, ra.rgb(1.7, 0.75, 0.10)),
            (0.42, ra.rgb(1.6, 1.3, 0.55)),
        ):
            for lean in rng.uniform(-0.22, 0.22, 4).tolist():
                tip = (base[0] + lean * height * 0.8, base[1] - height * share * float(rng.uniform(0.75, 1.05)))
                self._tongue((base[0] + lean * 0.5 * height, base[1]), tip, height * 0.17 * share**0.5, hot * 0.62)

    def leaves(self, centre: Point, radius: float, colour: Rgb, rng: np.random.Generator, gaps: float = 0.45) -> None:
        """A clump of leaves: a ball whose outline and light break up."""
        window = self._window((centre,), radius * 1.25)
        if window is None:
            return
        rows, columns, y, x = window
        ox, oy = (x - centre[0]) / radius, (y - centre[1]) / radius
        out = np.sqrt(ox * ox + oy * oy)
        leaf = max(2.0, self._unit * radius / 9)
        noise = ra.fractal(out.shape[0], out.shape[1], leaf, 2, rng)
        cover = smoothstep(0.0, 0.10, 1.05 - out - gaps * 1.3 * (noise - 0.28))
        tone = 0.45 + 1.1 * noise
        nz = np.sqrt(np.clip(1.0 - out * out, 0.05, 1.0))
        facing = (ox + (noise - 0.5) * 1.3, -oy + (noise - 0.5) * 0.9, nz)
        self._lay(rows, columns, cover, ra.dyed(tone, colour), facing)

    def mirrored(self) -> "Sculpture":
        """The same thing seen as in a mirror, to be lit anew."""
        other = Sculpture(*self._size)
        other._surface[:] = self._surface[:, ::-1]
        other._surface[..., 3] *= -1.0
        other._alpha[:] = self._alpha[:, ::-1]
        other._glow[:] = self._glow[:, ::-1]
        return other

    def lit(self, light: Illumination, tint: Rgb | None = None) -> Sprite:
        """The finished thing in `light`, at the size of the canvas."""
        nx, ny, nz = self._surface[..., 3], self._surface[..., 4], self._surface[..., 5]
        length = np.sqrt(nx * nx + ny * ny + nz * nz) + 1e-6
        towards = np.array(light.towards_key, dtype=np.float32)
        towards /= np.linalg.norm(towards)
        direct = np.clip((nx * towards[0] + ny * towards[1] + nz * towards[2]) / length, 0.0, 1.0)
        colour = ra.dyed(0.72 + 0.28 * ny / length, light.ambient) + ra.dyed(direct, light.key)
        colour *= self._surface[..., :3]
        if tint is not None:
            colour *= tint
        width, height = self._size
        small = ra.resize(colour * ra.spread(self._alpha), width, height)
        return Sprite(small, ra.resize(self._alpha, width, height), ra.resize(self._glow, width, height))

    def _tongue(self, start: Point, tip: Point, radius: float, colour: Rgb) -> None:
        window = self._window((start, tip), radius)
        if window is None:
            return
        rows, columns, y, x = window
        dx, dy = tip[0] - start[0], tip[1] - start[1]
        along = np.clip(((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy), 0.0, 1.0)
        width = radius * np.sqrt(np.clip(1.0 - along, 0, 1)) * (0.55 + 0.9 * along) + 1e-4
        bend = radius * 0.45 * np.sin(along * 6.0 + start[0] * 50)
        out = np.hypot(x - start[0] - along * dx - bend, y - start[1] - along * dy) / width
        self._shines = True
        self._glow[rows, columns] += ra.dyed(np.clip(1.0 - out, 0.0, 1.0) ** 0.8, colour)

    def _polygon(self, corners: "Sequence[Point]") -> Plane:
        rows, columns = self._alpha.shape
        canvas = Image.new("L", (columns * 2, rows * 2))
        ImageDraw.Draw(canvas).polygon([(px * self._unit * 2, py * self._unit * 2) for px, py in corners], fill=255)
        return np.asarray(canvas.reduce(2), dtype=np.float32) / np.float32(255.0)

    def _window(self, points: "Sequence[Point]", margin: float) -> tuple[slice, slice, Plane, Plane] | None:
        """The part of the canvas around `points`: two slices, y of the rows, x of the columns; nothing if outside."""
        rows, columns = self._alpha.shape
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        top, bottom = int((min(ys) - margin) * self._unit) - 2, int((max(ys) + margin) * self._unit) + 3
        left, right = int((min(xs) - margin) * self._unit) - 2, int((max(xs) + margin) * self._unit) + 3
        top, left, bottom, right = max(0, top), max(0, left), min(rows, bottom), min(columns, right)
        if top >= bottom or left >= right:
            return None
        y = (np.arange(top, bottom, dtype=np.float32)[:, None] + 0.5) / self._unit
        x = (np.arange(left, right, dtype=np.float32)[None, :] + 0.5) / self._unit
        return slice(top, bottom), slice(left, right), y, x

    def _lay(self, rows: slice, columns: slice, cover: Plane, colour: Rgb, normal: tuple[Plane | float, ...]) -> None:
        change = np.empty((*cover.shape, 6), dtype=np.float32)
        change[..., :3] = colour
        for axis, value in enumerate(normal, start=3):
            change[..., axis] = value
        below = self._surface[rows, columns]
        change -= below
        change *= cover[..., None]
        below += change
        alpha = self._alpha[rows, columns]
        alpha += (1.0 - alpha) * cover
        if self._shines:
            self._glow[rows, columns] *= ra.spread(1.0 - cover)
