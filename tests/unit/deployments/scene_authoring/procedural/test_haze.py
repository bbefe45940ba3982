"""Fog taken out: towards the picture without it, once and for all, and without colour that was never there."""

import functools
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from deployments.scene_authoring.contract import Instruction
from deployments.scene_authoring.procedural.author import ProceduralAuthor
from deployments.scene_authoring.procedural.editor import ProceduralEditor

PHOTOGRAPHS = Path(__file__).parents[4] / "fakes" / "photos"
SIZE = (320, 180)
AUTHOR, EDITOR = ProceduralAuthor(), ProceduralEditor()


@functools.cache
def photograph(name: str) -> Image.Image:
    return Image.open(PHOTOGRAPHS / f"{name}.jpg").convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)


@functools.cache
def painted(request_text: str) -> Image.Image:
    instruction = AUTHOR.author_scene(request_text)
    assert isinstance(instruction, Instruction)
    return EDITOR.generate(instruction, SIZE)


def edited(picture: Image.Image, request_text: str) -> Image.Image:
    instruction = AUTHOR.author_edit(request_text, picture)
    assert isinstance(instruction, Instruction)
    return EDITOR.edit(picture, instruction)


def cleared(picture: Image.Image, times: int = 1) -> Image.Image:
    for _ in range(times):
        picture = edited(picture, "there should be no fog")
    return picture


def apart(one: Image.Image, other: Image.Image) -> float:
    """The mean difference, of 255 levels."""
    return float(np.abs(np.asarray(one, dtype=np.float32) - np.asarray(other, dtype=np.float32)).mean())


def purple(picture: Image.Image) -> float:
    """By how many of 255 levels green falls behind both of its neighbours, on average."""
    red, green, blue = np.moveaxis(np.asarray(picture, dtype=np.float32), -1, 0)
    return float(np.maximum(np.minimum(red, blue) - green, 0.0).mean())


@pytest.mark.parametrize("fog", ["light fog", "fog"])
@pytest.mark.parametrize("name", ["picos_path", "lake_pagoda"])
def test_fog_taken_out_of_a_photograph_gives_back_most_of_it(name: str, fog: str) -> None:
    foggy = edited(photograph(name), fog)
    assert apart(cleared(foggy), photograph(name)) < 0.65 * apart(foggy, photograph(name))


@pytest.mark.parametrize("name", ["picos_path", "lake_pagoda"])
def test_a_photograph_in_clear_air_stays_as_it_is(name: str) -> None:
    assert apart(cleared(photograph(name)), photograph(name)) < 0.5


@pytest.mark.parametrize(
    "request_text",
    [
        "a forest in fog",
        "a forest in thick fog",
        "a mountain village in fog",
        "a snowy mountain village",
        "a harbour in fog at sunset",
        "a city street in fog",
        "a snowy field",
        "a meadow in fog",
        "a desert in fog",
        "a beach in fog",
        "a castle in fog at dusk",
    ],
)
def test_fog_is_taken_out_at_once_and_nothing_more_the_second_time(request_text: str) -> None:
    once = cleared(painted(request_text))
    assert apart(once, painted(request_text)) > 10.0
    assert apart(cleared(once), once) < 1.0


@pytest.mark.parametrize(
    "request_text",
    [
        "a snowy mountain village at dusk with a wooden bridge",
        "a castle in fog at dusk",
        "a harbour in fog at sunset",
        "a city street at night in fog, purple light",
    ],
)
def test_coloured_air_does_not_turn_purple_however_often_it_is_cleared(request_text: str) -> None:
    assert purple(cleared(painted(request_text), times=3)) < 1.25 * purple(painted(request_text))
