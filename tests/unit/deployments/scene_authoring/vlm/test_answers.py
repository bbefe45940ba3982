"""What an answer means: the two outcomes, sentences that were cut off, and titles."""

import pytest
from pydantic import ValidationError

from deployments.scene_authoring.contract import CAPTION_LIMIT_CHARS, Instruction, Rejected
from deployments.scene_authoring.vlm.answers import caption_of, read_answer, whole_sentences
from deployments.scene_authoring.vlm.prompts import EDIT_SYSTEM, SCENE_SYSTEM


def test_an_instruction_gets_its_first_sentence_as_title() -> None:
    answer = read_answer('{"outcome": "instruction", "text": "Add a lamp. Keep everything else unchanged."}')
    assert answer == Instruction("Add a lamp. Keep everything else unchanged.", "Add a lamp")


def test_a_refusal_keeps_its_reason() -> None:
    assert read_answer('{"outcome": "reject", "reason": "No."}') == Rejected("No.", because="policy")


def test_an_instruction_of_nothing_is_not_understood() -> None:
    answer = read_answer('{"outcome": "instruction", "text": "   "}')
    assert isinstance(answer, Rejected)
    assert answer.because == "not_understood"


@pytest.mark.parametrize("text", ["", "{}", '{"outcome": "instruction"}', '{"outcome": "reject", "text": "x"}', "[1]"])
def test_what_the_grammar_would_not_let_through_is_an_error(text: str) -> None:
    with pytest.raises(ValidationError):
        read_answer(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Add a lamp. Its light fal", "Add a lamp."),
        ("Add a lamp. ", "Add a lamp."),
        ("Add a 2.5 m lamp", "Add a 2.5 m lamp"),
        ("Is it night? Yes! No", "Is it night? Yes!"),
    ],
)
def test_a_sentence_that_was_cut_off_is_dropped(text: str, expected: str) -> None:
    assert whole_sentences(text) == expected


def test_a_long_sentence_is_cut_at_a_words_end() -> None:
    caption = caption_of("Add " + "lamps " * 40 + ".")
    assert len(caption) <= CAPTION_LIMIT_CHARS
    assert caption.endswith("lamps…")


@pytest.mark.parametrize("system", [EDIT_SYSTEM, SCENE_SYSTEM])
def test_the_examples_that_a_model_is_shown_are_answers_themselves(system: str) -> None:
    lines = system.split("Examples:\n")[1].splitlines()
    answers = [read_answer(line) for line in lines if line.startswith("{")]
    assert len(answers) * 2 == len(lines)
    assert {type(answer) for answer in answers} == {Instruction, Rejected}
