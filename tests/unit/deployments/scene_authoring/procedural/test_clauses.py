"""Denials: what a "no" takes away, what it leaves alone, and that it never brings what it denies."""

import pytest
from PIL import Image

from deployments.scene_authoring.contract import Rejected
from deployments.scene_authoring.procedural.author import ProceduralAuthor
from deployments.scene_authoring.procedural.grammar import parse_edit
from deployments.scene_authoring.procedural.plan import (
    AddThing,
    ClearAir,
    EditPlan,
    EmptyHand,
    Hold,
    Mood,
    NotUnderstood,
    Place,
    Relight,
    ScenePlan,
    Season,
    SetMood,
    SetSeason,
    SetWeather,
    Side,
    Step,
    Strength,
    Thing,
    TimeOfDay,
    Tool,
    Weather,
)
from deployments.scene_authoring.procedural.scene_grammar import parse_scene

NO_FOG, NO_RAIN, NO_CLOUDS, NO_SNOW = map(ClearAir, (Weather.FOG, Weather.RAIN, Weather.CLOUDS, Weather.SNOW))
FOG, RAIN, CLEAR = map(SetWeather, (Weather.FOG, Weather.RAIN, Weather.CLEAR))
NIGHT, TREE, TORCH, EMPTY = Relight(TimeOfDay.NIGHT), AddThing(Thing.TREE), Hold(Tool.TORCH), EmptyHand()

DENIED: tuple[tuple[str, tuple[Step, ...]], ...] = (
    ("there should be no fog", (NO_FOG,)),
    ("let there be no fog", (NO_FOG,)),
    ("make it less foggy", (NO_FOG,)),
    ("lift the fog", (NO_FOG,)),
    ("let the fog lift", (NO_FOG,)),
    ("clear the fog", (NO_FOG,)),
    ("clear the fog away", (NO_FOG,)),
    ("make it fog-free", (NO_FOG,)),
    ("there is too much fog", (NO_FOG,)),
    ("I don't like the fog", (NO_FOG,)),
    ("I want to get rid of the fog", (NO_FOG,)),
    ("I want no rain", (NO_RAIN,)),
    ("I don't want rain", (NO_RAIN,)),
    ("I don\u2019t want it to rain", (NO_RAIN,)),
    ("it shouldn't rain anymore", (NO_RAIN,)),
    ("make it stop raining", (NO_RAIN,)),
    ("make the rain stop", (NO_RAIN,)),
    ("turn the rain off", (NO_RAIN,)),
    ("fewer clouds", (NO_CLOUDS,)),
    ("make the sky without clouds", (NO_CLOUDS,)),
    ("I want a sky without clouds", (NO_CLOUDS,)),
    ("I want no sword", (EMPTY,)),
    ("take the sword away", (EMPTY,)),
    ("I no longer hold a sword", (EMPTY,)),
    ("stop holding the torch", (EMPTY,)),
    ("hold nothing", (EMPTY,)),
    ("remove the sword with the golden blade", (EMPTY,)),
    ("make it less dark", (SetMood(Mood.CHEERFUL),)),
    ("make it less bright", (SetMood(Mood.GLOOMY),)),
    ("make it less cold", (SetMood(Mood.WARM),)),
    ("make the fog less thick", (SetWeather(Weather.FOG, Strength.LIGHT),)),
)

BESIDE_A_DENIAL: tuple[tuple[str, tuple[Step, ...]], ...] = (
    ("make it night without clouds", (NIGHT, NO_CLOUDS)),
    ("no sword but a torch", (EMPTY, TORCH)),
    ("no rain, sunny", (NO_RAIN, CLEAR)),
    ("no snow, spring", (NO_SNOW, SetSeason(Season.SPRING))),
    ("less fog, more rain", (NO_FOG, RAIN)),
    ("make it foggy, not rainy", (FOG,)),
    ("make it night, not day", (NIGHT,)),
    ("remove the fog but not the clouds", (NO_FOG,)),
    ("make it night but not too dark", (NIGHT,)),
    ("add fog but not too thick", (FOG,)),
    ("make it rain but don't add fog", (RAIN,)),
    ("make it rain without touching the fog", (RAIN,)),
    ("make it night and don't remove the fog", (NIGHT,)),
    ("without changing the sky, add rain", (RAIN,)),
)

