"""The bench's side of its players: processes that are started, released together, and report.

Owns the processes and the moments at which the server is looked at. What a player does is in `bench_player`.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.bench_load import ServerLoad, ServerProcesses
from scripts.bench_measures import BatchSample, PlayFigures, figures_of
from scripts.bench_player import PLAYED, READY, STEADY, PlayReport, PlaySpec
from scripts.wire_client import now_ms

ROOT: Final = Path(__file__).resolve().parent.parent
START_TIMEOUT_S: Final = 120.0
SLACK_TIMEOUT_S: Final = 60.0
LINE_LIMIT_BYTES: Final = 2**26


class PlayerFailedError(RuntimeError):
    """A player came to nothing; the message is its own."""


@dataclass(frozen=True, slots=True)
class Round:
    """One measured stretch of play of one or several players at once."""

    reports: tuple[PlayReport, ...]
    load: ServerLoad
    """Of the server, between the moment when all were steady and the moment when the first had played."""

    @property
    def steady_batches(self) -> tuple[tuple[BatchSample, ...], ...]:
        """Each player's batches in the measured stretch."""
        return tuple(
            tuple(batch for batch in report.batches if self.load.from_ms <= batch.at_ms <= self.load.to_ms)
            for report in self.reports
        )

    @property
    def figures(self) -> tuple[PlayFigures, ...]:
        """Each player's figures. Raises TooFewSamplesError."""
        return tuple(figures_of(batches) for batches in self.steady_batches)

    @property
    def frames(self) -> int:
        """Perceptual frames that all players got in the measured stretch."""
        return sum(batch.sub_frames for batches in self.steady_batches for batch in batches)


class _Player:
    def __init__(self, process: Process) -> None:
        assert process.stdout is not None, "its output is a pipe"
        assert process.stdin is not None, "its input is a pipe"
        self._process, self._out, self._in = process, process.stdout, process.stdin

    async def expect(self, word: str, timeout_s: float) -> None:
        line = await self._line(timeout_s)
        if line != word:
            raise PlayerFailedError(line)

    async def report(self) -> PlayReport:
        return PlayReport.model_validate_json(await self._line(SLACK_TIMEOUT_S))

    def release(self) -> None:
        self._in.write(b"\n")

    async def _line(self, timeout_s: float) -> str:
        """Its next line. Raises PlayerFailedError when it ends or keeps silent instead."""
        try:
            async with asyncio.timeout(timeout_s):
                line = await self._out.readline()
        except TimeoutError:
            flaw = f"a player said nothing for {timeout_s:g} s"
            raise PlayerFailedError(flaw) from None
        if line:
            return line.decode().strip()
        assert self._process.stderr is not None, "its errors are a pipe"
        raise PlayerFailedError((await self._process.stderr.read()).decode().strip() or "a player ended silently")


async def play_round(specs: Sequence[PlaySpec], server: ServerProcesses) -> Round:
    """Start the players one after the other, let them play at once, and look at the server while all of them do.

    Raises PlayerFailedError.
    """
    play_s = max(spec.warm_up_s + spec.duration_s for spec in specs)
    async with AsyncExitStack() as stack:
        players: list[_Player] = []
        for spec in specs:
            player = await stack.enter_async_context(_started(spec))
            await player.expect(READY, START_TIMEOUT_S)
            players.append(player)
        for player in players:
            player.release()
        await asyncio.gather(*(player.expect(STEADY, play_s + SLACK_TIMEOUT_S) for player in players))
        async with server.watched(now_ms) as watch:
            waits = [asyncio.create_task(player.expect(PLAYED, play_s + SLACK_TIMEOUT_S)) for player in players]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            load = watch.end()
            await asyncio.gather(*waits)
        return Round(reports=tuple([await player.report() for player in players]), load=load)


@asynccontextmanager
async def _started(spec: PlaySpec) -> AsyncGenerator[_Player]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scripts.bench_player", spec.model_dump_json()),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        limit=LINE_LIMIT_BYTES,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        yield _Player(process)
    finally:
        if process.returncode is None:
            try:
                async with asyncio.timeout(2.0):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
