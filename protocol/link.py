"""What ingress and replicas tell each other over a link, and its framing.

A link carries binary WebSocket messages: `u32 header_len · header JSON · payload`. Down go commands, up come facts.
The world's link and the recorder's link share the framing. The sockets are in `deployments.link`.
"""

import struct
from typing import Annotated, Any, Final, Generic, Literal, NewType, TypeAlias, TypeVar, cast

from pydantic import Field, TypeAdapter
from pydantic_core import from_json

from protocol.base import LinkModel
from protocol.client import EngineBackend, Quant
from protocol.errors import BiomeError, MessageId, RemoteError
from protocol.server import LogPush, Snapshot, SystemInfo
from protocol.stages import Stage

SessionId = NewType("SessionId", str)
CommandId = NewType("CommandId", int)

_U32: Final = struct.Struct("<I")
_TOO_SHORT: Final = "is shorter than it says"
_NO_OBJECT: Final = "has a header that is no object"
MessageT = TypeVar("MessageT", bound=LinkModel)


class LeaseGrant(LinkModel):
    """First item of a lease's stream: which replica answered, where its link listens, and the one-time token."""

    replica: str
    url: str
    token: str


class ErrorReport(LinkModel):
    """An error as it crosses a link, with the state of the machine that failed."""

    message: str
    message_id: MessageId | None = None
    params: dict[str, str] | None = None
    snapshot: Snapshot | None = None

    @classmethod
    def of(cls, error: BiomeError, snapshot: Snapshot | None = None) -> "ErrorReport":
        """The report of `error`."""
        return cls(message=error.message, message_id=error.message_id, params=error.params, snapshot=snapshot)

    def to_error(self) -> RemoteError:
        """The error to raise on this side."""
        return RemoteError(self.message, message_id=self.message_id, params=self.params)


# --- the world: commands


class Configure(LinkModel):
    """Hold this model. Answered by `Configured` or `CommandFailed`; nothing is loaded when it is held already."""

    type: Literal["configure"] = "configure"
    command_id: CommandId
    model: str
    quant: Quant | None = None
    backend: EngineBackend = EngineBackend.WORLD_ENGINE


class Seed(LinkModel):
    """Start the world from this picture. Answered by `Seeded` or `CommandFailed`; frame ids restart at 1."""

    type: Literal["seed"] = "seed"
    command_id: CommandId
    is_original: bool
    """Whether `reset` returns to this picture, or to the one before it."""
    announce: bool
    """Whether the seed itself is sent as a batch (frame 0, one sub-frame)."""
    payload: Annotated[bytes, Field(exclude=True, repr=False)] = b""
    """The image file: PNG, JPEG or WebP."""


class Steer(LinkModel):
    """The player's input, with button names already turned into codes."""

    type: Literal["steer"] = "steer"
    buttons: frozenset[int]
    mouse_dx: float
    mouse_dy: float
    client_ts: float | None


class PauseWorld(LinkModel):
    """Stop generating."""

    type: Literal["pause"] = "pause"


class ResumeWorld(LinkModel):
    """Go on generating."""

    type: Literal["resume"] = "resume"


class ResetWorld(LinkModel):
    """Back to the original seed. Followed by `Restarted`."""

    type: Literal["reset"] = "reset"


class SetPace(LinkModel):
    """Whether the model's own frame rate is the cap."""

    type: Literal["set_pace"] = "set_pace"
    cap_fps: bool


class TakeSnapshot(LinkModel):
    """Hand over the last frame. Answered by `FrameTaken` or `CommandFailed`."""

    type: Literal["take_snapshot"] = "take_snapshot"
    command_id: CommandId


class Credit(LinkModel):
    """The client's socket has taken so many more batches."""

    type: Literal["credit"] = "credit"
    batches: int


WorldCommand: TypeAlias = (
    Configure | Seed | Steer | PauseWorld | ResumeWorld | ResetWorld | SetPace | TakeSnapshot | Credit
)


# --- the world: facts


class WorldSpec(LinkModel):
    """What a loaded model is: sizes in pixels, rate in perceptual frames per second."""

    model_config = LinkModel.model_config | {"protected_namespaces": ()}

    model: str
    model_type: str | None = None
    frame_height: int
    frame_width: int
    sub_frames: int
    """Perceptual frames per inference pass (the model's temporal compression)."""
    n_frames: int
    """Context length, in passes."""
    inference_fps: int
    has_prompt_conditioning: bool = False


class StageReached(LinkModel):
    """A stage of loading or seeding began."""

    type: Literal["stage"] = "stage"
    stage: Stage


class Hello(LinkModel):
    """First fact of every link: the machine, and what it holds from the session before."""

    type: Literal["hello"] = "hello"
    system_info: SystemInfo
    spec: WorldSpec | None


class Configured(LinkModel):
    """The model is held now. `was_loaded_now` also means that the previous seed is gone."""

    type: Literal["configured"] = "configured"
    command_id: CommandId
    spec: WorldSpec
    was_loaded_now: bool


class Seeded(LinkModel):
    """The world stands at its seed. Frames of the next epoch follow."""

    type: Literal["seeded"] = "seeded"
    command_id: CommandId
    is_original: bool
    epoch: int


class Restarted(LinkModel):
    """The world stands at its seed again, after a reset or a recovered device error."""

    type: Literal["restarted"] = "restarted"
    epoch: int


class FrameTaken(LinkModel):
    """The last frame, as JPEG."""

    type: Literal["frame_taken"] = "frame_taken"
    command_id: CommandId
    payload: Annotated[bytes, Field(exclude=True, repr=False)] = b""


