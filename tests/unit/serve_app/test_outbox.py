"""The line to the client: order, bounds, last words."""

import asyncio

import pytest

from protocol.link import Batch
from protocol.server import LogPush, StatusPush
from protocol.stages import Stage
from serve_app.outbox import ClientTooSlowError, Outbox

READY = StatusPush(stage=Stage.READY)


def batch(frame_id: int) -> Batch:
    return Batch(epoch=1, frame_id=frame_id, sub_frames=1, consumed=None, payload=b"envelope %d" % frame_id)


class RecordingSocket:
    """Takes everything at once and remembers it."""

    def __init__(self) -> None:
        self.sent: list[str | bytes] = []

    async def send_text(self, data: str) -> None:
        self.sent.append(data)

    async def send_bytes(self, data: bytes) -> None:
        self.sent.append(data)


async def nobody_cares(_batch: Batch) -> None:
    """Nobody counts credits."""


async def test_messages_and_batches_leave_in_the_order_in_which_they_were_posted() -> None:
    outbox, socket = Outbox(limit=8), RecordingSocket()
    async with asyncio.TaskGroup() as tasks:
        last = asyncio.Event()

        async def take(done: Batch) -> None:
            if done.frame_id == 1:
                last.set()

        tasks.create_task(outbox.write(socket, take))
        outbox.post(batch(0))
        outbox.post(READY)
        outbox.post(batch(1))
        await last.wait()
        outbox.close()
    assert socket.sent == [b"envelope 0", READY.to_json(), b"envelope 1"]


async def test_a_batch_is_reported_once_the_socket_has_taken_it() -> None:
    outbox, socket = Outbox(limit=8), RecordingSocket()
    taken: list[tuple[int, int]] = []

    async def take(done: Batch) -> None:
        taken.append((done.frame_id, len(socket.sent)))
        if done.frame_id == 2:
            outbox.close()

    outbox.post(batch(1))
    outbox.post(batch(2))
    await outbox.write(socket, take)
    assert taken == [(1, 1), (2, 2)]


async def test_closing_sends_the_messages_that_wait_and_drops_the_batches() -> None:
    outbox, socket = Outbox(limit=8), RecordingSocket()
    outbox.post(batch(1))
    outbox.post(READY)
    outbox.close()
    await outbox.write(socket, nobody_cares)
    assert socket.sent == [READY.to_json()]


def test_a_client_that_reads_nothing_ends_its_session_instead_of_losing_a_message() -> None:
    outbox = Outbox(limit=2)
    outbox.post(READY)
    outbox.post(READY)
    with pytest.raises(ClientTooSlowError):
        outbox.post(READY)


def test_log_records_give_way_to_what_matters_and_are_counted() -> None:
    outbox = Outbox(limit=8)
    for _ in range(5):
        outbox.post_log(LogPush(event="x"))
    assert outbox.dropped_logs == 3


async def test_nothing_is_queued_once_closed() -> None:
    outbox, socket = Outbox(limit=2), RecordingSocket()
    outbox.close()
    outbox.post(READY)
    await outbox.write(socket, nobody_cares)
    assert socket.sent == []


async def test_the_last_word_leaves_behind_a_full_queue() -> None:
    outbox, socket = Outbox(limit=2), RecordingSocket()
    outbox.post(batch(1))
    outbox.post(READY)
    goodbye = StatusPush(stage=Stage.RESET)
    outbox.close(goodbye)
    await outbox.write(socket, nobody_cares)
    assert socket.sent == [READY.to_json(), goodbye.to_json()]
