"""One stop, whoever asks for it, and an end to patience."""

import os
import signal
import threading

import pytest

from serve_app.launcher.stopping import SignalWatch, Stopper, StopRequestedError

FAR_S = 3600.0


def test_the_first_request_stops_and_gives_the_reason() -> None:
    stopper = Stopper(pytest.fail, limit_s=FAR_S)

    assert stopper.request("parent gone")
    assert not stopper.request("SIGTERM")
    stopper.finish()

    assert stopper.reason == "parent gone"
    assert stopper.wait(0)


def test_starting_is_given_up_between_two_steps() -> None:
    stopper = Stopper(pytest.fail, limit_s=FAR_S)
    stopper.check()

    stopper.request("SIGTERM")
    stopper.finish()

    with pytest.raises(StopRequestedError):
        stopper.check()


def test_a_second_signal_cuts_the_stop_short() -> None:
    cut: list[str] = []
    stopper = Stopper(lambda: cut.append("cut"), limit_s=FAR_S)

    stopper.on_signal(signal.SIGTERM)
    assert cut == []
    stopper.on_signal(signal.SIGINT)
    stopper.finish()

    assert cut == ["cut"]
    assert stopper.reason == "SIGTERM"


def test_a_stop_that_takes_too_long_is_cut_short() -> None:
    cut = threading.Event()
    stopper = Stopper(cut.set, limit_s=0.0)

    stopper.request("SIGTERM")

    assert cut.wait(10)


def test_a_stop_in_time_is_not_cut_short() -> None:
    cut: list[str] = []
    stopper = Stopper(lambda: cut.append("cut"), limit_s=FAR_S)

    stopper.request("SIGTERM")
    stopper.finish()

    assert cut == []
    assert not any(
        isinstance(thread, threading.Timer) and not thread.finished.is_set() for thread in threading.enumerate()
    )


def test_signals_arrive_on_a_thread_even_after_a_library_took_them() -> None:
    arrived: list[int] = []
    event = threading.Event()

    def on_signal(number: int) -> None:
        arrived.append(number)
        event.set()

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    watch = SignalWatch(on_signal)
    try:
        watch.start()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        watch.take_signals()
        os.kill(os.getpid(), signal.SIGTERM)
        assert event.wait(10)
    finally:
        signal.set_wakeup_fd(-1)
        for number, handler in before.items():
            signal.signal(number, handler)

    assert arrived == [signal.SIGTERM]
