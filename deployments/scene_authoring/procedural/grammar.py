"""From words to a plan of steps on an existing picture.

Owns what a clause asks for and what counts as not understood; `clauses` says where one ends and which verb
governs it. The same grammar reads a user's request and the instruction that `phrasing` writes from a plan.
"""

import re
from itertools import pairwise
from typing import Final

from deployments.scene_authoring.procedural.clauses import Clause, clauses
from deployments.scene_authoring.procedural.plan import (
    SCENE_ONLY_THINGS,
    UNCOUNTED_THINGS,
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
from deployments.scene_authoring.procedural.vocabulary import Token, Verb, Word, unknown_words

STEPS_LIMIT: Final = 8
"""Most steps of one edit; later ones are dropped."""

_GROUND_COVERS: Final = frozenset({Material.GRASS, Material.SAND, Material.WATER, Material.LAVA, Material.STONE})
_THING_MATERIALS: Final = frozenset({Material.WOOD, Material.STONE, Material.IRON, Material.GOLD, Material.GLOWING})
_LASTING: Final = Thing | Place | TimeOfDay | Season | Mood | Colour | Material
_NAMING_VERBS: Final = frozenset({Verb.ADD, Verb.LAY, Verb.HOLD, Verb.REPLACE, Verb.REMOVE})


def parse_edit(text: str) -> EditPlan | NotUnderstood:
    """The steps that `text` asks for. One clause that names what cannot be painted, or cannot go, spoils them all."""
    steps: list[Step] = []
    unknown: list[str] = []
    for clause in clauses(text):
        if clause.verb is Verb.KEEP:
            continue
        found = _steps(clause)
        obstacle = _obstacle(clause, understood=bool(found))
        if obstacle:
            return obstacle
        if not found:
            unknown.extend(unknown_words(clause.text))
        steps.extend(step for step in found if step not in steps)
    if not steps:
        return NotUnderstood(tuple(dict.fromkeys(unknown)))
    return EditPlan(tuple(steps[:STEPS_LIMIT]))


def _outcome(clause: Clause) -> tuple[Token, ...]:
    """The tokens that say what shall be, not what is: `change day to night`, `night instead of day`."""
    tokens = clause.tokens
    for index, token in enumerate(tokens):
        if token.meaning is Word.INSTEAD:
            return tokens[:index] or tokens[index + 1 :]
    turns = clause.verb in (Verb.REPLACE, Verb.CHANGE)
    marks = (Word.INTO, Word.WITH) if clause.verb is Verb.REPLACE else (Word.INTO,)
    for index, token in enumerate(tokens):
        after = tokens[index + 1 :]
        if turns and token.meaning in marks and any(not isinstance(t.meaning, Verb | Word | int) for t in after):
            return (*(t for t in tokens[:index] if isinstance(t.meaning, Word)), *after)
    return tokens


def _steps(clause: Clause) -> list[Step]:
    if clause.verb is Verb.REMOVE:
        return _removals(clause)
    aim = Clause(clause.text, clause.verb, clause.verb_is_spoken, _outcome(clause))
    steps: list[Step] = [Relight(time) for time in aim.of(TimeOfDay)]
    steps += [SetSeason(season) for season in aim.of(Season)]
    steps += [SetWeather(weather, strength_of(aim.tokens)) for weather in aim.of(Weather)]
    objects = described(aim.tokens)
    sides = aim.of(Side)
    for token, look, count in objects:
        if isinstance(token, Tool):
            steps.append(Hold(token, look))
        elif token not in SCENE_ONLY_THINGS:
            side = None if aim.names_hand else next(iter(sides), None)
            steps.append(AddThing(token, look, side, count))
    steps += [SetMood(mood) for mood in aim.of(Mood)]
    if not objects:
        steps += _grading(aim, alone=not steps)
    return steps


def _grading(aim: Clause, *, alone: bool) -> list[Step]:
    steps: list[Step] = []
    cover = next((m for m in aim.of(Material) if m in _GROUND_COVERS), None)
    if Place.DESERT in aim.of(Place) and alone:
        cover = Material.SAND
    if cover and (alone or aim.has(Word.GROUND)):
        steps.append(Cover(cover))
    elif alone or aim.has(Word.LIGHT) or aim.has(Word.SKY):
        steps += [Tint(colour) for colour in aim.of(Colour)[:1]]
    return steps


def _removals(clause: Clause) -> list[Step]:
    """What can go. A thing cannot, so that `hide the moon behind clouds` takes no clouds away."""
    if clause.of(Tool) or clause.names_hand or clause.has(Verb.HOLD):
        return [EmptyHand()]
    named = [token.meaning for token in clause.tokens if isinstance(token.meaning, Weather | Thing)]
    if named and isinstance(named[0], Thing):
        return []
    return [ClearAir(weather) for weather in clause.of(Weather) if weather is not Weather.CLEAR]


def _obstacle(clause: Clause, *, understood: bool) -> NotUnderstood | None:
    """What is not known here, or cannot go: the object of a verb that names things, or all of an empty clause."""
    removes = clause.verb is Verb.REMOVE
    must_name = clause.verb_is_spoken and clause.verb in _NAMING_VERBS
    if not (removes or must_name):
        return None
    strangers = unknown_words(clause.text) if must_name else ()
    if understood:
        starts = {token.start for token in clause.tokens}
        strangers = tuple(word for word in strangers if not _qualifies(word, clause.text, starts))
        return NotUnderstood(strangers, to_remove=removes) if strangers else None
    kinds = _LASTING if removes else Thing | Place
    known = tuple(token.text for token in clause.tokens if isinstance(token.meaning, kinds))
    return NotUnderstood((*strangers, *known), to_remove=removes) if known or must_name else None


def _qualifies(word: str, text: str, starts: set[int]) -> bool:
    """Whether `word` stands right before something known, as an adjective does."""
    return any(match.end() in starts for match in re.finditer(rf"\b{re.escape(word)}\s+", text))


def strength_of(tokens: tuple[Token, ...]) -> Strength:
    for token, following in pairwise(tokens):
        if token.meaning is Word.LIGHT and isinstance(following.meaning, Weather):
            return Strength.LIGHT
    return next((t.meaning for t in tokens if isinstance(t.meaning, Strength)), Strength.NORMAL)


def described(tokens: tuple[Token, ...]) -> list[tuple[Thing | Tool, Look, int]]:
    """Things and tools, each with the look and the count that its adjectives give it."""
    objects: list[tuple[Thing | Tool, Look, int]] = []
    colour: Colour | None = None
    material: Material | None = None
    size, count = Size.USUAL, 1
    for token in tokens:
        match token.meaning:
            case Colour() as colour:
                pass
            case Material() as found if found in _THING_MATERIALS:
                material = found
            case Size() as size:
                pass
            case int() as number:
                count = number
            case Thing() | Tool() as thing:
                several = token.is_plural and thing not in UNCOUNTED_THINGS
                objects.append((thing, Look(colour, material, size), max(count, 2) if several else count))
                colour, material, size, count = None, None, Size.USUAL, 1
            case Word.LIGHT | Word.SKY:
                colour = None
            case _:
                pass
    return objects
