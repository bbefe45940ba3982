"""The colours of surfaces: patterns that the kernels evaluate, and the rows that parametrise them.

Owns every pattern (brick, planks, grass, facade, ...). Colours are linear light. Detail finer than the footprint of a
ray fades to its mean, so that nothing flickers in the distance.
"""

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from scripts.pocket.worlds.compiling import compiled
from scripts.pocket.worlds.noise import hash01, plane_noise, plane_octaves, space_octaves
from scripts.pocket.worlds.scene import (
    M_ACROSS,
    M_BUMP,
    M_DOWN,
    M_EXTRA,
    M_FIRST,
    M_GLOW,
    M_MIRROR,
    M_NOISE,
    M_PATTERN,
    M_SECOND,
    M_THIRD,
    MATERIAL_COLUMNS,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLAIN: Final = 0
BRICK: Final = 1  # across, down: size of a brick; third: mortar
TILES: Final = 2  # third: joints
PLANKS: Final = 3  # down: width of a plank
STONES: Final = 4  # irregular courses; third: joints
SHINGLES: Final = 5
LEAVES: Final = 6
BARK: Final = 7
FACADE: Final = 8  # across, down: a window and what is round it; first: wall, second: frame, third: pane; extra: lit
STRATA: Final = 9
GRASS: Final = 10
SHELVES: Final = 11  # books
COBBLES: Final = 12
DUNES: Final = 13
CHECKER: Final = 14
PAINTED: Final = 15  # a picture: patches of three colours
WINDOW: Final = 16  # a pane with bars; extra: lit
TIMBER: Final = 17  # half-timbered wall; third: beams


def linear(colour: "tuple[float, float, float] | NDArray[np.float64]") -> "NDArray[np.float64]":
    """sRGB in 0..1 as linear light."""
    return np.power(np.clip(np.asarray(colour, dtype=np.float64), 0.0, 4.0), 2.2)


def material(
    pattern: int,
    first: "tuple[float, float, float]",
    second: "tuple[float, float, float] | None" = None,
    third: "tuple[float, float, float] | None" = None,
    *,
    across: float = 1.0,
    down: float = 1.0,
    extra: float = 0.0,
    glow: float = 0.0,
    mirror: float = 0.0,
    bump: float = 0.0,
    noise: float = 1.0,
) -> "NDArray[np.float32]":
    """One row of `Scene.materials`; colours in sRGB, 0..1. `noise` is the frequency of mottling, per eye height."""
    row = np.zeros(MATERIAL_COLUMNS, dtype=np.float32)
    row[M_PATTERN] = pattern
    row[M_FIRST : M_FIRST + 3] = linear(first)
    row[M_SECOND : M_SECOND + 3] = linear(second or first)
    row[M_THIRD : M_THIRD + 3] = linear(third or second or first)
    row[M_ACROSS], row[M_DOWN], row[M_EXTRA] = across, down, extra
    row[M_GLOW], row[M_MIRROR], row[M_BUMP], row[M_NOISE] = glow, mirror, bump, noise
    return row


@compiled
def _smooth(low: float, high: float, value: float) -> float:
    u = min(1.0, max(0.0, (value - low) / (high - low)))
    return u * u * (3.0 - 2.0 * u)


@compiled
def _joint(phase: float, size: float, width: float, footprint: float) -> float:
    """1 within a joint of `width` at the edge of a cell of `size`, softened and kept visible on average."""
    edge = min(phase, 1.0 - phase) * size
    soft = max(footprint, 0.15 * width)
    sharp = 1.0 - _smooth(0.5 * width - 0.5 * soft, 0.5 * width + 0.5 * soft, edge)
    fade = min(1.0, max(0.0, footprint / size * 2.0 - 0.5))
    return sharp + (width / size - sharp) * fade


@compiled
def pattern_colour(
    plane: "NDArray[np.float32]",
    space: "NDArray[np.float32]",
    m: "NDArray[np.float32]",
    u: float,
    v: float,
    x: float,
    y: float,
    z: float,
    footprint: float,
    seed: float,
) -> tuple[float, float, float, float, float]:
    """Colour, glow and mirror of a material at (u, v) of a face, which lies at (x, y, z) of the world."""
    pattern = int(m[M_PATTERN])
    frequency = m[M_NOISE]
    across, down = m[M_ACROSS], m[M_DOWN]
    glow, mirror = m[M_GLOW], m[M_MIRROR]
    k = 0.0  # share of the second colour
    j = 0.0  # share of the third colour, over both
    shade = 1.0
    mottle = space_octaves(space, x * frequency, y * frequency, z * frequency, 3, footprint * frequency)
    if pattern == PLAIN:
        k = _smooth(0.3, 0.7, mottle)
    elif pattern in (BRICK, STONES):
        row = math.floor(v / down)
        pv = v / down - row
        shift = 0.5 * (int(row) & 1)
        if pattern == STONES:
            shift = hash01(int(row), 3, int(seed * 97.0))
        wide = u / across + shift
        if pattern == STONES:
            wide += 0.28 * math.sin(wide * 2.4 + row * 1.7)
        column = math.floor(wide)
        pu = wide - column
        kept = min(1.0, max(0.0, 1.5 - footprint / down))
        tone = hash01(int(column), int(row), int(seed * 97.0))
        k = 0.5 + (0.65 * tone + 0.35 * mottle - 0.5) * (0.4 + 0.6 * kept)
        width = m[M_EXTRA] if m[M_EXTRA] > 0.0 else 0.12 * down
        j = max(_joint(pu, across, width, footprint), _joint(pv, down, width, footprint))
        shade = 0.82 + 0.36 * mottle
    elif pattern == TILES:
        wide, high = u / across, v / down
        column, row = math.floor(wide), math.floor(high)
        kept = min(1.0, max(0.0, 1.5 - footprint / down))
        k = 0.5 + (hash01(int(column), int(row), int(seed * 97.0)) - 0.5) * kept
        width = m[M_EXTRA] if m[M_EXTRA] > 0.0 else 0.05 * down
        j = max(_joint(wide - column, across, width, footprint), _joint(high - row, down, width, footprint))
        shade = 0.9 + 0.2 * mottle
    elif pattern == CHECKER:
        wide, high = u / across, v / down
        column, row = math.floor(wide), math.floor(high)
        kept = min(1.0, max(0.0, 1.5 - footprint / down))
        k = 0.5 + (((int(column) + int(row)) & 1) - 0.5) * kept
        shade = 0.85 + 0.3 * mottle
    elif pattern == PLANKS:
        row = math.floor(v / down)
        pv = v / down - row
        kept = min(1.0, max(0.0, 1.5 - footprint / down))
        tone = hash01(int(row), 5, int(seed * 97.0))
        grain = plane_octaves(plane, u * 1.4 + 9.0 * tone, v * 22.0 / (down * 5.0), 3, footprint * 4.0)
        k = 0.5 + (0.55 * tone + 0.45 * grain - 0.5) * (0.3 + 0.7 * kept)
        joint = _joint(pv, down, 0.07 * down, footprint)
        length = across * (3.0 + 2.0 * tone)
        wide = u / length + 7.3 * tone
        joint = max(joint, _joint(wide - math.floor(wide), length, 0.05 * down, footprint))
        j = 0.75 * joint
        shade = 0.85 + 0.3 * mottle
    elif pattern == SHINGLES:
        row = math.floor(v / down)
        pv = v / down - row
        wide = u / across + 0.5 * (int(row) & 1)
        column = math.floor(wide)
        kept = min(1.0, max(0.0, 1.5 - footprint / down))
        k = 0.5 + (0.6 * hash01(int(column), int(row), int(seed * 97.0)) + 0.4 * mottle - 0.5) * (0.35 + 0.65 * kept)
        shade = 1.0 - 0.38 * (1.0 - _smooth(0.0, 0.35, pv)) * kept
        shade *= 1.0 - 0.3 * _joint(wide - column, across, 0.08 * across, footprint) * kept
    elif pattern == LEAVES:
        fine = space_octaves(
            space, x * frequency * 3.0, y * frequency * 3.0 + seed, z * frequency * 3.0, 3, footprint * frequency * 3.0
        )
        k = _smooth(0.32, 0.68, fine)
        j = 0.7 * _smooth(0.6, 0.75, mottle)
        shade = 0.55 + 0.9 * fine
    elif pattern == BARK:
        streak = plane_octaves(plane, u * frequency * 6.0, v * frequency * 0.9, 4, footprint * frequency * 4.0)
        k = _smooth(0.35, 0.65, streak)
        j = 0.8 * _smooth(0.62, 0.8, mottle)
        shade = 0.75 + 0.5 * streak
    elif pattern in (FACADE, WINDOW):
        if pattern == FACADE:
            wide, high = u / across, v / down
        else:
            wide, high = u / across + 0.5, v / down + 0.5
        column, row = math.floor(wide), math.floor(high)
        pu, pv = wide - column, high - row
        tone = hash01(int(column), int(row), int(seed * 97.0))
        if pattern == FACADE:
            side, sill, lintel = 0.28, 0.28, 0.84
        else:
            side, sill, lintel = 0.0, 0.0, 1.0
        k = 0.0
        shade = 0.8 + 0.4 * mottle
        soft = footprint * 0.7
        inside = _smooth(-soft, soft, (min(pu, 1.0 - pu) - side) * across)
        inside *= _smooth(-soft, soft, (min(pv - sill, lintel - pv)) * down)
        frame_u = min(pu - side, 1.0 - side - pu) * across
        frame_v = min(pv - sill, lintel - pv) * down
        width = 0.05
        frame = max(
            1.0 - _smooth(width - soft, width + soft, frame_u), 1.0 - _smooth(width - soft, width + soft, frame_v)
        )
        bar = abs(pu - 0.5) * across
        frame = max(frame, 1.0 - _smooth(0.025 - soft, 0.03 + soft, bar))
        bar = abs(pv - (sill + 0.62 * (lintel - sill))) * down
        frame = max(frame, 1.0 - _smooth(0.02 - soft, 0.025 + soft, bar))
        pane = inside * (1.0 - frame)
        k = inside * frame
        j = pane
        if pattern == FACADE and inside <= 0.0:
            course = _joint(pv, down, 0.08, footprint)
            shade *= 1.0 - 0.25 * course
            shade *= 1.0 - 0.3 * (1.0 - _smooth(0.0, 0.06, abs(pv - sill + 0.03) * 1.0)) * (
                1.0 if side < pu < 1.0 - side else 0.0
            )
        lit = 1.0 if tone < m[M_EXTRA] else 0.0
        glow = pane * lit * (0.6 + 0.8 * hash01(int(column), int(row), 77)) * m[M_GLOW]
        mirror = pane * (1.0 - lit) * m[M_MIRROR]
        if pane > 0.0 and lit < 0.5:
            shade = 0.6 + 0.8 * tone
            # Curtains and depth behind the pane.
            if tone > 0.55 and abs(pu - 0.5) > 0.13:
                j *= 0.45
                k = max(k, 0.3)
    elif pattern == STRATA:
        warp = plane_octaves(plane, x * 0.23 * frequency, z * 0.23 * frequency, 3, footprint * 0.3 * frequency)
        layer = (y + 1.6 * warp) / down
        band = plane_octaves(plane, layer, 3.7 + seed, 3, footprint / down)
        crack = space_octaves(
            space, x * frequency * 1.7, y * frequency * 0.7, z * frequency * 1.7, 4, footprint * frequency * 2.0
        )
        k = _smooth(0.35, 0.65, 0.55 * band + 0.45 * crack)
        j = _smooth(0.62, 0.75, crack) * 0.7
        shade = 0.6 + 0.8 * crack
    elif pattern == GRASS:
        wide = plane_octaves(plane, x * 0.13 * frequency, z * 0.13 * frequency, 3, footprint * 0.13 * frequency)
        fine = plane_octaves(plane, x * 5.0 * frequency, z * 5.0 * frequency, 3, footprint * 5.0 * frequency)
        k = _smooth(0.3, 0.7, 0.7 * wide + 0.3 * fine)
        j = _smooth(0.58, 0.75, mottle) * 0.8
        shade = 0.55 + 0.9 * fine
        if m[M_EXTRA] > 0.0 and footprint < 0.12:
            i, q = math.floor(x * 6.0), math.floor(z * 6.0)
            if hash01(int(i), int(q), 11) < m[M_EXTRA] * _smooth(0.4, 0.7, wide):
                j = 1.0
                shade = 1.2
    elif pattern == SHELVES:
        row = math.floor(v / down)
        pv = v / down - row
        if pv < 0.07:
            k = 0.0
            shade = 0.8
        else:
            wide = u / across
            wide += 0.35 * math.sin(wide * 1.3 + row * 4.0)
            column = math.floor(wide)
            tone = hash01(int(column), int(row), int(seed * 97.0))
            other = hash01(int(column), int(row), 5)
            if pv < 0.62 + 0.3 * tone:
                k, j = other, (1.0 if tone > 0.6 else 0.3 * tone)
                shade = (0.45 + 0.9 * hash01(int(column), int(row), 9)) * (
                    1.0 - 0.5 * _joint(wide - column, across, 0.2 * across, footprint)
                )
            else:
                shade = 0.16
    elif pattern == COBBLES:
        wide, high = u / across, v / across
        i, q = math.floor(wide), math.floor(high)
        first, second = 9.0, 9.0
        tone = 0.0
        for di in range(-1, 2):
            for dq in range(-1, 2):
                ci, cq = int(i) + di, int(q) + dq
                px = ci + 0.2 + 0.6 * hash01(ci, cq, 1) - wide
                pz = cq + 0.2 + 0.6 * hash01(ci, cq, 2) - high
                distance = px * px + pz * pz
                if distance < first:
                    second, first = first, distance
                    tone = hash01(ci, cq, 3)
                elif distance < second:
                    second = distance
        gap = math.sqrt(second) - math.sqrt(first)
        kept = min(1.0, max(0.0, 1.4 - footprint / across * 1.2))
        k = 0.5 + (0.7 * tone + 0.3 * mottle - 0.5) * (0.3 + 0.7 * kept)
        j = 0.12 + ((1.0 - _smooth(0.03, 0.2, gap)) - 0.12) * kept
        shade = 0.9 + 0.25 * mottle - 0.2 * kept * math.sqrt(first)
    elif pattern == DUNES:
        bend = plane_octaves(plane, x * 0.11, z * 0.11, 3, footprint * 0.2)
        wave = 0.5 + 0.5 * math.sin((x * 0.8 + z * 0.5) * across + 14.0 * bend)
        kept = min(1.0, max(0.0, 1.3 - footprint * across * 0.5))
        k = _smooth(0.2, 0.8, 0.5 * mottle + 0.5 * bend)
        shade = 1.0 + (0.16 * wave - 0.08) * kept
    elif pattern == PAINTED:
        k = _smooth(0.42, 0.58, plane_octaves(plane, u * 1.9 * across + 40.0 * seed, v * 1.9 * across, 3, footprint))
        j = _smooth(
            0.5, 0.62, plane_octaves(plane, u * 2.7 * across - 20.0 * seed, v * 2.7 * across + 5.0, 3, footprint)
        )
    elif pattern == TIMBER:
        wide, high = u / across, v / down
        column, row = math.floor(wide), math.floor(high)
        pu, pv = wide - column, high - row
        beam = max(_joint(pu, across, 0.16, footprint), _joint(pv, down, 0.18, footprint))
        tone = hash01(int(column), int(row), int(seed * 97.0))
        if tone < 0.45:
            slant = pu - pv if tone < 0.22 else pu - (1.0 - pv)
            beam = max(beam, 1.0 - _smooth(0.06, 0.06 + footprint, abs(slant) * across))
        k = _smooth(0.3, 0.7, mottle)
        j = beam
        shade = 0.85 + 0.3 * mottle
    r = m[M_FIRST] + (m[M_SECOND] - m[M_FIRST]) * k
    g = m[M_FIRST + 1] + (m[M_SECOND + 1] - m[M_FIRST + 1]) * k
    b = m[M_FIRST + 2] + (m[M_SECOND + 2] - m[M_FIRST + 2]) * k
    r = (r + (m[M_THIRD] - r) * j) * shade
    g = (g + (m[M_THIRD + 1] - g) * j) * shade
    b = (b + (m[M_THIRD + 2] - b) * j) * shade
    return r, g, b, glow, mirror


@compiled
def bump(
    plane: "NDArray[np.float32]", m: "NDArray[np.float32]", u: float, v: float, footprint: float
) -> tuple[float, float]:
    """How far a rough surface leans along u and v."""
    strength = m[M_BUMP]
    if strength <= 0.0:
        return 0.0, 0.0
    frequency = 2.0 * m[M_NOISE]
    fade = max(0.0, 1.0 - footprint * frequency)
    if fade <= 0.0:
        return 0.0, 0.0
    a = plane_noise(plane, u * frequency, v * frequency) - plane_noise(plane, u * frequency + 0.3, v * frequency)
    b = plane_noise(plane, u * frequency, v * frequency) - plane_noise(plane, u * frequency, v * frequency + 0.3)
    return 3.0 * strength * fade * a, 3.0 * strength * fade * b
