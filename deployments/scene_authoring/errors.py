"""What can go wrong between a player's words and a picture, beyond what the contract names.

Owns two errors that a client is told as raw text. Every error here survives the way from one process to another.
"""

from protocol.errors import SceneRequestError, ServerError


class AuthoringFailedError(ServerError):
    """The author, the editor or the check of its picture failed or died; the world is as it was."""


class NotUnderstoodError(SceneRequestError):
    """The author did not understand the request; the message says what it can do."""
