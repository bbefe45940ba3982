"""What is left of a session on the disk and over HTTP: recordings, their videos, their action logs, their spool."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import httpx2
import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from deployments.recorder.folder import SegmentFolder
from deployments.recorder.records import RecordKind
from deployments.recorder.spool import read_chunk
from protocol.frame import unpack_envelope
from protocol.http import RecordingEntry
from scripts.wire_events import Batch
from tests.integration.playing import eventually
from tests.integration.server import RunningServer

ENCODED_S = 120.0
"""The encoder takes only what the machine has left over."""

WORTH_KEEPING_FRAMES = 190
"""A little more than the three seconds below which a segment is deleted."""

_ENTRIES = TypeAdapter(list[RecordingEntry])


@dataclass(frozen=True, slots=True)
class Video:
    """A decoded MP4."""

    frames: list[NDArray[np.uint8]]
    """Height, width, RGB."""
    fps: float
    duration_s: float
    metadata: dict[str, str]


def listed(server: RunningServer) -> list[RecordingEntry]:
    """All recordings, latest first."""
    answer = httpx2.get(f"{server.http_url}/api/recordings", timeout=10).raise_for_status()
    return _ENTRIES.validate_json(answer.content)


async def ready_recordings(server: RunningServer, known: list[RecordingEntry], count: int) -> list[RecordingEntry]:
    """The `count` recordings made since `known` was listed, oldest first, once all of them can be played."""
    before = {entry.id for entry in known}

    def look() -> list[RecordingEntry] | None:
        new = [entry for entry in reversed(listed(server)) if entry.id not in before]
        return new if len(new) == count and all(entry.status == "ready" for entry in new) else None

    return await eventually(look, ENCODED_S)


def read_video(path: Path) -> Video:
    """Decode every frame. Raises FFmpegError for a file that does not play."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False) for frame in container.decode(stream)]
        return Video(
            frames=frames,
            fps=float(stream.average_rate or 0),
            duration_s=float((container.duration or 0) / av.time_base),
            metadata=dict(container.metadata),
        )


def read_log(path: Path) -> list[dict[str, Any]]:
    """The lines of an action log."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def frames_of(batches: list[Batch]) -> int:
    """How many frames the batches hold."""
    return sum(batch.sub_frames for batch in batches)


async def frames_on_disk(server: RunningServer, count: int) -> None:
    """Return once so many frames wait in the spool."""
    await eventually(lambda: spooled_frames(server) >= count or None)


def spooled_frames(server: RunningServer) -> int:
    """How many frames wait in the spool now; what the encoder has taken already is not counted."""
    frames = 0
    for folder in server.spool.glob("biome-*"):
        for chunk in SegmentFolder(folder).chunks():
            for record in read_chunk(chunk.path):
                if record.kind is RecordKind.BATCH:
                    frames += len(unpack_envelope(record.body).jpegs)
    return frames


def frames_kept(server: RunningServer) -> int:
    """How many frames are on the disk, in whatever form; of a server that has ended."""
    encoded = [part.frames for folder in server.spool.glob("biome-*") for part in SegmentFolder(folder).parts()]
    finished = [len(read_video(path).frames) for path in server.recordings.glob("*.mp4")]
    return spooled_frames(server) + sum(encoded) + sum(finished)
