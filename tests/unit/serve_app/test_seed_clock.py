"""How long a client may hold a replica without a seed, by a clock that the tests wind."""

import asyncio

import pytest

from protocol.errors import SeedTimeoutError
from serve_app.phases import Phase
from serve_app.seed_clock import SeedClock
from tests.fakes.hands import Hands


def clock() -> tuple[SeedClock, "asyncio.Future[None]"]:
    expire: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    return SeedClock(60.0, expire), expire


async def test_a_client_without_a_seed_runs_out_of_time(hands: Hands) -> None:
    watch, expire = clock()
    watch.entered(Phase.WAITING_FOR_SEED)
    hands.pass_by(59.9)
    assert not expire.done()
    hands.pass_by(0.2)
    assert isinstance(expire.exception(), SeedTimeoutError)


async def test_the_clock_stands_still_while_an_init_is_worked_on(hands: Hands) -> None:
    watch, expire = clock()
    watch.entered(Phase.WAITING_FOR_SEED)
    hands.pass_by(50.0)
    watch.entered(Phase.INITIALISING)
    hands.pass_by(1000.0)
    assert not expire.done()


async def test_a_failed_init_does_not_wind_it_up_again(hands: Hands) -> None:
    watch, expire = clock()
    watch.entered(Phase.WAITING_FOR_SEED)
    hands.pass_by(50.0)
    watch.entered(Phase.INITIALISING)
    watch.entered(Phase.WAITING_FOR_SEED)
    hands.pass_by(9.0)
    assert not expire.done()
    hands.pass_by(2.0)
    assert expire.done()


async def test_a_world_that_ran_winds_it_up_again(hands: Hands) -> None:
    watch, expire = clock()
    watch.entered(Phase.WAITING_FOR_SEED)
    hands.pass_by(50.0)
    watch.entered(Phase.PLAYING)
    hands.pass_by(1000.0)
    watch.entered(Phase.WAITING_FOR_SEED)
    hands.pass_by(59.0)
    assert not expire.done()


@pytest.mark.parametrize("phase", [Phase.PLAYING, Phase.PAUSED, Phase.ENDED])
async def test_with_a_seed_or_at_the_end_nothing_runs_out(hands: Hands, phase: Phase) -> None:
    watch, expire = clock()
    watch.entered(Phase.WAITING_FOR_SEED)
    watch.entered(phase)
    hands.pass_by(1000.0)
    assert not expire.done()


async def test_a_session_that_is_over_already_is_left_alone(hands: Hands) -> None:
    watch, expire = clock()
    watch.entered(Phase.WAITING_FOR_SEED)
    expire.set_result(None)
    hands.pass_by(61.0)
    assert expire.exception() is None
