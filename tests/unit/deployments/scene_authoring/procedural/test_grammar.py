"""The grammar of edits and scenes: many ways to say a thing, and back from the instruction to the same plan."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.scene_authoring.procedural.grammar import STEPS_LIMIT, parse_edit
from deployments.scene_authoring.procedural.phrasing import edit_text, scene_text
from deployments.scene_authoring.procedural.plan import (
    INDOORS,
    SCENE_ONLY_THINGS,
    SKY_THINGS,
    AddThing,
    ClearAir,
    Colour,
    Cover,
    EditPlan,
    EmptyHand,
    Hold,
    Look,
    Material,
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
    Size,
    Step,
    Strength,
    Thing,
    TimeOfDay,
    Tint,
    Tool,
    Weather,
)
from deployments.scene_authoring.procedural.scene_grammar import parse_scene

NIGHT, RED_LAMP = Relight(TimeOfDay.NIGHT), AddThing(Thing.LAMP, Look(Colour.RED))

EDITS: tuple[tuple[str, tuple[Step, ...]], ...] = (
    ("make it night", (NIGHT,)),
    ("Night", (NIGHT,)),
    ("could you please change this to midnight?", (NIGHT,)),
    ("turn day into night", (NIGHT,)),
    ("night instead of day", (NIGHT,)),
    ("change the scene from day to night", (NIGHT,)),
    ("I want a beautiful golden sunset", (Relight(TimeOfDay.SUNSET),)),
    ("early morning", (Relight(TimeOfDay.DAWN),)),
    ("make it night with a full moon", (NIGHT, AddThing(Thing.MOON))),
    ("thick fog", (SetWeather(Weather.FOG, Strength.HEAVY),)),
    ("light rain", (SetWeather(Weather.RAIN, Strength.LIGHT),)),
    ("let it snow", (SetWeather(Weather.SNOW),)),
    ("a snowstorm at dusk", (Relight(TimeOfDay.DUSK), SetWeather(Weather.SNOW))),
    ("make it stormy and gloomy", (SetWeather(Weather.STORM), SetMood(Mood.GLOOMY))),
    ("autumn", (SetSeason(Season.AUTUMN),)),
    ("make it look like winter", (SetSeason(Season.WINTER),)),
    ("make it black and white", (SetMood(Mood.MONOCHROME),)),
    ("eerie atmosphere", (SetMood(Mood.EERIE),)),
    ("purple light", (Tint(Colour.PURPLE),)),
    ("turn the sky red", (Tint(Colour.RED),)),
    ("make everything blue", (Tint(Colour.BLUE),)),
    ("add a red street lamp", (RED_LAMP,)),
    ("put a tree on the left", (AddThing(Thing.TREE, side=Side.LEFT),)),
    ("add two huge palm trees", (AddThing(Thing.PALM, Look(size=Size.HUGE), None, 2),)),
    ("there should be three crates", (AddThing(Thing.CRATE, count=3),)),
    ("add a wooden door and a barrel", (AddThing(Thing.DOOR, Look(material=Material.WOOD)), AddThing(Thing.BARREL))),
    ("add northern lights", (AddThing(Thing.AURORA),)),
    ("give me a torch", (Hold(Tool.TORCH),)),
    ("put a golden lantern in my right hand", (Hold(Tool.LANTERN, Look(material=Material.GOLD)),)),
    ("I hold a glowing green sword", (Hold(Tool.SWORD, Look(Colour.GREEN, Material.GLOWING)),)),
    ("replace the sword with a torch", (Hold(Tool.TORCH),)),
    ("swap the sun for a moon", (AddThing(Thing.MOON),)),
    ("replace the ground with lava", (Cover(Material.LAVA),)),
    ("cover the floor with sand", (Cover(Material.SAND),)),
    ("turn the grass into water", (Cover(Material.WATER),)),
    ("turn it into a desert", (Cover(Material.SAND),)),
    ("remove the fog", (ClearAir(Weather.FOG),)),
    ("no clouds", (ClearAir(Weather.CLOUDS),)),
    ("get rid of the rain", (ClearAir(Weather.RAIN),)),
    ("take away the sword", (EmptyHand(),)),
    ("dusk, add a campfire and hold a sword", (Relight(TimeOfDay.DUSK), AddThing(Thing.CAMPFIRE), Hold(Tool.SWORD))),
    ("make it night but keep the sky", (NIGHT,)),
)

NOT_UNDERSTOOD = (
    ("add a dragon", "dragon"),
    ("add a dragon at night", "dragon"),
    ("replace the sky with a spaceship made of cheese", "cheese"),
    ("remove the tree", "tree"),
    ("add a bridge", "bridge"),
    ("hold a banana", "banana"),
    ("what is the meaning of life", "meaning"),
)

SCENES = (
    ("snowy mountain village with a wooden bridge", Place.VILLAGE, TimeOfDay.DAY, Weather.SNOW, Season.WINTER),
    ("a harbor town at sunrise", Place.HARBOUR, TimeOfDay.DAWN, Weather.CLEAR, Season.SUMMER),
    ("cyberpunk city at night in heavy rain", Place.CITY, TimeOfDay.NIGHT, Weather.RAIN, Season.SUMMER),
    ("the corridor of a space station", Place.STATION, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("a castle dungeon", Place.DUNGEON, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("castle on a hill in autumn fog", Place.CASTLE, TimeOfDay.DAY, Weather.FOG, Season.AUTUMN),
    ("a tropical island", Place.BEACH, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("sand dunes at dusk", Place.DESERT, TimeOfDay.DUSK, Weather.CLEAR, Season.SUMMER),
    ("deep in the misty woods", Place.FOREST, TimeOfDay.DAY, Weather.FOG, Season.SUMMER),
    ("throne room", Place.HALL, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("a cavern", Place.CAVE, TimeOfDay.DAY, Weather.CLEAR, Season.SUMMER),
    ("alpine lake in spring", Place.MOUNTAINS, TimeOfDay.DAY, Weather.CLEAR, Season.SPRING),
    ("a starry night", Place.MEADOW, TimeOfDay.NIGHT, Weather.CLEAR, Season.SUMMER),
)

looks = st.builds(
    Look,
    st.sampled_from([None, *Colour]),
    st.sampled_from([None, Material.WOOD, Material.STONE, Material.IRON, Material.GOLD, Material.GLOWING]),
    st.sampled_from(Size),
)
standing = st.builds(
    AddThing,
    st.sampled_from([t for t in Thing if t not in SCENE_ONLY_THINGS | SKY_THINGS]),
    looks,
    st.sampled_from([None, *Side]),
    st.integers(1, 5),
)
steps = st.one_of(
    st.builds(Relight, st.sampled_from(TimeOfDay)),
    st.builds(SetWeather, st.sampled_from(Weather), st.sampled_from(Strength)),
    st.builds(SetSeason, st.sampled_from(Season)),
    st.builds(SetMood, st.sampled_from(Mood)),
    st.builds(Tint, st.sampled_from(Colour)),
    st.builds(Cover, st.sampled_from([Material.GRASS, Material.SAND, Material.WATER, Material.LAVA, Material.STONE])),
    standing,
    st.builds(AddThing, st.sampled_from(sorted(SKY_THINGS)), looks, st.sampled_from([None, *Side])),
    st.builds(Hold, st.sampled_from(Tool), looks),
    st.builds(ClearAir, st.sampled_from([w for w in Weather if w is not Weather.CLEAR])),
    st.just(EmptyHand()),
)
plans = st.lists(steps, min_size=1, max_size=STEPS_LIMIT, unique=True).map(lambda found: EditPlan(tuple(found)))


@st.composite
def scene_plans(draw: st.DrawFn) -> ScenePlan:
    place = draw(st.sampled_from(Place))
    weather = draw(st.builds(SetWeather, st.sampled_from(Weather), st.sampled_from(Strength)))
    snowy = weather.weather is Weather.SNOW and place not in INDOORS
    kinds = [thing for thing in Thing if thing not in (Thing.MOON, Thing.SUN)]
    things = draw(st.lists(st.builds(AddThing, st.sampled_from(kinds), looks), max_size=3, unique=True))
    return ScenePlan(
        place=place,
        held=draw(st.builds(Hold, st.sampled_from(Tool), looks)),
        time=draw(st.sampled_from(TimeOfDay)),
        weather=SetWeather(Weather.CLEAR) if place in INDOORS else weather,
        season=Season.WINTER if snowy else draw(st.sampled_from(Season)),
        mood=draw(st.sampled_from([None, *Mood])),
        tint=draw(st.sampled_from([None, *Colour])),
        things=tuple(things),
    )


@pytest.mark.parametrize(("request_text", "expected"), EDITS)
def test_an_edit_is_understood(request_text: str, expected: tuple[Step, ...]) -> None:
    assert parse_edit(request_text) == EditPlan(expected)


@pytest.mark.parametrize(("request_text", "word"), NOT_UNDERSTOOD)
def test_what_is_not_known_is_named(request_text: str, word: str) -> None:
    plan = parse_edit(request_text)
    assert isinstance(plan, NotUnderstood)
    assert word in plan.unknown


@pytest.mark.parametrize(("request_text", "place", "time", "weather", "season"), SCENES)
def test_a_scene_is_understood(
    request_text: str, place: Place, time: TimeOfDay, weather: Weather, season: Season
) -> None:
    plan = parse_scene(request_text)
    assert isinstance(plan, ScenePlan)
    assert (plan.place, plan.time, plan.weather.weather, plan.season) == (place, time, weather, season)


@pytest.mark.parametrize("request_text", ["", "   ", "???", "something nice", "\u732b", "((night))x)("])
def test_a_scene_of_nothing_known_is_not_understood(request_text: str) -> None:
    assert isinstance(parse_scene(request_text), NotUnderstood)


@given(plans)
@settings(max_examples=150, deadline=None)
def test_an_edit_instruction_reads_back_as_the_same_plan(plan: EditPlan) -> None:
    assert parse_edit(edit_text(plan)) == plan


@given(scene_plans())
@settings(max_examples=150, deadline=None)
def test_a_scene_instruction_reads_back_as_the_same_plan(plan: ScenePlan) -> None:
    assert parse_scene(scene_text(plan)) == plan


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_is_parsed_without_an_exception(text: str) -> None:
    assert isinstance(parse_edit(text), EditPlan | NotUnderstood)
    assert isinstance(parse_scene(text), ScenePlan | NotUnderstood)


def test_a_request_of_a_hundred_kilobytes_is_read_only_in_part() -> None:
    assert parse_edit("make it night " + "x" * 100_000) == EditPlan((NIGHT,))


@pytest.mark.parametrize("place", Place)
def test_every_place_is_known_by_its_own_name(place: Place) -> None:
    plan = parse_scene(place.value)
    assert isinstance(plan, ScenePlan)
    assert plan.place is place


def test_a_scene_without_a_word_about_it_still_holds_something() -> None:
    plan = parse_scene("a dungeon")
    assert isinstance(plan, ScenePlan)
    assert plan.held == Hold(Tool.TORCH)
