"""What people build outdoors: houses, blocks, fences, walls, lamps, cars, benches, figures."""

import math
from typing import TYPE_CHECKING

from scripts.pocket.worlds import palettes
from scripts.pocket.worlds.materials import PAINTED, material
from scripts.pocket.worlds.scene import CUT_BARS, CUT_MESH, CUT_PICKETS, CUT_RAILS

if TYPE_CHECKING:
    from scripts.pocket.worlds.builder import Builder


class Town:
    """A world's building materials and the things made of them."""

    def __init__(self, build: "Builder") -> None:
        self.build = build
        rng, dark = build.rng, build.weather.is_dark
        self.lit = float(rng.uniform(0.3, 0.8)) if dark else 0.0
        self.walls = [build.add_material(palettes.house_wall(rng)) for _ in range(4)]
        self.roofs = [build.add_material(palettes.shingles(rng)) for _ in range(2)]
        self.facades = [build.add_material(palettes.facade(rng, self.lit, glassy=rng.random() < 0.2)) for _ in range(5)]
        self.window = build.add_material(palettes.window(self.lit))
        self.wood = build.add_material(palettes.planks(rng))
        self.paints = [build.add_material(palettes.plain(palettes.pick(rng, palettes.PAINTS), 0.04)) for _ in range(4)]
        self.white = build.add_material(palettes.plain((0.82, 0.81, 0.78), 0.05))
        self.iron = build.add_material(palettes.plain((0.14, 0.14, 0.15), 0.1))
        self.rubber = build.add_material(palettes.plain((0.07, 0.07, 0.075), 0.1))
        self.glass = build.add_material(palettes.plain((0.1, 0.13, 0.16), 0.05, mirror=0.6))
        self.stone = build.add_material(palettes.stones(rng))
        self.lamp = build.add_material(
            palettes.plain((1.0, 0.86, 0.6) if dark else (0.85, 0.85, 0.8), 0.02, glow=4.0 if dark else 0.0)
        )
        self.sign = build.add_material(
            material(
                PAINTED,
                palettes.pick(rng, palettes.PAINTS),
                palettes.pick(rng, palettes.PAINTS),
                palettes.pick(rng, palettes.WALLS),
                across=2.5,
            )
        )
        self.goods = build.add_material(
            material(
                PAINTED,
                (0.25, 0.2, 0.16),
                palettes.pick(rng, palettes.PAINTS),
                palettes.pick(rng, palettes.SANDS),
                across=2.5,
                glow=1.6 if dark else 0.25,
                mirror=0.15,
            )
        )

    def one(self, of: list[int]) -> int:
        """One of several materials."""
        return of[int(self.build.rng.integers(len(of)))]

    def _local(self, x: float, z: float, turn: float, lx: float, lz: float) -> tuple[float, float]:
        return x + math.cos(turn) * lx + math.sin(turn) * lz, z - math.sin(turn) * lx + math.cos(turn) * lz

    def house(
        self, x: float, z: float, half: tuple[float, float], turn: float, floors: int = 1, *, shop: bool = False
    ) -> None:
        """A house whose front looks along local -z, with door, windows, a pitched roof and a chimney."""
        build, rng = self.build, self.build.rng
        hx, hz = half
        corners = [build.height(*self._local(x, z, turn, a, b)) for a in (-hx, hx) for b in (-hz, hz)]
        low, y = min(corners), sum(corners) / 4
        storey = float(rng.uniform(1.6, 1.95))
        height = storey * floors + float(rng.uniform(0.1, 0.5))
        wall = self.one(self.walls)
        build.box(wall, x, low - 0.3, z, (hx, (height + y - low + 0.3) / 2, hz), turn=turn)
        build.box(self.stone, x, low - 0.3, z, (hx + 0.03, (y - low + 0.3 + 0.18) / 2, hz + 0.03), turn=turn)
        self._roof(x, y + height, z, hx, hz, turn)
        for side in range(4):
            along, out = (hx, hz) if side % 2 == 0 else (hz, hx)
            facing = turn + side * math.pi / 2
            for floor in range(floors):
                slots = max(1, int(along * 2 / rng.uniform(1.0, 1.6)))
                door_slot = slots // 2 if side == 0 and floor == 0 else -1
                for slot in range(slots):
                    offset = (slot + 0.5) / slots * 2 * along - along
                    px, pz = self._local(x, z, facing, offset, -out)
                    base = y + floor * storey
                    if slot == door_slot:
                        self._door(px, base, pz, facing)
                    elif shop and side == 0 and floor == 0:
                        build.box(
                            self.goods,
                            px,
                            base + 0.25,
                            pz,
                            (along / slots * 0.85, 0.5, 0.03),
                            turn=facing,
                            stands=False,
                        )
                        build.box(
                            self.wood,
                            px,
                            base + 0.15,
                            pz,
                            (along / slots * 0.92, 0.05, 0.06),
                            turn=facing,
                            stands=False,
                        )
                    else:
                        self._window(px, base + 0.55, pz, facing)
            if shop and side == 0:
                px, pz = self._local(x, z, facing, 0.0, -out - 0.04)
                build.box(self.sign, px, y + storey * 0.76, pz, (hx * 0.9, 0.13, 0.05), turn=facing, stands=False)
                if rng.random() < 0.5:
                    px, pz = self._local(x, z, facing, 0.0, -out - 0.3)
                    build.frustum(
                        self.one(self.paints),
                        px,
                        y + storey * 0.68,
                        pz,
                        (hx * 0.9, 0.1, 0.34),
                        (hx * 0.9, 0.1),
                        turn=facing,
                    )

    def _roof(self, x: float, y: float, z: float, hx: float, hz: float, turn: float) -> None:
        build, rng = self.build, self.build.rng
        roof, over = self.one(self.roofs), 0.16
        across = min(hx, hz)
        rise = across * float(rng.uniform(0.6, 1.2))
        style = int(rng.integers(4))
        if style == 0:
            build.frustum(
                roof,
                x,
                y,
                z,
                (hx + over, rise / 2, hz + over),
                (max(0.0, hx - across), max(0.0, hz - across)),
                turn=turn,
            )
        elif hx < hz:
            build.frustum(roof, x, y, z, (hx + over, rise / 2, hz + over), (0.0, hz + over), turn=turn)
        else:
            build.frustum(roof, x, y, z, (hx + over, rise / 2, hz + over), (hx + over, 0.0), turn=turn)
        build.box(self.white, x, y - 0.1, z, (hx + over * 0.7, 0.06, hz + over * 0.7), turn=turn, stands=False)
        if rng.random() < 0.7:
            px, pz = self._local(x, z, turn, hx * rng.uniform(-0.5, 0.5), hz * rng.uniform(-0.5, 0.5))
            build.box(self.stone, px, y, pz, (0.18, (rise + 0.4) / 2, 0.18), turn=turn, stands=False)

    def _window(self, x: float, y: float, z: float, facing: float) -> None:
        build = self.build
        build.box(self.window, x, y, z, (0.3, 0.4, 0.03), turn=facing, stands=False)
        build.box(self.white, x, y - 0.05, z, (0.36, 0.03, 0.07), turn=facing, stands=False)
        if build.rng.random() < 0.3:
            for side in (-1, 1):
                px, pz = self._local(x, z, facing, side * 0.43, 0.0)
                build.box(self.paints[0], px, y, pz, (0.11, 0.4, 0.035), turn=facing, stands=False)

    def _door(self, x: float, y: float, z: float, facing: float) -> None:
        build = self.build
        build.box(self.white, x, y, z, (0.36, 0.72, 0.03), turn=facing, stands=False)
        build.box(self.paints[1], x, y, z, (0.3, 0.68, 0.045), turn=facing, stands=False)
        px, pz = self._local(x, z, facing, 0.0, -0.2)
        build.box(self.stone, px, y - 0.3, pz, (0.45, 0.17, 0.25), turn=facing)

    def block(
        self, x: float, z: float, half: tuple[float, float], turn: float, height: float, *, shop: bool = True
    ) -> None:
        """A city building with rows of windows, a ground floor of shops and something on its roof."""
        build, rng = self.build, self.build.rng
        y = build.height(x, z)
        hx, hz = half
        ground = float(rng.uniform(1.8, 2.4)) if shop else 0.0
        if shop:
            build.box(self.one([self.stone, *self.paints, *self.walls]), x, y, z, (hx, ground / 2, hz), turn=turn)
            count = max(1, int(hx / 1.2))
            for side in (-1, 1):
                facing = turn if side < 0 else turn + math.pi
                for slot in range(count):
                    offset = (slot + 0.5) / count * 2 * hx - hx
                    px, pz = self._local(x, z, turn, offset, side * hz)
                    if rng.random() < 0.25:
                        self._door(px, y, pz, facing)
                    else:
                        build.box(
                            self.goods if rng.random() < 0.6 else self.glass,
                            px,
                            y + 0.25,
                            pz,
                            (hx / count * 0.8, 0.6, 0.04),
                            turn=facing,
                            stands=False,
                        )
                px, pz = self._local(x, z, turn, 0.0, side * (hz + 0.05))
                build.box(self.sign, px, y + 1.5, pz, (hx * 0.92, 0.14, 0.05), turn=turn, stands=False)
            build.box(self.white, x, y + ground - 0.05, z, (hx + 0.1, 0.07, hz + 0.1), turn=turn, stands=False)
        wall = self.one(self.facades)
        build.box(wall, x, y + ground, z, (hx, (height - ground) / 2, hz), turn=turn, stands=not shop)
        build.box(self.white, x, y + height, z, (hx + 0.12, 0.12, hz + 0.12), turn=turn, stands=False)
        for _ in range(int(rng.integers(0, 4))):
            px, pz = self._local(x, z, turn, hx * rng.uniform(-0.7, 0.7), hz * rng.uniform(-0.7, 0.7))
            build.box(
                self.stone,
                px,
                y + height,
                pz,
                (rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8)),
                turn=turn,
                stands=False,
            )
        if rng.random() < 0.4:
            for level in range(1, int((height - ground) / 2.0)):
                px, pz = self._local(x, z, turn, hx * rng.uniform(-0.6, 0.6), -hz - 0.3)
                build.box(self.stone, px, y + ground + level * 2.0, pz, (0.7, 0.05, 0.3), turn=turn, stands=False)
                px, pz = self._local(px, pz, turn, 0.0, -0.28)
                build.box(
                    self.iron,
                    px,
                    y + ground + level * 2.0,
                    pz,
                    (0.7, 0.3, 0.02),
                    turn=turn,
                    cut=CUT_BARS,
                    spacing=0.15,
                    stands=False,
                )

    def fence(self, a: tuple[float, float], b: tuple[float, float], style: int | None = None) -> None:
        """A fence between two points: pickets, bars, rails, mesh, a wall or a hedge of stone."""
        build, rng = self.build, self.build.rng
        style = int(rng.integers(5)) if style is None else style
        length = math.hypot(b[0] - a[0], b[1] - a[1])
        turn = math.atan2(b[0] - a[0], b[1] - a[1]) - math.pi / 2
        pieces = max(1, int(length / 2.5))
        height = float(rng.uniform(0.5, 0.85))
        for i in range(pieces):
            share = (i + 0.5) / pieces
            x, z = a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
            y = build.height(x, z)
            half = (length / pieces / 2, height / 2, 0.025)
            if style == 0:
                build.box(self.white, x, y, z, half, turn=turn, cut=CUT_PICKETS, spacing=0.16)
            elif style == 1:
                build.box(self.iron, x, y, z, half, turn=turn, cut=CUT_BARS, spacing=0.14)
            elif style == 2:
                build.box(self.wood, x, y, z, (half[0], half[1], 0.04), turn=turn, cut=CUT_RAILS, spacing=1.2)
            elif style == 3:
                build.box(self.iron, x, y, z, half, turn=turn, cut=CUT_MESH, spacing=0.1)
            else:
                build.box(self.stone, x, y - 0.3, z, (half[0], half[1] + 0.15, 0.14), turn=turn)

    def street_lamp(self, x: float, z: float, arm: float = 0.0, facing: float = 0.0) -> None:
        """A post with a lamp; at night it lights the ground."""
        build, rng = self.build, self.build.rng
        y = build.height(x, z)
        height = float(rng.uniform(2.2, 3.2))
        build.cone(self.iron, x, y, z, (0.06, 0.03), height)
        build.cone(self.iron, x, y, z, (0.1, 0.08), 0.4)
        px, pz = x + arm * math.sin(facing), z + arm * math.cos(facing)
        if arm > 0:
            build.capsule(self.iron, (x, y + height, z), (px, y + height + 0.1, pz), 0.03)
        build.ellipsoid(self.lamp, px, y + height + 0.08, pz, (0.14, 0.1, 0.14))
        if build.weather.is_dark:
            build.light(px, y + height - 0.1, pz, (1.0, 0.8, 0.52), 3.0, 9.0)

    def car(self, x: float, z: float, turn: float) -> None:
        """Body, cabin with dark panes, wheels."""
        build = self.build
        y = build.height(x, z)
        paint = self.one(self.paints)
        build.box(paint, x, y + 0.18, z, (0.55, 0.17, 1.3), turn=turn)
        build.frustum(self.glass, x, y + 0.52, z, (0.52, 0.16, 0.85), (0.42, 0.5), turn=turn)
        build.frustum(paint, x, y + 0.82, z, (0.43, 0.03, 0.52), (0.4, 0.48), turn=turn)
        for a in (-0.5, 0.5):
            for b in (-0.8, 0.8):
                px, pz = self._local(x, z, turn, a, b)
                build.ellipsoid(self.rubber, px, y + 0.2, pz, (0.2, 0.2, 0.2), foot=y)
        for b in (-1.28, 1.28):
            px, pz = self._local(x, z, turn, 0.0, b)
            build.box(self.rubber, px, y + 0.16, pz, (0.5, 0.05, 0.05), turn=turn, stands=False)

    def bench(self, x: float, z: float, turn: float) -> None:
        """Seat, back and legs."""
        build = self.build
        y = build.height(x, z)
        build.box(self.wood, x, y + 0.26, z, (0.55, 0.025, 0.16), turn=turn, stands=False)
        px, pz = self._local(x, z, turn, 0.0, 0.17)
        build.box(self.wood, px, y + 0.34, pz, (0.55, 0.13, 0.02), turn=turn, stands=False)
        for side in (-0.45, 0.45):
            px, pz = self._local(x, z, turn, side, 0.0)
            build.box(self.iron, px, y, pz, (0.025, 0.13, 0.14), turn=turn)

    def figure(self, x: float, z: float, turn: float) -> None:
        """A person, simply."""
        build, rng = self.build, self.build.rng
        y = build.height(x, z)
        size = float(rng.uniform(0.9, 1.1))
        coat, trousers = self.one(self.paints), self.one([*self.paints, self.rubber])
        for side in (-0.07, 0.07):
            px, pz = self._local(x, z, turn, side, rng.normal(0, 0.06))
            build.capsule(trousers, (px, y + 0.05, pz), (x, y + 0.5 * size, z), 0.06)
        build.ellipsoid(coat, x, y + 0.68 * size, z, (0.16, 0.26 * size, 0.12), foot=y)
        for side in (-0.17, 0.17):
            px, pz = self._local(x, z, turn, side, rng.normal(0, 0.07))
            build.capsule(coat, (px, y + 0.45 * size, pz), (x + (px - x) * 0.8, y + 0.85 * size, z), 0.045)
        skin = (
            build.add_material(palettes.plain(palettes.pick(rng, [(0.8, 0.62, 0.5), (0.5, 0.34, 0.25)]), 0.04))
            if rng.random() < 0.1
            else self.wood
        )
        build.ellipsoid(skin, x, y + 1.02 * size, z, (0.09, 0.11, 0.1))
