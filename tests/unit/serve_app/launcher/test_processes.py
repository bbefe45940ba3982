"""Processes are told apart by id and creation time."""

import os
import signal

import psutil
import pytest

from serve_app.launcher.errors import LaunchError
from serve_app.launcher.link import LAUNCHER_VARIABLE, request_shutdown
from serve_app.launcher.parent_watch import identify_parent, watch_parent
from serve_app.launcher.processes import ProcessIdentity, identify, is_alive

PARENT = ProcessIdentity(42, 1000.0)


class FakeTable:
    """Creation times by process id; whoever is absent does not live."""

    def __init__(self, created_s: dict[int, float]) -> None:
        self.created_s = created_s

    def __call__(self, pid: int) -> float | None:
        return self.created_s.get(pid)


def test_this_process_is_alive_and_knows_itself() -> None:
    identity = identify(os.getpid())

    assert identity is not None
    assert is_alive(identity)


@pytest.mark.skipif(not psutil.LINUX, reason="sets the clock under psutil's Linux code")
def test_a_clock_that_is_set_changes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    identity = identify(os.getpid())
    started_s = psutil.boot_time()
    monkeypatch.setattr(psutil._pslinux, "boot_time", lambda: started_s + 3600.0)  # pyright: ignore

    assert identity is not None
    assert is_alive(identity)


def test_a_reused_id_is_another_process() -> None:
    assert is_alive(PARENT, FakeTable({42: 1000.0}))
    assert not is_alive(PARENT, FakeTable({42: 1000.5}))
    assert not is_alive(PARENT, FakeTable({}))


def test_an_identity_survives_the_environment() -> None:
    identity = ProcessIdentity(7, 1_763_900_000.12)

    restored = ProcessIdentity.from_text(identity.to_text())
    assert restored is not None
    assert is_alive(restored, FakeTable({7: identity.created_s}))


@pytest.mark.parametrize("text", ["", "7", "x@1.0", "7@then"])
def test_other_text_is_no_identity(text: str) -> None:
    assert ProcessIdentity.from_text(text) is None


def test_a_parent_must_live_at_launch() -> None:
    assert identify_parent(42, FakeTable({42: 1000.0})) == PARENT
    with pytest.raises(LaunchError, match="42"):
        identify_parent(42, FakeTable({}))


@pytest.mark.parametrize("successor", [{}, {42: 2000.0}], ids=["gone", "id reused"])
def test_the_watch_tells_when_the_parent_is_gone(successor: dict[int, float]) -> None:
    table = FakeTable({42: 1000.0})
    looks: list[float] = []
    told: list[str] = []

    def wait(pause_s: float) -> bool:
        looks.append(pause_s)
        if len(looks) == 3:
            table.created_s = successor
        return False

    watch_parent(PARENT, lambda: told.append("gone"), wait, table)

    assert told == ["gone"]
    assert len(looks) == 3


def test_the_watch_ends_with_the_server() -> None:
    told: list[str] = []

    watch_parent(PARENT, lambda: told.append("gone"), lambda _pause_s: True, FakeTable({42: 1000.0}))

    assert told == []


def test_shutdown_is_a_sigterm_to_the_launcher() -> None:
    sent: list[tuple[int, int]] = []

    def send(pid: int, number: int) -> None:
        sent.append((pid, number))

    environment = {LAUNCHER_VARIABLE: PARENT.to_text()}
    assert request_shutdown(environment, FakeTable({42: 1000.0}), send)
    assert sent == [(42, signal.SIGTERM)]


@pytest.mark.parametrize(
    ("environment", "table"),
    [
        ({}, FakeTable({42: 1000.0})),
        ({LAUNCHER_VARIABLE: "nonsense"}, FakeTable({42: 1000.0})),
        ({LAUNCHER_VARIABLE: PARENT.to_text()}, FakeTable({42: 2000.0})),
        ({LAUNCHER_VARIABLE: PARENT.to_text()}, FakeTable({})),
    ],
    ids=["no launcher", "not an identity", "id reused", "gone"],
)
def test_without_its_launcher_nobody_gets_a_signal(environment: dict[str, str], table: FakeTable) -> None:
    def send(_pid: int, _number: int) -> None:
        pytest.fail("nobody may be signalled")

    assert not request_shutdown(environment, table, send)


def test_a_launcher_that_ends_just_now_is_no_error() -> None:
    def send(_pid: int, _number: int) -> None:
        raise ProcessLookupError

    assert not request_shutdown({LAUNCHER_VARIABLE: PARENT.to_text()}, FakeTable({42: 1000.0}), send)
