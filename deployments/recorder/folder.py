"""The spool folder of one recording: which file is what, and which recorder owns it.

    lock               held by the recorder process that owns the folder, released by its death
    segment.json       what has to be known to finish the recording
    000007.open        the chunk that is being written
    000006.spool       chunks that wait to be encoded
    000005-000240.mp4  an encoded chunk and its number of frames
    actions.ndjson     the action log
    failures.log       one line for every attempt to encode that failed

Owns names and the lock. What is in the files is in `records`, `joining` and `action_log`.
"""

import os
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from deployments.recorder.naming import RecordingId, parse_recording_id
from protocol.link import RecordingMetadata, WorldSpec

if sys.platform == "win32":

    def _lock(descriptor: int, *, wait: bool) -> bool:  # noqa: ARG001 (there is no such lock)
        """Whether the lock could be had."""
        return True
else:
    import fcntl

    def _lock(descriptor: int, *, wait: bool) -> bool:
        """Whether the lock could be had."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True


LOCK_NAME: Final = "lock"
_CHUNK_NAME: Final = re.compile(r"(\d{6})\.(spool|open)", re.ASCII)
_PART_NAME: Final = re.compile(r"(\d{6})-(\d+)\.mp4", re.ASCII)


class SegmentInfo(BaseModel):
    """What has to be known to finish a recording, by whichever process."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recording_id: RecordingId
    target_dir: Path
    video: bool
    actions: bool
    metadata: RecordingMetadata
    spec: WorldSpec

    @property
    def fps(self) -> int:
        """Frames per second of the video: one per perceptual frame, at the rate of the model."""
        return max(1, self.spec.inference_fps)


def is_chunk_name(name: str) -> bool:
    """Whether a file of that name is one of the spool."""
    return _CHUNK_NAME.fullmatch(name) is not None


def is_too_short(frames: int, fps: int, min_segment_s: float) -> bool:
    """Whether a video is not worth keeping. Its action log goes with it."""
    return frames == 0 or frames < min_segment_s * fps


@dataclass(frozen=True, slots=True)
class Chunk:
    """One file of the spool."""

    index: int
    path: Path
    is_open: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One encoded chunk."""

    index: int
    path: Path
    frames: int


@dataclass(frozen=True, slots=True)
class SegmentFolder:
    """Paths of one recording's spool folder."""

    path: Path

    @property
    def info_path(self) -> Path:
        """Where `SegmentInfo` is."""
        return self.path / "segment.json"

    @property
    def log_path(self) -> Path:
        """Where the action log is until it is published."""
        return self.path / "actions.ndjson"

    @property
    def failures_path(self) -> Path:
        """Where failed attempts are noted."""
        return self.path / "failures.log"

    def chunk_path(self, index: int, *, is_open: bool) -> Path:
        """The file of chunk `index`."""
        return self.path / f"{index:06}.{'open' if is_open else 'spool'}"

    def part_path(self, index: int, frames: int) -> Path:
        """The file of chunk `index` once it is encoded into `frames` frames."""
        return self.path / f"{index:06}-{frames:06}.mp4"

    def chunks(self) -> list[Chunk]:
        """The spool's files in order."""
        found = [(_CHUNK_NAME.fullmatch(path.name), path) for path in self.path.iterdir()]
        return sorted(
            (Chunk(int(match[1]), path, match[2] == "open") for match, path in found if match),
            key=lambda chunk: chunk.index,
        )

    def parts(self) -> list[Part]:
        """The encoded chunks in order."""
        found = [(_PART_NAME.fullmatch(path.name), path) for path in self.path.iterdir()]
        return sorted(
            (Part(int(match[1]), path, int(match[2])) for match, path in found if match), key=lambda part: part.index
        )

    def write_info(self, info: SegmentInfo) -> None:
        """Note `info`, durably and never half."""
        draft = self.info_path.with_suffix(".tmp")
        with draft.open("wb") as file:
            file.write(info.model_dump_json(indent=1).encode())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.info_path)

    def read_info(self) -> SegmentInfo | None:
        """What `write_info` noted; None when there is no such file or it is not valid."""
        try:
            return SegmentInfo.model_validate_json(self.info_path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def failures(self) -> int:
        """How many attempts to encode have failed; 0 when that cannot be read."""
        try:
            return len(self.failures_path.read_text(encoding="utf-8").splitlines())
        except OSError:
            return 0

    def note_failure(self, reason: str) -> None:
        """Add a failed attempt."""
        with self.failures_path.open("a", encoding="utf-8") as file:
            file.write(" ".join(reason.split()) + "\n")


class Claim:
    """The right to work on a recording's folder, held until released or until this process dies.

    Advisory, by `flock`; on Windows there is none, and one spool folder may have one recorder only.
    """

    def __init__(self, recording_id: RecordingId, folder: SegmentFolder, lock: int) -> None:
        self.recording_id = recording_id
        self.folder = folder
        self._lock: int | None = lock

    @classmethod
    def on_new(cls, spool_dir: Path, recording_id: RecordingId) -> Self:
        """Make the folder and claim it. Raises OSError."""
        folder = SegmentFolder(spool_dir / recording_id)
        folder.path.mkdir(parents=True)
        lock = os.open(folder.path / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
        _lock(lock, wait=True)
        return cls(recording_id, folder, lock)

    @classmethod
    def on_orphan(cls, path: Path) -> Self | None:
        """Claim a folder that some recorder left behind; None if it is none, has an owner, or cannot be read."""
        recording_id = parse_recording_id(path.name)
        if recording_id is None:
            return None
        try:
            if path.is_symlink():
                return None
            lock = os.open(path / LOCK_NAME, os.O_RDWR)
        except OSError:
            return None
        claim = cls(recording_id, SegmentFolder(path), lock)
        # A folder without info belongs to a recorder that is just making it, or died at that: nothing was recorded.
        with suppress(OSError):
            if _lock(lock, wait=False) and claim.folder.info_path.exists():
                return claim
        claim.release()
        return None

    def release(self) -> None:
        """Give the right back. Harmless when repeated: the descriptor's number may be another file's by then."""
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)
