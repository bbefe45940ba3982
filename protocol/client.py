"""Client to server: every notification and request, and the one parser of what a socket delivers.

Owns what is valid on the wire. Whether a valid message is allowed now is the session's business.
"""

from enum import StrEnum
from typing import Annotated, Any, Final, Literal, TypeAlias, cast

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from protocol.base import InboundModel
from protocol.errors import InvalidMessageError

MOUSE_DELTA_LIMIT: Final = 1e6
"""Largest mouse movement in one message, in pixels: no hand is faster, and sums of it stay finite."""

BUTTONS_LIMIT: Final = 64
BUTTON_NAME_LIMIT_CHARS: Final = 32
REQ_ID_LIMIT_CHARS: Final = 256
NAME_LIMIT_CHARS: Final = 4096
"""Of a model, a file, a folder or a version: such names stand in logs, errors and recordings."""
REASON_LIMIT_CHARS: Final = 300
"""What an error says of a message quotes it; a huge key or tag must not come back whole, or fill the log."""

_NO_UTF8: Final = "text that has no UTF-8 form"

MouseDelta: TypeAlias = Annotated[float, Field(ge=-MOUSE_DELTA_LIMIT, le=MOUSE_DELTA_LIMIT)]
ButtonName: TypeAlias = Annotated[str, Field(max_length=BUTTON_NAME_LIMIT_CHARS)]
ReqId: TypeAlias = Annotated[str, Field(max_length=REQ_ID_LIMIT_CHARS)]
Name: TypeAlias = Annotated[str, Field(max_length=NAME_LIMIT_CHARS)]


class Quant(StrEnum):
    """Weight and activation quantisation of a world model."""

    FP8W8A8 = "fp8w8a8"
    INTW8A8 = "intw8a8"


class EngineBackend(StrEnum):
    """The package that runs a world model. Closed: engines of our own are chosen by model id."""

    WORLD_ENGINE = "world_engine"
    QUARK = "quark"


class Control(InboundModel):
    """The player's input: buttons replace, mouse deltas add up until a batch consumes them."""

    type: Literal["control"] = "control"
    buttons: Annotated[tuple[ButtonName, ...], Field(max_length=BUTTONS_LIMIT)] = ()
    mouse_dx: MouseDelta = 0.0
    mouse_dy: MouseDelta = 0.0
    ts: float | None = None
    """Client clock in milliseconds; echoed as `client_ts` of the batch that consumed it."""


class Pause(InboundModel):
    """Stop generating; the recording segment ends."""

    type: Literal["pause"] = "pause"


class Resume(InboundModel):
    """Go on generating; a new recording segment begins."""

    type: Literal["resume"] = "resume"


class Reset(InboundModel):
    """Back to the original seed; frame ids restart at 1."""

    type: Literal["reset"] = "reset"


class Prompt(InboundModel):
    """Same effect as `reset`: no shipped model conditions on text."""

    type: Literal["prompt"] = "prompt"
    prompt: str = ""


class SessionConfig(InboundModel):
    """The `config` of `init`, always sent whole."""

    quant: Quant | None = None
    engine_backend: EngineBackend = EngineBackend.WORLD_ENGINE
    scene_authoring: bool
    action_logging: bool
    video_recording: bool
    video_output_dir: Name | None
    cap_inference_fps: bool


class Init(InboundModel):
    """Start a world, or re-configure the running one. Unknown fields are ignored here and only here."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["init"] = "init"
    req_id: ReqId
    model: Name
    config: SessionConfig
    seed_image_data: str | None = None
    """Base64 of a PNG, JPEG or WebP file."""
    seed_filename: Name | None = None
    biome_version: Name | None = None


class SceneEdit(InboundModel):
    """Change the world in words; the edited frame becomes the current seed."""

    type: Literal["scene_edit"] = "scene_edit"
    req_id: ReqId
    prompt: str


class GenerateScene(InboundModel):
    """Make a new world from words; it becomes the seed and the original."""

    type: Literal["generate_scene"] = "generate_scene"
    req_id: ReqId
    prompt: str


class CheckSeedSafety(InboundModel):
    """Ask for the verdict on a picture before using it."""

    type: Literal["check_seed_safety"] = "check_seed_safety"
    req_id: ReqId
    image_data: str
    """Base64 of the image file."""


Notification: TypeAlias = Control | Pause | Resume | Reset | Prompt
Request: TypeAlias = Init | SceneEdit | GenerateScene | CheckSeedSafety
ClientMessage: TypeAlias = Notification | Request

_ADAPTER: Final[TypeAdapter[ClientMessage]] = TypeAdapter(Annotated[ClientMessage, Field(discriminator="type")])


def parse_client_message(text: str | bytes) -> ClientMessage:
    """One text frame as a typed message.

    Raises InvalidMessageError: not JSON, unknown type, unknown or wrong field, a number that is not finite.
    The error carries the `req_id` when the message had a usable one, so that no caller waits for its timeout.
    """
    try:
        return _ADAPTER.validate_json(text.encode() if isinstance(text, str) else text)
    except UnicodeEncodeError:
        raise InvalidMessageError(_NO_UTF8) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        reason = f"{place}: {first['msg']}" if place else first["msg"]
        raise InvalidMessageError(reason[:REASON_LIMIT_CHARS], req_id=_usable_req_id(text)) from None


def _usable_req_id(text: str | bytes) -> str | None:
    try:
        document: Any = from_json(text)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    req_id = cast("dict[str, object]", document).get("req_id")
    return req_id if isinstance(req_id, str) and len(req_id) <= REQ_ID_LIMIT_CHARS else None
