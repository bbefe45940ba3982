"""What may happen to anybody: clients that vanish, parts that are killed, slow lines.

Each time: whoever is left is told, nothing hangs, no lease leaks, and what was recorded stays.
"""

import asyncio
import itertools
import statistics
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import psutil
import pytest

from protocol.errors import MessageId
from protocol.server import ErrorPush, WarningPush
from protocol.stages import Stage
from scripts.wire_client import WireClient
from scripts.wire_events import Batch, RequestFailedError, SocketClosedError, WireError
from tests.integration.playing import (
    GONE_AWAY,
    LAKE,
    PATH,
    PATIENCE_S,
    begin_init,
    eventually,
    on_this_machine,
    play_until_frame,
    settle,
    steered,
)
from tests.integration.recordings import (
    WORTH_KEEPING_FRAMES,
    frames_of,
    frames_on_disk,
    listed,
    ready_recordings,
    spooled_frames,
)
from tests.integration.server import RunningServer, read_health

pytestmark = pytest.mark.integration

NEXT_LEASE_S: Final = 10.0
"""So soon the replica of a client that fell silent plays for the next; of one whose connection was reset, at once."""

SAME_PORT_S: Final = 10.0
RESTART_S: Final = 120.0
"""Generous: Serve replaces a killed replica in a few seconds on a quiet machine."""

KEPT: Final[dict[str, Any]] = {"video_recording": True}


async def play_a_little(server: RunningServer) -> None:
    """One session, served at once. Raises SocketClosedError where the server is busy."""
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        await play_until_frame(client, 8)


async def play_as_soon_as_possible(server: RunningServer, limit_s: float) -> None:
    """Come again and again until served. Raises TimeoutError."""
    async with asyncio.timeout(limit_s):
        while True:
            try:
                await play_a_little(server)
            except (WireError, OSError):
                continue
            return


# --- clients that vanish


async def starting(client: WireClient) -> None:
    """Nothing is awaited: the server may not have found a replica yet."""
    assert not client.events(ErrorPush)


async def waiting_for_a_seed(client: WireClient) -> None:
    """The replica is held, and nothing asked of it."""
    await client.stage(Stage.WAITING_FOR_SEED)


async def initialising(client: WireClient) -> None:
    """An `init` is being worked on."""
    await waiting_for_a_seed(client)
    await begin_init(client, LAKE)
    await client.stage(Stage.INIT_RESET)


async def playing(client: WireClient) -> None:
    """In the middle of frames."""
    await client.init(seed=LAKE)
    await play_until_frame(client, 8)
    await client.control("W")


async def paused(client: WireClient) -> None:
    """The world stands still."""
    await playing(client)
    await client.pause()


PHASES: Final = (starting, waiting_for_a_seed, initialising, playing, paused)


@pytest.mark.parametrize("reach", PHASES)
async def test_a_client_whose_connection_is_reset_frees_its_replica_at_once(
    server: RunningServer, reach: Callable[[WireClient], Any]
) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await reach(client)
        client.vanish()
        await play_a_little(server)


