"""From words to the plan of a whole first-person scene.

Owns which place a description means, what it rules out, and what is taken for granted where it says nothing.
"""

import re
from collections.abc import Sequence
from typing import Final, TypeVar

from deployments.scene_authoring.procedural.grammar import described, strength_of
from deployments.scene_authoring.procedural.plan import (
    INDOORS,
    AddThing,
    Colour,
    Hold,
    Material,
    Mood,
    NotUnderstood,
    Place,
    ScenePlan,
    Season,
    SetWeather,
    Thing,
    TimeOfDay,
    Tool,
    Weather,
)
from deployments.scene_authoring.procedural.rewording import normalise
from deployments.scene_authoring.procedural.vocabulary import Meaning, Token, Word, scan, unknown_words

THINGS_LIMIT: Final = 4
"""Most kinds of things in one scene; later ones are dropped."""

_LANDSCAPES: Final = (Place.MEADOW, Place.MOUNTAINS, Place.FOREST, Place.BEACH, Place.DESERT)
_GENERALITY: Final = {Place.CITY: 1, Place.DUNGEON: 1, Place.CASTLE: 2, **dict.fromkeys(_LANDSCAPES, 3)}
_HELD_BY_DEFAULT: Final[dict[Place, Hold]] = {
    Place.MEADOW: Hold(Tool.STAFF),
    Place.FOREST: Hold(Tool.LANTERN),
    Place.MOUNTAINS: Hold(Tool.STAFF),
    Place.VILLAGE: Hold(Tool.LANTERN),
    Place.DESERT: Hold(Tool.STAFF),
    Place.BEACH: Hold(Tool.STAFF),
    Place.HARBOUR: Hold(Tool.LANTERN),
    Place.CITY: Hold(Tool.FLASHLIGHT),
    Place.CASTLE: Hold(Tool.SWORD),
    Place.DUNGEON: Hold(Tool.TORCH),
    Place.HALL: Hold(Tool.SWORD),
    Place.LIBRARY: Hold(Tool.LANTERN),
    Place.CAVE: Hold(Tool.TORCH),
    Place.STATION: Hold(Tool.FLASHLIGHT),
}
T = TypeVar("T")

_NOUNS: Final = (Place, TimeOfDay, Weather, Season, Mood, Thing, Tool)
_NOUN_WORDS: Final = frozenset({Word.LIGHT, Word.SKY, Word.GROUND, Word.HAND, Word.BARE})
_DENIAL_ENDS: Final = re.compile(
    r"\w\s*[.,;:!?\n]|\w\s+(?:at|in|on|over|under|near|by|from|behind|beside|before|but|with|then|while|where)\b",
)
_LIST_ENDS: Final = re.compile(r"[.;:!?\n]|\b(?:but|with|then|while)\b")
_ALTERNATIVE: Final = re.compile(r"\W*n?or\b")
_DISTANT: Final = frozenset({Thing.MOON, Thing.SUN})


def parse_scene(text: str) -> ScenePlan | NotUnderstood:
    """The scene that `text` describes; without a place, a meadow, if anything else was understood."""
    plain = normalise(text)
    tokens, ruled_out = _divided(plain)
    meanings = [token.meaning for token in tokens]
    place = _place(meanings)
    objects = described(tokens)
    tools = [(thing, look) for thing, look, _ in objects if isinstance(thing, Tool)]
    things = [AddThing(t, look, None, n) for t, look, n in objects if isinstance(t, Thing) and t not in _DISTANT]
    weather = _first(meanings, Weather)
    time = _first(meanings, TimeOfDay)
    season = _first(meanings, Season)
    mood = _first(meanings, Mood)
    tint = _tint(tokens)
    if not (place or things or weather or time or season or mood or tint):
        return NotUnderstood(tuple(dict.fromkeys(unknown_words(plain))))
    place = place or _place_for(things)
    time = time or TimeOfDay.DAY
    weather = weather or Weather.CLEAR
    snowed_in = season is Season.WINTER or weather is Weather.SNOW
    return ScenePlan(
        place=place,
        held=Hold(*tools[0]) if tools else _held_by_default(place, ruled_out),
        time=time,
        weather=SetWeather(Weather.CLEAR) if place in INDOORS else SetWeather(weather, strength_of(tokens)),
        season=Season.WINTER if snowed_in else season or Season.SUMMER,
        mood=mood,
        tint=tint,
        things=tuple(dict.fromkeys(things))[:THINGS_LIMIT],
    )


def _divided(text: str) -> tuple[tuple[Token, ...], frozenset[Meaning]]:
    """The tokens that a description wants, and the meanings that it rules out.

    A denial reaches one noun and the list that it begins: `without a tower or trees`, `no rain, snow and fog at night`.
    """
    wanted: list[Token] = []
    ruled_out: list[Meaning] = []
    denied: type | None = None
    end = 0
    for group in _noun_groups(scan(text)):
        noun = group[-1]
        between = text[end : noun.start]
        no = next((token for token in group if token.meaning is Word.NO), None)
        if no:
            is_denied = not _DENIAL_ENDS.search(text[no.end : noun.start])
        else:
            is_listed = type(noun.meaning) is denied or (denied and _ALTERNATIVE.match(between))
            is_denied = bool(is_listed) and not _LIST_ENDS.search(between)
        denied = type(noun.meaning) if is_denied else None
        if is_denied:
            ruled_out.append(noun.meaning)
        else:
            wanted.extend(group)
        end = noun.end
    return tuple(wanted), frozenset(ruled_out)


def _noun_groups(tokens: tuple[Token, ...]) -> list[list[Token]]:
    """Each noun with what stands before it."""
    groups: list[list[Token]] = [[]]
    for token, following in zip(tokens, (*tokens[1:], None), strict=False):
        groups[-1].append(token)
        is_adjective = following is not None and isinstance(following.meaning, Weather)
        if isinstance(token.meaning, _NOUNS) or (token.meaning in _NOUN_WORDS and not is_adjective):
            groups.append([])
    return [group for group in groups if group]


def _held_by_default(place: Place, ruled_out: frozenset[Meaning]) -> Hold:
    usual = _HELD_BY_DEFAULT[place]
    return next((hold for hold in (usual, *map(Hold, Tool)) if hold.tool not in ruled_out), usual)


def _first(meanings: Sequence[object], kind: type[T]) -> T | None:
    return next((meaning for meaning in meanings if type(meaning) is kind), None)


def _place(meanings: Sequence[object]) -> Place | None:
    """The most particular place, the first of several: landscapes only surround, and rooms lie within castles."""
    places = [meaning for meaning in meanings if isinstance(meaning, Place)]
    return min(places, key=lambda place: _GENERALITY.get(place, 0), default=None)


def _place_for(things: list[AddThing]) -> Place:
    return Place.VILLAGE if any(t.thing is Thing.HOUSE for t in things) else Place.MEADOW


def _tint(tokens: tuple[Token, ...]) -> Colour | None:
    """A colour that belongs to no thing colours the light."""
    for index, token in enumerate(tokens):
        if not isinstance(token.meaning, Colour):
            continue
        following = next(
            (t.meaning for t in tokens[index + 1 :] if isinstance(t.meaning, Thing | Tool | Word | Place | Material)),
            None,
        )
        if not isinstance(following, Thing | Tool | Material):
            return token.meaning
    return None
