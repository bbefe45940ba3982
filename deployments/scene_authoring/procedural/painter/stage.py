"""The stage of a scene: a fixed first-person camera, and for each pixel what is seen, how far and how it is lit.

Owns the buffers and the lighting. Units are eye heights: the ground is y = 0, the eye y = 1 at the origin, z
points ahead, x to the right. What stands on the stage comes from `terrain`, `solids` and `rooms`.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.layers import Layers
from deployments.scene_authoring.procedural.light import Light
from deployments.scene_authoring.procedural.raster import Plane, Rgb, smoothstep

FOCAL: Final = 1.5
"""Height of the picture at distance 1, in eye heights: a vertical field of view of 74 degrees."""

FAR: Final = 400.0
"""Distance that stands for infinity."""

_LAMP_ENDS: Final = 12.0
"""Behind so many reaches a lamp adds less than can be seen."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """A point light: where, its colour, and the distance at which it has faded to a third."""

    at: tuple[float, float, float]
    colour: Rgb
    reach: float


@dataclass(slots=True)
class Stage:
    """Buffers of `height` x `width` pixels; nothing is seen yet: all is sky."""

    height: int
    width: int
    horizon: float
    x: Plane = field(init=False)
    """Ray slope to the right of each pixel: world x is `x * z`."""
    drop: Plane = field(init=False)
    """Ray slope downwards: world y is `1 - drop * z`."""
    z: Plane = field(init=False)
    albedo: Rgb = field(init=False)
    normal: Rgb = field(init=False)
    glow: Rgb = field(init=False)
    ground: Plane = field(init=False)
    water: Plane = field(init=False)
    lamps: list[Lamp] = field(default_factory=list[Lamp])

    def __post_init__(self) -> None:
        rows, columns = ra.grid(self.height, self.width)
        self.x = (columns - 0.5) * np.float32(FOCAL * self.width / max(1, self.height))
        self.drop = (rows - np.float32(self.horizon)) * np.float32(FOCAL)
        self.z = np.full((self.height, self.width), FAR, dtype=np.float32)
        self.albedo = np.zeros((self.height, self.width, 3), dtype=np.float32)
        self.normal = np.zeros_like(self.albedo)
        self.glow = np.zeros_like(self.albedo)
        self.ground = np.zeros_like(self.z)
        self.water = np.zeros_like(self.z)

    @property
    def sky(self) -> NDArray[np.bool_]:
        """Where nothing stands before the sky."""
        return self.z >= FAR

    def positions(self) -> tuple[Plane, Plane, Plane]:
        """World x, y and z of what each pixel sees."""
        return self.x * self.z, 1.0 - self.drop * self.z, self.z

    def layers(self) -> Layers:
        """The truth that editing effects otherwise have to estimate. The sky's edge is softened by a pixel."""
        sky = (
            ra.blur(self.sky.astype(np.float32), 1) if min(self.height, self.width) > 4 else self.sky.astype(np.float32)
        )
        near = self.z / (self.z + np.float32(13.0))
        distance = np.where(self.sky, np.float32(1.0), near).astype(np.float32)
        return Layers(sky * self.sky, distance, self.ground * (1.0 - sky), np.zeros_like(sky), self.horizon)

    def show(self, where: NDArray[np.bool_], z: Plane, albedo: Rgb, normal: Rgb, glow: Rgb | None = None) -> None:
        """Put a surface at `where`, in front of whatever is there."""
        self.z[where] = z[where]
        self.albedo[where] = albedo[where]
        self.normal[where] = normal[where]
        self.glow[where] = 0.0 if glow is None else glow[where]
        self.ground[where] = 0.0
        self.water[where] = 0.0

    def resolve(self, light: Light, sun: tuple[float, float, float], shadow: Plane, *, indoors: bool) -> Rgb:
        """Linear colours of all but the sky: sky light, the sun where `shadow` is 0, lamps, own light, and air."""
        towards = np.array(sun, dtype=np.float32)
        towards /= np.linalg.norm(towards)
        direct = np.clip(self.normal @ towards, 0.0, 1.0) * (1.0 - shadow)
        around = 0.62 + 0.38 * self.normal[..., 1]
        sky_light = light.ambient * np.float32(light.exposure * (0.10 if indoors else 0.62))
        sun_light = light.key * np.float32(light.exposure * (0.0 if indoors else 1.05))
        received = ra.dyed(around, sky_light)
        received += ra.dyed(direct, sun_light)
        received += self._lamplight()
        received *= self.albedo
        received += self.glow
        return received

    def _lamplight(self) -> Rgb:
        total = np.zeros_like(self.albedo)
        if not self.lamps:
            return total
        near = self.z < max(lamp.at[2] + _LAMP_ENDS * lamp.reach for lamp in self.lamps)
        px, py, pz = (position[near] for position in self.positions())
        nx, ny, nz = (self.normal[..., axis][near] for axis in range(3))
        by_colour: dict[bytes, tuple[Rgb, Plane]] = {}
        for lamp in self.lamps:
            dx, dy, dz = lamp.at[0] - px, lamp.at[1] - py, lamp.at[2] - pz
            square = dx * dx + dy * dy + dz * dz
            facing = np.clip((dx * nx + dy * ny + dz * nz) / np.sqrt(square + 1e-4), 0.0, 1.0) * 0.85 + 0.15
            fade = 1.0 + square * np.float32(2.0 / (lamp.reach * lamp.reach))
            _, strength = by_colour.setdefault(lamp.colour.tobytes(), (lamp.colour, np.zeros_like(px)))
            strength += facing / (fade * np.sqrt(fade))
        total[near] = sum(ra.dyed(strength, colour) for colour, strength in by_colour.values())
        return total


def soften_edges(picture: Rgb, z: Plane) -> Rgb:
    """Outlines antialiased after the fact: where distance jumps, a pixel takes some of its neighbours' colour."""
    nearness = 1.0 / (1.0 + z)
    jump = np.zeros_like(z)
    jump[1:] = np.maximum(jump[1:], np.abs(np.diff(nearness, axis=0)))
    jump[:, 1:] = np.maximum(jump[:, 1:], np.abs(np.diff(nearness, axis=1)))
    jump[:-1] = np.maximum(jump[:-1], np.abs(np.diff(nearness, axis=0)))
    jump[:, :-1] = np.maximum(jump[:, :-1], np.abs(np.diff(nearness, axis=1)))
    edge = smoothstep(0.004, 0.03, jump / (nearness + 0.03))
    if min(z.shape) < 4:
        return picture
    return ra.mix(picture, ra.blur(picture, 0.5), edge * 0.6)
