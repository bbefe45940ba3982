"""Start-up: which parts of the server are there, as stages that a client can show.

Owns one watch per ingress process. It asks Serve until everything runs, then never again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from enum import Enum, auto
from typing import Final, TypeAlias

import structlog

from protocol.errors import StartupError
from protocol.stages import Stage

POLL_S: Final = 0.1

STAGES: Final = (
    Stage.STARTUP_BEGIN,
    Stage.STARTUP_WORLD_ENGINE_MANAGER,
    Stage.STARTUP_SAFETY_CHECKER,
    Stage.STARTUP_SAFETY_READY,
    Stage.STARTUP_READY,
)

DISPENSABLE: Final = frozenset({"PromptAuthor", "ImageEditor"})
"""Parts without which there is play: those who ask for scenes are told, everybody else does not notice."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Part(Enum):
    """State of one deployment, as far as starting is concerned."""

    COMING = auto()
    UP = auto()
    FAILED = auto()


ReadParts: TypeAlias = Callable[[], Awaitable[Mapping[str, Part] | None]]
"""The deployments by name; None while nobody can tell."""


def stages_passed(parts: Mapping[str, Part]) -> tuple[Stage, ...]:
    """The stages that a client may be shown: a part's own stage holds until that part is up."""
    passed = [Stage.STARTUP_BEGIN, Stage.STARTUP_WORLD_ENGINE_MANAGER]
    if parts.get("WorldModel") is not Part.UP:
        return tuple(passed)
    passed.append(Stage.STARTUP_SAFETY_CHECKER)
    if parts.get("SafetyChecker") is not Part.UP:
        return tuple(passed)
    passed.append(Stage.STARTUP_SAFETY_READY)
    if all(part is Part.UP or (part is Part.FAILED and name in DISPENSABLE) for name, part in parts.items()):
        passed.append(Stage.STARTUP_READY)
    return tuple(passed)


class Startup:
    """The watch. `run` polls; any number of sessions follow `stages`."""

    def __init__(self, read_parts: ReadParts) -> None:
        self._read_parts = read_parts
        self._passed: tuple[Stage, ...] = (Stage.STARTUP_BEGIN,)
        self._parts: Mapping[str, Part] = {}
        self._failure: str | None = None
        self._changed = asyncio.Condition()

    @property
    def is_complete(self) -> bool:
        """Whether every part came up."""
        return Stage.STARTUP_READY in self._passed

    def is_up(self, name: str) -> bool:
        """Whether this deployment came up."""
        return self._parts.get(name) is Part.UP

    async def run(self) -> None:
        """Poll until everything is up. A part that fails is reported to whoever waits, and may still come up."""
        while not self.is_complete:
            parts = await self._read_parts()
            if parts is None:
                await asyncio.sleep(POLL_S)
                continue
            failed = sorted(name for name, part in parts.items() if part is Part.FAILED and name not in DISPENSABLE)
            async with self._changed:
                self._parts = parts
                self._failure = f"failed to start: {', '.join(failed)}" if failed else None
                self._passed = max(self._passed, stages_passed(parts), key=len)
                self._changed.notify_all()
            await asyncio.sleep(POLL_S)
        missing = sorted(name for name, part in self._parts.items() if part is not Part.UP)
        if missing:
            log.error("no scene can be edited or made", failed_to_start=missing)
        else:
            log.info("all parts are up", parts=sorted(self._parts))

    async def stages(self) -> AsyncIterator[Stage]:
        """Every stage from the beginning, the passed ones at once. Raises StartupError when a part fails."""
        for number, stage in enumerate(STAGES):
            async with self._changed:
                await self._changed.wait_for(lambda number=number: len(self._passed) > number or self._failure)
                if len(self._passed) <= number:
                    raise StartupError(self._failure or "failed")
            yield stage
