"""From frames to JPEGs and back."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator

import numpy as np
import pytest
import simplejpeg

from deployments.world_model.encoder import JpegEncoder, cores_for
from deployments.world_model.engine import FrameStack
from tests.fakes import pictures


@pytest.fixture
async def encoder() -> AsyncIterator[JpegEncoder]:
    async with JpegEncoder(2) as running:
        yield running


@pytest.fixture
def frames() -> FrameStack:
    return np.stack([np.asarray(pictures.noise(96, 64, seed), dtype=np.uint8) for seed in range(4)])


def difference(jpeg: bytes, frame: FrameStack) -> float:
    return float(np.abs(simplejpeg.decode_jpeg(jpeg).astype(int) - frame).mean())


async def test_every_frame_becomes_a_jpeg_in_order(encoder: JpegEncoder, frames: FrameStack) -> None:
    jpegs = await encoder.encode(frames)
    assert len(jpegs) == 4
    for index, jpeg in enumerate(jpegs):
        assert difference(jpeg, frames[index]) < 8
        assert difference(jpeg, frames[index - 1]) > 30


async def test_the_jpeg_is_rgb_of_the_frame_s_size(encoder: JpegEncoder) -> None:
    red = np.zeros((1, 40, 56, 3), dtype=np.uint8)
    red[..., 0] = 250
    (jpeg,) = await encoder.encode(red)
    assert simplejpeg.decode_jpeg_header(jpeg)[:2] == (40, 56)
    assert difference(jpeg, red[0]) < 2


async def test_frames_in_any_memory_layout_are_encoded(encoder: JpegEncoder, frames: FrameStack) -> None:
    mirrored = frames[:, ::-1, ::-2]
    for jpeg, frame in zip(await encoder.encode(mirrored), mirrored, strict=True):
        assert difference(jpeg, frame) < 12


async def test_frames_that_may_not_be_written_to_are_encoded(encoder: JpegEncoder, frames: FrameStack) -> None:
    frames.flags.writeable = False
    assert len(await encoder.encode(frames)) == 4


async def test_batches_may_be_encoded_at_the_same_time(encoder: JpegEncoder, frames: FrameStack) -> None:
    one, other = await asyncio.gather(encoder.encode(frames), encoder.encode(frames[::-1]))
    assert one == other[::-1]


needs_affinity = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says where a thread may run")


@needs_affinity
@pytest.mark.parametrize(
    ("cores", "threads", "places"),
    [
        ({2, 5}, 2, [{2}, {5}]),
        ({2, 5}, 4, [{2}, {5}]),
        ({2, 5, 7}, 2, [{2, 5, 7}]),
        ({3}, 1, [{3}]),
    ],
)
def test_threads_that_want_every_core_have_one_each(
    monkeypatch: pytest.MonkeyPatch, cores: set[int], threads: int, places: list[set[int]]
) -> None:
    def allowed(_process: int) -> set[int]:
        return cores

    monkeypatch.setattr(os, "sched_getaffinity", allowed)
    assert list(cores_for(threads)) == places


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> set[frozenset[int]]:
    """Where threads were told to stay."""
    places: set[frozenset[int]] = set()
    keep = os.sched_setaffinity

    def note(thread: int, cores: frozenset[int]) -> None:
        places.add(cores)
        keep(thread, cores)

    monkeypatch.setattr(os, "sched_setaffinity", note)
    return places


@needs_affinity
async def test_only_the_encoder_s_own_threads_are_kept_on_their_cores(
    kept: set[frozenset[int]], frames: FrameStack
) -> None:
    before = os.sched_getaffinity(0)
    async with JpegEncoder(len(before)) as encoder:
        encoder.keep_apart(wanted=True)
        await asyncio.gather(*(encoder.encode(frames) for _ in range(8)))
    assert kept <= {frozenset({core}) for core in before}
    assert kept
    assert os.sched_getaffinity(0) == before


@needs_affinity
async def test_threads_go_where_there_is_room_unless_they_are_kept_apart(
    kept: set[frozenset[int]], frames: FrameStack
) -> None:
    async with JpegEncoder(len(os.sched_getaffinity(0))) as encoder:
        await encoder.encode(frames)
        assert not kept
        encoder.keep_apart(wanted=True)
        await encoder.encode(frames)
        assert kept
        kept.clear()
        encoder.keep_apart(wanted=False)
        await encoder.encode(frames)
    assert not kept


async def test_what_is_being_encoded_is_finished_when_threads_move(encoder: JpegEncoder, frames: FrameStack) -> None:
    begun = [asyncio.create_task(encoder.encode(frames)) for _ in range(8)]
    await asyncio.sleep(0)
    encoder.keep_apart(wanted=True)
    after = await encoder.encode(frames)
    assert await asyncio.gather(*begun) == [after] * 8
