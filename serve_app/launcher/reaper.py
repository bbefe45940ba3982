"""A small process that outlives the launcher, ends whatever the launcher left behind, and removes Ray's folder.

It holds the reading end of a pipe whose writing end only the launcher has: the pipe closes when the launcher is done,
or dies in whatever way. Everything that belongs to the launch carries its id in the environment, which children
inherit, so neither process groups nor reused ids matter. Ray's own processes do not all end with their driver.
"""

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

LAUNCH_VARIABLE: Final = "BIOME_LAUNCH_ID"
SWEEP_LIMIT_S: Final = 20.0
SWEEP_PAUSE_S: Final = 0.1
QUIET_SWEEPS: Final = 2
"""So many sweeps in a row must find nobody: a process may fork while it is being ended."""

TEMP_PREFIX: Final = "biome-"
"""Only a folder of this name is ever removed."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A living process, as far as it matters here."""

    pid: int
    launch_id: str | None
    """What its environment says; None when it says nothing or may not be read."""


def select_leftovers(candidates: Iterable[Candidate], launch_id: str, own_pid: int) -> list[int]:
    """Whom to end: everybody of that launch but this process itself."""
    return [found.pid for found in candidates if found.launch_id == launch_id and found.pid != own_pid]


def sweep(
    launch_id: str,
    look: Callable[[], Iterable[Candidate]],
    end: Callable[[int], None],
    pause: Callable[[], bool],
) -> bool:
    """End everybody of the launch until nobody is left; `pause` says False when time is up. Whether it succeeded."""
    quiet = 0
    while True:
        leftovers = select_leftovers(look(), launch_id, os.getpid())
        for pid in leftovers:
            end(pid)
        quiet = 0 if leftovers else quiet + 1
        if quiet >= QUIET_SWEEPS:
            return True
        if not pause():
            return False


def read_candidates() -> list[Candidate]:
    """Every living process of this user."""
    candidates: list[Candidate] = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.status() != psutil.STATUS_ZOMBIE:
                candidates.append(Candidate(process.pid, _read_launch_id(process)))
    return candidates


def _read_launch_id(process: psutil.Process) -> str | None:
    raw = Path(f"/proc/{process.pid}/environ")
    return find_launch_id(raw.read_bytes()) if raw.exists() else process.environ().get(LAUNCH_VARIABLE)


def find_launch_id(environment: bytes) -> str | None:
    """The launch id in a raw environment block.

    A process that renames itself, as Ray's do, writes over the start of the block, at which psutil gives up.
    """
    marker = f"{LAUNCH_VARIABLE}=".encode()
    entry = next((entry for entry in environment.split(b"\0") if entry.startswith(marker)), None)
    return None if entry is None else entry[len(marker) :].decode("ascii", "replace")


def kill(pid: int) -> None:
    """End a process at once. It was identified by its environment an instant ago, so its id is not yet reused."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, 9)


def remove_folder(folder: Path) -> None:
    """Remove Ray's folder of this launch; any other path is left alone."""
    if folder.name.startswith(TEMP_PREFIX) and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)


def main(launch_id: str, folder: Path) -> None:
    """Wait for the launcher's end on standard input, then clear up."""
    while os.read(0, 4096):
        pass
    deadline_s = time.monotonic() + SWEEP_LIMIT_S

    def pause() -> bool:
        time.sleep(SWEEP_PAUSE_S)
        return time.monotonic() < deadline_s

    sweep(launch_id, read_candidates, kill, pause)
    remove_folder(folder)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
