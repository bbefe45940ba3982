"""A session hears its own records and no others."""

import pytest

from deployments.log_tap import TAPS_PER_SESSION, LogTaps, TapLeakError
from protocol.server import LogPush


def deliver(taps: LogTaps, event: str, session_id: str | None = "s1") -> None:
    taps.deliver(None, "info", {"event": event, "session_id": session_id})


def test_a_session_receives_its_own_records_only() -> None:
    taps = LogTaps()
    heard: list[LogPush] = []

    with taps.tap("s1", heard.append):
        deliver(taps, "mine")
        deliver(taps, "another's", "s2")
        deliver(taps, "the server's", None)

    assert [push.event for push in heard] == ["mine"]


def test_nothing_is_heard_after_the_block() -> None:
    taps = LogTaps()
    heard: list[LogPush] = []

    with taps.tap("s1", heard.append):
        pass
    deliver(taps, "late")

    assert heard == []


def test_two_parts_of_one_session_both_hear() -> None:
    taps = LogTaps()
    first: list[LogPush] = []
    second: list[LogPush] = []

    with taps.tap("s1", first.append):
        with taps.tap("s1", second.append):
            deliver(taps, "both")
        deliver(taps, "first only")

    assert [push.event for push in first] == ["both", "first only"]
    assert [push.event for push in second] == ["both"]


def test_what_a_sink_logs_itself_does_not_come_back_to_it() -> None:
    taps = LogTaps()
    heard: list[str] = []

    def sink(push: LogPush) -> None:
        heard.append(push.event)
        deliver(taps, "from the sink")

    with taps.tap("s1", sink):
        deliver(taps, "outer")
        deliver(taps, "next")

    assert heard == ["outer", "next"]


def test_the_record_is_passed_on_unchanged() -> None:
    taps = LogTaps()
    record = {"event": "x", "session_id": "s1", "a": 1}

    with taps.tap("s1", lambda _push: None):
        assert taps.deliver(None, "info", record) is record


def test_subscriptions_that_nobody_ends_are_loud() -> None:
    taps = LogTaps()
    open_taps = [taps.tap("s1", lambda _push: None) for _ in range(TAPS_PER_SESSION)]
    for tap in open_taps:
        tap.__enter__()

    with pytest.raises(TapLeakError, match="s1"), taps.tap("s1", lambda _push: None):
        pass
