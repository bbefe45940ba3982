"""How a thread steps back for the world: whoever prepares something beside it takes what it leaves."""

import os
import sys
import threading
from contextlib import suppress
from typing import Final

THREAD_NICENESS: Final = 19
"""Such a thread gets what the world leaves, and little of a core where the world leaves nothing (Linux)."""


def yield_to_the_world(niceness: int = THREAD_NICENESS) -> None:
    """Lower the priority of the calling thread; on Linux niceness belongs to the thread."""
    if sys.platform == "linux":
        with suppress(OSError):
            # A process that runs in real time passes that on to its threads, and niceness means nothing then.
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
            thread = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, thread, max(niceness, os.getpriority(os.PRIO_PROCESS, thread)))
