"""Two worlds, one front door: as many play at once as there are replicas, and nobody sees another's world."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from protocol.errors import MessageId
from protocol.server import ErrorPush
from scripts.wire_client import WireClient
from scripts.wire_events import Batch, RequestFailedError, SocketClosedError
from tests.integration.playing import HANDS_OFF, LAKE, PATH, difference, pixels, play_until_frame
from tests.integration.server import RunningServer, launched_server

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningServer]:
    """Two world replicas behind one front door."""
    with launched_server(tmp_path_factory.mktemp("shared"), two_worlds) as running:
        yield running


def two_worlds(profile: dict[str, Any]) -> None:
    """The settings of `shared_server`."""
    (application,) = profile["applications"]
    (world,) = [entry for entry in application["deployments"] if entry["name"] == "WorldModel"]
    world["num_replicas"] = 2
    application["args"]["ingress"]["timing"] = {"admission_s": 1.0}


@asynccontextmanager
async def player(server: RunningServer, seed: bytes) -> AsyncGenerator[WireClient]:
    """A client in a world of its own."""
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=seed)
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
