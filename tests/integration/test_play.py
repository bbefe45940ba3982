"""A world from the first socket to the last frame, over the wire, through the whole graph."""

import hashlib

import numpy as np
import pytest
from numpy.typing import NDArray

from configs.ingress import LimitsConfig
from protocol.client import Control
from protocol.errors import MessageId
from protocol.server import ErrorPush, LogPush, StatusPush, SuccessResponse, SystemInfoPush, WarningPush
from protocol.stages import Stage
from scripts.wire_client import DEFAULT_MODEL, WireClient, now_ms
from scripts.wire_events import Batch, RequestFailedError
from tests.fakes import pictures
from tests.integration.playing import (
    AHEAD,
    HANDS_OFF,
    LAKE,
    LOOK,
    PATH,
    PATIENCE_S,
    difference,
    pixels,
    play_until_frame,
    settle,
    steered,
)
from tests.integration.server import RunningServer

pytestmark = pytest.mark.integration

FRAME_SHAPE = (360, 640, 3)
SUB_FRAMES = 4
PASS_MS = 1000 * SUB_FRAMES / 60

SAME = 5.0
"""Two JPEGs of one picture differ by less, of 255: quality 85, twice."""


def frame_ids(client: WireClient, since: int = 0) -> list[int]:
    """The ids of the batches that came, in order."""
    return [batch.header.frame_id for _, batch in client.batches(since)]


def stages(client: WireClient, since: int = 0) -> list[Stage]:
    """The stages that came, in order."""
    return [push.stage for push in client.events(StatusPush, since)]


# --- the order of a session


async def test_a_seed_as_large_as_is_allowed_passes_the_safety_check_and_plays(server: RunningServer) -> None:
    large = LAKE + bytes(LimitsConfig().seed_bytes - len(LAKE))
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=large)
        await play_until_frame(client, 4)


