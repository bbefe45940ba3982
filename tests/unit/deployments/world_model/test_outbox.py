"""What leaves a replica: order, bounds, and batches that are still being encoded."""

import asyncio

import pytest

from deployments.link import LinkLostError
from deployments.world_model.outbox import LOGS_LIMIT, QUEUED_LIMIT, Outbox
from protocol.link import WORLD_COMMANDS, WORLD_FACTS, Batch, LogRecord, Restarted
from protocol.server import LogPush
from tests.fakes.links import cut, linked_pair

RECORD = LogRecord(record=LogPush(event="something happened"))


def batch(frame_id: int) -> Batch:
    return Batch(epoch=1, frame_id=frame_id, sub_frames=4, consumed=None, payload=b"envelope")


async def test_nothing_overtakes_a_batch_that_is_still_being_encoded() -> None:
    outbox, encoded = Outbox(), asyncio.Event()

    async def encode() -> Batch:
        await encoded.wait()
        return batch(1)

    async with linked_pair(WORLD_COMMANDS, WORLD_FACTS) as pair, asyncio.TaskGroup() as tasks:
        outbox.post(tasks.create_task(encode()))
        outbox.post(Restarted(epoch=2))
        pumping = tasks.create_task(outbox.pump(pair.far))
        encoded.set()
        facts = aiter(pair.near)
        assert [await anext(facts), await anext(facts)] == [batch(1), Restarted(epoch=2)]
        pumping.cancel()


async def test_a_batch_that_cannot_be_encoded_ends_the_pump() -> None:
    outbox = Outbox()

    async def encode() -> Batch:
        raise ZeroDivisionError

    async with linked_pair(WORLD_COMMANDS, WORLD_FACTS) as pair:
        outbox.post(asyncio.create_task(encode()))
        with pytest.raises(ZeroDivisionError):
            await outbox.pump(pair.far)


async def test_a_broken_link_ends_the_pump() -> None:
    outbox = Outbox()
    async with linked_pair(WORLD_COMMANDS, WORLD_FACTS) as pair:
        cut(pair.far)
        await pair.far.close()
        outbox.post(Restarted(epoch=1))
        with pytest.raises(LinkLostError):
            await outbox.pump(pair.far)


async def test_a_stuck_link_is_an_error_of_whoever_posts() -> None:
    outbox = Outbox()
    for epoch in range(QUEUED_LIMIT):
        outbox.post(Restarted(epoch=epoch))
    with pytest.raises(asyncio.QueueFull):
        outbox.post(Restarted(epoch=QUEUED_LIMIT))


async def test_log_records_leave_room_for_facts_and_are_counted_when_dropped() -> None:
    outbox = Outbox()
    for _ in range(LOGS_LIMIT + 3):
        outbox.post_log(RECORD)
    assert outbox.dropped_logs == 3
    outbox.post(Restarted(epoch=1))