STILL_UNDERSTOOD: tuple[tuple[str, tuple[Step, ...]], ...] = (
    ("clear sky", (CLEAR,)),
    ("clear the sky", (CLEAR,)),
    ("clear weather", (CLEAR,)),
    ("a clear night", (NIGHT, CLEAR)),
    ("no longer raining", (NO_RAIN,)),
    ("not only fog but rain", (FOG, RAIN)),
    ("nothing but rain", (RAIN,)),
    ("change nothing but the weather to rain", (RAIN,)),
    ("make it night, nothing else", (NIGHT,)),
    ("make it night but change nothing else", (NIGHT,)),
    ("add rain without changing the sky", (RAIN,)),
    ("stop the rain and make it night", (NO_RAIN, NIGHT)),
    ("add a tree but no fog", (TREE, NO_FOG)),
    ("no fog, no rain", (NO_FOG, NO_RAIN)),
    ("no fog, rain or clouds", (NO_FOG, NO_RAIN, NO_CLOUDS)),
    ("remove the fog, and the rain", (NO_FOG, NO_RAIN)),
    ("remove the dark clouds", (NO_CLOUDS,)),
    ("remove the fog from the forest", (NO_FOG,)),
    ("remove the sword and hold a torch", (EMPTY, TORCH)),
    ("stop the rain with a rainbow", (NO_RAIN, AddThing(Thing.RAINBOW))),
    ("lift the torch", (TORCH,)),
    ("add a tree far away", (TREE,)),
    ("add a tree off to the left", (AddThing(Thing.TREE, side=Side.LEFT),)),
    ("why don't you make it night", (NIGHT,)),
    ("can't you make it night right away", (NIGHT,)),
)

CANNOT_GO = (
    ("do not make it night", "night"),
    ("stop at night", "night"),
    ("make it less red", "red"),
    ("remove the full moon", "full moon"),
    ("make it night without a moon", "moon"),
    ("hide the moon behind clouds", "moon"),
    ("remove the clouds, the moon and the stars", "moon"),
    ("make it less foggy and gloomy", "gloomy"),
    ("remove the fog, the red light", "red"),
    ("no people, but a castle", "people"),
)

NOTHING_ASKED = (
    "don't remove the fog",
    "I don't want the rain to stop",
    "do not take the sword away",
    "do not add fog",
    "I want to keep the fog",
    "there is too much fog, remove it",
    "the fog should not be so thick",
    "change nothing but the sky",
    "nothing else",
    "make it stop",
    "not",
)

DENIALS = (
    "no {}",
    "without {}",
    "make it not {}",
    "make it less {}",
    "I want no {}",
    "I don't want {}",
    "there should be no {} at all",
    "it is not {}",
    "it must never be {}",
    "do not make it {}",
    "don't add {}",
    "hold no {}",
    "stop the {}",
    "let the {} disappear",
    "take the {} away",
    "turn off the {}",
    "the {} must go",
    "add a barrel without {}",
    "add a barrel, not {}",
    "no {}, add a barrel",
    "no haze and {}",
    "remove the haze, the {} and the drizzle",
)
DENIABLE = (
    "fog",
    "cloudy",
    "a torch",
    "night",
    "autumn",
    "gloomy",
    "red light",
    "sunny",
    "lava",
    "a moon",
    "two trees",
)


@pytest.mark.parametrize(("request_text", "expected"), DENIED)
def test_what_is_denied_goes(request_text: str, expected: tuple[Step, ...]) -> None:
    assert parse_edit(request_text) == EditPlan(expected)


@pytest.mark.parametrize(("request_text", "expected"), BESIDE_A_DENIAL)
def test_what_stands_beside_a_denial_is_done(request_text: str, expected: tuple[Step, ...]) -> None:
    assert parse_edit(request_text) == EditPlan(expected)


@pytest.mark.parametrize(("request_text", "expected"), STILL_UNDERSTOOD)
def test_what_looks_like_a_denial_is_not_taken_for_one(request_text: str, expected: tuple[Step, ...]) -> None:
    assert parse_edit(request_text) == EditPlan(expected)


@pytest.mark.parametrize(("request_text", "word"), CANNOT_GO)
def test_what_cannot_go_is_named(request_text: str, word: str) -> None:
    plan = parse_edit(request_text)
    assert isinstance(plan, NotUnderstood)
    assert plan.to_remove
    assert word in plan.unknown


@pytest.mark.parametrize("request_text", NOTHING_ASKED)
def test_what_is_kept_or_denies_nothing_changes_nothing(request_text: str) -> None:
    plan = parse_edit(request_text)
    assert isinstance(plan, NotUnderstood)
    assert not plan.unknown


