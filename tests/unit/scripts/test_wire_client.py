"""The wire client against the fake server: over a real socket, on loopback."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from protocol.errors import MessageId
from protocol.server import ErrorPush, FailureResponse, StatusPush, SystemInfoPush
from protocol.stages import Stage
from scripts.wire_client import WireClient, socket_url
from scripts.wire_events import (
    Batch,
    HandshakeRefusedError,
    NothingCameError,
    RequestFailedError,
    SocketClosedError,
)
from tests.fakes.wire_server import FakeServer, fake_server
from tests.fakes.wire_session import UNSAFE, FakeSettings

FAST = FakeSettings(frame_height=16, frame_width=16, sub_frames=2, inference_fps=1000, pass_s=0.001, capacity=2)


@pytest.fixture
async def server() -> AsyncGenerator[FakeServer]:
    async with fake_server(FAST) as fake:
        yield fake


async def test_a_session_goes_from_start_up_to_ready(server: FakeServer) -> None:
    async with WireClient.connect(server.url) as client:
        info = await client.first(SystemInfoPush)
        await client.stage(Stage.WAITING_FOR_SEED)
        data = await client.init(b"a seed")
        stages = [status.stage for status in client.events(StatusPush)]
    assert info.torch_version == data.system_info.torch_version
    assert stages[0] is Stage.STARTUP_BEGIN
    assert stages[-1] is Stage.READY


async def test_batches_come_in_order_and_each_once(server: FakeServer) -> None:
    async with WireClient.connect(server.url) as client:
        await client.init(b"a seed")
        seed = await client.next_batch()
        batches: list[Batch] = []
        for _ in range(3):
            await client.control("W")
            batches.append(await client.next_batch())
    assert (seed.header.frame_id, seed.sub_frames) == (0, 1)
    assert [batch.header.frame_id for batch in batches] == [1, 3, 5]


async def test_a_batch_echoes_the_time_of_its_control(server: FakeServer) -> None:
    async with WireClient.connect(server.url) as client:
        await client.init(b"a seed")
        client.skip_batches()
        ts = await client.control("W", mouse_dx=1.5)
        assert (await client.next_batch()).header.client_ts == ts


async def test_play_steers_until_its_time_is_over(server: FakeServer) -> None:
    async with WireClient.connect(server.url) as client:
        await client.init(b"a seed")
        sent_before = len(server.texts)
        await client.play(0.05, hz=200)
        await client.check_seed_safety(b"")
    controls = len(server.texts) - sent_before - 1
    assert 1 <= controls <= 10


async def test_a_client_that_keeps_no_jpegs_still_knows_their_sizes(server: FakeServer) -> None:
    async with WireClient.connect(server.url, keep_jpegs=False) as client:
        await client.init(b"a seed")
        batch = await client.next_batch()
    assert batch.jpegs == ()
    assert batch.jpeg_sizes_bytes == (len(server.pictures[0]),)


async def test_a_failure_reply_to_a_typed_request_is_raised(server: FakeServer) -> None:
    async with WireClient.connect(server.url) as client:
        with pytest.raises(RequestFailedError) as caught:
            await client.init(UNSAFE)
        assert caught.value.reply.error_id is MessageId.INIT_FAILED
        assert (await client.check_seed_safety(b"fine")).is_safe


async def test_an_invalid_request_gets_its_reply(server: FakeServer) -> None:
    async with WireClient.connect(server.url) as client:
        reply = await client.request_raw({"type": "fly", "req_id": "mine"})
    assert isinstance(reply, FailureResponse)
    assert reply.req_id == "mine"


async def test_a_closed_socket_is_raised_with_the_code_and_the_last_error(server: FakeServer) -> None:
    async with WireClient.connect(server.url, version=4) as client:
        with pytest.raises(SocketClosedError) as caught:
            await client.next_batch()
        assert caught.value.code == 1000
        error = caught.value.last_error
        assert error is not None
        assert (error.message_id, error.params) == (
            MessageId.PROTOCOL_VERSION_MISMATCH,
            {"client": "4", "server": "5"},
        )
        assert await client.closed() is caught.value
        with pytest.raises(SocketClosedError):
            await client.control("W")


async def test_what_came_before_the_close_can_still_be_awaited(server: FakeServer) -> None:
    async with WireClient.connect(server.url, version=None) as client:
        await client.closed()
        assert (await client.first(ErrorPush)).params == {"client": "unknown", "server": "5"}


async def test_a_wait_for_what_does_not_come_ends_by_its_time_out(server: FakeServer) -> None:
    async with WireClient.connect(server.url) as client:
        with pytest.raises(NothingCameError, match=r"no Batch within 0\.01 s; the last event was"):
            await client.first(Batch, timeout_s=0.01)


async def test_a_refused_handshake_says_the_status(server: FakeServer) -> None:
    with pytest.raises(HandshakeRefusedError, match="404"):
        async with WireClient.connect(server.url + "/elsewhere"):
            pass


async def test_a_client_that_vanished_leaves_its_place_to_the_next(server: FakeServer) -> None:
    async with WireClient.connect(server.url) as client:
        await client.stage(Stage.WAITING_FOR_SEED)
        client.vanish()
        assert (await client.closed()).code == 1006
    async with WireClient.connect(server.url) as first, WireClient.connect(server.url) as second:
        await asyncio.gather(first.init(b"a seed"), second.init(b"a seed"))


@pytest.mark.parametrize("does_server_agree", [True, False])
async def test_whether_compression_was_agreed_is_known(*, does_server_agree: bool) -> None:
    async with (
        fake_server(FakeSettings(frame_height=16, frame_width=16, compression=does_server_agree)) as server,
        WireClient.connect(server.url, offer_deflate=True) as client,
    ):
        assert client.agreed_deflate is does_server_agree


async def test_a_slow_client_receives_no_faster_than_its_line() -> None:
    read_mbit = 4.0
    big = FakeSettings(sub_frames=4, inference_fps=1000, pass_s=0.0)
    async with fake_server(big) as server, WireClient.connect(server.url, read_mbit=read_mbit) as client:
        await client.init(b"a seed")
        mark = client.mark()
        for _ in range(3):
            await client.control("W")
            await client.next_batch()
        await client.check_seed_safety(b"after the batches")
        (first_ms, _), *later = client.batches(mark)
    line_ms = sum(batch.size_bytes for _, batch in later) * 8 / read_mbit / 1000
    # Both ends of what is timed are when this process woke up, which may be late for the first and not for the last.
    assert later[-1][0] - first_ms >= 0.8 * line_ms


def test_the_url_carries_version_features_and_whatever_else_was_asked_for() -> None:
    url = socket_url("ws://h:1/", version=5, features=("a", "b"), query={"access_token": "t/?"})
    assert url == "ws://h:1/ws?protocol_version=5&features=a,b&access_token=t%2F%3F"
    assert socket_url("ws://h:1", version=None) == "ws://h:1/ws?"
