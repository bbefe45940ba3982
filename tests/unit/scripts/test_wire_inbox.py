"""Waiting on what a client received, without a socket."""

import asyncio

import pytest

from protocol.errors import MessageId
from protocol.frame import FrameHeader
from protocol.server import ErrorPush, FailureResponse, LogPush, StatusPush
from protocol.stages import Stage
from scripts.wire_events import Batch, ContractViolationError, SocketClosedError, decode_event
from scripts.wire_inbox import Inbox


def batch(frame_id: int) -> Batch:
    header = FrameHeader(frame_id=frame_id, client_ts=0, gen_ms=0)
    return Batch(header=header, jpeg_sizes_bytes=(3,), size_bytes=99, jpegs=(b"abc",))


async def test_a_wait_ends_when_the_event_comes() -> None:
    inbox = Inbox()
    waiting = asyncio.create_task(inbox.first(StatusPush, lambda status: status.stage is Stage.READY))
    await asyncio.sleep(0)
    inbox.put(StatusPush(stage=Stage.INIT_SEED), 1.0)
    await asyncio.sleep(0)
    assert not waiting.done()
    ready = StatusPush(stage=Stage.READY)
    inbox.put(ready, 2.0)
    assert await waiting is ready


async def test_several_waits_end_with_one_event() -> None:
    inbox = Inbox()
    waits = [asyncio.create_task(inbox.first(LogPush)) for _ in range(3)]
    await asyncio.sleep(0)
    inbox.put(LogPush(event="e"), 1.0)
    assert [push.event for push in await asyncio.gather(*waits)] == ["e", "e", "e"]


async def test_a_mark_hides_what_came_before_it() -> None:
    inbox = Inbox()
    inbox.put(batch(1), 1.0)
    mark = inbox.mark()
    inbox.put(batch(2), 2.0)
    assert (await inbox.first(Batch, since=mark)).header.frame_id == 2
    assert [(at_ms, event.header.frame_id) for at_ms, event in inbox.batches(mark)] == [(2.0, 2)]


async def test_the_history_of_a_closed_conversation_is_served_before_its_end_is_raised() -> None:
    inbox = Inbox()
    inbox.put(batch(1), 1.0)
    inbox.put(ErrorPush(message_id=MessageId.SERVER_BUSY), 2.0)
    inbox.end_closed(1013, "later")
    assert (await inbox.next_batch()).header.frame_id == 1
    with pytest.raises(SocketClosedError, match=r"code 1013 'later'; the last error was .*serverBusy"):
        await inbox.next_batch()


async def test_a_wait_is_interrupted_by_the_end() -> None:
    inbox = Inbox()
    waiting = asyncio.create_task(inbox.wait_until_s(asyncio.get_running_loop().time() + 60))
    await asyncio.sleep(0)
    inbox.end_closed(1000, "")
    with pytest.raises(SocketClosedError):
        await waiting


async def test_a_second_reply_to_a_request_breaks_the_contract() -> None:
    inbox = Inbox()
    inbox.put(FailureResponse(req_id="1", error="no"), 1.0)
    inbox.put(FailureResponse(req_id="2", error="no"), 1.0)
    with pytest.raises(ContractViolationError, match="second reply to request 1"):
        inbox.put(FailureResponse(req_id="1", error="no"), 2.0)


async def test_the_first_ending_counts() -> None:
    inbox = Inbox()
    inbox.end(ContractViolationError("nonsense"))
    inbox.end_closed(1006, "")
    with pytest.raises(ContractViolationError):
        await inbox.closed()


@pytest.mark.parametrize(
    "data",
    [
        "hello",
        '{"type":"status","stage":"session.dreaming"}',
        '{"type":"status","stage":"session.ready","message":null,"extra":1}',
        '{"type":"warning"}',
        '{"type":"system_info","torch_version":null}',
        '{"type":"response","req_id":"1","success":true}',
        '{"type":"response","req_id":"1","success":true,"data":{}}',
        '{"type":"response","req_id":1,"success":false}',
        '{"type":"log","event":"e","fields":{"nested":{}}}',
        b"bytes",
    ],
)
def test_what_the_contract_does_not_allow_is_a_violation(data: str | bytes) -> None:
    with pytest.raises(ContractViolationError):
        decode_event(data)
