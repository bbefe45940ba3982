"""Server to client: every push and reply that goes out as a JSON text frame.

Owns their shape. When each is sent is the session's business; frames are in `frame`.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from protocol.base import OutboundModel
from protocol.errors import MessageId
from protocol.stages import Stage


class PackageVersion(OutboundModel):
    """Which build of an optional engine package is installed."""

    version: str | None = None
    commit: str | None = None


class SystemInfo(OutboundModel):
    """The machine that runs the world. Sizes in bytes."""

    cpu_name: str | None = None
    gpu_name: str | None = None
    vram_total_bytes: int | None = None
    runtime_version: str | None = None
    driver_version: str | None = None
    torch_version: str
    gpu_count: int = 0
    world_engine: PackageVersion | None = None
    quark: PackageVersion | None = None


class Snapshot(OutboundModel):
    """Memory and load of the machine that failed, at the time it failed."""

    process_rss_bytes: int | None = None
    ram_used_bytes: int | None = None
    ram_total_bytes: int | None = None
    vram_used_bytes: int | None = None
    vram_reserved_bytes: int | None = None
    gpu_util_percent: float | None = None


class StatusPush(OutboundModel):
    """What the server is doing now."""

    type: Literal["status"] = "status"
    stage: Stage
    message: str | None = None


class SystemInfoPush(SystemInfo):
    """The machine that runs the world, sent once per session."""

    type: Literal["system_info"] = "system_info"


class ErrorPush(OutboundModel):
    """Something failed."""

    type: Literal["error"] = "error"
    message_id: MessageId | None = None
    message: str | None = None
    params: dict[str, str] | None = None
    snapshot: Snapshot | None = None


class WarningPush(OutboundModel):
    """Something was not done, and the session goes on."""

    type: Literal["warning"] = "warning"
    message_id: MessageId
    message: str | None = None
    params: dict[str, str] | None = None


LogValue: TypeAlias = str | int | float | bool


class LogPush(OutboundModel):
    """One record of the server's log."""

    type: Literal["log"] = "log"
    event: str
    level: str = "info"
    logger: str | None = None
    timestamp: str | None = None
    exception: str | None = None
    fields: dict[str, LogValue] | None = None


class InitResponseData(OutboundModel):
    """Which model runs now, at how many perceptual frames per second, and where."""

    model: str
    inference_fps: int
    system_info: SystemInfo


class SceneEditResponseData(OutboundModel):
    """The frame before and after the edit, and the instruction that the author wrote."""

    original_jpeg_b64: str
    preview_jpeg_b64: str
    edit_prompt: str


class GenerateSceneResponseData(OutboundModel):
    """The new scene."""

    elapsed_ms: float
    image_jpeg_base64: str
    user_prompt: str
    sanitized_prompt: str
    image_model: str


class CheckSeedSafetyResponseData(OutboundModel):
    """The verdict on a picture; `hash` is the SHA-256 of the decoded bytes, in hexadecimal."""

    is_safe: bool
    hash: str


ResponseData: TypeAlias = (
    InitResponseData | SceneEditResponseData | GenerateSceneResponseData | CheckSeedSafetyResponseData
)


class SuccessResponse(OutboundModel):
    """The one reply to a request that succeeded."""

    type: Literal["response"] = "response"
    req_id: str
    success: Literal[True] = True
    data: ResponseData


class FailureResponse(OutboundModel):
    """The one reply to a request that failed: a message id, or raw text for the rest."""

    type: Literal["response"] = "response"
    req_id: str
    success: Literal[False] = False
    error_id: MessageId | None = None
    error: str | None = None


Response: TypeAlias = Annotated[SuccessResponse | FailureResponse, Field(discriminator="success")]
Push: TypeAlias = StatusPush | SystemInfoPush | ErrorPush | WarningPush | LogPush
ServerMessage: TypeAlias = Push | SuccessResponse | FailureResponse
