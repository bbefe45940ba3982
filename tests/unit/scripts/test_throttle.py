"""The rate of a slow line."""

import pytest

from scripts.throttle import SLACK_S, Meter


def test_a_line_carries_its_rate_over_time() -> None:
    meter, now_s = Meter(bytes_per_s=1000), 10.0
    for _ in range(100):
        now_s += meter.take(50, now_s)
    assert now_s - 10.0 == pytest.approx(100 * 50 / 1000, abs=SLACK_S)


def test_a_timer_that_was_a_little_late_does_not_slow_the_line() -> None:
    meter = Meter(bytes_per_s=1000)
    first = meter.take(100, now_s=10.0)
    late_s = 10.0 + first + SLACK_S / 2
    assert meter.take(100, late_s) == pytest.approx(0.1 - SLACK_S / 2)


def test_a_line_that_was_idle_gives_no_burst_afterwards() -> None:
    meter = Meter(bytes_per_s=1000)
    meter.take(100, now_s=10.0)
    assert meter.take(100, now_s=60.0) == pytest.approx(0.1 - SLACK_S)
