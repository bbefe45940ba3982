"""What a client should not send: a clear answer for it, nothing lost for anybody."""

import base64
import json
from pathlib import Path

import pytest

from configs.ingress import LimitsConfig
from protocol.client import Control
from protocol.errors import MessageId
from protocol.server import ErrorPush, FailureResponse, WarningPush
from scripts.wire_client import PLAIN_CONFIG, WireClient
from scripts.wire_events import HandshakeRefusedError, RequestFailedError, SocketClosedError
from tests.fakes import pictures
from tests.integration.server import RunningServer

INVALID_LIMIT = LimitsConfig().invalid_messages

pytestmark = pytest.mark.integration

LAKE = (Path(__file__).parents[1] / "fakes" / "photos" / "lake_pagoda.jpg").read_bytes()


async def assert_still_plays(client: WireClient) -> None:
    """The session goes on as if nothing had been."""
    since = client.mark()
    await client.play(0.4)
    assert client.batches(since)


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        '{"type":"zap"}',
        '{"type":"control","warp":1}',
        '{"type":"control","mouse_dx":NaN}',
        '{"type":"control","mouse_dx":1e308}',
        '{"type":"control","mouse_dx":1e999}',
        b"\x00\x01binary",
    ],
)
async def test_an_invalid_message_is_dropped_and_play_goes_on(server: RunningServer, text: str | bytes) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        await client.send_raw(text)
        await assert_still_plays(client)
        assert not client.events(ErrorPush)


async def test_an_invalid_request_with_a_usable_id_gets_its_reply(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        reply = await client.request_raw({"type": "scene_edit", "promt": "a typo"})
        assert isinstance(reply, FailureResponse)
        assert reply.error is not None
        assert "prompt" in reply.error


async def test_too_many_invalid_messages_end_the_session_with_a_reason(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        for _ in range(INVALID_LIMIT):
            await client.send_raw("not json")
        await client.closed()
        assert "invalid messages" in ((await client.first(ErrorPush)).message or "")


async def test_a_flood_of_controls_steers_and_harms_nobody(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        for _ in range(4000):
            await client.send(Control(buttons=("W",), mouse_dx=1.0, ts=1.0))
        await assert_still_plays(client)


async def test_a_message_of_50_mb_closes_the_connection_as_too_big(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        with pytest.raises(SocketClosedError) as closed:
            await client.send_raw("x" * 50_000_000)
            await client.closed()
        assert closed.value.code in {1009, 1006}
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)


@pytest.mark.parametrize(
    ("seed", "message_id"),
    [
        ("%%% not base64 %%%", MessageId.INVALID_SEED_DATA),
        (base64.b64encode(b"no picture").decode(), MessageId.INVALID_SEED_DATA),
        (base64.b64encode(pictures.png_claiming(60_000, 60_000)).decode(), MessageId.INVALID_SEED_DATA),
        (base64.b64encode(LAKE[: len(LAKE) // 2]).decode(), MessageId.INVALID_SEED_DATA),
        (base64.b64encode(pictures.animation("GIF")).decode(), MessageId.INVALID_SEED_DATA),
        (None, MessageId.MISSING_SEED_DATA),
    ],
    ids=["not base64", "not a picture", "60000x60000", "truncated", "animated", "none"],
)
async def test_a_seed_that_is_none_is_told_by_a_warning_and_the_client_may_try_again(
    server: RunningServer, seed: str | None, message_id: MessageId
) -> None:
    async with WireClient.connect(server.ws_url) as client:
        config = PLAIN_CONFIG.model_dump(mode="json")
        fields = {"type": "init", "model": "local/synthetic", "config": config, "seed_image_data": seed}
        reply = await client.request_raw(fields, timeout_s=30)
        assert isinstance(reply, FailureResponse)
        assert reply.error_id is MessageId.INIT_FAILED
        assert (await client.first(WarningPush)).message_id is message_id
        await client.init(seed=LAKE)
        await assert_still_plays(client)


async def test_a_seed_of_one_pixel_is_a_world_too(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=pictures.encoded(pictures.plain("teal", 1, 1)))
        await assert_still_plays(client)


async def test_an_unknown_model_is_refused_with_what_can_run_or_replaced_by_the_fallback(
    server: RunningServer,
) -> None:
    async with WireClient.connect(server.ws_url) as client:
        ready = await client.init(model="Overworld/Waypoint-1.5-1B", seed=LAKE)
        assert ready.model == "local/synthetic"


async def test_requests_before_init_get_their_typed_errors(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        for request in (client.scene_edit("make it night"), client.generate_scene("a forest")):
            with pytest.raises(RequestFailedError) as failed:
                await request
            assert failed.value.reply.error_id is MessageId.INIT_FAILED
        verdict = await client.check_seed_safety(LAKE)
        assert verdict.is_safe


async def test_two_inits_at_once_are_both_answered(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        config = PLAIN_CONFIG.model_dump(mode="json")
        seed = base64.b64encode(LAKE).decode()
        for req_id in ("one", "two"):
            fields = {"type": "init", "req_id": req_id, "model": "local/synthetic", "config": config}
            await client.send_raw(json.dumps({**fields, "seed_image_data": seed}))
        assert (await client.reply_to("one")).success
        assert (await client.reply_to("two")).success
        await assert_still_plays(client)


@pytest.mark.parametrize("version", ["4", "6", "five", "5_0", "", None])
async def test_another_version_is_turned_away_by_name(server: RunningServer, version: str | None) -> None:
    async with WireClient.connect(server.ws_url, version=version) as client:
        push = await client.first(ErrorPush)
        assert push.message_id is MessageId.PROTOCOL_VERSION_MISMATCH
        assert push.params == {"client": version or "unknown", "server": "5"}
        await client.closed()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:9999"])
async def test_a_page_from_elsewhere_is_refused_at_the_handshake(server: RunningServer, origin: str) -> None:
    with pytest.raises(HandshakeRefusedError):
        async with WireClient.connect(server.ws_url, origin=origin):
            pass


@pytest.mark.parametrize("origin", ["file://", "http://localhost:5173"])
async def test_the_desktop_app_is_welcome(server: RunningServer, origin: str) -> None:
    async with WireClient.connect(server.ws_url, origin=origin) as client:
        await client.init(seed=LAKE)


async def test_compression_is_never_agreed_to(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url, offer_deflate=True) as client:
        assert not client.agreed_deflate
