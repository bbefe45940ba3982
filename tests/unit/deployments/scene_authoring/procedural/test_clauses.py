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
FOG, RAIN, CLEAR, STORM, SNOW = map(SetWeather, (Weather.FOG, Weather.RAIN, Weather.CLEAR, Weather.STORM, Weather.SNOW))
NIGHT, TREE, EMPTY = Relight(TimeOfDay.NIGHT), AddThing(Thing.TREE), EmptyHand()
TORCH, SWORD, LANTERN, AXE, STAFF = map(Hold, (Tool.TORCH, Tool.SWORD, Tool.LANTERN, Tool.AXE, Tool.STAFF))

DENIED: tuple[tuple[str, tuple[Step, ...]], ...] = (
    ("there should be no fog", (NO_FOG,)),
    ("let there be no fog", (NO_FOG,)),
    ("make it less foggy", (NO_FOG,)),
    ("lift the fog", (NO_FOG,)),
    ("let the fog lift", (NO_FOG,)),
    ("clear the fog", (NO_FOG,)),
    ("clear the fog away", (NO_FOG,)),
    ("defog the picture", (NO_FOG,)),
    ("de-fog it", (NO_FOG,)),
    ("dehaze", (NO_FOG,)),
    ("a fogless view", (NO_FOG,)),
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

WAYS_TO_CLEAR = (
    "take the {} out",
    "take out the {}",
    "take all the {} out",
    "take all this {} away",
    "take away the {} from the village",
    "take the {} away from the village",
    "take the {} off",
    "can you take the {} out of the picture",
    "take the {} out of the scene, please",
    "take the {} from the sky",
    "get the {} out",
    "get the {} out of here",
    "get rid of the {}",
    "get rid of all that {}",
    "lose the {}",
    "lose all this {}",
    "drop the {}",
    "ditch the {}",
    "scrap the {}",
    "kill the {}",
    "cut the {}",
    "cut the {} out",
    "strip the {} away",
    "wipe the {} out",
    "wipe away the {}",
    "wipe the {} from the sky",
    "blow the {} away",
    "burn the {} off",
    "drive the {} out",
    "suck out the {}",
    "sweep away the {}",
    "fade the {} out",
    "fade out the {}",
    "leave the {} out",
    "leave out the {}",
    "keep the {} out of the picture",
    "put the {} away",
    "turn the {} off",
    "do away with the {}",
    "away with the {}!",
    "out with the {}",
    "enough of the {}",
    "enough {}",
    "no more {}, please",
    "zero {}",
    "sans {}",
    "minus the {}",
    "banish the {}",
    "eliminate the {}",
    "dissipate the {}",
    "exclude the {}",
    "end the {}",
    "avoid {}",
    "skip the {}",
    "withdraw the {}",
    "the {} has stopped",
    "let the {} pass",
    "make the {} leave",
    "cancel the {}",
    "lower the {}",
    "I hate the {}",
    "I am tired of the {}",
    "clear the {}",
    "clear all the {}",
    "clear this {}",
    "clear out the {}",
    "clear the {} out",
    "clear up the {}",
    "clear the sky of {}",
    "clear the air of {}",
    "let the {} clear",
    "let the {} clear up",
    "the {} should clear",
    "the {} clears up",
    "the {} has cleared",
    "the {} has lifted",
    "the {} is lifting",
    "the {} has vanished",
    "the {} disappeared",
    "the {} dissolves",
    "the {} is gone",
    "the {} has to go",
    "the {} needs to go",
    "make the {} go",
    "let the {} go away",
    "let the {} fade away",
    "let the {} fade",
    "let the {} evaporate",
    "let the {} end",
)

WAYS_TO_PUT_AWAY = (
    "lower the {}",
    "lower my {}",
    "please lower your {}",
    "the {} is lowered",
    "sheathe the {}",
    "sheath my {}",
    "the {} should be sheathed",
    "put the {} away",
    "put away the {}",
    "put my {} away",
    "put the {} down",
    "put down my {}",
    "put the {} aside",
    "put the {} back",
    "put the {} back in its sheath",
    "put the {} into its scabbard",
    "return the {} to its sheath",
    "slide the {} into the scabbard",
    "put the {} on the ground",
    "lay the {} on the floor",
    "lay down the {}",
    "lay the {} aside",
    "set the {} down",
    "drop the {}",
    "drop my {}",
    "drop the {} on the floor",
    "throw down the {}",
    "throw the {} away",
    "toss my {} aside",
    "let go of the {}",
    "let the {} go",
    "let the {} fall",
    "release the {}",
    "stow the {}",
    "stash my {}",
    "holster the {}",
    "unequip the {}",
    "discard the {}",
    "ditch the {}",
    "give up the {}",
    "abandon the {}",
    "dispose of the {}",
    "hand over the {}",
    "take the {} out of my hand",
    "take the {} from my hand",
    "get that {} out of here",
    "stop carrying the {}",
)

HAND_EMPTIED = (
    "put the weapon away",
    "lower your weapon",
    "sheathe my weapon",
    "drop the weapon",
    "remove the weapon",
    "put it away",
    "sheathe it",
    "disarm me",
    "I am unarmed",
    "empty hands",
    "bare hands",
    "free my hands",
    "lower my hand",
    "put your hands down",
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
    ("raise the torch", (TORCH,)),
    ("take up the torch", (TORCH,)),
    ("take out a torch", (TORCH,)),
    ("take my torch out", (TORCH,)),
    ("get a torch out", (TORCH,)),
    ("bring out the torch", (TORCH,)),
    ("pull out a torch", (TORCH,)),
    ("put the torch back in my hand", (TORCH,)),
    ("put the torch into my right hand", (TORCH,)),
    ("draw the sword", (SWORD,)),
    ("unsheathe my sword", (SWORD,)),
    ("draw the sword from its sheath", (SWORD,)),
    ("pull the sword out of its scabbard", (SWORD,)),
    ("lower the sword and raise a torch", (EMPTY, TORCH)),
    ("put away the sword, take a torch", (EMPTY, TORCH)),
    ("sheathe the sword and make it night", (EMPTY, NIGHT)),
    ("put the sword down, then add a tree", (EMPTY, TREE)),
    ("take the fog out and make it night", (NO_FOG, NIGHT)),
    ("take the fog out, add rain", (NO_FOG, RAIN)),
    ("get rid of the fog and the rain", (NO_FOG, NO_RAIN)),
    ("lose the fog and add a tree", (NO_FOG, TREE)),
    ("put the fog back", (FOG,)),
    ("bring the fog back", (FOG,)),
    ("not enough fog", (FOG,)),
    ("don't forget the fog", (FOG,)),
    ("let the rain fall", (RAIN,)),
    ("make it fall", (SetSeason(Season.AUTUMN),)),
    ("change the fog to clear weather", (CLEAR,)),
    ("clear weather instead of fog", (CLEAR,)),
    ("make the sky clear", (CLEAR,)),
    ("rain on a clear lake", (RAIN,)),
    ("fade to night", (NIGHT,)),
    ("skip ahead to night", (NIGHT,)),
    ("let the night pass", (NIGHT,)),
    ("put down a tree", (TREE,)),
    ("drop a tree", (TREE,)),
    ("put a tree down on the left", (AddThing(Thing.TREE, side=Side.LEFT),)),
    ("put the tree on the ground", (TREE,)),
    ("add a tree in the lower left", (AddThing(Thing.TREE, side=Side.LEFT),)),
    ("put a tree far away", (TREE,)),
    ("put a tree off to the left", (AddThing(Thing.TREE, side=Side.LEFT),)),
    ("take a look around and make it night", (NIGHT,)),
    ("add a tree far away", (TREE,)),
    ("add a tree off to the left", (AddThing(Thing.TREE, side=Side.LEFT),)),
    ("why don't you make it night", (NIGHT,)),
    ("can't you make it night right away", (NIGHT,)),
)

HELD: tuple[tuple[str, Step], ...] = (
    ("hold a torch in my free hand", TORCH),
    ("put the torch in my empty hand", TORCH),
    ("hold a sword in my empty hand", SWORD),
    ("carry a lantern in my free hand", LANTERN),
    ("hold a torch in bare hands", TORCH),
    ("hold a torch with my bare hand", TORCH),
    ("I am unarmed so give me a sword", SWORD),
    ("I am empty-handed so hand me a torch", TORCH),
    ("put a torch in each free hand", TORCH),
    ("give my empty hand a torch", TORCH),
    ("fill my empty hands with a sword", SWORD),
    ("equip my free hand with a lantern", LANTERN),
    ("use the free hand to hold a lantern", LANTERN),
    ("grab the sword with my bare hands", SWORD),
    ("a bare hand with a sword", SWORD),
    ("an empty hand holds a torch", TORCH),
    ("my empty hands should carry a staff", STAFF),
    ("replace my empty hand with a torch", TORCH),
    ("carry a staff bare-handed", STAFF),
    ("don't leave me empty-handed, give me an axe", AXE),
    ("drop a sword in my hand", SWORD),
    ("drop the sword into my hand", SWORD),
    ("drop a torch in my right hand", TORCH),
    ("put back the torch in my hand", TORCH),
    ("hold a sheathed sword", SWORD),
    ("raise the lowered torch", TORCH),
    ("zero in on the torch", TORCH),
    ("nothing except a torch", TORCH),
    ("hold nothing but a torch", TORCH),
)

MADE: tuple[tuple[str, tuple[Step, ...]], ...] = (
    ("rain on clear water", (RAIN,)),
    ("fog on clear water", (FOG,)),
    ("let it rain over crystal clear water", (RAIN,)),
    ("rain on a crystal clear lake", (RAIN,)),
    ("add mist above clear blue water", (FOG,)),
    ("mist over clear pools", (FOG,)),
    ("snow over crystal-clear ice", (SNOW,)),
    ("clear water in the fog", (FOG,)),
    ("fog over perfectly clear still water", (FOG,)),
    ("clear blue sky over a snowy field with snow", (CLEAR, SNOW)),
    ("the rain is clear", (RAIN, CLEAR)),
    ("very clear air after rain", (CLEAR, RAIN)),
    ("make it clear that it is raining", (CLEAR, RAIN)),
    ("a cleared path in the snow", (SNOW,)),
    ("rain on cleared ground", (RAIN,)),
    ("fade the fog into rain", (RAIN,)),
    ("fade out the fog into rain", (RAIN,)),
    ("wipe the fog to rain", (RAIN,)),
    ("melt the snow into rain", (RAIN,)),
    ("the snow melts into rain", (RAIN,)),
    ("the fog lifts into rain", (RAIN,)),
    ("dissolve the fog into a storm", (STORM,)),
    ("reduce the fog to light mist", (SetWeather(Weather.FOG, Strength.LIGHT),)),
    ("melt into the fog", (FOG,)),
    ("wipe to fog", (FOG,)),
    ("turn the fog into rain", (RAIN,)),
    ("fade the day into night", (NIGHT,)),
    ("wipe to dawn", (Relight(TimeOfDay.DAWN),)),
    ("fade the fog in", (FOG,)),
    ("fade up the fog", (FOG,)),
    ("release the rain", (RAIN,)),
    ("release a storm", (STORM,)),
    ("release more fog", (FOG,)),
    ("release rain over my torch", (RAIN, TORCH)),
    ("hold the sword and release the fog", (SWORD, FOG)),
    ("surrender to the rain", (RAIN,)),
    ("surrender to the night", (NIGHT,)),
    ("hand over the rain", (RAIN,)),
    ("abandon the castle to the fog", (FOG,)),
    ("I give up, make it rain", (RAIN,)),
    ("throw down some rain", (RAIN,)),
    ("bring out the rain", (RAIN,)),
    ("bring the fog out", (FOG,)),
    ("lowered clouds", (SetWeather(Weather.CLOUDS),)),
    ("end the day in fog", (FOG,)),
    ("zero visibility fog", (FOG,)),
    ("ten below zero, snowing", (SNOW,)),
    ("add snow, minus five degrees", (SNOW,)),
    ("enough snow to cover the ground", (SNOW,)),
    ("nothing except rain", (RAIN,)),
    ("rain on my bare hands", (RAIN,)),
    ("lift the torch in the fog", (FOG, TORCH)),
    ("pull out a sword in the snow", (SNOW, SWORD)),
    ("hold a torch until the fog clears", (TORCH, NO_FOG)),
)

TAKEN_AWAY: tuple[tuple[str, tuple[Step, ...]], ...] = (
    ("clear fog", (NO_FOG,)),
    ("please clear thick fog", (NO_FOG,)),
    ("I want you to clear all the fog", (NO_FOG,)),
    ("I want the fog to clear", (NO_FOG,)),
    ("the fog has to clear soon", (NO_FOG,)),
    ("let the fog slowly clear", (NO_FOG,)),
    ("make the sky clear of clouds", (NO_CLOUDS,)),
    ("let it clear up after the rain", (NO_RAIN,)),
    ("I want the fog cleared", (NO_FOG,)),
    ("fade the fog to show the snow", (NO_FOG, NO_SNOW)),
    ("lift the fog to see the castle", (NO_FOG,)),
    ("lift the fog into the sky", (NO_FOG,)),
    ("reduce the fog to nothing", (NO_FOG,)),
    ("turn the fog into nothing", (NO_FOG,)),
    ("remove all clouds except the storm clouds", (NO_CLOUDS,)),
    ("lay down the torch in the rain", (EMPTY,)),
    ("release the torch into the rain", (EMPTY,)),
    ("surrender my sword to the fog", (EMPTY,)),
    ("give up the sword and the torch", (EMPTY,)),
    ("put down the sword in my hand", (EMPTY,)),
    ("remove the torch from my empty hand", (EMPTY,)),
    ("no torch in my free hand", (EMPTY,)),
    ("nothing in my free hand", (EMPTY,)),
    ("make it night with empty hands", (NIGHT, EMPTY)),
    ("two free hands and a torch", (EMPTY, TORCH)),
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
    "do not clear fog",
    "don't let the fog clear",
    "don't fade the fog into rain",
    "don't release the torch",
    "don't leave me unarmed",
    "eliminate everything except the fog",
    "remove everything but the torch",
    "discard the fog",
    "give up the fog and the rain",
    "I don't want the rain to stop",
    "do not take the sword away",
    "don't lower the sword",
    "never sheathe the sword",
    "don't put the sword down",
    "do not take the fog out",
    "don't get rid of the fog",
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


@pytest.mark.parametrize("way", WAYS_TO_CLEAR)
@pytest.mark.parametrize(("weather", "expected"), [("fog", NO_FOG), ("mist", NO_FOG), ("rain", NO_RAIN)])
def test_weather_is_cleared_in_many_words(way: str, weather: str, expected: ClearAir) -> None:
    assert parse_edit(way.format(weather)) == EditPlan((expected,))


@pytest.mark.parametrize("way", WAYS_TO_PUT_AWAY)
@pytest.mark.parametrize("tool", ["sword", "torch", "battle axe"])
def test_what_is_held_is_put_away_in_many_words(way: str, tool: str) -> None:
    assert parse_edit(way.format(tool)) == EditPlan((EMPTY,))


@pytest.mark.parametrize("request_text", HAND_EMPTIED)
def test_a_hand_is_emptied_without_a_word_about_what_it_holds(request_text: str) -> None:
    assert parse_edit(request_text) == EditPlan((EMPTY,))


@pytest.mark.parametrize(("request_text", "expected"), BESIDE_A_DENIAL)
def test_what_stands_beside_a_denial_is_done(request_text: str, expected: tuple[Step, ...]) -> None:
    assert parse_edit(request_text) == EditPlan(expected)


@pytest.mark.parametrize(("request_text", "expected"), STILL_UNDERSTOOD)
def test_what_looks_like_a_denial_is_not_taken_for_one(request_text: str, expected: tuple[Step, ...]) -> None:
    assert parse_edit(request_text) == EditPlan(expected)


@pytest.mark.parametrize(("request_text", "tool"), HELD)
def test_a_tool_goes_into_a_hand_however_bare_the_hand_is_called(request_text: str, tool: Step) -> None:
    assert parse_edit(request_text) == EditPlan((tool,))


@pytest.mark.parametrize(("request_text", "expected"), MADE)
def test_what_is_made_is_not_taken_away_by_a_word_beside_it(request_text: str, expected: tuple[Step, ...]) -> None:
    assert parse_edit(request_text) == EditPlan(expected)


@pytest.mark.parametrize(("request_text", "expected"), TAKEN_AWAY)
def test_what_is_taken_away_is_not_made_by_a_word_beside_it(request_text: str, expected: tuple[Step, ...]) -> None:
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
