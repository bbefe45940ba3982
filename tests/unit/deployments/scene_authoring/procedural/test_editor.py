"""What edits do to a real photograph: properties that a viewer would miss if they were gone."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from deployments.scene_authoring.contract import (
    CAPTION_LIMIT_CHARS,
    Instruction,
    InstructionNotUnderstoodError,
    Rejected,
)
from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.author import ProceduralAuthor
from deployments.scene_authoring.procedural.editor import ProceduralEditor
from deployments.scene_authoring.procedural.layers import Layers, estimate
from deployments.scene_authoring.procedural.raster import Plane, Rgb

PHOTOGRAPHS = Path(__file__).parents[4] / "fakes" / "photos"
SIZE = (320, 180)
AUTHOR, EDITOR = ProceduralAuthor(), ProceduralEditor()


def load(name: str) -> Image.Image:
    return Image.open(PHOTOGRAPHS / f"{name}.jpg").convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)


@pytest.fixture(scope="module")
def path_photograph() -> Image.Image:
    return load("picos_path")


@pytest.fixture(scope="module")
def pagoda_photograph() -> Image.Image:
    return load("lake_pagoda")


def edited(photograph: Image.Image, request_text: str) -> Image.Image:
    instruction = AUTHOR.author_edit(request_text, photograph)
    assert isinstance(instruction, Instruction)
    return EDITOR.edit(photograph, instruction)


def linear(image: Image.Image) -> Rgb:
    return ra.from_image(image)


def layers_of(image: Image.Image) -> Layers:
    return estimate(linear(image))


def mean(plane: Plane, where: Plane) -> float:
    return float((plane * where).sum() / where.sum())


def contrast(image: Image.Image, top: float, bottom: float) -> float:
    light = np.sqrt(ra.luminance(linear(image)))
    return float(light[int(top * SIZE[1]) : int(bottom * SIZE[1])].std())


@pytest.mark.parametrize("name", ["picos_path", "lake_pagoda"])
def test_night_is_much_darker_and_bluer(name: str) -> None:
    day = load(name)
    before, after = linear(day), linear(edited(day, "make it night"))
    assert ra.luminance(after).mean() < 0.35 * ra.luminance(before).mean()
    assert after[..., 2].mean() / after[..., 0].mean() > 1.3 * before[..., 2].mean() / before[..., 0].mean()


def test_night_lights_the_windows_of_a_building(pagoda_photograph: Image.Image) -> None:
    after = linear(edited(pagoda_photograph, "make it night"))
    middle = after[60:170, 40:110]
    warm = (middle[..., 0] > 0.3) & (middle[..., 0] > 2 * middle[..., 2])
    assert warm.mean() > 0.02


def test_sunset_warms_the_sky_more_near_the_horizon(path_photograph: Image.Image) -> None:
    layers = layers_of(path_photograph)
    after = linear(edited(path_photograph, "sunset"))
    warmth = after[..., 0] - after[..., 2]
    rows, _ = ra.grid(SIZE[1], SIZE[0])
    low, high = layers.sky * (rows > 0.2), layers.sky * (rows < 0.08)
    assert mean(warmth, low) > mean(warmth, high)


def test_fog_takes_more_contrast_near_the_horizon_than_at_the_feet(path_photograph: Image.Image) -> None:
    foggy = edited(path_photograph, "fog")
    far = contrast(foggy, 0.2, 0.45) / contrast(path_photograph, 0.2, 0.45)
    near = contrast(foggy, 0.85, 1.0) / contrast(path_photograph, 0.85, 1.0)
    assert far < 0.75 * near


def test_more_fog_hides_more(path_photograph: Image.Image) -> None:
    kept = [contrast(edited(path_photograph, f"{how} fog"), 0.3, 0.7) for how in ("light", "moderate", "thick")]
    assert kept[0] > kept[1] > kept[2]


def test_snow_brightens_the_ground(path_photograph: Image.Image) -> None:
    ground = layers_of(path_photograph).ground
    before, after = ra.luminance(linear(path_photograph)), ra.luminance(linear(edited(path_photograph, "let it snow")))
    assert mean(after, ground) > 2.5 * mean(before, ground)


def test_autumn_reddens_vegetation_and_nothing_else(pagoda_photograph: Image.Image) -> None:
    layers = layers_of(pagoda_photograph)
    before, after = linear(pagoda_photograph), linear(edited(pagoda_photograph, "autumn"))
    redder = (after[..., 0] - after[..., 1]) - (before[..., 0] - before[..., 1])
    assert mean(redder, layers.vegetation) > 0.05
    assert abs(mean(redder, layers.sky)) < 0.05


def test_a_moon_is_painted_into_the_sky_only(pagoda_photograph: Image.Image) -> None:
    layers = layers_of(pagoda_photograph)
    night, moonlit = edited(pagoda_photograph, "night"), edited(pagoda_photograph, "night with a moon")
    change = np.abs(linear(moonlit) - linear(night)).max(axis=-1)
    assert (change > 0.4).sum() > 50
    assert layers.sky[change > 0.4].min() > 0.5


@pytest.mark.parametrize("tool", ["torch", "sword", "lantern", "axe", "staff", "flashlight"])
def test_a_held_thing_is_at_the_bottom_right(tool: str, path_photograph: Image.Image) -> None:
    change = np.abs(linear(edited(path_photograph, f"hold a {tool}")) - linear(path_photograph)).max(axis=-1)
    strong = change > 0.12
    width, height = SIZE
    assert strong[height // 3 :, width // 2 :].sum() > 0.9 * strong.sum()
    assert strong[-height // 6 :, -width // 5 :].mean() > 0.2
    assert change[: height // 6].max() < 0.1


def test_things_stand_on_the_asked_side(path_photograph: Image.Image) -> None:
    for side, half in (("left", slice(0, SIZE[0] // 2)), ("right", slice(SIZE[0] // 2, SIZE[0]))):
        change = np.abs(linear(edited(path_photograph, f"add a crate on the {side}")) - linear(path_photograph))
        assert change[:, half].sum() > 0.95 * change.sum()


def test_what_the_edit_does_not_name_stays(path_photograph: Image.Image) -> None:
    with_crate = linear(edited(path_photograph, "add a crate on the left"))
    unchanged = np.abs(with_crate - linear(path_photograph)).max(axis=-1) < 0.004
    assert unchanged.mean() > 0.85


def test_lava_glows_where_the_ground_was(path_photograph: Image.Image) -> None:
    layers = layers_of(path_photograph)
    after = linear(edited(path_photograph, "replace the ground with lava"))
    assert mean(after[..., 0] - after[..., 2], layers.ground) > 0.15
    assert mean(np.abs(after - linear(path_photograph)).max(axis=-1), layers.sky) < 0.05


def test_removing_fog_adds_contrast(path_photograph: Image.Image) -> None:
    foggy = edited(path_photograph, "light fog")
    assert contrast(edited(foggy, "remove the fog"), 0.3, 0.9) > contrast(foggy, 0.3, 0.9)


def test_the_sky_of_the_photographs_is_found() -> None:
    for name, inside, outside in (("lake_pagoda", (20, 20), (150, 90)), ("picos_path", (10, 250), (150, 160))):
        sky = layers_of(load(name)).sky
        assert sky[inside] > 0.9
        assert sky[outside] < 0.1


def test_the_same_edit_gives_the_same_picture(path_photograph: Image.Image) -> None:
    request_text = "a snowstorm at night, add a campfire and hold a torch"
    assert edited(path_photograph, request_text).tobytes() == edited(path_photograph, request_text).tobytes()


EVERY_KIND = (
    "night",
    "sunset",
    "fog",
    "rain",
    "storm",
    "snow",
    "autumn",
    "winter",
    "eerie",
    "red light",
    "lava on the ground",
    "water on the ground",
    "add a tree",
    "add a moon",
    "add an aurora",
    "add a rainbow",
    "hold a torch",
    "remove the fog",
    "remove the hand",
    "remove the clouds",
)


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (5, 31), (101, 57)])
@pytest.mark.parametrize("request_text", EVERY_KIND)
def test_any_size_of_picture_can_be_edited(size: tuple[int, int], request_text: str) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    assert edited(Image.fromarray(noise), request_text).size == size


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_any_mode_of_picture_can_be_edited(mode: str, path_photograph: Image.Image) -> None:
    assert edited(path_photograph.convert(mode), "night").mode == "RGB"


def test_a_picture_without_any_sky_can_be_edited() -> None:
    brick = Image.new("RGB", SIZE, (90, 60, 50))
    assert ra.luminance(linear(edited(brick, "night"))).mean() < 0.5 * ra.luminance(linear(brick)).mean()


def test_a_refusal_lists_what_can_be_done(path_photograph: Image.Image) -> None:
    refusal = AUTHOR.author_edit("add a dragon", path_photograph)
    assert isinstance(refusal, Rejected)
    assert refusal.because == "not_understood"
    for ability in ("dragon", "night", "fog", "autumn", "eerie", "treasure chest", "torch", "lava", "remove"):
        assert ability in refusal.reason


def test_a_refused_scene_lists_the_places() -> None:
    refusal = AUTHOR.author_scene("something nice")
    assert isinstance(refusal, Rejected)
    for ability in ("mountain village", "library", "space station", "dusk", "snow", "bridge", "lantern"):
        assert ability in refusal.reason


def test_a_request_against_the_policy_is_refused_as_such(path_photograph: Image.Image) -> None:
    for refusal in (AUTHOR.author_edit("add porn", path_photograph), AUTHOR.author_scene("a porn castle")):
        assert isinstance(refusal, Rejected)
        assert refusal.because == "policy"


def test_an_instruction_says_that_all_else_stays_and_has_a_short_caption(path_photograph: Image.Image) -> None:
    request_text = "night, fog, rain, autumn, eerie, red light, add a tree and a crate and a lamp, hold a sword"
    instruction = AUTHOR.author_edit(request_text, path_photograph)
    assert isinstance(instruction, Instruction)
    assert instruction.text.endswith("Keep everything else unchanged.")
    assert 0 < len(instruction.caption) <= CAPTION_LIMIT_CHARS


def test_an_instruction_of_nothing_known_is_an_error(path_photograph: Image.Image) -> None:
    unknown = Instruction("Add a dragon.", "dragon")
    with pytest.raises(InstructionNotUnderstoodError):
        EDITOR.edit(path_photograph, unknown)
    with pytest.raises(InstructionNotUnderstoodError):
        EDITOR.generate(Instruction("Nothing at all.", ""), SIZE)