class CommandFailed(LinkModel):
    """A command that asked for an answer failed."""

    type: Literal["command_failed"] = "command_failed"
    command_id: CommandId
    report: ErrorReport


class WorldFailed(LinkModel):
    """An error that no command asked for. A fatal one ends the session."""

    type: Literal["failed"] = "failed"
    report: ErrorReport
    is_fatal: bool


class LogRecord(LinkModel):
    """A log record of this session from the replica's process."""

    type: Literal["log"] = "log"
    record: LogPush


class ConsumedInput(LinkModel):
    """The controls that one pass consumed. `ts_s` is the replica's clock, in seconds since the epoch."""

    ts_s: float
    buttons: frozenset[int]
    mouse_dx: float
    mouse_dy: float
    client_ts: float


class Batch(LinkModel):
    """One pass: the payload is the envelope, ready for the client's socket."""

    type: Literal["batch"] = "batch"
    epoch: int
    frame_id: int
    sub_frames: int
    consumed: ConsumedInput | None
    """None on the seed's own batch."""
    payload: Annotated[bytes, Field(exclude=True, repr=False)] = b""


WorldFact: TypeAlias = (
    Hello
    | StageReached
    | Configured
    | Seeded
    | Restarted
    | FrameTaken
    | CommandFailed
    | WorldFailed
    | LogRecord
    | Batch
)


# --- the recorder: commands and facts


class RecordingMetadata(LinkModel):
    """What an MP4 says of itself, in its JSON `comment`."""

    model_config = LinkModel.model_config | {"protected_namespaces": ()}

    biome_version: str | None
    model: str
    quant: Quant | None
    seed: str | None
    scene_authoring_enabled: bool


class OpenSegment(LinkModel):
    """Begin a segment: a video, an action log, or both."""

    type: Literal["open_segment"] = "open_segment"
    video: bool
    actions: bool
    metadata: RecordingMetadata
    spec: WorldSpec
    frame_id: int
    """Id of the first frame to come."""
    output_dir: str | None
    """The client's folder; honoured only where the host's configuration says so."""


class RecordBatch(LinkModel):
    """One batch as the client got it."""

    type: Literal["record_batch"] = "record_batch"
    frame_id: int
    sub_frames: int
    consumed: ConsumedInput | None
    payload: Annotated[bytes, Field(exclude=True, repr=False)] = b""


class RecordSceneEdit(LinkModel):
    """The world was edited: a caption for the video, a line for the action log."""

    type: Literal["record_scene_edit"] = "record_scene_edit"
    ts_s: float
    frame_id: int
    prompt: str


class CloseSegment(LinkModel):
    """End the open segment; the video is finished in the background."""

    type: Literal["close_segment"] = "close_segment"


RecorderCommand: TypeAlias = OpenSegment | RecordBatch | RecordSceneEdit | CloseSegment


class SegmentClosed(LinkModel):
    """A segment is complete in the spool; its video will appear as `recording_id`."""

    type: Literal["segment_closed"] = "segment_closed"
    recording_id: str
    frames: int


class RecordingFailed(LinkModel):
    """The open segment ended early; what was spooled is kept."""

    type: Literal["recording_failed"] = "recording_failed"
    reason: str


RecorderFact: TypeAlias = SegmentClosed | RecordingFailed


# --- framing


class LinkCodecError(ValueError):
    """Bytes that are no link message."""

    def __init__(self, flaw: str) -> None:
        super().__init__(f"a link message {flaw}")


class LinkCodec(Generic[MessageT]):
    """Bytes of one direction of a link, and back."""

    def __init__(self, adapter: TypeAdapter[MessageT]) -> None:
        self._adapter = adapter

    def encode(self, message: MessageT) -> bytes:
        """The message as one binary frame; its payload, if it has one, travels as it is."""
        head = message.model_dump_json().encode()
        payload: bytes = getattr(message, "payload", b"")
        return b"".join((_U32.pack(len(head)), head, payload))

    def decode(self, data: bytes) -> MessageT:
        """The inverse of `encode`. Raises ValueError for anything else (pydantic's errors are ValueErrors)."""
        if len(data) < _U32.size:
            raise LinkCodecError(_TOO_SHORT)
        (head_len,) = _U32.unpack_from(data)
        head_end = _U32.size + head_len
        if head_end > len(data):
            raise LinkCodecError(_TOO_SHORT)
        head: Any = from_json(data[_U32.size : head_end])
        if not isinstance(head, dict):
            raise LinkCodecError(_NO_OBJECT)
        fields = cast("dict[str, Any]", head)
        if len(data) > head_end:
            fields["payload"] = data[head_end:]
        return self._adapter.validate_python(fields)


WORLD_COMMANDS: Final[LinkCodec[WorldCommand]] = LinkCodec(
    TypeAdapter(Annotated[WorldCommand, Field(discriminator="type")])
)
WORLD_FACTS: Final[LinkCodec[WorldFact]] = LinkCodec(TypeAdapter(Annotated[WorldFact, Field(discriminator="type")]))
RECORDER_COMMANDS: Final[LinkCodec[RecorderCommand]] = LinkCodec(
    TypeAdapter(Annotated[RecorderCommand, Field(discriminator="type")])
)
RECORDER_FACTS: Final[LinkCodec[RecorderFact]] = LinkCodec(
    TypeAdapter(Annotated[RecorderFact, Field(discriminator="type")])
)
