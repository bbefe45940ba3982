"""Errors at the session's edge: what a client is told, and as what.

Owns turning the error tree into pushes and replies. Every `error` carries the state of the machine that failed.
"""

from collections.abc import Callable
from typing import TypeAlias

from protocol.errors import BiomeError, MessageId
from protocol.server import (
    ErrorPush,
    FailureResponse,
    ResponseData,
    ServerMessage,
    Snapshot,
    SuccessResponse,
    WarningPush,
)

Post: TypeAlias = Callable[[ServerMessage], None]


def push_of(error: BiomeError, snapshot: Snapshot | None) -> ErrorPush | WarningPush:
    """The push for an error that answers no request."""
    message_id = error.message_id
    if message_id is not None and error.is_warning:
        return WarningPush(message_id=message_id, message=error.message, params=error.params)
    return ErrorPush(message_id=message_id, message=error.message, params=error.params, snapshot=snapshot)


def failure_of(req_id: str, error: BiomeError) -> FailureResponse:
    """The failed reply: a message id where the client has words of its own, the raw text otherwise.

    What concerns a seed is told by a warning; the reply then only says that there is no world.
    """
    message_id = MessageId.INIT_FAILED if error.is_warning else error.message_id
    if message_id is None:
        return FailureResponse(req_id=req_id, error=error.message)
    return FailureResponse(req_id=req_id, error_id=message_id)


def plain_failure_of(req_id: str, error: BiomeError) -> FailureResponse:
    """The failed reply that always names the reason itself: no world depends on what was asked."""
    if error.message_id is None:
        return FailureResponse(req_id=req_id, error=error.message)
    return FailureResponse(req_id=req_id, error_id=error.message_id)


class Answer:
    """The one reply to a request. Whatever goes wrong after it was given is pushed instead."""

    def __init__(self, req_id: str, post: Post) -> None:
        self._req_id = req_id
        self._post = post
        self._is_given = False

    def succeed(self, data: ResponseData) -> None:
        """Reply with `data`."""
        if not self._is_given:
            self._is_given = True
            self._post(SuccessResponse(req_id=self._req_id, data=data))

    def fail(self, error: BiomeError, snapshot: Snapshot | None) -> None:
        """Reply with `error`; a warning is pushed too, so that the reason is not lost."""
        if error.is_warning or self._is_given:
            self._post(push_of(error, snapshot))
        if not self._is_given:
            self._is_given = True
            self._post(failure_of(self._req_id, error))
