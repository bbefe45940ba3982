"""From a plan back to words: the instruction that any editor can follow, and what this one can do.

Owns the sentences. `grammar` and `scene_grammar` read them back to the same plan; what stands in
parentheses elaborates for editors that understand more.
"""

from typing import Final

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
    Mood,
    Place,
    Relight,
    ScenePlan,
    Season,
    SetMood,
    SetSeason,
    SetWeather,
    Size,
    Step,
    Strength,
    Thing,
    TimeOfDay,
    Tint,
    Tool,
    Weather,
)

_TIME_DETAILS: Final[dict[TimeOfDay, str]] = {
    TimeOfDay.DAWN: "a low sun, pale rosy light near the horizon, long shadows",
    TimeOfDay.DAY: "neutral light from a high sun",
    TimeOfDay.SUNSET: "a low sun at the horizon, a sky from deep orange to violet, long shadows",
    TimeOfDay.DUSK: "the sun is below the horizon, soft bluish light, the first lamps lit",
    TimeOfDay.NIGHT: "dim cool moonlight, a dark sky with stars, lamps and windows lit",
}
_WEATHER_DETAILS: Final[dict[Weather, str]] = {
    Weather.CLEAR: "no cloud in sight",
    Weather.CLOUDS: "a grey cover of clouds, flat soft light",
    Weather.FOG: "thicker towards the horizon, pale, hiding what is far",
    Weather.RAIN: "slanting streaks near and far, a wet ground that mirrors the scene",
    Weather.STORM: "dark clouds, driving rain, lightning",
    Weather.SNOW: "flakes near and far, white on the ground and on every ledge",
}
_COUNTS: Final = {1: "a", 2: "two", 3: "three", 4: "four", 5: "five"}


def edit_text(plan: EditPlan) -> str:
    """The instruction for `plan`: a sentence for each step, and that all else stays."""
    return " ".join([*(_sentence(step) for step in plan.steps), "Keep everything else unchanged."])


def edit_caption(plan: EditPlan) -> str:
    """A short title of `plan`."""
    return ", ".join(_title(step) for step in plan.steps)


def scene_text(plan: ScenePlan) -> str:
    """The instruction for a new scene: view, place, light, weather, things, and what the right hand holds."""
    parts = [f"A detailed first-person view of a {plan.place}, {plan.season}, {plan.time}"]
    if plan.place not in INDOORS:
        parts.append(_weather(plan.weather))
    if plan.mood:
        parts.append(f"{plan.mood} mood")
    if plan.tint:
        parts.append(f"{plan.tint} light")
    parts.extend(_counted(thing) for thing in plan.things)
    return f"{', '.join(parts)}. A right hand at the bottom right holds a {_name(plan.held.tool, plan.held.look)}."


def scene_caption(plan: ScenePlan) -> str:
    """A short title of `plan`."""
    weather = [] if plan.weather.weather is Weather.CLEAR else [_weather(plan.weather)]
    return ", ".join([str(plan.place), str(plan.season), str(plan.time), *weather])


def edit_abilities() -> str:
    """What can be asked of an existing picture, for the message of a refusal."""
    things = _listed([t for t in Thing if t not in SCENE_ONLY_THINGS])
    return (
        f"I can change the time ({_listed(TimeOfDay)}), the weather ({_listed(Weather)}), the season "
        f"({_listed(Season)}), the mood ({_listed(Mood)}) and the colour of the light "
        f"({_listed(Colour)}); add a {things}; put a {_listed(Tool)} into your right hand; "
        "cover the ground with grass, sand, water, lava or stone; "
        "and remove fog, clouds, rain, falling snow or what the hand holds."
    )


def scene_abilities() -> str:
    """What kinds of scene can be asked for, for the message of a refusal."""
    things = _listed([t for t in Thing if t not in SKY_THINGS])
    return (
        f"I can paint a {_listed(Place)}, at {_listed(TimeOfDay)}, in any season, "
        f"in weather such as {_listed(Weather)}, with a {things}, and a {_listed(Tool)} in your right hand."
    )


def _listed(words: "type[Place | TimeOfDay | Weather | Season | Mood | Colour | Tool] | list[Thing]") -> str:
    names = [word.value for word in words]
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _name(thing: Thing | Tool, look: Look) -> str:
    size = [] if look.size is Size.USUAL else [look.size]
    adjectives = [str(word) for word in (*size, look.colour, look.material) if word]
    return " ".join([*adjectives, thing.value])


def _counted(step: AddThing) -> str:
    name = _name(step.thing, step.look)
    return f"a {name}" if step.count == 1 else f"{_COUNTS[step.count]} {name}s"


def _weather(step: SetWeather) -> str:
    name = "clear weather" if step.weather is Weather.CLEAR else str(step.weather)
    return name if step.strength is Strength.NORMAL else f"{step.strength} {name}"


def _sentence(step: Step) -> str:
    match step:
        case Relight(time):
            return f"Change the scene to {time} ({_TIME_DETAILS[time]})."
        case SetWeather(weather):
            return f"Change the weather to {_weather(step)} ({_WEATHER_DETAILS[weather]})."
        case SetSeason(season):
            return f"Change the season to {season} (recolour the vegetation to match)."
        case SetMood(mood):
            return f"Make the mood {mood} (grade the whole picture)."
        case Tint(colour):
            return f"Make the light {colour} (from the sky and from every lamp)."
        case Cover(material):
            return f"Cover the ground with {material} (in perspective, matching the light)."
        case AddThing(thing, side=side):
            where = f" on the {side}" if side else ""
            shading = (
                "matching the sky" if thing in SKY_THINGS else "on the ground, lit like the scene, casting a shadow"
            )
            return f"Add {_counted(step)}{where} ({shading})."
        case Hold(tool, look):
            return f"Add a right hand at the bottom right that holds a {_name(tool, look)} (lit like the scene)."
        case ClearAir(weather):
            return f"Remove the {weather} (show what it hid)."
        case EmptyHand():
            return "Remove the hand at the bottom right (and what it holds)."


def _title(step: Step) -> str:
    match step:
        case Relight(time):
            return str(time)
        case SetWeather():
            return _weather(step)
        case SetSeason(season):
            return str(season)
        case SetMood(mood):
            return f"{mood} mood"
        case Tint(colour):
            return f"{colour} light"
        case Cover(material):
            return f"{material} on the ground"
        case AddThing():
            return _counted(step)
        case Hold(tool, look):
            return f"{_name(tool, look)} in hand"
        case ClearAir(weather):
            return f"no {weather}"
        case EmptyHand():
            return "empty hands"
