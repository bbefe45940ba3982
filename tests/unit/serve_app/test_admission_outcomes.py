"""What becomes of a session that asks for a replica, as the metrics are told."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from protocol.errors import BiomeError, ReplicaLostError, ServerBusyError
from serve_app.admission import Outcome, observed


class Desk:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []

    def tell(self, outcome: Outcome, elapsed_s: float) -> None:
        assert elapsed_s >= 0
        self.outcomes.append(outcome)


@asynccontextmanager
async def door(refusal: BiomeError | None = None, left: list[str] | None = None) -> AsyncGenerator[str]:
    """Lets in, or refuses."""
    if refusal is not None:
        raise refusal
    try:
        yield "a world"
    finally:
        if left is not None:
            left.append("left")


async def test_an_admission_is_told_before_the_session_begins() -> None:
    desk = Desk()
    async with observed(door(), desk.tell) as admitted:
        assert admitted == "a world"
        assert desk.outcomes == [Outcome.GRANTED]
    assert desk.outcomes == [Outcome.GRANTED]


async def test_the_replica_is_given_back_when_the_session_ends() -> None:
    left: list[str] = []
    async with observed(door(left=left), Desk().tell):
        assert not left
    assert left == ["left"]


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [(ServerBusyError("busy"), Outcome.BUSY), (ReplicaLostError("died"), Outcome.FAILED)],
)
async def test_a_refusal_is_told_and_goes_on_to_the_client(refusal: BiomeError, outcome: Outcome) -> None:
    desk = Desk()
    with pytest.raises(type(refusal)):
        async with observed(door(refusal), desk.tell):
            pass
    assert desk.outcomes == [outcome]


async def test_a_failure_during_play_is_no_failed_admission() -> None:
    desk = Desk()
    with pytest.raises(ReplicaLostError):
        async with observed(door(), desk.tell):
            raise ReplicaLostError("died")
    assert desk.outcomes == [Outcome.GRANTED]


async def test_a_client_that_leaves_while_it_waits_has_abandoned() -> None:
    desk, waits = Desk(), asyncio.Event()

    @asynccontextmanager
    async def never() -> AsyncGenerator[None]:
        waits.set()
        await asyncio.Event().wait()
        yield

    async def ask() -> None:
        async with observed(never(), desk.tell):
            pass

    asking = asyncio.create_task(ask())
    await waits.wait()
    asking.cancel()
    await asyncio.wait([asking])
    assert desk.outcomes == [Outcome.ABANDONED]
