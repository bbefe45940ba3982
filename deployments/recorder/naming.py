"""Names of recordings: the one rule by which a recording, its files and its spool folder are called.

A name is made from the clock and randomness only. Nothing from a client is part of it, and text that does not look
like one never becomes a path.
"""

import re
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NewType

RecordingId = NewType("RecordingId", str)
"""Also the base name of its files. Sorts by the time when the segment was opened."""

VIDEO_SUFFIX: Final = ".mp4"
LOG_SUFFIX: Final = ".ndjson"
FAILED_SUFFIX: Final = ".failed"

_PATTERN: Final = re.compile(r"biome-(\d{8}T\d{9})Z-[0-9a-f]{8}", re.ASCII)
_TIME_FORMAT: Final = "%Y%m%dT%H%M%S%f"


def new_recording_id(now_s: float) -> RecordingId:
    """A new name for a segment opened at `now_s`, seconds since the epoch."""
    milliseconds = datetime.fromtimestamp(now_s, UTC).strftime(_TIME_FORMAT)[:-3]
    return RecordingId(f"biome-{milliseconds}Z-{secrets.token_hex(4)}")


def parse_recording_id(text: str) -> RecordingId | None:
    """`text` as a name, None if it is none."""
    return RecordingId(text) if _PATTERN.fullmatch(text) and _opened_at(text) else None


def opened_at(recording_id: RecordingId) -> datetime:
    """When the segment was opened, in UTC."""
    moment = _opened_at(recording_id)
    assert moment is not None, "a RecordingId comes from this module"
    return moment


def video_path(folder: Path, recording_id: RecordingId) -> Path:
    """The finished video in `folder`."""
    return folder / (recording_id + VIDEO_SUFFIX)


def log_path(folder: Path, recording_id: RecordingId) -> Path:
    """The action log in `folder`."""
    return folder / (recording_id + LOG_SUFFIX)


def _opened_at(text: str) -> datetime | None:
    match = _PATTERN.match(text)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1] + "000", _TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
