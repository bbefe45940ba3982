"""How the encoder stays out of the way: its scheduling class, and its end with its parent."""

import ctypes
import os
import signal
import sys
from contextlib import suppress
from typing import Final, Literal

import psutil

_PR_SET_PDEATHSIG: Final = 1
"""prctl(2)."""
NICEST: Final = 19


def yield_to_everyone(priority: Literal["idle", "nice"]) -> None:
    """Take only what nobody else wants: SCHED_IDLE and idle I/O on Linux, the lowest priority elsewhere."""
    if sys.platform == "win32":
        psutil.Process().nice(psutil.IDLE_PRIORITY_CLASS)
        return
    os.nice(NICEST)
    if sys.platform == "linux":
        with suppress(OSError):
            psutil.Process().ionice(psutil.IOPRIO_CLASS_IDLE)
        if priority == "idle":
            with suppress(OSError):
                os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def die_with_parent(parent_pid: int) -> None:
    """Let the kernel kill this process when the thread that started it ends (Linux). Exits if it already has."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    exit_if_orphaned(parent_pid)


def exit_if_orphaned(parent_pid: int) -> None:
    """Exit when the parent is gone; for systems whose kernel does not do it."""
    if sys.platform != "win32" and os.getppid() != parent_pid:
        sys.exit(f"the recorder (process {parent_pid}) is gone")
