"""From words to a plan of steps on an existing picture.

Owns how clauses are split, which verb governs which words, and what counts as not understood. The
same grammar reads a user's request and the instruction that `phrasing` writes from a plan.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeVar

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
from deployments.scene_authoring.procedural.vocabulary import Token, Verb, Word, scan, unknown_words

STEPS_LIMIT: Final = 8
"""Most steps of one edit; later ones are dropped."""

REQUEST_LIMIT_CHARS: Final = 2_000
"""What is read of a request; the rest is ignored."""

_GROUND_COVERS: Final = frozenset({Material.GRASS, Material.SAND, Material.WATER, Material.LAVA, Material.STONE})
_THING_MATERIALS: Final = frozenset({Material.WOOD, Material.STONE, Material.IRON, Material.GOLD, Material.GLOWING})
_NAMING_VERBS: Final = frozenset({Verb.ADD, Verb.HOLD, Verb.REPLACE, Verb.REMOVE})
_CLAUSE_SPLIT: Final = re.compile(r"[.,;:!?\n]+|\b(?:and then|then|and|but|plus|while)\b|&")
_ONE_WORD: Final = (("black and white", "monochrome"), ("black-and-white", "monochrome"))

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    verb: Verb
    verb_is_spoken: bool
    tokens: tuple[Token, ...]

    def of(self, kind: type[T]) -> tuple[T, ...]:
        return tuple(token.meaning for token in self.tokens if type(token.meaning) is kind)

    def has(self, word: Word) -> bool:
        return any(token.meaning is word for token in self.tokens)


def parse_edit(text: str) -> EditPlan | NotUnderstood:
    """The steps that `text` asks for. A clause that names something unknown makes the whole request not understood."""
    steps: list[Step] = []
    unknown: list[str] = []
    for clause in _clauses(text):
        if clause.verb is Verb.KEEP:
            continue
        found = _steps(clause)
        strangers = _strangers(clause, understood=bool(found))
        if strangers:
            return NotUnderstood(strangers)
        if not found:
            unknown.extend(unknown_words(clause.text))
        steps.extend(step for step in found if step not in steps)
    if not steps:
        return NotUnderstood(tuple(dict.fromkeys(unknown)))
    return EditPlan(tuple(steps[:STEPS_LIMIT]))


def normalise(text: str) -> str:
    """Lower case, without what stands in parentheses: that elaborates and says nothing new."""
    lowered = re.sub(r"\([^()]*\)", " ", text[:REQUEST_LIMIT_CHARS].lower().replace("\u2019", "'"))
    for phrase, joined in _ONE_WORD:
        lowered = lowered.replace(phrase, joined)
    return lowered


def _clauses(text: str) -> list[_Clause]:
    clauses: list[_Clause] = []
    verb = Verb.CHANGE
    for part in _CLAUSE_SPLIT.split(normalise(text)):
        for piece, implied in _split_at_with(part):
            tokens = scan(piece)
            spoken = next((token.meaning for token in tokens if isinstance(token.meaning, Verb)), None)
            holds = any(token.meaning is Verb.HOLD for token in tokens)
            verb = Verb.HOLD if holds else spoken or implied or verb
            if piece.strip():
                clauses.append(_Clause(piece, verb, spoken is not None or implied is not None, tokens))
    return clauses


def _split_at_with(part: str) -> list[tuple[str, Verb | None]]:
    """`make it night with a moon` is two clauses; `replace the sword with a torch` and `cover it with sand` are one."""
    tokens = scan(part)
    governed = any(t.meaning in (Verb.REPLACE, Verb.CHANGE) for t in tokens) and not any(
        isinstance(t.meaning, TimeOfDay | Weather | Season) for t in tokens
    )
    at = next((match.start() for match in re.finditer(r"\bwith\b", part)), None)
    if at is None or governed or any(t.meaning is Verb.REPLACE for t in tokens):
        return [(part, None)]
    return [(part[:at], None), (part[at + len("with") :], Verb.ADD)]


def _outcome(clause: _Clause) -> tuple[Token, ...]:
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


def _steps(clause: _Clause) -> list[Step]:
    if clause.verb is Verb.REMOVE:
        return _removals(clause)
    aim = _Clause(clause.text, clause.verb, clause.verb_is_spoken, _outcome(clause))
    steps: list[Step] = [Relight(time) for time in aim.of(TimeOfDay)]
    steps += [SetSeason(season) for season in aim.of(Season)]
    steps += [SetWeather(weather, strength_of(aim.tokens)) for weather in aim.of(Weather)]
    objects = described(aim.tokens)
    sides = aim.of(Side)
    for token, look, count in objects:
        if isinstance(token, Tool):
            steps.append(Hold(token, look))
        elif token not in SCENE_ONLY_THINGS:
            side = None if aim.has(Word.HAND) else next(iter(sides), None)
            steps.append(AddThing(token, look, side, count))
    steps += [SetMood(mood) for mood in aim.of(Mood)]
    if not objects:
        steps += _grading(aim, alone=not steps)
    return steps


def _grading(aim: _Clause, *, alone: bool) -> list[Step]:
    steps: list[Step] = []
    cover = next((m for m in aim.of(Material) if m in _GROUND_COVERS), None)
    if Place.DESERT in aim.of(Place) and alone:
        cover = Material.SAND
    if cover and (alone or aim.has(Word.GROUND)):
        steps.append(Cover(cover))
    elif alone or aim.has(Word.LIGHT) or aim.has(Word.SKY):
        steps += [Tint(colour) for colour in aim.of(Colour)[:1]]
    return steps


def _removals(clause: _Clause) -> list[Step]:
    if clause.of(Tool) or clause.has(Word.HAND):
        return [EmptyHand()]
    return [ClearAir(weather) for weather in clause.of(Weather) if weather is not Weather.CLEAR]


def _strangers(clause: _Clause, *, understood: bool) -> tuple[str, ...]:
    """Words that name what is not known here: the object of a verb that names things, or all of an empty clause."""
    if clause.verb not in _NAMING_VERBS or not clause.verb_is_spoken:
        return ()
    if not understood:
        named = [t.meaning.value for t in clause.tokens if isinstance(t.meaning, Thing | Place)]
        return (*unknown_words(clause.text), *named) or (clause.text.strip(),)
    words = unknown_words(clause.text)
    starts = {token.start for token in clause.tokens}
    return tuple(word for word in words if not _qualifies(word, clause.text, starts))


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
