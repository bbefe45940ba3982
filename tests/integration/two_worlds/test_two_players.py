"""Two worlds, one front door: as many play at once as there are replicas, and nobody sees another's world.

When the server is stopped, both are told.
"""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from protocol.errors import MessageId
from protocol.server import ErrorPush
from scripts.wire_client import WireClient
from scripts.wire_events import Batch, RequestFailedError, SocketClosedError
from tests.integration.playing import (
    GONE_AWAY,
    HANDS_OFF,
    LAKE,
    PATH,
    PATIENCE_S,
    difference,
    pixels,
    play_until_frame,
    steered,
)
from tests.integration.recordings import WORTH_KEEPING_FRAMES, frames_kept, frames_of
from tests.integration.server import RunningServer, wait_for_end

pytestmark = pytest.mark.integration


@asynccontextmanager
async def player(server: RunningServer, seed: bytes, **config: Any) -> AsyncGenerator[WireClient]:
    """A client in a world of its own."""
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=seed, **config)
        yield client


def seed_frame(client: WireClient) -> Batch:
    """What the world showed first."""
    return client.events(Batch)[0]


async def refusal(server: RunningServer) -> ErrorPush | None:
    """What a client is told that comes now and finds no place."""
    async with WireClient.connect(server.ws_url) as client:
        with pytest.raises((RequestFailedError, SocketClosedError)):
            await client.init(seed=LAKE)
        return (await client.closed()).last_error


async def test_two_play_at_once_each_in_a_world_of_its_own(shared_server: RunningServer) -> None:
    async with player(shared_server, LAKE) as one, player(shared_server, PATH) as other:
        mine, theirs = await asyncio.gather(
            play_until_frame(one, 60, *HANDS_OFF), play_until_frame(other, 60, *HANDS_OFF)
        )
        lake, path = (pixels(seed_frame(client).jpegs[0]) for client in (one, other))
        for batch, own, foreign in ((mine, lake, path), (theirs, path, lake)):
            frame = pixels(batch.jpegs[0])
            assert difference(frame, own) < difference(frame, foreign) / 2


async def test_a_third_player_is_told_that_the_server_is_busy_and_disturbs_nobody(shared_server: RunningServer) -> None:
    async with player(shared_server, LAKE) as one, player(shared_server, PATH) as other:
        _, _, told = await asyncio.gather(
            play_until_frame(one, 120), play_until_frame(other, 120), refusal(shared_server)
        )
        assert told is not None
        assert told.message_id == MessageId.SERVER_BUSY
        for client in (one, other):
            await play_until_frame(client, 160)


async def test_whoever_comes_next_gets_the_place_that_becomes_free(shared_server: RunningServer) -> None:
    async with player(shared_server, LAKE) as stays:
        async with player(shared_server, PATH):
            pass
        async with player(shared_server, PATH) as comes:
            await asyncio.gather(play_until_frame(stays, 40), play_until_frame(comes, 40))


async def test_a_stop_during_play_ends_every_session_as_going_away(shared_server: RunningServer) -> None:
    """The last of this folder, for it leaves no server."""
    async with player(shared_server, LAKE, video_recording=True) as one, player(shared_server, PATH) as other:
        async with steered(one), steered(other):
            await one.first(Batch, lambda batch: batch.header.frame_id > WORTH_KEEPING_FRAMES, timeout_s=PATIENCE_S)
            shared_server.process.send_signal(signal.SIGTERM)
            for client in (one, other):
                assert (await client.closed()).code in GONE_AWAY
                assert not client.events(ErrorPush)
        received = frames_of([batch for _, batch in one.batches() if batch.header.frame_id > 0])
    assert await asyncio.to_thread(wait_for_end, shared_server) == []
    assert shared_server.process.returncode == 0
    assert frames_kept(shared_server) >= received
