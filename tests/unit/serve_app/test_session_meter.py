"""How one session's controls and batches become numbers."""

from dataclasses import dataclass, field

import pytest

from serve_app.client_socket import ClientGoneError
from serve_app.session_meter import CONTROLS_LIMIT, ControlClock, SessionMeter


@dataclass
class Tally:
    """What the metrics were told."""

    given_controls: int = 0
    text_bytes: int = 0
    batch_bytes: list[int] = field(default_factory=list[int])
    answered: int = 0

    def controls(self, count: int) -> None:
        self.given_controls += count

    def text_sent(self, size_bytes: int) -> None:
        self.text_bytes += size_bytes

    def batch_sent(self, size_bytes: int, elapsed_s: float) -> None:
        assert elapsed_s >= 0
        self.batch_bytes.append(size_bytes)

    def control_answered(self, elapsed_s: float) -> None:
        assert elapsed_s >= 0
        self.answered += 1


class Line:
    """A client's socket that may be gone."""

    def __init__(self, *, is_gone: bool = False) -> None:
        self._is_gone = is_gone

    async def send_text(self, data: str) -> None:
        del data

    async def send_bytes(self, data: bytes) -> None:
        del data
        if self._is_gone:
            raise ClientGoneError


def test_a_frame_is_timed_from_the_arrival_of_its_latest_control() -> None:
    clock = ControlClock()
    clock.came(1.0, now_s=10.0)
    clock.came(2.0, now_s=10.02)
    assert clock.answered(2.0, now_s=10.05) == pytest.approx(0.03)


def test_controls_that_merged_into_a_frame_are_answered_with_it() -> None:
    clock = ControlClock()
    clock.came(1.0, now_s=10.0)
    clock.came(2.0, now_s=10.1)
    clock.answered(2.0, now_s=10.2)
    assert clock.answered(1.0, now_s=10.3) is None


def test_controls_behind_the_answered_one_still_wait() -> None:
    clock = ControlClock()
    clock.came(1.0, now_s=10.0)
    clock.came(2.0, now_s=10.1)
    clock.answered(1.0, now_s=10.2)
    assert clock.answered(2.0, now_s=10.4) == pytest.approx(0.3)


def test_a_time_stamp_that_nobody_sent_is_no_latency() -> None:
    assert ControlClock().answered(0.0, now_s=5.0) is None


def test_a_repeated_time_stamp_counts_from_its_first_control() -> None:
    clock = ControlClock()
    clock.came(7.0, now_s=1.0)
    clock.came(7.0, now_s=2.0)
    assert clock.answered(7.0, now_s=3.0) == pytest.approx(2.0)


def test_controls_that_no_frame_answers_do_not_pile_up() -> None:
    clock = ControlClock()
    for number in range(CONTROLS_LIMIT + 1):
        clock.came(float(number), now_s=float(number))
    assert clock.answered(0.0, now_s=1000.0) is None
    assert clock.answered(1.0, now_s=1000.0) == pytest.approx(999.0)


def test_controls_without_a_time_stamp_are_counted_only() -> None:
    clock = ControlClock()
    clock.came(None, now_s=1.0)
    assert clock.take_count() == 1
    assert clock.take_count() == 0


async def test_what_the_client_takes_is_counted_by_kind() -> None:
    tally = Tally()
    meter = SessionMeter(tally, Line())
    meter.control_came(3.0)
    meter.control_came(4.0)
    await meter.send_text("four")
    await meter.send_bytes(b"sixsix")
    meter.batch_taken(4.0)
    assert tally == Tally(given_controls=2, text_bytes=4, batch_bytes=[6], answered=1)


async def test_a_batch_that_the_client_did_not_take_is_not_counted() -> None:
    tally = Tally()
    with pytest.raises(ClientGoneError):
        await SessionMeter(tally, Line(is_gone=True)).send_bytes(b"lost")
    assert tally == Tally()
