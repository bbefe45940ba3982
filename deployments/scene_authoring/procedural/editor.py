"""The embedded editor: reads an instruction with the author's grammar and carries out its steps.

Owns the order of steps and the seed. Pure: the same picture and instruction give the same result.
"""

import zlib

import cv2
import numpy as np
from PIL import Image

from deployments.scene_authoring.contract import Instruction, InstructionNotUnderstoodError
from deployments.scene_authoring.procedural import compose, grading, ground, heavens, light, weather
from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.grammar import parse_edit
from deployments.scene_authoring.procedural.layers import Layers, estimate
from deployments.scene_authoring.procedural.painter import scene
from deployments.scene_authoring.procedural.plan import (
    SKY_THINGS,
    AddThing,
    ClearAir,
    Cover,
    EmptyHand,
    Hold,
    NotUnderstood,
    Relight,
    SetMood,
    SetSeason,
    SetWeather,
    Step,
    Tint,
)
from deployments.scene_authoring.procedural.raster import Rgb
from deployments.scene_authoring.procedural.scene_grammar import parse_scene

_ORDER = (EmptyHand, ClearAir, SetSeason, Cover, Relight, SetWeather, SetMood, Tint, AddThing, Hold)
"""Ground and light first, then what hangs in the air, then what stands in front of it."""


class ProceduralEditor:
    """A `SceneEditor` of classical image processing, on one core: the others are the world's."""

    def __init__(self) -> None:
        cv2.setNumThreads(1)

    def edit(self, image: Image.Image, instruction: Instruction) -> Image.Image:
        """A changed copy of `image`. Raises `InstructionNotUnderstoodError`."""
        plan = parse_edit(instruction.text)
        if isinstance(plan, NotUnderstood):
            raise InstructionNotUnderstoodError(instruction.text)
        picture = ra.from_image(image)
        layers = estimate(picture)
        rng = seeded(instruction.text)
        standing = 0
        for step in sorted(plan.steps, key=lambda step: _ORDER.index(type(step))):
            picture = apply_step(picture, layers, step, rng, standing)
            standing += isinstance(step, AddThing) and step.thing not in SKY_THINGS
        return ra.to_image(picture)

    def generate(self, instruction: Instruction, size: tuple[int, int]) -> Image.Image:
        """A new picture of `size` (width, height). Raises `InstructionNotUnderstoodError`."""
        plan = parse_scene(instruction.text)
        if isinstance(plan, NotUnderstood):
            raise InstructionNotUnderstoodError(instruction.text)
        return ra.to_image(scene.paint(plan, *size, seeded(instruction.text)))


def seeded(text: str) -> np.random.Generator:
    """Chance that depends on nothing but `text`."""
    return np.random.default_rng(zlib.crc32(text.encode()))


def apply_step(picture: Rgb, layers: Layers, step: Step, rng: np.random.Generator, standing: int = 0) -> Rgb:
    """One step on a picture whose layers were found before the first one and in which `standing` things stand."""
    match step:
        case Relight(time):
            return light.relight(picture, layers, time, rng)
        case SetWeather():
            return weather.apply_weather(picture, layers, step, rng)
        case SetSeason(season):
            return grading.apply_season(picture, layers, season, rng)
        case SetMood(mood):
            return grading.apply_mood(picture, mood)
        case Tint(colour):
            return grading.apply_tint(picture, layers, colour)
        case Cover(material):
            return ground.cover(picture, layers, material)
        case AddThing(thing):
            if thing in SKY_THINGS:
                return heavens.hang(picture, layers, step, rng)
            return compose.stand(picture, layers, step, rng, standing)
        case Hold():
            return compose.hold(picture, layers, step, rng)
        case ClearAir(cleared):
            return weather.clear_air(picture, layers, cleared)
        case EmptyHand():
            return compose.empty_hand(picture)
