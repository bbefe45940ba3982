"""How long a player may touch nothing, by a clock that the tests wind."""

import asyncio

import pytest

from protocol.client import ClientMessage, Control, Prompt
from protocol.errors import IdleTooLongError
from serve_app.idle_clock import IdleClock
from serve_app.phases import Phase
from tests.fakes.hands import Hands


def clock(limit_s: float | None = 60.0) -> tuple[IdleClock, "asyncio.Future[None]"]:
    expire: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    return IdleClock(limit_s, expire), expire


@pytest.mark.parametrize("message", [Control(buttons=("W",)), Control(mouse_dx=1.0), Control(mouse_dy=-1.0), Prompt()])
async def test_whatever_a_player_does_winds_it_up_again(hands: Hands, message: ClientMessage) -> None:
    watch, expire = clock()
    watch.entered(Phase.PLAYING)
    hands.pass_by(50.0)
    watch.came(message)
    hands.pass_by(59.0)
    assert not expire.done()
    hands.pass_by(2.0)
    assert isinstance(expire.exception(), IdleTooLongError)


async def test_it_stands_still_while_the_player_waits_for_the_server(hands: Hands) -> None:
    watch, expire = clock()
    watch.entered(Phase.PLAYING)
    hands.pass_by(50.0)
    with watch.waiting():
        hands.pass_by(1000.0)
    hands.pass_by(59.0)
    assert not expire.done()
    hands.pass_by(2.0)
    assert expire.done()


async def test_a_control_without_input_is_nobody(hands: Hands) -> None:
    watch, expire = clock()
    watch.entered(Phase.PLAYING)
    for _ in range(12):
        watch.came(Control(ts=1.0))
        hands.pass_by(5.1)
    assert expire.done()


async def test_a_pause_holds_the_world_as_well_and_begins_nothing_anew(hands: Hands) -> None:
    watch, expire = clock()
    watch.entered(Phase.PLAYING)
    hands.pass_by(50.0)
    watch.entered(Phase.PAUSED)
    hands.pass_by(11.0)
    assert expire.done()


@pytest.mark.parametrize("phase", [Phase.STARTING, Phase.WAITING_FOR_SEED, Phase.INITIALISING, Phase.ENDED])
async def test_without_a_world_nothing_runs_out(hands: Hands, phase: Phase) -> None:
    watch, expire = clock()
    watch.entered(Phase.PLAYING)
    watch.entered(phase)
    hands.pass_by(1000.0)
    assert not expire.done()


async def test_a_new_world_has_the_whole_time(hands: Hands) -> None:
    watch, expire = clock()
    watch.entered(Phase.PLAYING)
    hands.pass_by(50.0)
    watch.entered(Phase.WAITING_FOR_SEED)
    watch.entered(Phase.PLAYING)
    hands.pass_by(59.0)
    assert not expire.done()


async def test_without_a_limit_nothing_runs_out(hands: Hands) -> None:
    watch, expire = clock(None)
    watch.entered(Phase.PLAYING)
    hands.pass_by(1e6)
    assert not expire.done()


async def test_a_session_that_is_over_already_is_left_alone(hands: Hands) -> None:
    watch, expire = clock()
    watch.entered(Phase.PLAYING)
    expire.set_result(None)
    hands.pass_by(61.0)
    assert expire.exception() is None
