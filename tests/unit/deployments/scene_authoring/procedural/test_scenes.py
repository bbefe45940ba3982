"""Painted scenes: every place at any size, and what sets one apart from another."""

import functools

import numpy as np
import pytest
from PIL import Image

from deployments.scene_authoring.contract import Instruction
from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.author import ProceduralAuthor
from deployments.scene_authoring.procedural.editor import ProceduralEditor
from deployments.scene_authoring.procedural.plan import INDOORS, Place, Thing
from deployments.scene_authoring.procedural.raster import Rgb

SIZE = (160, 90)


def painted_anew(request_text: str, size: tuple[int, int] = SIZE) -> Image.Image:
    instruction = ProceduralAuthor().author_scene(request_text)
    assert isinstance(instruction, Instruction)
    return ProceduralEditor().generate(instruction, size)


painted = functools.cache(painted_anew)


def linear(image: Image.Image) -> Rgb:
    return ra.from_image(image)


@pytest.mark.parametrize("place", Place)
def test_every_place_is_a_picture_with_detail(place: Place) -> None:
    picture = np.asarray(painted(place.value), dtype=np.float32)
    assert picture.shape == (SIZE[1], SIZE[0], 3)
    assert picture.std() > 20
    assert 12 < picture.mean() < 220


def test_every_place_looks_different() -> None:
    pictures = [linear(painted(place.value)) for place in Place]
    for index, one in enumerate(pictures):
        for other in pictures[index + 1 :]:
            assert np.abs(one - other).mean() > 0.02


@pytest.mark.parametrize("place", [place for place in Place if place not in INDOORS])
def test_night_is_darker_than_day_but_for_its_lamps(place: Place) -> None:
    day, night = linear(painted(f"{place} in daytime")), linear(painted(f"{place} at night"))
    assert float(np.median(ra.luminance(night))) < 0.5 * float(np.median(ra.luminance(day)))


@pytest.mark.parametrize("place", ["meadow", "forest", "mountain village", "city street"])
def test_winter_whitens_the_ground(place: str) -> None:
    summer, winter = linear(painted(f"{place} in summer")), linear(painted(f"{place} in winter"))
    ground = (slice(60, 90), slice(20, 90))
    assert ra.luminance(winter)[ground].mean() > 1.3 * ra.luminance(summer)[ground].mean()


@pytest.mark.parametrize("place", Place)
def test_something_is_held_at_the_bottom_right(place: Place) -> None:
    sword, axe = linear(painted(f"{place}, holding a sword")), linear(painted(f"{place}, holding an axe"))
    differs = np.abs(sword - axe).max(axis=-1)
    assert differs[SIZE[1] // 3 :, SIZE[0] // 2 :].max() > 0.05


def test_a_bridge_is_built_where_it_is_asked_for() -> None:
    without, with_bridge = painted("a mountain village"), painted("a mountain village with a wooden bridge")
    assert np.abs(linear(without) - linear(with_bridge))[50:75, 50:110].mean() > 0.02


@pytest.mark.parametrize("thing", [t for t in Thing if t not in (Thing.BRIDGE, Thing.HOUSE, Thing.TOWER)])
def test_every_thing_can_stand_in_a_scene(thing: Thing) -> None:
    assert painted(f"a meadow with a {thing}").size == SIZE


def test_the_same_words_paint_the_same_scene_and_others_another() -> None:
    dawn = painted_anew("a forest at dawn")
    assert dawn.tobytes() == painted_anew("a forest at dawn").tobytes()
    assert dawn.tobytes() != painted_anew("a forest at dusk").tobytes()


@pytest.mark.parametrize("size", [(1, 1), (33, 77)])
@pytest.mark.parametrize("place", Place)
def test_any_size_can_be_painted(place: Place, size: tuple[int, int]) -> None:
    assert painted(f"{place} at night in the rain", size).size == size


@pytest.mark.parametrize("weather", ["overcast", "fog", "rain", "thunderstorm", "snow"])
def test_weather_changes_a_scene(weather: str) -> None:
    clear, other = painted("a harbour"), painted(f"a harbour in {weather}")
    assert np.abs(linear(clear) - linear(other)).mean() > 0.01


def test_a_large_frame_shows_the_same_scene_in_more_detail() -> None:
    small = painted("a castle", (64, 36))
    large = painted("a castle", (128, 72)).resize((64, 36), Image.Resampling.BOX)
    assert np.abs(np.asarray(small, np.float32) - np.asarray(large, np.float32)).mean() < 22
