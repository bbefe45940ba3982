"""The two outcomes that a model may answer with: their grammar, and their meaning.

Owns the form of an answer. The text is plain ASCII without quotes and backslashes, so that every character is one
byte, a quotation mark always ends it, and whatever the grammar lets through is valid JSON.
"""

import re
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from deployments.scene_authoring.contract import CAPTION_LIMIT_CHARS, AuthorResult, Instruction, Rejected

TEXT_LIMIT_CHARS: Final = 1200
"""The text encoder of the editor reads 512 tokens, about 2000 characters."""

REASON_LIMIT_CHARS: Final = 160

GRAMMAR: Final = rf"""
start: instruction | reject
instruction: "{{\"outcome\": \"instruction\", \"text\": \"" TEXT "\"}}"
reject: "{{\"outcome\": \"reject\", \"reason\": \"" REASON "\"}}"
TEXT: /[ !#-\[\]-~]{{1,{TEXT_LIMIT_CHARS}}}/
REASON: /[ !#-\[\]-~]{{1,{REASON_LIMIT_CHARS}}}/
"""
"""In Lark's notation, as llguidance reads it."""

CLOSING: Final = frozenset({'"', '"}'})
"""Tokens that end the text. A brace alone does not: inside the text it is a character like others."""

_SENTENCE_END: Final = re.compile(r"[.!?](?=\s|$)")


class _InstructionAnswer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Literal["instruction"]
    text: str


class _RejectAnswer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Literal["reject"]
    reason: str


_ANSWER: Final[TypeAdapter[_InstructionAnswer | _RejectAnswer]] = TypeAdapter(_InstructionAnswer | _RejectAnswer)


def read_answer(text: str) -> AuthorResult:
    """What an answer means. Raises pydantic's ValidationError for what the grammar would not have let through."""
    answer = _ANSWER.validate_json(text)
    if isinstance(answer, _RejectAnswer):
        return Rejected(" ".join(answer.reason.split()), because="policy")
    words = whole_sentences(answer.text)
    if not words:
        return Rejected("The model did not find words for this request. Try again.", because="not_understood")
    return Instruction(words, caption_of(words))


def whole_sentences(text: str) -> str:
    """`text` without a sentence that was cut off, unless there is no other."""
    words = " ".join(text.split())
    ends = [match.end() for match in _SENTENCE_END.finditer(words)]
    return words[: ends[-1]] if ends else words


def caption_of(text: str) -> str:
    """The first sentence, cut at a word's end where it is too long."""
    end = _SENTENCE_END.search(text)
    first = text[: end.start()] if end else text
    if len(first) <= CAPTION_LIMIT_CHARS:
        return first
    return first[: CAPTION_LIMIT_CHARS - 1].rsplit(" ", 1)[0] + "…"
