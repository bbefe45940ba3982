"""The pocket suite's look at a server's processes: whose memory it reads, and which cores it leaves them."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import psutil
import pytest

from scripts import bench_pocket
from scripts.bench_pocket import MEGABYTE, REPLICA, memory_of, one_core_each, replicas_of

HELD_MB = 60
HOLDING = f"held = bytearray({HELD_MB * MEGABYTE}); held[::4096] = b'x' * len(held[::4096]); print(flush=True); input()"
IDLE = "print(flush=True); input()"

needs_affinity = pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system has no affinities")


def started(code: str, *more: str) -> subprocess.Popen[str]:
    """A Python of its own that has run all of `code` but its last `input`."""
    child = subprocess.Popen(
        [sys.executable, "-c", code, *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "\n"
    return child


@pytest.fixture
def idle() -> Iterator[subprocess.Popen[str]]:
    """A process that does nothing, called like a replica."""
    with started(IDLE, f"ray::ServeReplica:biome:{REPLICA}") as child:
        yield child
        child.kill()


def test_a_replica_is_known_by_its_title_and_those_that_are_gone_are_passed_over(idle: subprocess.Popen[str]) -> None:
    with started(IDLE) as gone:
        departed = psutil.Process(gone.pid)
        gone.kill()
    replica = psutil.Process(idle.pid)
    assert replicas_of([departed, psutil.Process(), replica]) == [replica]


def test_memory_is_looked_at_until_the_end_of_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_pocket, "LOOK_EVERY_S", 0.01)
    with started(HOLDING) as child:
        with memory_of(psutil.Process(child.pid)) as memory:
            while len(memory.rss_bytes) < 3:
                threading.Event().wait(0.01)
        looks = len(memory.rss_bytes)
        assert min(memory.rss_bytes) > HELD_MB * MEGABYTE
        assert min(memory.uss_bytes) > HELD_MB * MEGABYTE
        child.kill()
    assert len(memory.rss_bytes) == looks
    assert "memory" not in [thread.name for thread in threading.enumerate()]


@needs_affinity
def test_server_and_players_have_a_core_each_for_a_while(idle: subprocess.Popen[str]) -> None:
    cores = os.sched_getaffinity(0)
    if len(cores) < 2:
        pytest.skip("there is only one core")
    first, second = sorted(cores)[:2]
    with one_core_each([psutil.Process(idle.pid)], cores):
        assert os.sched_getaffinity(idle.pid) == {first}
        assert os.sched_getaffinity(0) == {second}
    assert os.sched_getaffinity(idle.pid) == cores
    assert os.sched_getaffinity(0) == cores


@needs_affinity
def test_a_process_that_ended_does_not_stop_the_others_from_being_held(idle: subprocess.Popen[str]) -> None:
    cores = os.sched_getaffinity(0)
    if len(cores) < 2:
        pytest.skip("there is only one core")
    with started(IDLE) as gone:
        departed = psutil.Process(gone.pid)
        gone.kill()
    with one_core_each([departed, psutil.Process(idle.pid)], cores):
        assert os.sched_getaffinity(idle.pid) == {min(cores)}
