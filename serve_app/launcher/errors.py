"""Why a launch ended before it began: one line for whoever started it."""

from typing import Final

USAGE_EXIT_CODE: Final = 2
"""The process ends with this when nothing was started because of how it was called or configured."""


class LaunchError(Exception):
    """Something that whoever starts the server must change first; `str(error)` is one line that says what."""
