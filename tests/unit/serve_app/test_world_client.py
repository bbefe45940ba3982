"""Commands down with their answers, controls merged on their way."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from protocol.client import Control, EngineBackend
from protocol.errors import BiomeError, RemoteError, ReplicaLostError
from protocol.link import (
    WORLD_COMMANDS,
    WORLD_FACTS,
    CommandFailed,
    CommandId,
    Configure,
    Configured,
    ErrorReport,
    FrameTaken,
    PauseWorld,
    ResetWorld,
    Restarted,
    Seed,
    Seeded,
    Steer,
    TakeSnapshot,
    WorldCommand,
    WorldFact,
)
from serve_app.world_client import Notice, WorldClient
from tests.fakes.engines import SPEC
from tests.fakes.links import PATIENCE_S, LinkPair, cut, linked_pair


class Far:
    """The replica's end, played by the test; the client's notices are collected."""

    def __init__(self, pair: LinkPair[WorldCommand, WorldFact]) -> None:
        self.pair = pair
        self.client = WorldClient(pair.near)
        self.notices: list[Notice] = []
        self.reading = asyncio.create_task(self._read())
        self._commands = aiter(pair.far)

    async def _read(self) -> None:
        async for notice in self.client.notices():
            self.notices.append(notice)

    async def command(self) -> WorldCommand:
        async with asyncio.timeout(PATIENCE_S):
            return await anext(self._commands)

    async def hang_up(self) -> None:
        await self.pair.far.close()
        await self.reading


@pytest.fixture
async def far() -> AsyncIterator[Far]:
    async with linked_pair(WORLD_COMMANDS, WORLD_FACTS) as pair:
        made = Far(pair)
        yield made
        made.reading.cancel()


def failed(command_id: CommandId) -> CommandFailed:
    return CommandFailed(command_id=command_id, report=ErrorReport.of(BiomeError("no")))


async def test_each_answer_finds_its_own_command(far: Far) -> None:
    snapshot = asyncio.create_task(far.client.take_snapshot())
    first = await far.command()
    configuring = asyncio.create_task(far.client.configure("m", None, EngineBackend.WORLD_ENGINE))
    second = await far.command()
    assert isinstance(first, TakeSnapshot)
    assert isinstance(second, Configure)
    configured = Configured(command_id=second.command_id, spec=SPEC, was_loaded_now=True)
    await far.pair.far.send(configured)
    await far.pair.far.send(FrameTaken(command_id=first.command_id, payload=b"jpeg"))
    assert await configuring == configured
    assert await snapshot == b"jpeg"
    await far.hang_up()
    assert far.notices == []


async def test_a_failed_command_raises_what_the_replica_reports(far: Far) -> None:
    asking = asyncio.create_task(far.client.take_snapshot())
    command = await far.command()
    assert isinstance(command, TakeSnapshot)
    await far.pair.far.send(failed(command.command_id))
    with pytest.raises(RemoteError, match="no"):
        await asking


async def test_seeded_is_a_notice_too_since_it_divides_the_frames(far: Far) -> None:
    seeding = asyncio.create_task(far.client.seed(b"picture", is_original=True, announce=True))
    command = await far.command()
    assert isinstance(command, Seed)
    assert (command.payload, command.is_original, command.announce) == (b"picture", True, True)
    seeded = Seeded(command_id=command.command_id, is_original=True, epoch=1)
    await far.pair.far.send(seeded)
    assert await seeding == seeded
    assert far.notices == [seeded]


async def test_an_answer_that_nobody_awaits_any_more_is_harmless(far: Far) -> None:
    asking = asyncio.create_task(far.client.take_snapshot())
    command = await far.command()
    assert isinstance(command, TakeSnapshot)
    asking.cancel()
    await asyncio.wait([asking])
    await far.pair.far.send(failed(command.command_id))
    await far.pair.far.send(Restarted(epoch=2))
    await far.hang_up()
    assert far.notices == [Restarted(epoch=2)]


async def test_a_broken_link_is_a_lost_replica_for_readers_and_senders(far: Far) -> None:
    cut(far.pair.far)
    with pytest.raises(ReplicaLostError):
        await far.reading
    with pytest.raises(ReplicaLostError):
        await far.client.pause()


async def test_controls_that_wait_merge_as_they_would_in_the_world(far: Far) -> None:
    far.client.steer(Control(buttons=("W",), mouse_dx=1.0, ts=5.0))
    far.client.steer(Control(buttons=("A", "nonsense"), mouse_dx=2.0, mouse_dy=3.0))
    pumping = asyncio.create_task(far.client.pump_controls())
    assert await far.command() == Steer(buttons=frozenset({65}), mouse_dx=3.0, mouse_dy=3.0, client_ts=5.0)
    far.client.steer(Control(ts=6.0))
    assert await far.command() == Steer(buttons=frozenset(), mouse_dx=0.0, mouse_dy=0.0, client_ts=6.0)
    pumping.cancel()


@pytest.mark.parametrize("kind", ["pause", "reset"])
async def test_controls_that_wait_do_not_follow_a_pause_or_a_reset(far: Far, kind: str) -> None:
    far.client.steer(Control(buttons=("W",)))
    await (far.client.pause() if kind == "pause" else far.client.reset())
    pumping = asyncio.create_task(far.client.pump_controls())
    await far.client.credit(1)
    assert await far.command() == (PauseWorld() if kind == "pause" else ResetWorld())
    assert (await far.command()).type == "credit"
    pumping.cancel()
