"""How long a client may hold a replica without a seed, by a clock that the tests wind."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from protocol.errors import SeedTimeoutError
from serve_app.phases import Phase
from serve_app.seed_clock import SeedClock


class Hands:
    """The event loop's time and timers, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        loop = asyncio.get_running_loop()
        self.now_s = 1000.0
        self._due: list[tuple[asyncio.TimerHandle, Callable[[], object]]] = []
        monkeypatch.setattr(loop, "time", lambda: self.now_s)

        def call_later(delay_s: float, callback: Callable[[], object]) -> asyncio.TimerHandle:
            handle = asyncio.TimerHandle(self.now_s + delay_s, callback, (), loop)
            self._due.append((handle, callback))
            return handle

        monkeypatch.setattr(loop, "call_later", call_later)

    def pass_by(self, seconds: float) -> None:
        """Let time pass; timers that come due are called."""
        self.now_s += seconds
        for handle, callback in self._due:
            if not handle.cancelled() and handle.when() <= self.now_s:
                callback()


@pytest.fixture
async def hands(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hands]:
    with monkeypatch.context() as patch:
        yield Hands(patch)


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
