"""A world from the first socket to the recording, over the wire, through the whole graph."""

from pathlib import Path

import pytest

from protocol.errors import MessageId
from protocol.server import ErrorPush, StatusPush, SystemInfoPush
from protocol.stages import Stage
from scripts.wire_client import WireClient
from tests.integration.server import RunningServer

pytestmark = pytest.mark.integration

LAKE = Path(__file__).parents[1] / "fakes" / "photos" / "lake_pagoda.jpg"
MODEL = "local/synthetic"


async def test_a_photograph_becomes_a_world_that_answers_controls(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        ready = await client.init(model=MODEL, seed=LAKE.read_bytes())
        assert ready.model == MODEL
        await client.play(1.5)
        frames = [batch.header.frame_id for _, batch in client.batches()]
        assert frames[0] == 0
        assert frames[1:4] == [1, 5, 9]
        stages = [push.stage for push in client.events(StatusPush)]
        assert stages[-1] is Stage.READY
        assert len(client.events(SystemInfoPush)) == 1
        assert not client.events(ErrorPush)


async def test_a_second_client_is_refused_while_the_replica_is_leased_and_served_once_it_is_free(
    server: RunningServer,
) -> None:
    async with WireClient.connect(server.ws_url) as first:
        await first.init(model=MODEL, seed=LAKE.read_bytes())
        async with WireClient.connect(server.ws_url) as second:
            refusal = await second.first(ErrorPush)
            assert refusal.message_id is MessageId.SERVER_BUSY
    async with WireClient.connect(server.ws_url) as third:
        await third.init(model=MODEL, seed=LAKE.read_bytes())
