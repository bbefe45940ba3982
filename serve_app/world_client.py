"""The session's side of the world's link.

Owns matching answers to commands and merging controls on their way down. What facts mean is the session's business.
"""

import asyncio
import itertools
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeVar

from deployments.link import Link, LinkLostError
from protocol.errors import ReplicaLostError
from protocol.keymap import button_codes
from protocol.link import (
    Batch,
    CommandFailed,
    CommandId,
    Configure,
    Configured,
    Credit,
    FrameTaken,
    Hello,
    LogRecord,
    PauseWorld,
    ResetWorld,
    Restarted,
    ResumeWorld,
    Seed,
    Seeded,
    SetPace,
    StageReached,
    Steer,
    TakeSnapshot,
    WorldCommand,
    WorldFact,
    WorldFailed,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from protocol.client import Control, EngineBackend, Quant

Answer = Configured | Seeded | FrameTaken
AnswerT = TypeVar("AnswerT", Configured, Seeded, FrameTaken)
Notice = Hello | StageReached | Restarted | WorldFailed | LogRecord | Batch | Seeded


class WorldClient:
    """Commands down with their answers awaited, facts up for the session to iterate."""

    def __init__(self, link: Link[WorldFact, WorldCommand]) -> None:
        self._link = link
        self._ids = (CommandId(number) for number in itertools.count(1))
        self._awaited: dict[CommandId, asyncio.Future[Answer]] = {}
        self._steer: Steer | None = None
        self._steered = asyncio.Event()

    async def notices(self) -> "AsyncGenerator[Notice]":
        """Facts that no command awaits, in order; `Seeded` among them, since it also divides the frames.

        Raises ReplicaLostError when the link breaks; ends when the replica closes it.
        """
        try:
            async with aclosing(aiter(self._link)) as facts:
                async for fact in facts:
                    match fact:
                        case CommandFailed(command_id=command_id, report=report):
                            self._settle(command_id, report.to_error())
                        case Configured() | FrameTaken():
                            self._settle(fact.command_id, fact)
                        case Seeded():
                            yield fact
                            self._settle(fact.command_id, fact)
                        case _:
                            yield fact
        except LinkLostError as error:
            raise ReplicaLostError(str(error)) from error

    async def configure(self, model: str, quant: "Quant | None", backend: "EngineBackend") -> Configured:
        """Hold this model. Raises what the replica reports, as RemoteError."""
        command_id = next(self._ids)
        return await self._ask(
            Configure(command_id=command_id, model=model, quant=quant, backend=backend), command_id, Configured
        )

    async def seed(self, picture: bytes, *, is_original: bool, announce: bool) -> Seeded:
        """Start the world from an image file. Raises RemoteError."""
        command_id = next(self._ids)
        return await self._ask(
            Seed(command_id=command_id, is_original=is_original, announce=announce, payload=picture),
            command_id,
            Seeded,
        )

    async def take_snapshot(self) -> bytes:
        """The last frame as JPEG. Raises RemoteError."""
        command_id = next(self._ids)
        return (await self._ask(TakeSnapshot(command_id=command_id), command_id, FrameTaken)).payload

    async def set_pace(self, *, cap_fps: bool) -> None:
        """Cap the world at its model's own frame rate, or do not."""
        await self._send(SetPace(cap_fps=cap_fps))

    async def pause(self) -> None:
        """Stop generating."""
        self._steer = None
        await self._send(PauseWorld())

    async def resume(self) -> None:
        """Go on generating."""
        await self._send(ResumeWorld())

    async def reset(self) -> None:
        """Back to the original seed."""
        self._steer = None
        await self._send(ResetWorld())

    async def credit(self, batches: int) -> None:
        """The client's socket took so many."""
        await self._send(Credit(batches=batches))

    def steer(self, control: "Control") -> None:
        """Pass a control on. While the link is behind, controls merge as they would in the world."""
        waiting = self._steer
        before = (waiting.mouse_dx, waiting.mouse_dy, waiting.client_ts) if waiting else (0.0, 0.0, None)
        self._steer = Steer(
            buttons=button_codes(control.buttons),
            mouse_dx=before[0] + control.mouse_dx,
            mouse_dy=before[1] + control.mouse_dy,
            client_ts=before[2] if control.ts is None else control.ts,
        )
        self._steered.set()

    async def pump_controls(self) -> None:
        """Send what `steer` left, until cancelled."""
        while True:
            await self._steered.wait()
            self._steered.clear()
            steer, self._steer = self._steer, None
            if steer is not None:
                await self._send(steer)

    async def _ask(self, command: WorldCommand, command_id: CommandId, kind: type[AnswerT]) -> AnswerT:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._awaited[command_id] = future
        try:
            await self._send(command)
            answer = await future
        finally:
            del self._awaited[command_id]
        assert isinstance(answer, kind), "an answer carries the id of its own command"
        return answer

    async def _send(self, command: WorldCommand) -> None:
        try:
            await self._link.send(command)
        except LinkLostError as error:
            raise ReplicaLostError(str(error)) from error

    def _settle(self, command_id: CommandId, outcome: Answer | Exception) -> None:
        future = self._awaited.get(command_id)
        if future is None or future.done():
            return
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
