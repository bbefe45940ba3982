"""The cap and the credits, by the clock that the tests pass in."""

import pytest

from deployments.world_model.pacing import BATCHES_OUT_LIMIT, Credits, Pace

CAPPED = Pace(fps=60, sub_frames=4)


def test_first_pass_starts_at_once() -> None:
    assert CAPPED.next_start_s(None, 7.0) == 7.0


def test_passes_are_one_interval_apart() -> None:
    assert CAPPED.next_start_s(10.0, 10.03) == pytest.approx(10.0 + 4 / 60)


def test_waking_up_a_little_late_does_not_lower_the_rate() -> None:
    due_s = 0.0
    for _ in range(600):
        due_s = CAPPED.next_start_s(due_s, due_s + 4 / 60 + 0.002)
    assert due_s == pytest.approx(600 * 4 / 60)


def test_after_a_stall_nothing_is_caught_up() -> None:
    assert CAPPED.next_start_s(10.0, 12.0) == 12.0


def test_without_a_cap_a_pass_starts_when_it_can() -> None:
    assert Pace(fps=0, sub_frames=4).next_start_s(10.0, 10.001) == 10.001


def test_a_pass_may_not_start_while_two_batches_are_out() -> None:
    credit = Credits()
    for _ in range(BATCHES_OUT_LIMIT):
        assert credit.may_send
        credit.sent()
    assert not credit.may_send
    credit.returned(1)
    assert credit.may_send


def test_more_credits_than_were_out_do_not_accumulate() -> None:
    credit = Credits(limit=1)
    credit.returned(5)
    credit.sent()
    assert not credit.may_send