async def test_a_photograph_becomes_a_world_that_answers_controls(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        ready = await client.init(seed=LAKE)
        assert ready.model == DEFAULT_MODEL
        assert ready.inference_fps == 60
        await play_until_frame(client, 40)

        ids = frame_ids(client)
        assert ids == [0, *range(1, ids[-1] + 1, SUB_FRAMES)]
        assert stages(client)[-1] is Stage.READY
        assert len(client.events(SystemInfoPush)) == 1
        assert not client.events(ErrorPush)


async def test_a_session_begins_in_the_order_of_the_contract(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        told = [each.event for each in client.history if not isinstance(each.event, LogPush)]

    startup = [event.stage for event in told[:5] if isinstance(event, StatusPush)]
    assert startup == [stage for stage in Stage if stage.startswith("startup.")]
    assert isinstance(told[5], SystemInfoPush)
    assert isinstance(told[6], StatusPush)
    assert told[6].stage is Stage.WAITING_FOR_SEED
    seed, ready, reply = told[-3:]
    assert isinstance(seed, Batch)
    assert (seed.header.frame_id, seed.header.client_ts, seed.header.gen_ms, seed.sub_frames) == (0, 0, 0, 1)
    assert isinstance(ready, StatusPush)
    assert ready.stage is Stage.READY
    assert isinstance(reply, SuccessResponse)


async def test_the_seed_itself_is_frame_0(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        (_, seed), *_ = client.batches()
    assert difference(pixels(seed.jpegs[0]), pixels(LAKE)) < SAME


async def test_without_controls_there_are_no_frames(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        await settle(client)
        assert frame_ids(client) == [0]


async def test_one_control_makes_one_batch_that_echoes_its_time(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        sent_ms = await client.control("W")
        batch = await client.first(Batch, lambda batch: batch.header.frame_id == 1)
        await settle(client)
        assert batch.header.client_ts == sent_ms
        assert frame_ids(client) == [0, 1]


async def test_a_second_client_is_refused_while_the_replica_is_leased_and_served_once_it_is_free(
    server: RunningServer,
) -> None:
    async with WireClient.connect(server.ws_url) as first:
        await first.init(seed=LAKE)
        async with WireClient.connect(server.ws_url) as second:
            refusal = await second.first(ErrorPush)
            assert refusal.message_id is MessageId.SERVER_BUSY
            await second.closed()
        await play_until_frame(first, 4)
    async with WireClient.connect(server.ws_url) as third:
        await third.init(seed=LAKE)


# --- what is in a batch


async def test_the_picture_moves_as_the_controls_say(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        still = await _after_a_reset(client, 40, *HANDS_OFF)
        ahead = await _after_a_reset(client, 40, *AHEAD)
        looked = await _after_a_reset(client, 40, *LOOK)
    assert still.shape == FRAME_SHAPE
    assert difference(still, pixels(LAKE)) < SAME
    assert difference(ahead, still) > SAME
    assert difference(looked, still) > SAME
    assert difference(looked, ahead) > SAME


async def _after_a_reset(client: WireClient, frame_id: int, *controls: Control) -> NDArray[np.uint8]:
    """The last picture of the batch that holds that frame, after these controls since the seed."""
    await client.reset()
    await settle(client)
    return pixels((await play_until_frame(client, frame_id, *controls, since=client.mark())).jpegs[-1])


async def test_the_timings_of_a_batch_add_up(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        await play_until_frame(client, 40)
        batches = [(at_ms, batch.header) for at_ms, batch in client.batches() if batch.header.frame_id > 0]
    for at_ms, header in batches:
        parts = (header.t_infer_ms, header.t_sync_ms, header.t_enc_ms, header.t_metrics_ms, header.t_overhead_ms)
        assert all(part is not None and part >= 0 for part in parts)
        infer_ms, sync_ms, enc_ms, metrics_ms, _ = (part or 0.0 for part in parts)
        total_ms = sum(part or 0.0 for part in parts)
        assert 0 < infer_ms + sync_ms <= header.gen_ms + 1e-6
        assert total_ms >= header.gen_ms + enc_ms + metrics_ms - 1e-6
        assert total_ms <= at_ms - header.client_ts, "a batch took no longer than from its control to its arrival"
        assert (header.temporal_compression, header.vram_used_bytes) == (1, -1)


# --- pause, resume, reset


async def test_a_paused_world_stands_still_whatever_is_sent_and_goes_on_when_resumed(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        await play_until_frame(client, 20)
        await client.pause()
        await settle(client)
        paused_at, since = frame_ids(client)[-1], client.mark()
        await client.play(0.3)
        await settle(client)
        assert not client.batches(since)

        await client.resume()
        await settle(client)
        assert not client.batches(since), "controls sent while paused are not made up for"
        await play_until_frame(client, paused_at + SUB_FRAMES, since=since)
        assert frame_ids(client, since)[0] == paused_at + SUB_FRAMES


@pytest.mark.parametrize("word", ["reset", "prompt"])
async def test_a_reset_returns_to_the_seed_and_counts_anew(server: RunningServer, word: str) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        first = await play_until_frame(client, 1, *HANDS_OFF)
        walked = await play_until_frame(client, 60, *AHEAD)
        since = client.mark()
        await (client.reset() if word == "reset" else client.prompt("a castle"))
        again = await play_until_frame(client, 1, *HANDS_OFF, since=since)

        assert again.jpegs == first.jpegs
        assert difference(pixels(walked.jpegs[-1]), pixels(first.jpegs[0])) > SAME
        ids = frame_ids(client, since)
        assert ids[ids.index(1) :] == list(range(1, ids[-1] + 1, SUB_FRAMES))


# --- init during play


async def test_the_cap_is_taken_off_and_put_back_on_during_play(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE, cap_inference_fps=False)
        async with steered(client, *AHEAD):
            while not _is_faster_than_the_cap(client):
                client.skip_batches()
                await client.next_batch()
        await settle(client, cap_inference_fps=True)
        since = client.mark()
        started_ms = now_ms()
        await client.play(1.0)
        await settle(client)
        passes = (now_ms() - started_ms) / PASS_MS
        assert len(client.batches(since)) <= passes + 2
        assert not client.events(ErrorPush)


def _is_faster_than_the_cap(client: WireClient) -> bool:
    """Whether ten batches in a row came from controls closer together than the cap allows for seven."""
    times_ms = [batch.header.client_ts for _, batch in client.batches() if batch.header.frame_id > 0]
    return any(late - early < 7 * PASS_MS for early, late in zip(times_ms, times_ms[10:], strict=False))


async def test_the_same_seed_again_is_not_loaded_again(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        await play_until_frame(client, 20)
        since = client.mark()
        await client.init(seed=LAKE)
        last = frame_ids(client)[-1]
        await play_until_frame(client, last + SUB_FRAMES)
        assert not stages(client, since)
        assert 1 not in frame_ids(client, since)


async def test_a_new_seed_starts_a_new_world_without_loading_the_model_again(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        await play_until_frame(client, 20)
        since = client.mark()
        await client.init(seed=PATH)
        await client.stage(Stage.READY, since=since, timeout_s=PATIENCE_S)
        assert stages(client, since) == [Stage.INIT_RESET, Stage.INIT_SEED, Stage.INIT_FRAME, Stage.READY]
        seed = await client.first(Batch, lambda batch: batch.header.frame_id == 0, since=since)
        after = await play_until_frame(client, 1, *HANDS_OFF, since=since)
        assert difference(pixels(after.jpegs[-1]), pixels(seed.jpegs[0])) < SAME
        assert difference(pixels(after.jpegs[-1]), pixels(LAKE)) > SAME


async def test_an_init_without_a_seed_leaves_the_world_as_it_is(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        await play_until_frame(client, 20)
        since, last = client.mark(), frame_ids(client)[-1]
        await client.init()
        await play_until_frame(client, last + SUB_FRAMES, since=since)
        assert not stages(client, since)


# --- safety


async def test_a_verdict_comes_with_the_hash_of_the_picture(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        for _ in range(2):
            verdict = await client.check_seed_safety(PATH)
            assert verdict.is_safe
            assert verdict.hash == hashlib.sha256(PATH).hexdigest()


async def test_an_unsafe_picture_is_refused_and_a_safe_one_taken(spare_server: RunningServer) -> None:
    unsafe = pictures.encoded(pictures.plain("pink", 256, 256))
    async with WireClient.connect(spare_server.ws_url) as client:
        verdict = await client.check_seed_safety(unsafe)
        assert not verdict.is_safe
        assert verdict.hash == hashlib.sha256(unsafe).hexdigest()

        with pytest.raises(RequestFailedError) as failed:
            await client.init(seed=unsafe)
        assert failed.value.reply.error_id is MessageId.INIT_FAILED
        assert (await client.first(WarningPush)).message_id is MessageId.SEED_UNSAFE
        assert not client.batches()

        await client.init(seed=LAKE)
        since = client.mark()
        with pytest.raises(RequestFailedError):
            await client.init(seed=unsafe)
        assert (await client.first(WarningPush, since=since)).message_id is MessageId.SEED_UNSAFE
        await play_until_frame(client, 8)


# --- logs


async def test_a_client_sees_its_own_records_and_in_the_local_profile_the_servers(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        own = await client.first(LogPush, lambda record: record.event == "seed checked")
        assert own.fields is not None
        assert own.fields["is_safe"] is True
        started = await client.first(LogPush, lambda record: record.event == "all parts are up")
        assert "session_id" not in (started.fields or {})
        sessions = {record.fields.get("session_id") for record in client.events(LogPush) if record.fields}
        assert sessions == {None, own.fields["session_id"]}, "nobody sees the records of another's session"