async def test_a_client_that_vanishes_while_it_waits_for_a_replica_never_holds_one(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as holder:
        await holder.init(seed=LAKE)
        async with WireClient.connect(server.ws_url) as waiting:
            await waiting.stage(Stage.STARTUP_READY)
            waiting.vanish()
        await play_until_frame(holder, 8)
    await play_a_little(server)


@pytest.mark.parametrize("reach", PHASES[1:])
async def test_a_client_that_falls_silent_loses_its_replica_to_the_next(
    spare_server: RunningServer, reach: Callable[[WireClient], Any]
) -> None:
    async with WireClient.connect(spare_server.ws_url) as client:
        await reach(client)
        client.freeze()
        await play_as_soon_as_possible(spare_server, on_this_machine(NEXT_LEASE_S))
        client.vanish()


async def test_by_default_a_silent_client_is_given_up_within_ten_seconds(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await playing(client)
        client.freeze()
        await play_as_soon_as_possible(server, on_this_machine(NEXT_LEASE_S))
        client.vanish()


async def test_clients_that_come_and_go_leave_no_lease_behind(server: RunningServer) -> None:
    for round_number in range(10):
        async with WireClient.connect(server.ws_url) as client:
            await PHASES[round_number % len(PHASES)](client)
            if round_number % 3:
                client.vanish()
    await play_a_little(server)


# --- parts that are killed


@asynccontextmanager
async def recorded_play(server: RunningServer) -> AsyncGenerator[WireClient]:
    """A session that steers and records, with frames enough on the disk to be worth keeping."""
    async with WireClient.connect(server.ws_url, features=["recording_status"]) as client:
        await client.init(seed=LAKE, **KEPT)
        async with steered(client):
            await client.first(Batch, lambda batch: batch.header.frame_id > WORTH_KEEPING_FRAMES, timeout_s=PATIENCE_S)
            await frames_on_disk(server, WORTH_KEEPING_FRAMES)
            yield client


async def restarted(server: RunningServer, deployment: str, killed: psutil.Process) -> None:
    """Return when another process plays the part."""

    def look() -> bool | None:
        found = [each.pid for each in server.replicas(deployment)]
        return (bool(found) and killed.pid not in found) or None

    await eventually(look, RESTART_S)


async def test_a_killed_world_is_told_and_the_next_client_gets_a_new_one(spare_server: RunningServer) -> None:
    known = listed(spare_server)
    async with recorded_play(spare_server) as client:
        spare_server.replica("WorldModel").kill()
        error = await client.first(ErrorPush)
        assert error.message_id is MessageId.DEVICE_RECOVERY_FAILED
        assert error.snapshot is not None
        assert (await client.closed()).code in GONE_AWAY
        received = frames_of([batch for _, batch in client.batches() if batch.header.frame_id > 0])
    await play_as_soon_as_possible(spare_server, RESTART_S)
    (entry,) = await ready_recordings(spare_server, known, 1)
    assert entry.frames is not None
    assert entry.frames >= received, "every frame that the client got is in the file"


async def test_a_world_killed_during_init_answers_the_init_and_closes(spare_server: RunningServer) -> None:
    async with WireClient.connect(spare_server.ws_url) as client:
        await initialising(client)
        spare_server.replica("WorldModel").kill()
        with pytest.raises((RequestFailedError, SocketClosedError)):
            while True:
                await client.init()
        last_error = (await client.closed()).last_error
        assert last_error is not None
        assert last_error.message_id is MessageId.DEVICE_RECOVERY_FAILED
    await play_as_soon_as_possible(spare_server, RESTART_S)


async def test_a_killed_recorder_costs_nobody_the_play_and_what_it_had_spooled_is_kept(
    spare_server: RunningServer,
) -> None:
    known = listed(spare_server)
    async with recorded_play(spare_server) as client:
        recorder = spare_server.replica("Recorder")
        recorder.suspend()
        spooled, since = spooled_frames(spare_server), client.mark()
        recorder.kill()
        warning = await client.first(WarningPush, since=since, timeout_s=PATIENCE_S)
        assert warning.message_id is MessageId.RECORDING_FAILED
        last = client.batches()[-1][1].header.frame_id
        await client.first(Batch, lambda batch: batch.header.frame_id > last + 40)

        await restarted(spare_server, "Recorder", recorder)
        last = client.batches()[-1][1].header.frame_id
        await client.first(
            Batch, lambda batch: batch.header.frame_id > last + WORTH_KEEPING_FRAMES, timeout_s=PATIENCE_S
        )
        assert not client.events(ErrorPush)
    cut_off, again = await ready_recordings(spare_server, known, 2)
    assert cut_off.frames == spooled
    assert again.frames is not None
    assert again.frames > WORTH_KEEPING_FRAMES


async def test_a_killed_ingress_is_replaced_on_the_same_port_and_leaks_no_lease(spare_server: RunningServer) -> None:
    known = listed(spare_server)
    async with recorded_play(spare_server) as client:
        spooled = spooled_frames(spare_server)
        spare_server.replica("Ingress").kill()
        assert (await client.closed()).code == 1006
    await eventually(lambda: read_health(spare_server), on_this_machine(SAME_PORT_S))
    await play_as_soon_as_possible(spare_server, RESTART_S)
    (entry,) = await ready_recordings(spare_server, known, 1)
    assert entry.frames is not None
    assert entry.frames >= spooled


async def test_a_killed_safety_checker_refuses_seeds_with_a_reason_and_comes_again(spare_server: RunningServer) -> None:
    async with WireClient.connect(spare_server.ws_url) as client:
        await client.init(seed=LAKE)
        async with steered(client):
            checker = spare_server.replica("SafetyChecker")
            checker.kill()
            try:
                await client.init(seed=PATH, timeout_s=PATIENCE_S)
            except RequestFailedError as failed:
                assert failed.reply.error_id is MessageId.INIT_FAILED
                assert (await client.first(WarningPush)).message_id is MessageId.SEED_SAFETY_CHECK_FAILED
            last = client.batches()[-1][1].header.frame_id
            await client.first(Batch, lambda batch: batch.header.frame_id > last)
            await restarted(spare_server, "SafetyChecker", checker)
            await until_checked(client)
        assert not client.events(ErrorPush)


async def until_checked(client: WireClient) -> None:
    """Ask for a verdict until there is one. Raises TimeoutError."""
    async with asyncio.timeout(RESTART_S):
        while True:
            try:
                verdict = await client.check_seed_safety(PATH, timeout_s=PATIENCE_S)
            except RequestFailedError:
                continue
            assert verdict.is_safe
            return


# --- slow lines


async def test_a_slow_line_sees_fresh_frames_every_reply_and_costs_no_memory(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url, read_mbit=5.0, keep_jpegs=False) as client:
        await client.init(seed=LAKE)
        ingress, world = server.replica("Ingress"), server.replica("WorldModel")
        async with steered(client):
            await _batches_more(client, 6)
            held_bytes = ingress.memory_info().rss + world.memory_info().rss
            since = client.mark()
            verdict = await client.check_seed_safety(LAKE, timeout_s=PATIENCE_S)
            await _batches_more(client, 16)
            grown_bytes = ingress.memory_info().rss + world.memory_info().rss - held_bytes
        batches = client.batches(since)
        await settle(client)
    assert verdict.is_safe
    gap_ms = statistics.median(late - early for (early, _), (late, _) in itertools.pairwise(batches))
    latency_ms = statistics.median(at_ms - batch.header.client_ts for at_ms, batch in batches[-8:])
    # About three passes on a quiet machine.
    assert latency_ms <= 6 * gap_ms
    assert grown_bytes < 30 * 2**20
    assert not client.events(ErrorPush)


async def _batches_more(client: WireClient, count: int) -> None:
    client.skip_batches()
    for _ in range(count):
        await client.next_batch(PATIENCE_S)
