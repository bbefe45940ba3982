"""The pocket suite: the default model through the server, while its player walks on and turns all the time.

Owns the figures that the embedded world should reach, and the look at its replica's memory. A new place is dreamt about
every half second of such a walk, so every figure is one of drawing and dreaming at once.
"""

import os
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from typing import Final

import psutil

from configs.world_model import POCKET_MODEL
from scripts.bench_report import SuiteResult, Verdict, at_least, at_most
from scripts.bench_runs import Bench, Variant, medians, row_of, rows_of
from scripts.bench_server import ServerUnderTest

MEMORY_WALK_S: Final = 60.0
LOOK_EVERY_S: Final = 1.0
MEGABYTE: Final = 2**20

GAP_FACTOR: Final = 1.5
"""A batch may come so much later than is usual; a player sees no more than that as a hitch."""
RSS_LIMIT_MB: Final = 600.0
READY_LIMIT_S: Final = 3.0

REPLICA: Final = "WorldModel"
"""In the title of the process that the world runs in."""


class ReplicaMemory:
    """What one process held over a stretch of time."""

    def __init__(self) -> None:
        self.rss_bytes: list[int] = []
        self.uss_bytes: list[int] = []

    def look(self, process: psutil.Process) -> None:
        """Note what it holds now. A process that is gone holds nothing."""
        with suppress(psutil.Error):
            memory = process.memory_full_info()
            self.rss_bytes.append(memory.rss)
            self.uss_bytes.append(memory.uss)


@contextmanager
def memory_of(process: psutil.Process) -> Generator[ReplicaMemory]:
    """Look at a process's memory in regular intervals until the end of the block."""
    memory, over = ReplicaMemory(), threading.Event()

    def look() -> None:
        while not over.wait(LOOK_EVERY_S):
            memory.look(process)

    thread = threading.Thread(target=look, name="memory")
    thread.start()
    try:
        yield memory
    finally:
        over.set()
        thread.join()


def replicas_of(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Those of a server's processes that a world runs in."""
    found: list[psutil.Process] = []
    for process in processes:
        with suppress(psutil.Error):
            if REPLICA in " ".join(process.cmdline()):
                found.append(process)
    return found


@contextmanager
def one_core_each(server: Iterable[psutil.Process], cores: set[int]) -> Generator[None]:
    """Hold the server on one core, and whoever is started here, the players, on another, until the end of the block."""
    first, second = sorted(cores)[:2]
    everybody = list(server)
    own = os.sched_getaffinity(0)
    _hold(everybody, {first})
    os.sched_setaffinity(0, {second})
    try:
        yield
    finally:
        os.sched_setaffinity(0, own)
        _hold(everybody, cores)


def _hold(processes: Iterable[psutil.Process], cores: set[int]) -> None:
    """Every thread of the processes; those that start later go where the one that starts them is."""
    for process in processes:
        with suppress(psutil.Error):
            for thread in process.threads():
                with suppress(ProcessLookupError):
                    os.sched_setaffinity(thread.id, cores)


def pocket(bench: Bench) -> SuiteResult:
    """A walk with turns in the pocket world: capped, uncapped, on one core, and for long."""
    variants = [
        Variant("capped", is_turning=True, model=POCKET_MODEL),
        Variant("uncapped", is_capped=False, is_turning=True, model=POCKET_MODEL),
    ]
    one_core = Variant("uncapped, one core", is_capped=False, is_turning=True, model=POCKET_MODEL)
    verdicts: list[Verdict] = []
    notes: list[str] = []
    with bench.server(model=POCKET_MODEL) as server:
        if server.launched_at_s is not None:
            (report,) = bench.play(server, variants[0], duration_s=1.0).reports
            verdicts.append(at_most("init to first frame, cold", report.first_frame_ms / 1000, READY_LIMIT_S, "s"))
        rows = rows_of(bench.compare(server, variants))
        capped, uncapped = (medians(rows)[variant.name] for variant in variants)
        verdicts += [
            at_least("uncapped, all cores", uncapped.fps, 60, "fps"),
            at_most("capped: batch gap p99, of its p50", capped.gap_p99_ms / capped.gap_p50_ms, GAP_FACTOR, ""),
        ]
        if len(cores := _cores()) > 1:
            with one_core_each(server.processes.now(), cores):
                rows[one_core.name] = rows_of(bench.compare(server, [one_core]))[one_core.name]
            verdicts.append(at_least(one_core.name, medians(rows)[one_core.name].fps, 30, "fps"))
        else:
            notes.append("there is only one core to play and serve on")
        memory_verdicts, note = _remembering(bench, server, variants[0])
        verdicts += memory_verdicts
        notes.append(note)
    return SuiteResult("pocket", medians(rows), tuple(verdicts), tuple(notes))


def _cores() -> set[int]:
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return affinity(0) if affinity is not None else set()


def _remembering(bench: Bench, server: ServerUnderTest, variant: Variant) -> tuple[list[Verdict], str]:
    """A long walk, and what the world's process holds at the end of it."""
    replicas = replicas_of(server.processes.now())
    if not replicas:
        return [], "the world's process is not known: no memory was measured"
    with memory_of(replicas[0]) as memory:
        row = row_of(bench.play(server, variant, duration_s=MEMORY_WALK_S))
    bench.say(f"   {MEMORY_WALK_S:g} s: {row.fps:.1f} fps, gap p99 {row.gap_p99_ms:.1f} ms")
    most_mb = max(memory.rss_bytes, default=0) / MEGABYTE
    every = memory.rss_bytes[:: max(1, len(memory.rss_bytes) // 12)]
    note = (
        f"replica while walking {MEMORY_WALK_S:g} s, RSS in MB: "
        + " ".join(f"{rss / MEGABYTE:.0f}" for rss in every)
        + f"; USS at most {max(memory.uss_bytes, default=0) / MEGABYTE:.0f}"
    )
    return [at_most("replica RSS at most", most_mb, RSS_LIMIT_MB, "MB")], note
