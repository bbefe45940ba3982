"""What went wrong first in a group of tasks."""

from typing import TypeVar, cast

ErrorT = TypeVar("ErrorT", bound=Exception)


def first_leaf(errors: ExceptionGroup[ErrorT]) -> ErrorT:
    """The first exception inside nested groups."""
    first = errors.exceptions[0]
    while isinstance(first, ExceptionGroup):
        first = cast("ExceptionGroup[ErrorT]", first).exceptions[0]
    return first
