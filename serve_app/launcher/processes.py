"""Which process is meant: an id together with its creation time, since ids are reused.

Owns the comparison. Who is watched or ended, and why, is decided by the callers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import psutil

SAME_START_TOLERANCE_S: Final = 0.01
"""Creation times come from clock ticks of 10 ms, and through text."""


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process, told apart from a later one with the same id."""

    pid: int
    created_s: float
    """Seconds since the machine's start or since the epoch, as its system counts them."""

    def to_text(self) -> str:
        """For an environment variable."""
        return f"{self.pid}@{self.created_s:.3f}"

    @classmethod
    def from_text(cls, text: str) -> "ProcessIdentity | None":
        """The reverse of `to_text`; None for anything else."""
        pid, _, created_s = text.partition("@")
        try:
            return cls(int(pid), float(created_s))
        except ValueError:
            return None


ProcessTable: TypeAlias = Callable[[int], float | None]
"""Creation time of a process by its id, None when there is no such process."""


def read_creation_time(pid: int) -> float | None:
    """The creation time of a living process. A zombie counts as gone: only its parent has not noticed yet."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        # What psutil itself tells processes apart by: unlike `create_time()` it stays when the clock is set.
        return float(process._proc.create_time(monotonic=True))  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None


def identify(pid: int, table: ProcessTable = read_creation_time) -> ProcessIdentity | None:
    """Who has this id now."""
    created_s = table(pid)
    return None if created_s is None else ProcessIdentity(pid, created_s)


def is_alive(identity: ProcessIdentity, table: ProcessTable = read_creation_time) -> bool:
    """Whether that very process still lives."""
    created_s = table(identity.pid)
    return created_s is not None and abs(created_s - identity.created_s) <= SAME_START_TOLERANCE_S
