"""How a session's end is set from places that cannot raise into its tasks: once, and by whoever finds it first."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio


def end_with(end: "asyncio.Future[None]", error: Exception) -> None:
    """Let `error` be why the session ends, unless it is over already."""
    if not end.done():
        end.set_exception(error)
