"""The error tree: what each class tells a client, and that it survives a process boundary."""

import pickle
from collections.abc import Iterator

import pytest

from protocol import errors
from protocol.errors import (
    BiomeError,
    ClientError,
    Fault,
    HostError,
    ImageDefect,
    InvalidImageError,
    InvalidMessageError,
    MessageId,
    RemoteError,
    ServerError,
)


def descendants(root: type[BiomeError]) -> Iterator[type[BiomeError]]:
    for child in root.__subclasses__():
        yield child
        yield from descendants(child)


ALL = sorted(
    {kind for kind in descendants(BiomeError) if kind.__module__ == errors.__name__}, key=lambda kind: kind.__name__
)
"""The contract's own tree; other modules have errors of their own below it."""


def example(kind: type[BiomeError]) -> BiomeError:
    if kind is InvalidImageError:
        return InvalidImageError(ImageDefect.TOO_MANY_PIXELS, "60000x60000")
    if kind is InvalidMessageError:
        return InvalidMessageError("why", req_id="r")
    if kind is RemoteError:
        return RemoteError("why", message_id=MessageId.SERVER_BUSY, params={"k": "v"})
    return kind("why", params={"k": "v"})


def takes_words(kind: type[BiomeError]) -> bool:
    return kind in {InvalidImageError, InvalidMessageError, RemoteError}


@pytest.mark.parametrize("kind", ALL)
def test_every_error_survives_pickling_with_its_facts(kind: type[BiomeError]) -> None:
    error = example(kind)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert (str(copy), copy.message_id, copy.params) == (str(error), error.message_id, error.params)
    assert vars(copy) == vars(error)


@pytest.mark.parametrize("kind", [kind for kind in ALL if kind is not RemoteError])
def test_the_printed_tree_names_every_error_with_its_message_id(kind: type[BiomeError]) -> None:
    lines = (errors.__doc__ or "").splitlines()
    (line,) = [line for line in lines if f" {kind.__name__}" in line]
    message_id = example(kind).message_id
    if message_id is not None:
        assert line.endswith(message_id.removeprefix("app.server."))


@pytest.mark.parametrize(
    ("root", "fault"), [(ClientError, Fault.CLIENT), (HostError, Fault.HOST), (ServerError, Fault.SERVER)]
)
def test_whose_fault_it_is_stands_in_the_branch(root: type[BiomeError], fault: Fault) -> None:
    assert {kind.fault for kind in descendants(root) if kind in ALL} == {fault}


@pytest.mark.parametrize("kind", [kind for kind in ALL if not takes_words(kind)])
def test_an_error_without_words_of_its_own_still_says_a_sentence(kind: type[BiomeError]) -> None:
    assert " " in str(kind())


def test_every_message_id_but_the_extensions_has_an_error_that_carries_it() -> None:
    carried = {kind.default_message_id for kind in ALL}
    assert set(MessageId) - carried == {MessageId.RECORDING_FAILED}


@pytest.mark.parametrize("kind", ALL)
def test_an_error_is_told_as_a_warning_exactly_when_its_id_is_one(kind: type[BiomeError]) -> None:
    error = example(kind)
    assert error.is_warning is (error.message_id is not None and error.message_id.startswith("app.server.warning."))
