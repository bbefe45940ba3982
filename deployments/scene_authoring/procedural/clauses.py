"""From a text to clauses: where one ends, which verb governs it, and how far a denial reaches.

Owns reading `no`, `not` and their like: a denied clause has the verb `REMOVE`, and what is denied twice is
kept; and what a verb does with what it is said of. What a clause asks for is the grammar's business.
"""

import re
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Final, TypeVar

from deployments.scene_authoring.procedural.plan import (
    Colour,
    Material,
    Mood,
    Season,
    Side,
    Thing,
    TimeOfDay,
    Tool,
    Weather,
)
from deployments.scene_authoring.procedural.rewording import normalise, with_plain_removals
from deployments.scene_authoring.procedural.vocabulary import Meaning, Token, Verb, Word, scan, unknown_words

_SEPARATOR: Final = re.compile(
    r"([.,;:!?\n]+|\b(?:and then|then|and|(?<!nothing )but|plus|while)\b|&|"
    r"\b(?:until|till|so|so that)\b(?=(?: the| all| this)? \w+ (?:clears|lifts|stops|fades|dissolves|disappears)\b))"
)
_NEW_START: Final = re.compile(r"[.!?]|but")
_LIST_MARK: Final = re.compile(r"[,;\n]")
_HANDS: Final = frozenset({Word.HAND, Word.BARE})
_REMOVING: Final = (Verb.REMOVE, Verb.FADE)
_TURNING: Final = (Verb.FADE, Verb.LIFT, Verb.PART)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of text under one verb, which is its own or goes on from the clause before."""

    text: str
    verb: Verb
    verb_is_spoken: bool
    tokens: tuple[Token, ...]

    def of(self, kind: type[T]) -> tuple[T, ...]:
        """What it names of a kind, in order."""
        return tuple(token.meaning for token in self.tokens if type(token.meaning) is kind)

    def has(self, word: Word | Verb) -> bool:
        """Whether `word` is in it."""
        return any(token.meaning is word for token in self.tokens)

    @property
    def names_hand(self) -> bool:
        """Whether a hand is named, bare or not."""
        return any(token.meaning in _HANDS for token in self.tokens)


def clauses(text: str) -> list[Clause]:
    """The clauses of a request, left to right."""
    found: list[Clause] = []
    verb = Verb.CHANGE
    separated = _SEPARATOR.split(with_plain_removals(normalise(text)))
    for separator, part in zip(("", *separated[1::2]), separated[::2], strict=True):
        if found and _contrasts(part):
            verb = Verb.KEEP
            continue
        if verb in (Verb.REMOVE, Verb.KEEP) and _starts_anew(separator, part):
            verb = Verb.CHANGE
        for piece, implied in _split_at_with(part):
            for segment in _split_at_denials(piece):
                tokens = scan(segment)
                spoken = _governing(tokens) or implied
                verb = spoken or verb
                if segment.strip():
                    found.append(Clause(segment, verb, spoken is not None, tokens))
                if _is_bare(tokens):
                    verb = Verb.CHANGE
    return found


def _contrasts(part: str) -> bool:
    """`rain, not snow` and `remove the fog but not the clouds` say what is not meant; nothing is asked for."""
    first = next(iter(scan(part)), None)
    return first is not None and first.text == "not" and not part[: first.start].strip()


def _starts_anew(separator: str, part: str) -> bool:
    """Whether a denial ends here: `no fog, night` asks for night; `no fog, rain` and `no fog, the red light` do not."""
    if _NEW_START.search(separator):
        return True
    meanings = [token.meaning for token in scan(part)]
    looks = [m for m in meanings if isinstance(m, TimeOfDay | Season | Mood | Colour | Material) or m is Weather.CLEAR]
    objects = [m for m in meanings if isinstance(m, Thing | Tool | Weather) and m is not Weather.CLEAR]
    goes_on = bool(objects) or not looks or part.lstrip().startswith("the ")
    return _LIST_MARK.search(separator) is not None and not goes_on


def _split_at_with(part: str) -> list[tuple[str, Verb | None]]:
    """`make it night with a moon` is two clauses; `replace the sword with a torch` and `cover it with sand` are one."""
    tokens = scan(part)
    governed = any(t.meaning in (Verb.REPLACE, Verb.CHANGE, *_REMOVING) for t in tokens) and not any(
        isinstance(t.meaning, TimeOfDay | Weather | Season) for t in tokens
    )
    at = next((match.start() for match in re.finditer(r"\bwith\b", part)), None)
    if at is None or governed or any(t.meaning is Verb.REPLACE for t in tokens) or _is_held(part[:at], part[at:]):
        return [(part, None)]
    return [(part[:at], None), (part[at + len("with") :], Verb.ADD)]


def _is_held(before: str, after: str) -> bool:
    """`hold a torch with bare hands` and `a bare hand with a torch` are one clause."""
    ends = [[token.meaning for token in scan(end)] for end in (before, after)]
    holding, by_hand = (any(isinstance(m, Tool) for m in end) for end in ends)
    bare, hand = Word.BARE in ends[0], bool(_HANDS & set(ends[1]))
    return (holding and hand and not by_hand) or (bare and by_hand and not holding)


def _split_at_denials(piece: str) -> list[str]:
    """`make it night without fog` is two clauses; `there should be no fog` and `make the rain stop` are one."""
    tokens = scan(piece)
    denials = [
        t for t in tokens if t.meaning in (Word.NO, Verb.KEEP, *_REMOVING) and _verb(t, tokens) is not Verb.CHANGE
    ]
    ends, begins = [0, *(t.end for t in denials)], [*(t.start for t in denials), len(piece)]
    before, *afters = (piece[end:begin] for end, begin in zip(ends, begins, strict=True))
    starts = [0]
    has_named = _names(before)
    for denial, after in zip(denials, afters, strict=True):
        if has_named and not _closes(denial, after, is_last=denial is denials[-1]):
            starts.append(denial.start)
            has_named = False
        has_named = has_named or _names(after)
    return [piece[start:end] for start, end in pairwise((*starts, len(piece)))]


def _closes(denial: Token, after: str, *, is_last: bool) -> bool:
    """Whether a denial is about what stands before it, since nothing follows: `make the rain stop`, `hold nothing`."""
    match denial.meaning:
        case Verb.REMOVE | Verb.FADE:
            return not _names(after)
        case Word.NO:
            return is_last and not _names(after) and all(isinstance(t.meaning, Verb | int) for t in scan(after))
        case _:
            return False


def _names(text: str) -> bool:
    """Whether there is more in `text` than verbs and grammar, known or unknown."""
    return bool(unknown_words(text)) or any(not isinstance(t.meaning, Verb | Word | int) for t in scan(text))


def _governing(tokens: tuple[Token, ...]) -> Verb | None:
    """The verb of a clause: a denial goes before any other, then what the hand does, then the first."""
    verbs = [_verb(token, tokens) for token in tokens if isinstance(token.meaning, Verb)]
    if _is_bare(tokens):
        verbs.append(Verb.REMOVE)
    turns = any(t.meaning in _TURNING and _changes_over(t, tokens) for t in tokens)
    denials = sum(token.meaning is Word.NO for token in tokens) + (Verb.REMOVE in verbs or turns)
    if Verb.KEEP in verbs or (denials > 1 and not _goes_to_nothing(tokens)):
        return Verb.KEEP
    if Verb.REMOVE in verbs or denials > turns:
        return Verb.REMOVE
    return Verb.HOLD if Verb.HOLD in verbs else next(iter(verbs), None)


def _goes_to_nothing(tokens: tuple[Token, ...]) -> bool:
    """`reduce the fog to nothing` denies it once."""
    return any(one.meaning is Word.INTO and other.text == "nothing" for one, other in pairwise(tokens))


def _is_bare(tokens: tuple[Token, ...]) -> bool:
    """Whether a clause is about bare hands and nothing else: not `a torch in bare hands`, `nothing in bare hands`."""
    is_alone = all(isinstance(t.meaning, Verb | Word | Side | int) and t.text != "nothing" for t in tokens)
    return is_alone and any(token.meaning is Word.BARE for token in tokens)


def _verb(token: Token, tokens: tuple[Token, ...]) -> Verb | None:
    """What a verb does with its object: fog that lifts is gone, a lifted torch is held, one that is put down is not."""
    match token.meaning:
        case Verb() as verb if verb in _TURNING and _changes_over(token, tokens):
            return Verb.CHANGE
        case Verb.LIFT:
            return Verb.REMOVE if isinstance(_object(token, tokens), Weather) else Verb.HOLD
        case Verb.FADE:
            return Verb.REMOVE
        case Verb.LAY | Verb.PART if isinstance(_object(token, tokens), Tool | Word):
            return Verb.REMOVE
        case Verb.PART:
            return Verb.KEEP
        case Verb() as verb:
            return verb
        case _:
            return None


def _object(verb: Token, tokens: tuple[Token, ...]) -> Meaning | None:
    """What a verb is about, a hand among it: the first that is named behind it, or else the first before it."""
    named = [t for t in tokens if isinstance(t.meaning, Weather | Thing | Tool) or t.meaning in _HANDS]
    behind = [token for token in named if token.start > verb.start]
    return next((token.meaning for token in behind or named), None)


def _changes_over(verb: Token, tokens: tuple[Token, ...]) -> bool:
    """Whether something turns into what comes instead: `fade the fog into rain`, not `to see the rain` nor a torch."""
    for index, mark in enumerate(tokens):
        if isinstance(mark.meaning, Tool):
            return False
        if mark.meaning is Word.INTO and mark.start > verb.start:
            outcome = tuple(takewhile(lambda t: not isinstance(t.meaning, Verb), tokens[index + 1 :]))
            is_next = all(one.end + 1 == other.start for one, other in pairwise((mark, *outcome[:1])))
            ends = any(isinstance(t.meaning, Weather | TimeOfDay | Season | Material) for t in outcome)
            if ends and (is_next or mark.text == "into"):
                return True
    return False
