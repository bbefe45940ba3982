"""How a process of the server reaches the launcher that owns it.

The launcher writes its identity into the environment that Ray's workers inherit. A server that somebody else started,
such as `serve run`, has no launcher.
"""

import os
import signal
from collections.abc import Callable, Mapping
from typing import Final

from serve_app.launcher.processes import ProcessIdentity, ProcessTable, is_alive, read_creation_time

LAUNCHER_VARIABLE: Final = "BIOME_LAUNCHER"
"""The launcher's `ProcessIdentity`, as text."""


def find_launcher(
    environment: Mapping[str, str] = os.environ, table: ProcessTable = read_creation_time
) -> ProcessIdentity | None:
    """The living launcher of this server."""
    launcher = ProcessIdentity.from_text(environment.get(LAUNCHER_VARIABLE, ""))
    return launcher if launcher is not None and is_alive(launcher, table) else None


def request_shutdown(
    environment: Mapping[str, str] = os.environ,
    table: ProcessTable = read_creation_time,
    send: Callable[[int, int], None] = os.kill,
) -> bool:
    """Ask the launcher to end the server as SIGTERM does. False when there is no launcher to ask."""
    launcher = find_launcher(environment, table)
    if launcher is None:
        return False
    try:
        send(launcher.pid, signal.SIGTERM)
    except (ProcessLookupError, PermissionError):
        return False
    return True
