"""A whole scene: the place on its stage, the sky above it, light, air, weather, things and the hand.

Owns the order of these and the sun's place. Layout is `outdoors`' and `rooms`'; effects are the editor's own.
"""

from typing import Final

import numpy as np

from deployments.scene_authoring.procedural import compose, falling, grading, heavens, weather
from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.ground import noise_at, reflection
from deployments.scene_authoring.procedural.light import LIGHTS, Light, sky_of
from deployments.scene_authoring.procedural.painter import outdoors, rooms
from deployments.scene_authoring.procedural.painter.flora import Air, Stand, plant
from deployments.scene_authoring.procedural.painter.solids import cast_shadows, nearest, put
from deployments.scene_authoring.procedural.painter.stage import Lamp, Stage, soften_edges
from deployments.scene_authoring.procedural.painter.terrain import lay_land
from deployments.scene_authoring.procedural.plan import (
    INDOORS,
    SKY_THINGS,
    AddThing,
    Look,
    Place,
    ScenePlan,
    SetWeather,
    Strength,
    Thing,
    TimeOfDay,
    Weather,
)
from deployments.scene_authoring.procedural.raster import Rgb, mix, smoothstep
from deployments.scene_authoring.procedural.sculpt import Illumination

_SUNS: Final[dict[TimeOfDay, tuple[float, float, float]]] = {
    TimeOfDay.DAWN: (-0.75, 0.34, 0.35),
    TimeOfDay.DAY: (-0.55, 0.75, -0.35),
    TimeOfDay.SUNSET: (0.62, 0.26, 0.50),
    TimeOfDay.DUSK: (0.5, 0.5, 0.3),
    TimeOfDay.NIGHT: (0.45, 0.70, 0.15),
}
_PART_OF_PLACE: Final = frozenset({Thing.BRIDGE, Thing.HOUSE, Thing.TOWER})


def paint(plan: ScenePlan, width: int, height: int, rng: np.random.Generator) -> Rgb:
    """Linear colours of the scene, `height` x `width`."""
    stage = Stage(height, width, 0.47)
    picture = _inside(plan, stage, rng) if plan.place in INDOORS else _outside(plan, stage, rng)
    layers = stage.layers()
    for step in plan.things:
        if step.thing in SKY_THINGS and plan.place not in INDOORS:
            picture = heavens.hang(picture, layers, step, rng)
    picture = _weather(picture, plan, stage, rng)
    layers = stage.layers()
    if plan.mood:
        picture = grading.apply_mood(picture, plan.mood)
    if plan.tint:
        picture = grading.apply_tint(picture, layers, plan.tint)
    picture = compose.hold(picture, layers, plan.held, rng)
    return ra.vignette(ra.bloom(picture, 0.75, 0.35), 0.35)


def _inside(plan: ScenePlan, stage: Stage, rng: np.random.Generator) -> Rgb:
    stands = rooms.build(stage, plan.place, rng) + _asked_for(plan, stage)
    light = LIGHTS[TimeOfDay.DAY if plan.place is Place.STATION else TimeOfDay.SUNSET]
    stage.lamps.extend(_lamps(stands))
    picture = stage.resolve(light, (0.0, 1.0, 0.0), np.zeros_like(stage.z), indoors=True)
    gloom = ra.rgb(0.012, 0.013, 0.018) if plan.place is not Place.STATION else ra.rgb(0.05, 0.07, 0.09)
    far = (1.0 - np.exp(-np.maximum(stage.z - 3.0, 0) / 16.0)).astype(np.float32)
    picture = mix(picture, np.broadcast_to(gloom, picture.shape).astype(np.float32), far * 0.85)
    picture = _polish(picture, stage, plan.place)
    lit = Illumination((-0.3, 0.8, 0.5), ra.rgb(0.85, 0.6, 0.38), ra.rgb(0.14, 0.11, 0.09))
    if plan.place is Place.STATION:
        lit = Illumination((0.0, 0.9, 0.4), ra.rgb(0.6, 0.68, 0.75), ra.rgb(0.25, 0.29, 0.32))
    picture = soften_edges(picture, stage.z)
    return plant(picture, stage, stands, lit, plan.season, Air(gloom, 22.0), rng)


def _polish(picture: Rgb, stage: Stage, place: Place) -> Rgb:
    """Smooth floors mirror a little of the room."""
    share = {Place.HALL: 0.34, Place.STATION: 0.30, Place.LIBRARY: 0.14, Place.DUNGEON: 0.10}.get(place, 0.0)
    if not share:
        return picture
    x, _, z = stage.positions()
    mirrored = reflection(picture, stage.horizon, x, z, ripple=0.12)
    return mix(picture, ra.blur(mirrored, max(1, stage.height / 150)), (stage.ground * share).astype(np.float32))


