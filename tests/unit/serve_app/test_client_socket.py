"""A client's socket as a session sees it."""

import pytest
from starlette.websockets import WebSocketState

from protocol.errors import InvalidMessageError
from serve_app.client_socket import BURST_S, ClientGoneError, RateLimit
from tests.fakes.clients import FakePlayer


async def test_texts_come_in_order_and_the_end_is_an_error() -> None:
    player = FakePlayer()
    player.say_text("one")
    player.say_text("two")
    player.leave()
    heard: list[str | InvalidMessageError] = []
    with pytest.raises(ClientGoneError):
        async for text in player.socket.texts():
            heard.append(text)  # noqa: PERF401 what came before the error is wanted
    assert heard == ["one", "two"]


async def test_a_binary_frame_is_an_invalid_message_and_not_the_end() -> None:
    player = FakePlayer()
    player.say_bytes(b"\x00")
    player.say_text("text")
    texts = aiter(player.socket.texts())
    assert isinstance(await anext(texts), InvalidMessageError)
    assert await anext(texts) == "text"


async def test_sending_to_a_client_that_is_gone_says_so() -> None:
    player = FakePlayer()
    player.leave()
    with pytest.raises(ClientGoneError):
        await player.socket.send_text("{}")
    with pytest.raises(ClientGoneError):
        await player.socket.send_bytes(b"")


async def test_a_socket_is_closed_once() -> None:
    player = FakePlayer()
    await player.socket.close()
    await player.socket.close()
    assert player.websocket.application_state is WebSocketState.DISCONNECTED
    assert await player.the_rest() == []
    assert player.websocket.outgoing.empty()


def test_within_the_rate_nothing_waits() -> None:
    limit = RateLimit(per_s=100.0)
    assert [limit.delay_s(10.0 + number / 100) for number in range(1000)] == [0.0] * 1000


def test_a_burst_is_let_through_and_what_is_behind_it_waits() -> None:
    limit = RateLimit(per_s=100.0)
    delays = [limit.delay_s(10.0) for _ in range(100)]
    let_through = int(BURST_S * 100)
    assert delays[:let_through] == [0.0] * let_through
    assert delays[-1] == pytest.approx(0.5)


def test_a_burst_is_saved_up_only_so_far() -> None:
    limit = RateLimit(per_s=100.0)
    limit.delay_s(0.0)
    delays = [limit.delay_s(1e6) for _ in range(100)]
    assert delays[-1] == pytest.approx(0.5)
