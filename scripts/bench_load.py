"""What the processes of a server cost: CPU and memory over a stretch of time.

Owns the look at the process table. Starting a server is in `bench_server`.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

import psutil

LAUNCH_TAG: Final = "BIOME_LAUNCH_ID"
"""Environment variable that every process of one launch shares."""

RSS_EVERY_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class ServerLoad:
    """What the server's processes cost over a stretch of time. Nothing when nobody said which they are."""

    from_ms: float
    to_ms: float
    cpu_s: float
    rss_bytes: tuple[int, ...]
    """Sums over the processes, every RSS_EVERY_S."""


class ServerProcesses:
    """The processes of one server: the tree below `root_pid`, and whatever carries the same launch tag."""

    def __init__(self, root_pid: int | None) -> None:
        self._root_pid = root_pid
        self._seen: list[psutil.Process] = []

    def now(self) -> list[psutil.Process]:
        """The processes that there are now. Reads the whole process table."""
        self._seen = []
        if self._root_pid is not None:
            with suppress(psutil.NoSuchProcess):
                self._seen = _family(psutil.Process(self._root_pid))
        return list(self._seen)

    def cpu_s(self) -> dict[int, float]:
        """Seconds of CPU, user and system, that each process has used in its life."""
        used: dict[int, float] = {}
        for process in self.now():
            with suppress(psutil.Error):
                times = process.cpu_times()
                used[process.pid] = times.user + times.system
        return used

    def rss_bytes(self) -> int:
        """Memory of the processes last looked for; what they share counts once for each."""
        total = 0
        for process in self._seen:
            with suppress(psutil.Error):
                total += process.memory_info().rss
        return total

    @asynccontextmanager
    async def watched(self, clock_ms: Callable[[], float]) -> AsyncGenerator["Watch"]:
        """Look at the processes from now on until `Watch.end`."""
        watch = Watch(self, clock_ms)
        sampler = asyncio.create_task(watch.sample())
        try:
            yield watch
        finally:
            sampler.cancel()
            with suppress(asyncio.CancelledError):
                await sampler


class Watch:
    """A stretch of time in which the server's processes are looked at."""

    def __init__(self, server: ServerProcesses, clock_ms: Callable[[], float]) -> None:
        self._server, self._clock_ms = server, clock_ms
        self._rss_bytes: list[int] = []
        self._cpu_s = server.cpu_s()
        self._from_ms = clock_ms()

    async def sample(self) -> None:
        """Note the memory in regular intervals until cancelled."""
        while True:
            self._rss_bytes.append(self._server.rss_bytes())
            await asyncio.sleep(RSS_EVERY_S)

    def end(self) -> ServerLoad:
        """What it came to. A process that ended meanwhile counts as nothing."""
        to_ms = self._clock_ms()
        used_s = sum(after_s - self._cpu_s.get(pid, 0.0) for pid, after_s in self._server.cpu_s().items())
        return ServerLoad(from_ms=self._from_ms, to_ms=to_ms, cpu_s=used_s, rss_bytes=tuple(self._rss_bytes))


def _family(root: psutil.Process) -> list[psutil.Process]:
    tree = [root, *root.children(recursive=True)]
    tags = {_tag(process) for process in tree} - {None}
    found = {process.pid: process for process in tree}
    if tags:
        found |= {process.pid: process for process in psutil.process_iter() if _tag(process) in tags}
    return list(found.values())


def _tag(process: psutil.Process) -> str | None:
    with suppress(psutil.Error):
        return process.environ().get(LAUNCH_TAG)
    return None
