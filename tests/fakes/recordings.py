"""Small recordings: envelopes whose frames say their number by their brightness, segments to put them into, a link."""

import asyncio
import os
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import av
import numpy as np
import pytest
import simplejpeg
from numpy.typing import NDArray

from deployments.link import LinkLostError
from deployments.recorder.folder import Claim, SegmentFolder, SegmentInfo
from deployments.recorder.naming import new_recording_id
from deployments.recorder.spool import SpoolLimits
from protocol.client import Quant
from protocol.frame import FrameHeader, pack_envelope
from protocol.link import (
    ConsumedInput,
    OpenSegment,
    RecordBatch,
    RecorderCommand,
    RecorderFact,
    RecordingMetadata,
    WorldSpec,
)

OPENED_S = 1_785_585_784.25
"""2026-08-01 12:03:04.25 UTC."""

SPEC = WorldSpec(model="local/synthetic", frame_height=48, frame_width=64, sub_frames=4, n_frames=512, inference_fps=20)
METADATA = RecordingMetadata(
    biome_version="1.1.0",
    model="local/synthetic",
    quant=Quant.FP8W8A8,
    seed="harbour.png",
    scene_authoring_enabled=True,
)
AMPLE = SpoolLimits(chunk_bytes=2**20, min_free_bytes=0, spool_bytes=2**40)


def jpeg(number: int, *, width: int = 64, height: int = 48) -> bytes:
    """A plain frame, whose brightness is that of `brightness(number)`."""
    pixels = np.full((height, width, 3), brightness(number), np.uint8)
    return simplejpeg.encode_jpeg(pixels, 85, "RGB", "420")


def brightness(number: int) -> int:
    """What tells frame `number` from its neighbours."""
    return 16 + number * 37 % 224


def envelope(numbers: Sequence[int], *, width: int = 64, height: int = 48) -> bytes:
    """A batch of such frames."""
    header = FrameHeader(frame_id=numbers[0] if numbers else 0, client_ts=0.0, gen_ms=1.0)
    return pack_envelope(header, [jpeg(number, width=width, height=height) for number in numbers])


def batch(first: int, count: int = 4) -> RecordBatch:
    """What the ingress hands over for frames `first` and following."""
    consumed = ConsumedInput(
        ts_s=OPENED_S + first / 20, buttons=frozenset({87, 16}), mouse_dx=1.5, mouse_dy=-2.0, client_ts=first * 50.0
    )
    payload = envelope(range(first, first + count))
    return RecordBatch(frame_id=first, sub_frames=count, consumed=consumed, payload=payload)


def open_segment(
    *, video: bool = True, actions: bool = False, output_dir: str | None = None, spec: WorldSpec = SPEC
) -> OpenSegment:
    """The beginning of a segment whose first frame is 1."""
    return OpenSegment(video=video, actions=actions, metadata=METADATA, spec=spec, frame_id=1, output_dir=output_dir)


def segment_info(target_dir: Path, *, spec: WorldSpec = SPEC, video: bool = True, actions: bool = False) -> SegmentInfo:
    """What a folder says of such a segment."""
    return SegmentInfo(
        recording_id=new_recording_id(OPENED_S),
        target_dir=target_dir,
        video=video,
        actions=actions,
        metadata=METADATA,
        spec=spec,
    )


def claimed_folder(spool_dir: Path, info: SegmentInfo) -> Claim:
    """A folder as it is when a segment has been opened."""
    claim = Claim.on_new(spool_dir, info.recording_id)
    claim.folder.write_info(info)
    return claim


def only_folder(spool_dir: Path) -> SegmentFolder:
    """The one folder in the spool."""
    (path,) = spool_dir.iterdir()
    return SegmentFolder(path)


@contextmanager
def unreadable(folder: Path, code: int, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """While the block lasts, listing `folder` fails with `code`, as it does once the folder has gone."""
    real_scandir = os.scandir

    def scandir(path: str | os.PathLike[str]) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
        if Path(path) == folder:
            raise OSError(code, os.strerror(code), str(folder))
        return real_scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        yield


def frame_grays(video: Path) -> list[int]:
    """The brightness of every frame in the middle of its upper half, as a screen shows it."""
    return [int(pixels[pixels.shape[0] // 4, pixels.shape[1] // 2].mean()) for pixels in decode_video(video)]


def decode_video(video: Path) -> list[NDArray[np.uint8]]:
    """All frames as RGB."""
    with av.open(str(video)) as source:
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in source.decode(video=0)]


class ScriptedLink:
    """The recorder's end of a link: yields the given commands, then ends, breaks, or waits to be told more."""

    def __init__(self, commands: Sequence[RecorderCommand], *, is_lost: bool = False) -> None:
        self._commands = commands
        self._is_lost = is_lost
        self.facts: list[RecorderFact] = []

    async def __aiter__(self) -> AsyncIterator[RecorderCommand]:
        """The script."""
        for command in self._commands:
            yield command
        if self._is_lost:
            raise LinkLostError("killed")

    async def send(self, message: RecorderFact) -> None:
        """Note what the recorder says."""
        if self._is_lost:
            raise LinkLostError("killed")
        self.facts.append(message)


class OpenLink(ScriptedLink):
    """A link that stays open after its script until `hang_up`."""

    def __init__(self, commands: Sequence[RecorderCommand]) -> None:
        super().__init__(commands)
        self._hung_up = asyncio.Event()
        self.is_read = asyncio.Event()
        """The script was read to its end, and what it says was done."""

    async def __aiter__(self) -> AsyncIterator[RecorderCommand]:
        """The script, then nothing."""
        async for command in super().__aiter__():
            yield command
        self.is_read.set()
        await self._hung_up.wait()

    def hang_up(self) -> None:
        """The other end closes."""
        self._hung_up.set()
