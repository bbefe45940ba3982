"""Handing over to the recorder: what is kept, what is given up, and that nobody waits."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from protocol.errors import ServerBusyError
from protocol.link import (
    Batch,
    CloseSegment,
    ConsumedInput,
    OpenSegment,
    RecordBatch,
    RecordingMetadata,
    SessionId,
)
from serve_app import recording
from serve_app.recording import Loss, Recording
from tests.fakes.engines import SPEC
from tests.fakes.hosts import FakeRecorder
from tests.fakes.links import PATIENCE_S

CLOSE = CloseSegment()


def opening(frame_id: int = 1) -> OpenSegment:
    metadata = RecordingMetadata(biome_version=None, model="m", quant=None, seed=None, scene_authoring_enabled=False)
    return OpenSegment(video=True, actions=False, metadata=metadata, spec=SPEC, frame_id=frame_id, output_dir=None)


def batch(frame_id: int, payload: bytes = b"envelope") -> Batch:
    consumed = ConsumedInput(ts_s=1.0, buttons=frozenset(), mouse_dx=0.0, mouse_dy=0.0, client_ts=2.0)
    return Batch(epoch=1, frame_id=frame_id, sub_frames=4, consumed=consumed, payload=payload)


class HandOver:
    """A recording and its recorder, and what was said of losses."""

    def __init__(self) -> None:
        self.recorder = FakeRecorder()
        self.losses: list[Loss] = []
        self.lost = asyncio.Event()
        self.recording = Recording(self.recorder.open_recorder, SessionId("s1"), self._note)

    def _note(self, loss: Loss) -> None:
        self.losses.append(loss)
        self.lost.set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Serve the queue; the end of the block waits until all is handed over."""
        task = asyncio.create_task(self.recording.run())
        yield
        self.recording.finish()
        async with asyncio.timeout(PATIENCE_S):
            await task


async def test_everything_posted_arrives_in_order_even_if_it_was_posted_before_the_lease() -> None:
    hand_over = HandOver()
    hand_over.recording.post(opening())
    hand_over.recording.batch(batch(1))
    async with hand_over.running():
        hand_over.recording.batch(batch(5))
        hand_over.recording.post(CLOSE)
    await hand_over.recorder.has("open_segment", "record_batch", "close_segment")
    sent = [command for command in hand_over.recorder.commands if isinstance(command, RecordBatch)]
    assert [(command.frame_id, command.payload) for command in sent] == [(1, b"envelope"), (5, b"envelope")]
    assert hand_over.losses == []


async def test_a_batch_waits_for_the_players_own_copy_to_be_out_unless_others_are_behind_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recording, "PLAYER_FIRST_S", 0.5)
    hand_over = HandOver()
    async with hand_over.running():
        hand_over.recording.post(opening())
        await hand_over.recorder.has("open_segment")
        hand_over.recording.batch(batch(1))
        hand_over.recording.batch(batch(5))
        await hand_over.recorder.has("open_segment", "record_batch")
        await asyncio.sleep(0.05)
        assert [command.type for command in hand_over.recorder.commands] == ["open_segment", "record_batch"]


async def test_batches_outside_a_segment_are_counted_and_not_kept() -> None:
    hand_over = HandOver()
    hand_over.recording.batch(batch(1))
    hand_over.recording.post(CLOSE)
    async with hand_over.running():
        pass
    assert hand_over.recording.lost_batches == 1
    assert hand_over.recorder.leases_so_far == 0


async def test_one_lease_serves_all_segments() -> None:
    hand_over = HandOver()
    async with hand_over.running():
        for _ in range(2):
            hand_over.recording.post(opening())
            hand_over.recording.post(CLOSE)
        await hand_over.recorder.has("open_segment", "close_segment", "open_segment", "close_segment")
    assert hand_over.recorder.leases_so_far == 1


async def test_a_recorder_that_dies_between_segments_costs_nothing() -> None:
    hand_over = HandOver()
    async with hand_over.running():
        hand_over.recording.post(opening())
        hand_over.recording.post(CLOSE)
        await hand_over.recorder.has("open_segment", "close_segment")
        hand_over.recorder.die()
        await hand_over.recorder.left.wait()
        hand_over.recording.post(opening(9))
        hand_over.recording.batch(batch(9))
        hand_over.recording.post(CLOSE)
    await hand_over.recorder.has("open_segment", "close_segment", "open_segment", "record_batch", "close_segment")
    assert (hand_over.losses, hand_over.recording.lost_batches) == ([], 0)


async def test_a_recorder_that_dies_inside_a_segment_costs_that_one_only() -> None:
    hand_over = HandOver()
    async with hand_over.running():
        hand_over.recording.post(opening())
        await hand_over.recorder.has("open_segment")
        hand_over.recorder.die()
        await hand_over.lost.wait()
        assert [(loss.is_open, loss.may_retry) for loss in hand_over.losses] == [(True, True)]
        hand_over.recording.batch(batch(1))
        hand_over.recording.post(opening(5))
        hand_over.recording.batch(batch(5))
        await hand_over.recorder.has("open_segment", "open_segment", "record_batch")
    assert hand_over.recording.lost_batches == 1


async def test_a_segment_that_was_over_before_its_recorder_was_found_is_told_as_a_closed_one() -> None:
    hand_over = HandOver()
    hand_over.recorder.refusals.append(ServerBusyError())
    for command in (opening(1), CLOSE, opening(9)):
        hand_over.recording.post(command)
    async with hand_over.running():
        await hand_over.recorder.has("open_segment")
        hand_over.recording.batch(batch(9))
        await hand_over.recorder.has("open_segment", "record_batch")
    assert hand_over.losses == [Loss("no recorder is free", is_open=False, may_retry=False)]


async def test_a_failure_of_a_closed_segment_leaves_the_next_one_alone() -> None:
    hand_over = HandOver()
    async with hand_over.running():
        hand_over.recording.post(opening())
        hand_over.recording.post(CLOSE)
        await hand_over.recorder.has("open_segment", "close_segment")
        await hand_over.recorder.fail("cannot close it")
        await hand_over.lost.wait()
        hand_over.recording.post(opening(9))
        hand_over.recording.batch(batch(9))
        await hand_over.recorder.has("open_segment", "close_segment", "open_segment", "record_batch")
    assert hand_over.losses == [Loss("cannot close it", is_open=False, may_retry=False)]


async def test_past_the_bound_the_segment_is_given_up_and_its_memory_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "UNSENT_LIMIT_BYTES", 1000)
    hand_over = HandOver()
    hand_over.recording.post(opening())
    for frame_id in range(1, 9, 4):
        hand_over.recording.batch(batch(frame_id, bytes(600)))
    assert hand_over.losses == [Loss("the recorder does not keep up", is_open=True, may_retry=False)]
    assert hand_over.recording.lost_batches == 2
    async with hand_over.running():
        hand_over.recording.post(opening(9))
        hand_over.recording.batch(batch(9, bytes(600)))
    await hand_over.recorder.has("open_segment", "record_batch")


async def test_cancelling_gives_the_lease_back() -> None:
    hand_over = HandOver()
    task = asyncio.create_task(hand_over.recording.run())
    hand_over.recording.post(opening())
    await hand_over.recorder.has("open_segment")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert hand_over.recorder.leases == 0