def _outside(plan: ScenePlan, stage: Stage, rng: np.random.Generator) -> Rgb:
    place = outdoors.build(plan, rng)
    for solid in sorted(place.solids, key=nearest):
        put(stage, solid)
    lay_land(stage, place.land)
    light, sun = LIGHTS[plan.time], _SUNS[plan.time]
    stands = [*place.stands, *_asked_for(plan, stage)]
    if plan.time in (TimeOfDay.NIGHT, TimeOfDay.DUSK, TimeOfDay.SUNSET, TimeOfDay.DAWN):
        stage.lamps.extend(_lamps(stands))
    shadow = cast_shadows(stage, place.solids, sun) if place.solids else np.zeros_like(stage.z)
    clouded = plan.weather.weather in (Weather.CLOUDS, Weather.RAIN, Weather.STORM, Weather.SNOW, Weather.FOG)
    land = stage.resolve(light, sun, np.maximum(shadow, 0.72 if clouded else 0.0).astype(np.float32), indoors=False)
    sky = _sky(plan, stage, light, rng)
    air = Air(
        (light.horizon * np.float32(0.9 if plan.time is not TimeOfDay.NIGHT else 0.6)).astype(np.float32),
        place.air_reach,
    )
    fade = (1.0 - np.exp(-stage.z / np.float32(air.reach))) ** 1.25
    land = mix(land, np.broadcast_to(air.colour, land.shape).astype(np.float32), fade.astype(np.float32))
    covered = (~stage.sky).astype(np.float32)
    picture = mix(sky, land, covered)
    picture = _water(picture, stage, light)
    picture = soften_edges(picture, stage.z)
    key = light.key * np.float32(light.exposure * (0.35 if clouded else 0.95))
    lit = Illumination(
        (sun[0], sun[1], max(0.2, -sun[2])),
        key.astype(np.float32),
        (light.ambient * np.float32(light.exposure * 0.55)).astype(np.float32),
    )
    return plant(picture, stage, stands, lit, plan.season, air, rng)


def _sky(plan: ScenePlan, stage: Stage, light: Light, rng: np.random.Generator) -> Rgb:
    """Gradient, glow and clouds in perspective, and a moon at night."""
    rows, columns = ra.grid(stage.height, stage.width)
    up = np.maximum(np.float32(stage.horizon) - rows, 0.0) + 0.07
    x, y = (columns - 0.5) * np.float32(1.6) / up, 1.0 / up
    offset = float(rng.random() * 60)
    body = 0.6 * noise_at(x + offset, y, 9.0) + 0.4 * noise_at(y + offset, x, 26.0)
    clouds = smoothstep(0.50, 0.74, body) * smoothstep(0.02, 0.2, up)
    sun_x = 0.5 + 0.42 * _SUNS[plan.time][0]
    sky = sky_of(light, clouds.astype(np.float32), stage.horizon, sun_x, rng)
    clear = plan.weather.weather is Weather.CLEAR
    asked = {step.thing for step in plan.things}
    if plan.time is TimeOfDay.NIGHT and clear and Thing.MOON not in asked:
        layers = stage.layers()
        sky = heavens.hang(sky, layers, AddThing(Thing.MOON, Look()), rng)
    if plan.time in (TimeOfDay.SUNSET, TimeOfDay.DAWN) and clear:
        away = np.hypot((columns - sun_x) * stage.width / stage.height, rows - stage.horizon + 0.06)
        sky = sky + ra.dyed(np.exp(-((away / 0.04) ** 2)) * 1.6, ra.rgb(1.0, 0.82, 0.55))
    return sky.astype(np.float32)


def _water(picture: Rgb, stage: Stage, light: Light) -> Rgb:
    """Water mirrors the scene the more, the flatter one looks onto it; near the feet one sees into it."""
    if not stage.water.any():
        return picture
    x, _, z = stage.positions()
    mirrored = reflection(picture, stage.horizon, x, z, ripple=0.8)
    fresnel = np.clip(0.24 + z / 34.0, 0.0, 0.9)
    deep = np.broadcast_to(ra.rgb(0.025, 0.16, 0.19) * np.float32(light.exposure), picture.shape).astype(np.float32)
    wave = noise_at(x, z * 2.4, 26.0)
    glint = smoothstep(0.66, 0.8, wave) * 0.10 * float(np.clip(light.exposure, 0, 1))
    surface = mix(deep, mirrored, fresnel.astype(np.float32)) + (ra.dyed(glint, light.horizon))
    return mix(picture, surface.astype(np.float32), stage.water * 0.95)


def _asked_for(plan: ScenePlan, stage: Stage) -> list[Stand]:
    """Things that the request names, in the middle distance on alternate sides."""
    del stage
    stands: list[Stand] = []
    for step in plan.things:
        if step.thing in SKY_THINGS or step.thing in _PART_OF_PLACE:
            continue
        for _ in range(step.count):
            index = len(stands)
            side = (-1, 1)[index % 2]
            narrow = plan.place in (Place.DUNGEON, Place.STATION, Place.CAVE)
            stands.append(
                Stand(
                    step.thing,
                    side * (0.62 if narrow else 0.95 + 0.25 * (index // 2)),
                    2.9 + 0.8 * index,
                    0.0,
                    1.0,
                    step.look,
                )
            )
    return stands


def _lamps(stands: list[Stand]) -> list[Lamp]:
    lamps: list[Lamp] = []
    for stand in stands:
        hue = compose.lamp_colour(stand.thing, stand.look)
        if hue is not None:
            tall = compose.lamp_height(stand.thing) * stand.size
            lamps.append(
                Lamp((stand.x * 0.98, stand.y + tall, stand.z - 0.05), (hue * np.float32(0.9)).astype(np.float32), 1.5)
            )
    return lamps


def _weather(picture: Rgb, plan: ScenePlan, stage: Stage, rng: np.random.Generator) -> Rgb:
    step, layers = plan.weather, stage.layers()
    if plan.place in INDOORS or step.weather is Weather.CLEAR:
        return picture
    amount = {Strength.LIGHT: 0.55, Strength.NORMAL: 1.0, Strength.HEAVY: 1.6}[step.strength]
    if step.weather is Weather.SNOW:
        pale = weather.overcast(picture, layers, rng, amount=0.4, darkness=-0.08)
        return falling.flakes(weather.fog(pale, layers, rng, 0.09 * amount), rng, amount)
    if step.weather is Weather.FOG:
        grey = weather.overcast(picture, layers, rng, amount=0.75, darkness=0.0)
        return weather.fog(grey, layers, rng, 0.42 * amount)
    return weather.apply_weather(picture, layers, SetWeather(step.weather, step.strength), rng)
