"""The recordings as others see them: list, find, delete. Plain file-system functions, for any process.

Reads the recordings folder and the spool folder, and knows nothing of the recorder's process; on a cluster both are
on a mount that every ingress sees. An id that did not come from a listing finds nothing, and no id leads out of the
folder. What a client had written into a folder of its own is not listed. Blocking: call it off the event loop.
"""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from configs.recorder import RecorderConfig
from deployments.recorder.folder import SegmentFolder
from deployments.recorder.mp4_facts import read_mp4_facts
from deployments.recorder.naming import (
    VIDEO_SUFFIX,
    RecordingId,
    log_path,
    opened_at,
    parse_recording_id,
    video_path,
)


class RecordingStatus(StrEnum):
    """Whether there is a file to play yet."""

    ENCODING = "encoding"
    """Being recorded, or waiting for the encoder."""
    READY = "ready"


@dataclass(frozen=True, slots=True)
class RecordingEntry:
    """One recording. While it is encoded, its length is not known."""

    id: RecordingId
    name: str
    """File name of the video."""
    created: datetime
    """UTC."""
    status: RecordingStatus
    duration_s: float | None
    frames: int | None
    width: int
    height: int
    size_bytes: int
    """Of the video; while it is encoded, of what waits."""
    has_action_log: bool


class NoSuchRecordingError(LookupError):
    """There is no finished recording of that id."""

    def __init__(self) -> None:
        super().__init__("no such recording")


class Library:
    """The recordings of one folder."""

    def __init__(self, root: Path, spool_dir: Path) -> None:
        self._root = root
        self._spool_dir = spool_dir

    @classmethod
    def of(cls, config: RecorderConfig, data_dir: Path) -> "Library":
        """The library that a recorder with this configuration fills."""
        return cls(config.recordings_dir(data_dir), config.spool_folder(data_dir))

    def list(self) -> tuple[RecordingEntry, ...]:
        """All recordings, latest first."""
        entries = {entry.id: entry for entry in self._waiting()} | {entry.id: entry for entry in self._finished()}
        return tuple(entries[recording_id] for recording_id in sorted(entries, reverse=True))

    def video(self, recording_id: str) -> Path:
        """The MP4 of a finished recording. Raises NoSuchRecordingError."""
        return self._file(recording_id, video_path)

    def action_log(self, recording_id: str) -> Path:
        """The action log of a finished recording. Raises NoSuchRecordingError, also when it has none."""
        return self._file(recording_id, log_path)

    def delete(self, recording_id: str) -> None:
        """Delete a finished recording with its action log. Raises NoSuchRecordingError, OSError."""
        video = self.video(recording_id)
        video.with_name(log_path(self._root, RecordingId(video.stem)).name).unlink(missing_ok=True)
        video.unlink()

    def _file(self, text: str, place: Callable[[Path, RecordingId], Path]) -> Path:
        recording_id = parse_recording_id(text)
        if recording_id is None:
            raise NoSuchRecordingError
        path = place(self._root, recording_id)
        if not _is_plain_file(path):
            raise NoSuchRecordingError
        return path

    def _finished(self) -> Iterator[RecordingEntry]:
        for path in _children(self._root):
            recording_id = parse_recording_id(path.stem)
            if recording_id is None or path.suffix != VIDEO_SUFFIX or not _is_plain_file(path):
                continue
            try:
                facts, size_bytes = read_mp4_facts(path), path.stat().st_size
            except OSError:
                continue
            yield RecordingEntry(
                id=recording_id,
                name=path.name,
                created=opened_at(recording_id),
                status=RecordingStatus.READY,
                duration_s=facts.duration_s if facts else None,
                frames=facts.frames if facts else None,
                width=facts.width if facts else 0,
                height=facts.height if facts else 0,
                size_bytes=size_bytes,
                has_action_log=_is_plain_file(log_path(self._root, recording_id)),
            )

    def _waiting(self) -> Iterator[RecordingEntry]:
        for path in _children(self._spool_dir):
            recording_id = parse_recording_id(path.name)
            if recording_id is None:
                continue
            info = SegmentFolder(path).read_info()
            if info is None or not info.video or info.target_dir != self._root:
                continue
            yield RecordingEntry(
                id=recording_id,
                name=video_path(self._root, recording_id).name,
                created=opened_at(recording_id),
                status=RecordingStatus.ENCODING,
                duration_s=None,
                frames=None,
                width=info.spec.frame_width,
                height=info.spec.frame_height,
                size_bytes=sum(map(_size, _children(path))),
                has_action_log=info.actions,
            )


def _children(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _is_plain_file(path: Path) -> bool:
    """Whether it is a file, and not a link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
