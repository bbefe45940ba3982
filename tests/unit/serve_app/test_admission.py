"""Getting a replica and giving it back, whatever happens."""

import asyncio

import pytest
from ray.exceptions import ActorDiedError, RayTaskError
from ray.serve.exceptions import BackPressureError, ReplicaUnavailableError

from deployments.link import LinkServer
from protocol.errors import DeviceLostError, ReplicaLostError, ServerBusyError
from protocol.link import WORLD_COMMANDS, WORLD_FACTS, LeaseGrant, PauseWorld, SessionId
from serve_app import admission
from serve_app.admission import hosted, lease
from tests.fakes.handles import FakeHandle
from tests.fakes.links import PATIENCE_S
from tests.fakes.rpc import rpc_failure

SESSION = SessionId("s1")
GRANT = LeaseGrant(replica="r", url="ws://127.0.0.1:1", token="t")

FAILURES = [
    ActorDiedError(),
    RayTaskError("lease", "Traceback", ValueError("odd")),
    RayTaskError("lease", "Traceback", DeviceLostError()).as_instanceof_cause(),
    ReplicaUnavailableError("r"),
    rpc_failure(),
]
FAILURE_IDS = ["died", "raised", "device lost", "unavailable", "unreachable"]


async def ask_and_leave(fake: FakeHandle) -> None:
    """A caller that is cancelled when it has asked."""

    async def wait_for_it() -> None:
        async with lease(fake.handle, SESSION, wait_s=PATIENCE_S):
            pass

    waiting = asyncio.create_task(wait_for_it())
    await fake.called.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_lease_is_held_for_the_length_of_the_block() -> None:
    fake = FakeHandle()
    fake.stream.items.put_nowait(GRANT)
    async with lease(fake.handle, SESSION, wait_s=PATIENCE_S) as leased:
        assert leased.grant == GRANT
        assert (fake.sessions, fake.stream.cancellations) == (["s1"], 0)
    assert fake.stream.cancellations == 1


async def test_no_free_replica_is_a_busy_server_and_the_request_is_withdrawn() -> None:
    fake = FakeHandle()
    with pytest.raises(ServerBusyError):
        async with lease(fake.handle, SESSION, wait_s=0.0):
            pass
    assert fake.stream.cancellations == 1


async def test_a_caller_that_leaves_while_waiting_withdraws_the_request() -> None:
    fake = FakeHandle()
    await ask_and_leave(fake)
    assert fake.stream.cancellations == 1


@pytest.mark.parametrize("failure", [*FAILURES, None], ids=[*FAILURE_IDS, "ended at once"])
async def test_a_replica_that_gives_no_grant_in_time_is_lost(failure: Exception | None) -> None:
    fake = FakeHandle()
    fake.stream.items.put_nowait(failure)
    with pytest.raises(ReplicaLostError):
        async with lease(fake.handle, SESSION, wait_s=0.0):
            pass
    assert fake.stream.cancellations == 1


@pytest.mark.parametrize("failure", [*FAILURES, None], ids=[*FAILURE_IDS, "ended at once"])
async def test_while_there_is_time_a_lost_replica_costs_a_pause_and_not_the_lease(
    failure: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "RETRY_S", 0.0)
    fake = FakeHandle()
    for item in (failure, failure, GRANT):
        fake.stream.items.put_nowait(item)
    async with lease(fake.handle, SESSION, wait_s=PATIENCE_S) as leased:
        assert leased.grant == GRANT
        assert (fake.sessions, fake.stream.cancellations) == (["s1"] * 3, 2)
    assert fake.stream.cancellations == 3


async def test_a_lost_replica_is_not_asked_again_when_the_pause_would_outlast_the_wait() -> None:
    fake = FakeHandle()
    fake.stream.items.put_nowait(ActorDiedError())
    with pytest.raises(ReplicaLostError):
        async with lease(fake.handle, SESSION, wait_s=admission.RETRY_S / 2):
            pass
    assert fake.sessions == ["s1"]


