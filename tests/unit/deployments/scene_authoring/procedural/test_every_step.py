"""Every step that the grammar can ask for is carried out, whatever its value, and every scene can be painted."""

import itertools

import numpy as np
import pytest

from deployments.scene_authoring.procedural.editor import apply_step
from deployments.scene_authoring.procedural.layers import estimate
from deployments.scene_authoring.procedural.painter import scene
from deployments.scene_authoring.procedural.plan import (
    SCENE_ONLY_THINGS,
    AddThing,
    ClearAir,
    Colour,
    Cover,
    EmptyHand,
    Hold,
    Material,
    Mood,
    Place,
    Relight,
    ScenePlan,
    Season,
    SetMood,
    SetSeason,
    SetWeather,
    Step,
    Strength,
    Thing,
    TimeOfDay,
    Tint,
    Tool,
    Weather,
)

HEIGHT, WIDTH = 72, 128

STEPS: tuple[Step, ...] = (
    *map(Relight, TimeOfDay),
    *itertools.starmap(SetWeather, itertools.product(Weather, Strength)),
    *map(SetSeason, Season),
    *map(SetMood, Mood),
    *map(Tint, Colour),
    *map(Cover, Material),
    *map(AddThing, (thing for thing in Thing if thing not in SCENE_ONLY_THINGS)),
    *map(Hold, Tool),
    *map(ClearAir, Weather),
    EmptyHand(),
)


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_every_step_gives_a_picture(step: Step) -> None:
    rng = np.random.default_rng(5)
    picture = rng.random((HEIGHT, WIDTH, 3), dtype=np.float32)
    changed = apply_step(picture, estimate(picture), step, rng)
    assert changed.shape == picture.shape
    assert np.isfinite(changed).all()


@pytest.mark.parametrize(("place", "mood"), (*itertools.zip_longest(Place, Mood, fillvalue=Mood.MONOCHROME),))
def test_every_place_and_mood_can_be_painted(place: Place, mood: Mood) -> None:
    plan = ScenePlan(place, Hold(Tool.TORCH), mood=mood)
    painted = scene.paint(plan, WIDTH, HEIGHT, np.random.default_rng(5))
    assert painted.shape == (HEIGHT, WIDTH, 3)
    assert np.isfinite(painted).all()
