"""What went wrong first in a group of tasks."""

from typing import cast


def first_leaf(errors: ExceptionGroup[Exception]) -> Exception:
    """The first exception inside nested groups."""
    first: Exception = errors.exceptions[0]
    while isinstance(first, ExceptionGroup):
        first = cast("ExceptionGroup[Exception]", first).exceptions[0]
    return first
