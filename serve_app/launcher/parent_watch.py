"""Ends the server when the process that wanted it is gone."""

import threading
from collections.abc import Callable
from typing import Final

from serve_app.launcher.errors import LaunchError
from serve_app.launcher.processes import ProcessIdentity, ProcessTable, identify, is_alive, read_creation_time

LOOK_INTERVAL_S: Final = 0.5


def identify_parent(pid: int, table: ProcessTable = read_creation_time) -> ProcessIdentity:
    """Who `pid` is now. Raises LaunchError when it is nobody."""
    parent = identify(pid, table)
    if parent is None:
        msg = f"--parent-pid {pid}: there is no such process"
        raise LaunchError(msg)
    return parent


def watch_parent(
    parent: ProcessIdentity,
    on_gone: Callable[[], object],
    wait: Callable[[float], bool],
    table: ProcessTable = read_creation_time,
) -> None:
    """Call `on_gone` once the parent has ended; `wait` pauses for so long and says True when watching is over."""
    while is_alive(parent, table):
        if wait(LOOK_INTERVAL_S):
            return
    on_gone()


def start_parent_watch(parent: ProcessIdentity, on_gone: Callable[[], object], wait: Callable[[float], bool]) -> None:
    """The same on a thread of its own."""
    threading.Thread(target=watch_parent, args=(parent, on_gone, wait), name="parent watch", daemon=True).start()
