"""The link over real loopback sockets: what goes through, who gets in, and what each ending means."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from websockets.asyncio.client import connect

from deployments.link import QUEUED_MESSAGES_LIMIT, Link, LinkLostError, LinkServer, open_link
from protocol.link import (
    RECORDER_COMMANDS,
    RECORDER_FACTS,
    WORLD_COMMANDS,
    WORLD_FACTS,
    Batch,
    CommandId,
    Configure,
    Credit,
    LeaseGrant,
    PauseWorld,
    RecordBatch,
    RecorderCommand,
    RecorderFact,
    Restarted,
    ResumeWorld,
    Seed,
    WorldCommand,
    WorldFact,
)
from tests.fakes.links import PATIENCE_S, LinkPair, cut, linked_pair

WorldPair = LinkPair[WorldCommand, WorldFact]


@pytest.fixture
async def pair() -> AsyncIterator[WorldPair]:
    async with linked_pair(WORLD_COMMANDS, WORLD_FACTS) as both:
        yield both


@pytest.fixture
async def server() -> AsyncIterator[LinkServer]:
    async with LinkServer("127.0.0.1") as listening:
        yield listening


async def everything(link: Link[WorldCommand, WorldFact]) -> list[WorldCommand]:
    return [message async for message in link]


async def first(link: Link[WorldFact, WorldCommand]) -> WorldFact:
    async with aclosing(aiter(link)) as messages:
        return await anext(messages)


async def test_commands_and_facts_arrive_as_they_were_sent(pair: WorldPair) -> None:
    commands = [
        Configure(command_id=CommandId(1), model="local/synthetic"),
        Seed(command_id=CommandId(2), is_original=True, announce=True, payload=bytes(range(256)) * 4096),
        Credit(batches=2),
    ]
    for command in commands:
        await pair.near.send(command)
    fact = Batch(epoch=1, frame_id=5, sub_frames=4, consumed=None, payload=b"envelope")
    await pair.far.send(fact)
    assert await first(pair.near) == fact
    await pair.near.close()
    assert await everything(pair.far) == commands


async def test_a_payload_without_bytes_arrives_empty(pair: WorldPair) -> None:
    command = Seed(command_id=CommandId(1), is_original=False, announce=False)
    await pair.near.send(command)
    await pair.near.close()
    assert await everything(pair.far) == [command]


async def test_closing_one_end_ends_the_iteration_of_the_other(pair: WorldPair) -> None:
    await pair.far.close()
    assert [fact async for fact in pair.near] == []


async def test_what_was_sent_before_the_close_still_arrives(pair: WorldPair) -> None:
    await pair.far.send(Restarted(epoch=3))
    await pair.far.close()
    assert [fact async for fact in pair.near] == [Restarted(epoch=3)]


async def test_closing_twice_is_harmless(pair: WorldPair) -> None:
    await pair.near.close()
    await pair.near.close()


async def test_sending_into_a_closed_link_says_that_it_is_lost(pair: WorldPair) -> None:
    await pair.far.close()
    with pytest.raises(LinkLostError):
        await pair.near.send(PauseWorld())


async def test_a_connection_that_is_cut_is_lost_and_not_closed(pair: WorldPair) -> None:
    await pair.near.send(ResumeWorld())
    messages = aiter(pair.far)
    assert await anext(messages) == ResumeWorld()
    cut(pair.near)
    with pytest.raises(LinkLostError):
        await anext(messages)


async def test_bytes_that_are_no_message_of_ours_lose_the_link(server: LinkServer) -> None:
    """The other end may be of another build while an upgrade is rolled out."""
    async with (
        server.expect("a-replica") as expected,
        connect(f"{expected.grant.url}/{expected.grant.token}", proxy=None) as stranger,
    ):
        link = await expected.arrive(WORLD_COMMANDS, WORLD_FACTS, timeout_s=PATIENCE_S)
        await stranger.send(b"\x00\x00\x00\x00{}")
        with pytest.raises(LinkLostError):
            await everything(link)


async def test_a_token_opens_one_link_once(server: LinkServer) -> None:
    async with (
        server.expect("a-replica") as expected,
        open_link(expected.grant, WORLD_FACTS, WORLD_COMMANDS, timeout_s=PATIENCE_S),
    ):
        await expected.arrive(WORLD_COMMANDS, WORLD_FACTS, timeout_s=PATIENCE_S)
        with pytest.raises(LinkLostError, match="403"):
            async with open_link(expected.grant, WORLD_FACTS, WORLD_COMMANDS, timeout_s=PATIENCE_S):
                pass


@pytest.mark.parametrize("token", ["", "guess", "../"])
async def test_a_wrong_token_or_none_is_refused(server: LinkServer, token: str) -> None:
    async with server.expect("a-replica") as expected:
        grant = LeaseGrant(replica="a-replica", url=expected.grant.url, token=token)
        with pytest.raises(LinkLostError, match="403"):
            async with open_link(grant, WORLD_FACTS, WORLD_COMMANDS, timeout_s=PATIENCE_S):
                pass


async def test_each_link_has_a_token_of_its_own(server: LinkServer) -> None:
    async with server.expect("a-replica") as one, server.expect("a-replica") as other:
        assert one.grant.token != other.grant.token
        async with open_link(other.grant, WORLD_FACTS, WORLD_COMMANDS, timeout_s=PATIENCE_S) as near:
            far = await other.arrive(WORLD_COMMANDS, WORLD_FACTS, timeout_s=PATIENCE_S)
            await far.send(Restarted(epoch=1))
            assert await first(near) == Restarted(epoch=1)


async def test_a_token_is_withdrawn_when_nobody_expects_its_link_any_more(server: LinkServer) -> None:
    async with server.expect("a-replica") as expected:
        grant = expected.grant
    with pytest.raises(LinkLostError, match="403"):
        async with open_link(grant, WORLD_FACTS, WORLD_COMMANDS, timeout_s=PATIENCE_S):
            pass


async def test_a_link_is_closed_when_its_lease_ends(server: LinkServer) -> None:
    async with server.expect("a-replica") as expected:
        opened = open_link(expected.grant, WORLD_FACTS, WORLD_COMMANDS, timeout_s=PATIENCE_S)
        near = await opened.__aenter__()
        await expected.arrive(WORLD_COMMANDS, WORLD_FACTS, timeout_s=PATIENCE_S)
    assert [fact async for fact in near] == []
    await opened.__aexit__(None, None, None)


async def test_a_link_that_nobody_opens_times_out(server: LinkServer) -> None:
    async with server.expect("a-replica") as expected:
        with pytest.raises(TimeoutError):
            await expected.arrive(WORLD_COMMANDS, WORLD_FACTS, timeout_s=0.0)


async def test_nobody_listening_loses_the_link() -> None:
    async with LinkServer("127.0.0.1") as server, server.expect("a-replica") as expected:
        grant = expected.grant
    with pytest.raises(LinkLostError):
        async with open_link(grant, WORLD_FACTS, WORLD_COMMANDS, timeout_s=PATIENCE_S):
            pass


async def test_an_ipv6_address_is_written_in_brackets() -> None:
    async with LinkServer("::1") as server, server.expect("a-replica") as expected:
        assert expected.grant.url.startswith("ws://[::1]:")
        async with open_link(expected.grant, WORLD_FACTS, WORLD_COMMANDS, timeout_s=PATIENCE_S) as near:
            await near.send(PauseWorld())
            far = await expected.arrive(WORLD_COMMANDS, WORLD_FACTS, timeout_s=PATIENCE_S)
            async for command in far:
                assert command == PauseWorld()
                break


async def test_a_sender_waits_while_the_other_end_does_not_read_and_nothing_is_lost() -> None:
    async with linked_pair(RECORDER_COMMANDS, RECORDER_FACTS) as pair:
        batch = RecordBatch(frame_id=0, sub_frames=1, consumed=None, payload=bytes(2**18))
        sent = 0

        async def flood() -> None:
            nonlocal sent
            for frame_id in range(4 * QUEUED_MESSAGES_LIMIT):
                await pair.near.send(batch.model_copy(update={"frame_id": frame_id}))
                sent += 1
            await pair.near.close()

        flooding = asyncio.create_task(flood())
        last = -1
        while sent > last:
            # Each round yields to the event loop often enough for everything that can move to move.
            last = sent
            for _ in range(200):
                await asyncio.sleep(0)
        assert sent < 4 * QUEUED_MESSAGES_LIMIT
        assert await frame_ids(pair.far) == list(range(4 * QUEUED_MESSAGES_LIMIT))
        await flooding


async def frame_ids(link: Link[RecorderCommand, RecorderFact]) -> list[int]:
    return [message.frame_id async for message in link if isinstance(message, RecordBatch)]
