"""What a client of the wire sends and receives: encoding, strict decoding, and the errors of a conversation.

Owns no socket; `wire_client` does.
"""

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from protocol.frame import EnvelopeError, FrameHeader, unpack_envelope
from protocol.server import ErrorPush, FailureResponse, Push, Response, ServerMessage, SuccessResponse

if TYPE_CHECKING:
    from protocol.client import ClientMessage


@dataclass(frozen=True, slots=True)
class Batch:
    """A decoded envelope. `jpegs` is empty where the client was told to keep none; the sizes are always there."""

    header: FrameHeader
    jpeg_sizes_bytes: tuple[int, ...]
    size_bytes: int
    """Of the whole message."""
    jpegs: tuple[bytes, ...]

    @property
    def sub_frames(self) -> int:
        """How many pictures the envelope carries."""
        return len(self.jpeg_sizes_bytes)

    def without_jpegs(self) -> "Batch":
        """The same batch, in a few bytes."""
        return replace(self, jpegs=())


Event: TypeAlias = Push | SuccessResponse | FailureResponse | Batch


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event and when it came, on the clock of `now_ms`."""

    at_ms: float
    event: Event


class WireError(Exception):
    """Root of what can go wrong for a client."""


class SocketClosedError(WireError):
    """The socket is closed. Carries the close code (1006: without a close frame) and the last `error` push."""

    def __init__(self, code: int, reason: str, last_error: ErrorPush | None) -> None:
        said = f"; the last error was {last_error.to_json()}" if last_error else ""
        super().__init__(f"the server closed the socket with code {code} {reason!r}{said}")
        self.code = code
        self.reason = reason
        self.last_error = last_error


class HandshakeRefusedError(WireError):
    """The server answered the upgrade with an HTTP status instead of accepting it."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the server refused the handshake with HTTP status {status}")
        self.status = status


class NothingCameError(WireError, TimeoutError):
    """What was awaited did not come in time."""

    def __init__(self, what: str, timeout_s: float, last: Event | None) -> None:
        super().__init__(f"no {what} within {timeout_s:g} s; the last event was {_brief(last)}")


class RequestFailedError(WireError):
    """A request got a failure reply."""

    def __init__(self, reply: FailureResponse) -> None:
        super().__init__(reply.to_json())
        self.reply = reply


class ContractViolationError(WireError):
    """The server sent what the contract does not allow."""


_SERVER_MESSAGES: Final[TypeAdapter[ServerMessage]] = TypeAdapter(
    Annotated[Push | Response, Field(discriminator="type")]
)


def decode_event(data: str | bytes) -> Event:
    """One WebSocket message, text or binary. Raises ContractViolationError for what no client could parse."""
    try:
        if isinstance(data, str):
            return _SERVER_MESSAGES.validate_json(data, strict=True)
        envelope = unpack_envelope(data)
    except (ValidationError, EnvelopeError) as error:
        raise ContractViolationError(str(error)) from error
    return Batch(
        header=envelope.header,
        jpeg_sizes_bytes=tuple(len(jpeg) for jpeg in envelope.jpegs),
        size_bytes=len(data),
        jpegs=envelope.jpegs,
    )


def encode_message(message: "ClientMessage") -> str:
    """The text frame of a message. Absent optional fields are left out; an `init`'s `config` is sent whole."""
    fields = message.model_dump(mode="json")
    return json.dumps({name: value for name, value in fields.items() if value is not None})


def _brief(event: Event | None) -> str:
    match event:
        case None:
            return "none at all"
        case Batch(header=header):
            return f"the batch of frame {header.frame_id}"
        case _:
            return event.to_json()[:300]
