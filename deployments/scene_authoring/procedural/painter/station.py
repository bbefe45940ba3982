"""The corridor of a space station: panels, ribs, strips of light, windows onto the stars."""

import numpy as np

from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.ground import hashed, noise_at
from deployments.scene_authoring.procedural.painter import surfaces as su
from deployments.scene_authoring.procedural.painter.flora import Stand
from deployments.scene_authoring.procedural.painter.shell import shell
from deployments.scene_authoring.procedural.painter.solids import box, put
from deployments.scene_authoring.procedural.painter.stage import Lamp, Stage
from deployments.scene_authoring.procedural.plan import Thing
from deployments.scene_authoring.procedural.raster import Plane, Rgb, smoothstep, srgb


def station(stage: Stage, rng: np.random.Generator) -> list[Stand]:
    metal = srgb("a9b1b8")

    def panel(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
        a, b = np.floor(along / 0.9), np.floor(up / 0.7)
        u, v = along / 0.9 - a, up / 0.7 - b
        seam = smoothstep(0.012, 0.035, np.minimum(np.minimum(u, 1 - u), np.minimum(v, 1 - v)))
        inset = (np.abs(u - 0.5) < 0.34) & (np.abs(v - 0.5) < 0.30) & (hashed(a, b) < 0.5)
        vents = inset & (((v * 18.0) % 1.0) < 0.4) & (hashed(a + 5, b) < 0.45)
        tone = (
            (0.78 + 0.14 * hashed(a, b + 2))
            * (0.35 + 0.65 * seam)
            * np.where(inset, 0.72, 1.0)
            * np.where(vents, 0.3, 1.0)
        )
        tone = tone * (0.92 + 0.16 * noise_at(along, up, 90.0))
        light = (np.abs(up - 1.22) < 0.022) & (np.abs(normal[..., 0]) > 0.5)
        dots = inset & (np.hypot(u - 0.72, (v - 0.7) * 0.8) < 0.03)
        glow = np.where(light[..., None], ra.rgb(0.25, 0.85, 1.15), 0.0) + np.where(
            dots[..., None], ra.rgb(1.2, 0.35, 0.1), 0.0
        )
        return ra.dyed(tone, metal), glow.astype(np.float32)

    def grating(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
        del normal
        middle = np.abs(along) < 0.55
        bars = np.minimum(np.abs((along * 14.0) % 1.0 - 0.5), np.abs((up * 9.0) % 1.0 - 0.5)) < 0.12
        fade = np.clip(up / 9.0, 0, 1)
        tone = np.where(middle, np.where(bars, 0.5, 0.16) * (1 - fade) + 0.34 * fade, 0.62)
        edge = np.abs(np.abs(along) - 0.60) < 0.028
        glow = np.where(edge[..., None], ra.rgb(0.9, 0.95, 1.0) * 0.9, 0.0)
        return ra.dyed(tone, metal), glow.astype(np.float32)

    def ceiling(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
        lamp = (np.abs(along) < 0.30) & (np.abs((up / 2.0) % 1.0 - 0.5) < 0.32)
        albedo, _ = panel(along, up, normal)
        return albedo, np.where(lamp[..., None], ra.rgb(1.15, 1.25, 1.35), 0.0).astype(np.float32)

    shell(stage, 1.35, 2.05, 26.0, panel, grating, ceiling)
    rib = su.plain(srgb("6d757c"), rough=0.08)
    for z in np.arange(2.6, 25.0, 3.0):
        for side in (-1, 1):
            x0, x1 = sorted((side * 1.16, side * 1.4))
            put(stage, box((x0, 0.0, z), (x1, 2.1, z + 0.28), rib))
        put(stage, box((-1.4, 1.9, z), (1.4, 2.1, z + 0.28), rib))
        stage.lamps.append(Lamp((0.0, 1.95, float(z) + 1.4), ra.rgb(0.80, 0.92, 1.05) * 0.85, 1.5))
    for side, z in ((-1, 4.2), (1, 7.2), (-1, 10.2)):
        x0, x1 = sorted((side * 1.32, side * 1.36))
        put(stage, box((x0, 0.62, z), (x1, 1.42, z + 1.1), _starry_window))
    put(stage, box((-0.75, 0.0, 25.6), (0.75, 1.75, 26.0), su.plain(srgb("c0562c"), rough=0.05)))
    stage.lamps.append(Lamp((0.0, 1.4, 24.0), ra.rgb(1.0, 0.5, 0.25), 2.0))
    del rng
    return [Stand(Thing.CRATE, 0.92, 4.4, 0.0, 0.9), Stand(Thing.CRATE, -0.95, 8.8, 0.0, 1.0)]


def _starry_window(along: Plane, up: Plane, normal: Rgb) -> tuple[Rgb, Rgb]:
    star = smoothstep(0.93, 1.0, hashed(np.floor(along * 60.0), np.floor(up * 60.0)))
    planet = np.hypot((along % 3.0) - 1.8, up - 0.7)
    disc = smoothstep(0.42, 0.40, planet)
    band = 0.5 + 0.5 * noise_at(along, up * 4.0, 22.0)
    glow = ra.dyed(star, ra.rgb(0.8, 0.85, 1.0)) * ra.spread(1 - disc) + ra.dyed(disc * band, ra.rgb(0.25, 0.5, 0.95))
    return np.full_like(normal, 0.01), (glow + ra.rgb(0.01, 0.012, 0.03)).astype(np.float32)
