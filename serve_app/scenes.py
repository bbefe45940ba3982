"""Scene requests: edit the world, or make another one, in words.

Owns what is checked before anybody is asked, and the error of a server without scene authoring.
"""

from typing import NoReturn

from protocol.client import GenerateScene, SceneEdit
from protocol.errors import AuthoringNotLoadedError, EmptyPromptError, RequestRefusedError


class PromptTooLongError(RequestRefusedError):
    """A prompt that no author should have to read."""

    def __init__(self, limit_chars: int) -> None:
        super().__init__(f"the prompt is longer than {limit_chars} characters")


class Scenes:
    """The scene requests of this server's sessions."""

    def __init__(self, *, limit_chars: int) -> None:
        self._limit_chars = limit_chars

    def refuse(self, request: SceneEdit | GenerateScene) -> NoReturn:
        """Say why this request cannot be met. Raises EmptyPromptError, PromptTooLongError, AuthoringNotLoadedError."""
        if not request.prompt.strip():
            raise EmptyPromptError("empty")
        if len(request.prompt) > self._limit_chars:
            raise PromptTooLongError(self._limit_chars)
        raise AuthoringNotLoadedError("unavailable")
