"""The encoder stays out of the way, and does not outlive its recorder."""

import os
import subprocess
import sys

import pytest

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="Linux has SCHED_IDLE and the parent's death signal")

PARENT = """
import os, subprocess, sys
child = "import os, sys; from deployments.recorder.priority import die_with_parent; " \\
        "die_with_parent(int(sys.argv[1])); print(os.getpid(), flush=True); sys.stdin.read()"
process = subprocess.Popen([sys.executable, "-c", child, str(os.getpid())], stdin=subprocess.PIPE)
sys.stdin.read()
"""


def run_child(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)


@linux_only
def test_the_encoder_runs_only_where_a_core_is_idle() -> None:
    code = (
        "import os; from deployments.recorder.priority import yield_to_everyone; yield_to_everyone('idle'); "
        "print(os.sched_getscheduler(0) == os.SCHED_IDLE, os.nice(0))"
    )
    assert run_child(code).stdout.split() == ["True", "19"]


@linux_only
def test_the_encoder_may_keep_a_small_share_instead() -> None:
    code = (
        "import os; from deployments.recorder.priority import yield_to_everyone; yield_to_everyone('nice'); "
        "print(os.sched_getscheduler(0) == os.SCHED_IDLE, os.nice(0))"
    )
    assert run_child(code).stdout.split() == ["False", "19"]


@linux_only
def test_the_encoder_dies_with_a_recorder_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child_pid = int(parent.stdout.readline())
        child = os.pidfd_open(child_pid)
        parent.kill()
        parent.wait()
        # The pipe's other end closes only when the child, which inherited it, has ended too.
        assert parent.stdout.read() == b""
        os.close(child)


def test_an_encoder_that_starts_after_its_recorder_died_ends_at_once() -> None:
    run = run_child(
        "from deployments.recorder.priority import die_with_parent; die_with_parent(1 << 22); print('alive')"
    )
    assert run.returncode == 1
    assert "is gone" in run.stderr
    assert run.stdout == ""