@pytest.mark.parametrize("denied", DENIABLE)
@pytest.mark.parametrize("denial", DENIALS)
def test_a_denial_never_brings_what_it_denies(denial: str, denied: str) -> None:
    wish, plan = parse_edit(denied), parse_edit(denial.format(denied))
    assert isinstance(wish, EditPlan)
    assert isinstance(plan, NotUnderstood) or not set(plan.steps) & set(wish.steps)


@pytest.mark.parametrize("request_text", ["remove the moon", "do not make it night"])
def test_a_refusal_to_remove_says_so_and_what_can_be_removed(request_text: str) -> None:
    refusal = ProceduralAuthor().author_edit(request_text, Image.new("RGB", (1, 1)))
    assert isinstance(refusal, Rejected)
    assert refusal.reason.startswith(f"I do not know how to remove '{request_text.split()[-1]}'")
    assert "remove fog, clouds, rain, falling snow or what the hand holds" in refusal.reason


SCENES = (
    ("a city with no fog", Place.CITY, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("a less foggy city", Place.CITY, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("a city where it doesn't rain", Place.CITY, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("a city without rain, snow or fog at night", Place.CITY, TimeOfDay.NIGHT, Weather.CLEAR, Season.SUMMER),
    ("a city without rain and fog", Place.CITY, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("a city without rain but with fog", Place.CITY, TimeOfDay.DAY, Weather.FOG, Season.SUMMER),
    ("a city without light rain", Place.CITY, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("a beach, not at night", Place.BEACH, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("a village without snow", Place.VILLAGE, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("a no-snow village at dusk", Place.VILLAGE, TimeOfDay.DUSK, Weather.CLEAR, Season.SUMMER),
    ("a snow-free village", Place.VILLAGE, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("a village in winter without snow", Place.VILLAGE, TimeOfDay.DAY, Weather.CLEAR, Season.WINTER),
    ("no rain in the forest", Place.FOREST, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("not a city but a forest", Place.FOREST, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("no longer a village but a city", Place.CITY, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("not only a city but a foggy one", Place.CITY, TimeOfDay.DAY, Weather.FOG, Season.SUMMER),
    ("no people, but a castle", Place.CASTLE, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("a city without any cars at night", Place.CITY, TimeOfDay.NIGHT, Weather.CLEAR, Season.SUMMER),
    ("a village not far from the sea in the rain", Place.VILLAGE, TimeOfDay.DAY, Weather.RAIN, Season.SUMMER),
    ("a clear night", Place.MEADOW, TimeOfDay.NIGHT, Weather.CLEAR, Season.SUMMER),
    ("a bus stop in the rain", Place.MEADOW, TimeOfDay.DAY, Weather.RAIN, Season.SUMMER),
)


@pytest.mark.parametrize(("request_text", "place", "time", "weather", "season"), SCENES)
def test_a_scene_is_without_what_it_rules_out(
    request_text: str, place: Place, time: TimeOfDay, weather: Weather, season: Season
) -> None:
    plan = parse_scene(request_text)
    assert isinstance(plan, ScenePlan)
    assert (plan.place, plan.time, plan.weather.weather, plan.season) == (place, time, weather, season)


@pytest.mark.parametrize(
    ("request_text", "things"),
    [
        ("a village without trees, houses or bridges", ()),
        ("a castle without fog or towers", ()),
        ("a village, no snow, two trees", (AddThing(Thing.TREE, count=2),)),
        ("a castle without a red lamp but with a tree", (TREE,)),
    ],
)
def test_a_list_of_things_is_ruled_out_to_its_end(request_text: str, things: tuple[AddThing, ...]) -> None:
    plan = parse_scene(request_text)
    assert isinstance(plan, ScenePlan)
    assert plan.things == things


@pytest.mark.parametrize("request_text", ["a dungeon without a torch", "a cave, no torch"])
def test_a_hand_does_not_hold_what_its_scene_rules_out(request_text: str) -> None:
    plan = parse_scene(request_text)
    assert isinstance(plan, ScenePlan)
    assert plan.held.tool is not Tool.TORCH


@pytest.mark.parametrize("request_text", ["no fog", "without a moon", "not at night"])
def test_a_scene_of_denials_alone_is_not_understood(request_text: str) -> None:
    assert parse_scene(request_text) == NotUnderstood()
