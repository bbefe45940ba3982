"""Where the sky is found: in the dark, in snow and at sunset, and not indoors."""

import pytest

from deployments.scene_authoring.contract import Instruction
from deployments.scene_authoring.procedural import raster as ra
from deployments.scene_authoring.procedural.author import ProceduralAuthor
from deployments.scene_authoring.procedural.editor import ProceduralEditor
from deployments.scene_authoring.procedural.layers import Layers, estimate

AUTHOR, EDITOR = ProceduralAuthor(), ProceduralEditor()


def layers_of(scene: str, size: tuple[int, int] = (320, 180)) -> Layers:
    instruction = AUTHOR.author_scene(scene)
    assert isinstance(instruction, Instruction)
    return estimate(ra.from_image(EDITOR.generate(instruction, size)))


@pytest.mark.parametrize(
    "scene", ["a snowy village at night", "a meadow at dawn in the snow", "a meadow at sunset", "a harbour at dawn"]
)
def test_the_sky_is_above_the_land_in_any_light(scene: str) -> None:
    sky = layers_of(scene).sky
    assert sky[:18].mean() > 0.8
    assert sky[108:].mean() < 0.02


@pytest.mark.parametrize("scene", ["a dungeon corridor", "an old library", "a throne hall", "a space station corridor"])
def test_there_is_no_sky_indoors(scene: str) -> None:
    assert not layers_of(scene, (640, 360)).has_sky
