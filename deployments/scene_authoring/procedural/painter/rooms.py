"""Indoor places of stone and wood: dungeon corridor, castle hall, library; and all indoor places by name.

Owns their furniture and lamps. Lighting itself is the stage's.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.ground import cobbles, grain_at, hashed, noise_at
from deployments.scene_authoring.procedural.painter import surfaces as su
from deployments.scene_authoring.procedural.painter.cave import cave
from deployments.scene_authoring.procedural.painter.flora import Stand
from deployments.scene_authoring.procedural.painter.shell import FIRE, shell
from deployments.scene_authoring.procedural.painter.solids import box, column, put
from deployments.scene_authoring.procedural.painter.stage import Lamp, Stage
from deployments.scene_authoring.procedural.painter.station import station
from deployments.scene_authoring.procedural.plan import Place, Thing
from deployments.scene_authoring.procedural.raster import Plane, Rgb, mix, smoothstep, srgb

if TYPE_CHECKING:
    from collections.abc import Callable


def build(stage: Stage, place: Place, rng: np.random.Generator) -> list[Stand]:
    """Fill the stage with the shell, furniture and lamps of `place`; what else stands about is returned."""
    return _BUILDERS[place](stage, rng)


def paving(colour: Rgb, size: float) -> su.Surface:
    def surface(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
        return (cobbles(along, up, size) * colour / srgb("a49d92")).astype(np.float32), np.zeros_like(normal)

    return surface


def _chequer(light: Rgb, dark: Rgb, size: float) -> su.Surface:
    def surface(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
        a, b = np.floor(along / size), np.floor(up / size)
        even = ((a + b).astype(np.int32) & 1).astype(np.float32)
        vein = 0.75 + 0.35 * noise_at(along + 0.4 * noise_at(up, along, 20.0), up, 34.0)
        u, v = along / size - a, up / size - b
        joint = smoothstep(0.0, 0.03, np.minimum(np.minimum(u, 1 - u), np.minimum(v, 1 - v)))
        tile = mix(
            np.broadcast_to(dark, normal.shape).astype(np.float32),
            np.broadcast_to(light, normal.shape).astype(np.float32),
            even,
        )
        return (tile * ra.spread(vein * (0.5 + 0.5 * joint))).astype(np.float32), np.zeros_like(normal)

    return surface


def _dungeon(stage: Stage, rng: np.random.Generator) -> list[Stand]:
    stone = su.bricks(srgb("8a8176"), 0.52, 0.26, moss=0.55)
    shell(stage, 1.25, 2.15, 24.0, stone, paving(srgb("8a8378"), 0.42), su.bricks(srgb("6c655c"), 0.5, 0.3))
    pillar = su.bricks(srgb("9a9184"), 0.4, 0.3, moss=0.3)
    for z in np.arange(3.0, 23.0, 3.0):
        for side in (-1, 1):
            x0, x1 = sorted((side * 0.98, side * 1.3))
            put(stage, box((x0, 0.0, z), (x1, 2.2, z + 0.42), pillar))
        put(stage, box((-1.3, 1.88, z), (1.3, 2.2, z + 0.42), pillar))
    put(stage, box((-0.5, 0.0, 23.8), (0.5, 1.5, 24.0), su.planks(srgb("5a3a20"), 0.16, upright=True)))
    for index, z in enumerate((2.3, 5.2, 8.2, 11.2, 14.3)):
        _sconce(stage, (-1 if index % 2 else 1) * 1.17, 1.32, z)
    del rng
    return [
        Stand(Thing.BARREL, -0.85, 3.95, 0.0, 0.95),
        Stand(Thing.CRATE, -0.9, 4.9, 0.0, 1.0),
        Stand(Thing.CHEST, 0.85, 6.8, 0.0, 1.0),
    ]


def _sconce(stage: Stage, x: float, y: float, z: float) -> None:
    """A torch on a wall: its holder, its flame and its light."""
    iron = su.plain(srgb("2c2724"))
    put(stage, box((x - 0.03, y - 0.32, z - 0.03), (x + 0.03, y - 0.02, z + 0.03), iron))
    put(stage, box((x - 0.06, y - 0.06, z - 0.06), (x + 0.06, y, z + 0.06), iron))
    stage.lamps.append(Lamp((x * 0.88, y + 0.22, z - 0.1), FIRE * 2.2, 1.5))
    _flame(stage, x, y, z)


def _flame(stage: Stage, x: float, y: float, z: float, size: float = 0.30) -> None:
    """A flame that hides nothing, drawn as light over what is behind it."""
    px, py = stage.x * z, 1.0 - stage.drop * z
    u, v = (px - x) / size, (py - y) / size
    body = smoothstep(-0.05, 0.15, v) * smoothstep(1.15, 0.25, v)
    sway = 0.07 * np.sin(v * 7.0 + x * 9.0)
    core = np.exp(-(((u + sway) / (0.20 * np.sqrt(np.clip(1.15 - v, 0.02, 1)))) ** 2)) * body
    halo = np.exp(-(u * u + (v - 0.4) ** 2) / 0.9)
    seen = stage.z > z * 0.97
    glow = ra.dyed(core, ra.rgb(2.2, 1.05, 0.25)) + ra.dyed(halo, ra.rgb(0.20, 0.09, 0.025))
    stage.glow += (glow * ra.spread(seen)).astype(np.float32)


def _hall(stage: Stage, rng: np.random.Generator) -> list[Stand]:
    wall = su.bricks(srgb("a89c88"), 0.7, 0.36)
    tall = 5.6
    high = su.facade(wall, (3.0, 6.0), (0.95, 2.6), 1.0, srgb("6a6258"), 0.4, seed=1)
    shell(stage, 4.2, tall, 26.0, high, _chequer(srgb("c9bfae"), srgb("6d5f57"), 0.8), su.planks(srgb("5e4028"), 0.5))
    stage.glow *= ra.rgb(0.75, 0.95, 1.25)
    pillar = su.bricks(srgb("b8ad99"), 0.5, 0.5)
    for z in np.arange(4.0, 25.0, 4.2):
        for side in (-1, 1):
            put(stage, column((side * 2.5, float(z)), 0.34, 0.0, tall, 12, pillar))
            put(stage, column((side * 2.5, float(z)), 0.50, 0.0, 0.34, 12, pillar))
            put(stage, column((side * 2.5, float(z)), 0.52, tall - 0.5, tall, 12, pillar))
            _banner(stage, side * 2.12, float(z))
        put(stage, box((-4.2, tall - 0.35, z - 0.2), (4.2, tall, z + 0.2), su.planks(srgb("4a3220"), 0.3)))
        stage.lamps.append(Lamp((-1.9, 2.0, float(z) - 0.4), FIRE * 1.9, 2.3))
        stage.lamps.append(Lamp((1.9, 2.0, float(z) - 0.4), FIRE * 1.9, 2.3))
    _carpet(stage, 0.85)
    gold = su.plain(srgb("d9a93c"), rough=0.12)
    put(stage, box((-1.6, 0.0, 23.0), (1.6, 0.35, 26.0), wall))
    put(stage, box((-0.55, 0.3, 24.4), (0.55, 2.3, 24.7), gold))
    put(stage, box((-0.55, 0.3, 23.8), (0.55, 0.95, 24.5), su.plain(srgb("8a2430"))))
    stage.lamps.append(Lamp((0.0, 3.0, 23.0), FIRE * 1.4, 3.0))
    del rng
    return []


def _banner(stage: Stage, x: float, z: float) -> None:
    def cloth(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
        fold = 0.75 + 0.25 * np.sin(along * 26.0)
        emblem = np.hypot((along - x) * 1.0, up - 2.9) < 0.14
        tone = np.where(
            (emblem | (np.abs(np.abs(along - x) - 0.20) < 0.015))[..., None], srgb("d9a93c"), srgb("8f2030")
        )
        return (tone * ra.spread(fold)).astype(np.float32), np.zeros_like(normal)

    put(stage, box((x - 0.24, 2.1, z - 0.38), (x + 0.24, 3.7, z - 0.35), cloth))


def _carpet(stage: Stage, half: float) -> None:
    """A red runner with golden borders down the middle of the floor."""
    px, _, pz = stage.positions()
    on = (np.abs(px) < half) & (stage.ground > 0.5)
    border = np.abs(np.abs(px) - half * 0.88) < 0.05
    weave = 0.75 + 0.4 * grain_at(px, pz, 120.0)
    tone = mix(srgb("8a1f2c"), srgb("c99a3c"), border) * ra.spread(weave)
    stage.albedo = mix(stage.albedo, tone.astype(np.float32), on.astype(np.float32) * 0.94)


def _books(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
    shelf = np.floor(up / 0.42)
    v = up / 0.42 - shelf
    slot = along / 0.062
    book = np.floor(slot)
    u = slot - book
    rise = 0.62 + 0.28 * hashed(book, shelf)
    hue = hashed(book + 11, shelf + 3)
    leather = ra.gradient(
        hue,
        [
            (0.0, srgb("6e2a22")),
            (0.25, srgb("3d4f3a")),
            (0.5, srgb("7a5a2e")),
            (0.75, srgb("2f3d55")),
            (1.0, srgb("8a7a62")),
        ],
    )
    round_ = 0.55 + 0.45 * np.sin(np.clip(u, 0, 1) * np.pi)
    band = 1.0 + 0.9 * ((np.abs(v - rise * 0.75) < 0.018) | (np.abs(v - rise * 0.3) < 0.014))
    page = leather * ra.spread(round_ * band)
    gap = (v > rise) | (v < 0.06)
    board = (v < 0.08) | (v > 0.985)
    upright = np.abs((along / 1.6) % 1.0 - 0.5) > 0.47
    wood = ra.dyed(0.7 + 0.5 * noise_at(along, up * 4, 30.0), srgb("6b4426"))
    albedo = mix(mix(page, srgb("140d08"), gap), wood, board | upright)
    return albedo.astype(np.float32), np.zeros_like(normal)


def _library(stage: Stage, rng: np.random.Generator) -> list[Stand]:
    wood = su.planks(srgb("6b4426"), 0.3)
    shell(stage, 2.3, 3.4, 16.0, _books, su.planks(srgb("8a5c34"), 0.26), su.planks(srgb("4a2f1c"), 0.45))
    for z in np.arange(2.6, 16.0, 3.2):
        for side in (-1, 1):
            x0, x1 = sorted((side * 1.75, side * 2.3))
            put(stage, box((x0, 0.0, z), (x1, 3.1, z + 0.5), _books))
            put(stage, box((x0 - 0.03, 3.1, z - 0.04), (x1 + 0.03, 3.2, z + 0.54), wood))
        stage.lamps.append(Lamp((0.0, 2.55, float(z) + 1.4), ra.rgb(1.0, 0.72, 0.40) * 3.2, 2.0))
        put(stage, column((0.0, float(z) + 1.4), 0.16, 2.45, 2.68, 10, _shade))
        put(stage, box((-0.012, 2.68, z + 1.39), (0.012, 3.4, z + 1.41), su.plain(srgb("2a2320"))))
    window = su.facade(su.planks(srgb("5a3a22"), 0.3), (1.5, 2.4), (1.1, 1.9), 1.0, srgb("4a2f1c"), 0.6)
    put(stage, box((-0.75, 0.6, 15.8), (0.75, 3.0, 16.0), window))
    put(stage, box((-0.62, 0.46, 6.6), (0.62, 0.53, 8.0), su.planks(srgb("7a4e2a"), 0.2)))
    for x, z in ((-0.55, 6.7), (0.55, 6.7), (-0.55, 7.9), (0.55, 7.9)):
        put(stage, box((x - 0.04, 0.0, z - 0.04), (x + 0.04, 0.46, z + 0.04), wood))
    for index, (x, z) in enumerate(((-0.35, 6.9), (0.30, 7.2), (-0.1, 7.6))):
        put(
            stage,
            box(
                (x - 0.13, 0.53, z - 0.1),
                (x + 0.13, 0.58 + 0.05 * index, z + 0.1),
                su.plain(srgb(("8a2f28", "2f4a5a", "6a5a2e")[index])),
            ),
        )
    _carpet(stage, 0.62)
    del rng
    return []


def _shade(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
    del along, up
    return np.full_like(normal, 0.6), np.broadcast_to(ra.rgb(1.5, 0.95, 0.45), normal.shape).astype(np.float32)


_BUILDERS: "Final[dict[Place, Callable[[Stage, np.random.Generator], list[Stand]]]]" = {
    Place.DUNGEON: _dungeon,
    Place.HALL: _hall,
    Place.LIBRARY: _library,
    Place.CAVE: cave,
    Place.STATION: station,
}