async def test_a_server_whose_other_replicas_stay_taken_is_busy_after_a_lost_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "RETRY_S", 0.0)
    fake = FakeHandle()
    fake.stream.items.put_nowait(ActorDiedError())
    with pytest.raises(ServerBusyError):
        async with lease(fake.handle, SESSION, wait_s=0.1):
            pass
    assert (fake.sessions, fake.stream.cancellations) == (["s1"] * 2, 2)


async def test_a_caller_that_leaves_during_the_pause_asks_no_more() -> None:
    fake = FakeHandle()
    fake.stream.items.put_nowait(ActorDiedError())
    await ask_and_leave(fake)
    assert (fake.sessions, fake.stream.cancellations) == (["s1"], 1)


async def test_a_full_queue_is_a_busy_server_at_once() -> None:
    fake = FakeHandle()
    fake.stream.items.put_nowait(BackPressureError(num_queued_requests=1, max_queued_requests=1))
    with pytest.raises(ServerBusyError):
        async with lease(fake.handle, SESSION, wait_s=PATIENCE_S):
            pass
    assert (fake.sessions, fake.stream.cancellations) == (["s1"], 1)


@pytest.mark.parametrize("failure", FAILURES, ids=FAILURE_IDS)
async def test_a_replica_that_dies_during_the_lease_is_lost(failure: Exception) -> None:
    fake = FakeHandle()
    fake.stream.items.put_nowait(GRANT)
    async with lease(fake.handle, SESSION, wait_s=PATIENCE_S) as leased:
        fake.stream.items.put_nowait(failure)
        with pytest.raises(ReplicaLostError):
            await leased.watch()


async def test_a_lease_whose_withdrawal_fails_is_over_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeHandle()
    fake.stream.items.put_nowait(GRANT)

    def fail() -> None:
        raise rpc_failure()

    monkeypatch.setattr(fake.stream, "cancel", fail)
    async with lease(fake.handle, SESSION, wait_s=PATIENCE_S) as leased:
        assert leased.grant == GRANT


async def test_a_lease_that_the_replica_ends_is_over() -> None:
    fake = FakeHandle()
    fake.stream.items.put_nowait(GRANT)
    async with lease(fake.handle, SESSION, wait_s=PATIENCE_S) as leased:
        fake.stream.items.put_nowait(None)
        await leased.watch()


async def test_what_goes_wrong_inside_the_block_gives_the_lease_back() -> None:
    fake = FakeHandle()
    fake.stream.items.put_nowait(GRANT)
    with pytest.raises(KeyError):
        async with lease(fake.handle, SESSION, wait_s=PATIENCE_S):
            raise KeyError
    assert fake.stream.cancellations == 1


async def test_a_hosted_session_has_a_lease_and_a_link() -> None:
    fake = FakeHandle()
    async with LinkServer("127.0.0.1") as server, server.expect("r") as expected:
        fake.stream.items.put_nowait(expected.grant)
        async with hosted(
            fake.handle, SESSION, WORLD_FACTS, WORLD_COMMANDS, wait_s=PATIENCE_S, link_s=PATIENCE_S
        ) as ours:
            far = await expected.arrive(WORLD_COMMANDS, WORLD_FACTS, timeout_s=PATIENCE_S)
            await ours.link.send(PauseWorld())
            assert ours.replica == "r"
        assert [command async for command in far] == [PauseWorld()]
    assert fake.stream.cancellations == 1


async def test_a_link_that_cannot_be_opened_loses_the_replica_and_gives_the_lease_back() -> None:
    fake = FakeHandle()
    fake.stream.items.put_nowait(GRANT)
    with pytest.raises(ReplicaLostError):
        async with hosted(fake.handle, SESSION, WORLD_FACTS, WORLD_COMMANDS, wait_s=PATIENCE_S, link_s=PATIENCE_S):
            pass
    assert fake.stream.cancellations == 1
