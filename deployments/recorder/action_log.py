"""The action log: what the player did, frame by frame, as one JSON object per line.

Owns the lines, and the rule of what becomes of a log that a dead process left. Every line goes to the operating
system at once. Blocking: it belongs on the disk thread.
"""

from io import FileIO
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from deployments.recorder.folder import SegmentInfo
from protocol.link import ConsumedInput


class _Line(BaseModel):
    """Times in seconds since the epoch; `frame_id` is that of the batch's first frame."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ts: float
    frame_id: int


class SessionStart(_Line):
    """First line: which world, from which seed."""

    type: Literal["session_start"] = "session_start"
    model: str
    seed: str | None
    n_frames: int
    seed_target_size: tuple[int, int]
    """Height and width, in pixels, to which the seed was fitted."""
    has_prompt_conditioning: bool


class FrameInput(_Line):
    """The controls that one batch consumed."""

    type: Literal["frame_input"] = "frame_input"
    buttons: tuple[int, ...]
    """Codes of the buttons that were down, ascending."""
    mouse_dx: float
    mouse_dy: float
    client_ts: float
    """Client clock in milliseconds."""


class SceneEdited(_Line):
    """The world was edited before this frame."""

    type: Literal["scene_edit"] = "scene_edit"
    prompt: str


class SessionEnd(_Line):
    """Last line; `frame_id` is that of the last batch."""

    type: Literal["session_end"] = "session_end"


LogLine: TypeAlias = SessionStart | FrameInput | SceneEdited | SessionEnd

_LINE: Final[TypeAdapter[LogLine]] = TypeAdapter(Annotated[LogLine, Field(discriminator="type")])
_FIRST_KEYS: Final = ("type", "ts", "frame_id")


class ActionLog:
    """The log of an open segment."""

    def __init__(self, path: Path, info: SegmentInfo, *, frame_id: int, now_s: float) -> None:
        """Begin the file. Raises OSError."""
        self._file = FileIO(path, "xb")
        self._frame_id = frame_id
        spec = info.spec
        self._append(
            SessionStart(
                ts=now_s,
                frame_id=frame_id,
                model=spec.model,
                seed=info.metadata.seed,
                n_frames=spec.n_frames,
                seed_target_size=(spec.frame_height, spec.frame_width),
                has_prompt_conditioning=spec.has_prompt_conditioning,
            )
        )

    def frame_input(self, frame_id: int, consumed: ConsumedInput) -> None:
        """The controls of one batch. Raises OSError."""
        self._frame_id = frame_id
        self._append(
            FrameInput(
                ts=consumed.ts_s,
                frame_id=frame_id,
                buttons=tuple(sorted(consumed.buttons)),
                mouse_dx=consumed.mouse_dx,
                mouse_dy=consumed.mouse_dy,
                client_ts=consumed.client_ts,
            )
        )

    def scene_edit(self, ts_s: float, frame_id: int, prompt: str) -> None:
        """A scene edit. Raises OSError."""
        self._append(SceneEdited(ts=ts_s, frame_id=frame_id, prompt=prompt))

    def close(self, now_s: float) -> None:
        """Write the last line. Raises OSError."""
        try:
            self._append(SessionEnd(ts=now_s, frame_id=self._frame_id))
        finally:
            self._file.close()

    def _append(self, line: LogLine) -> None:
        data = format_line(line)
        while data:
            data = data[self._file.write(data) :]


def format_line(line: LogLine) -> bytes:
    """`line` as it stands in the file: what every line has comes first."""
    fields = line.model_dump(mode="json")
    ordered = {key: fields[key] for key in _FIRST_KEYS} | fields
    return _JSON.dump_json(ordered) + b"\n"


def mend_log(path: Path) -> bool:
    """Cut a half-written tail and add a missing last line; whether the log then has any input worth keeping.

    A log that its recorder could not end says as its end what its last line says. Raises OSError.
    """
    data = path.read_bytes()
    if _INPUT_START not in data:
        return False
    if isinstance(_parse(data[data.rfind(b"\n", 0, -1) + 1 :]), SessionEnd):
        return True
    lines = _complete_lines(data)
    lines.append(SessionEnd(ts=lines[-1].ts, frame_id=lines[-1].frame_id))
    draft = path.with_suffix(".tmp")
    draft.write_bytes(b"".join(map(format_line, lines)))
    draft.replace(path)
    return True


_JSON: Final[TypeAdapter[dict[str, object]]] = TypeAdapter(dict[str, object])


_INPUT_START: Final = b'\n{"type":"frame_input"'


def _complete_lines(data: bytes) -> list[LogLine]:
    return [line for line in takewhile(bool, map(_parse, data[: data.rfind(b"\n") + 1].splitlines())) if line]


def _parse(text: bytes) -> LogLine | None:
    try:
        return _LINE.validate_json(text)
    except ValidationError:
        return None
