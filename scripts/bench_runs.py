"""Rounds of play: variants against each other in turn, on one server, and the rows that they come to.

Owns the order of things. Which variants and which targets there are is in `bench_suites`.
"""

import asyncio
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from configs.world_model import SYNTHETIC_MODEL
from scripts.bench_load import ServerProcesses
from scripts.bench_measures import percentile
from scripts.bench_player import PlaySpec
from scripts.bench_players import Round, play_round
from scripts.bench_report import Row, median_row
from scripts.bench_server import ServerUnderTest, launched

SEED: Final = Path(__file__).resolve().parent.parent / "tests" / "fakes" / "photos" / "lake_pagoda.jpg"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    url: str | None = None
    """Attach to this server instead of launching one."""
    server_pid: int | None = None
    rounds: int = 3
    duration_s: float = 10.0
    warm_up_s: float = 2.0
    control_hz: float = 59.0
    read_mbit: float = 5.0
    sessions: int = 2
    check_jpegs: bool = False
    seed_path: Path = SEED
    model: str = "local/synthetic"


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to play."""

    name: str
    is_capped: bool = True
    is_recording: bool = False
    offer_deflate: bool = False
    read_mbit: float | None = None
    ask_every_s: float | None = None
    edit_every_s: float | None = None
    sessions: int = 1
    is_turning: bool = False
    model: str | None = None
    """None: the one of the options."""


Say = Callable[[str], None]


class Bench:
    """What the suites share: the options and the server."""

    def __init__(self, options: Options, say: Say) -> None:
        self.options = options
        self.say = say

    @contextmanager
    def server(self, sessions: int = 1, model: str = SYNTHETIC_MODEL) -> Generator[ServerUnderTest]:
        """The server that was named, or a fresh one with the model loaded."""
        if self.options.url is not None:
            yield ServerUnderTest(self.options.url, ServerProcesses(self.options.server_pid))
            return
        with launched(sessions, model) as server:
            yield server

    def play(self, server: ServerUnderTest, variant: Variant, duration_s: float | None = None) -> Round:
        """One stretch of play. Raises PlayerFailedError."""
        spec = PlaySpec(
            url=server.url,
            seed_path=self.options.seed_path,
            model=variant.model or self.options.model,
            warm_up_s=self.options.warm_up_s,
            duration_s=duration_s or self.options.duration_s,
            control_hz=self.options.control_hz,
            is_capped=variant.is_capped,
            is_recording=variant.is_recording,
            offer_deflate=variant.offer_deflate,
            is_turning=variant.is_turning,
            read_mbit=variant.read_mbit,
            ask_every_s=variant.ask_every_s,
            edit_every_s=variant.edit_every_s,
            check_jpegs=self.options.check_jpegs,
        )
        return asyncio.run(play_round([spec] * variant.sessions, server.processes))

    def compare(
        self,
        server: ServerUnderTest,
        variants: Sequence[Variant],
        after: Callable[[Variant, Round], None] = lambda _variant, _round: None,
    ) -> dict[str, list[Round]]:
        """Play the variants in turn, round after round, every other round in reverse; `after` follows each play."""
        rounds: dict[str, list[Round]] = {variant.name: [] for variant in variants}
        for number in range(self.options.rounds):
            for variant in variants if number % 2 == 0 else reversed(variants):
                played = self.play(server, variant)
                rounds[variant.name].append(played)
                row = row_of(played)
                self.say(
                    f"   round {number + 1}, {variant.name}: {row.fps:.1f} fps, "
                    f"p50 {row.latency_p50_ms:.1f} ms, p99 {row.latency_p99_ms:.1f} ms"
                )
                after(variant, played)
        return rounds


def row_of(played: Round) -> Row:
    """The figures of one round; of several players the worst. Raises TooFewSamplesError."""
    all_figures = played.figures
    rss_bytes = played.load.rss_bytes
    return Row(
        fps=min(each.fps for each in all_figures),
        latency_p50_ms=max(each.latency_p50_ms for each in all_figures),
        latency_p95_ms=max(each.latency_p95_ms for each in all_figures),
        latency_p99_ms=max(each.latency_p99_ms for each in all_figures),
        gap_p50_ms=max(each.gap_p50_ms for each in all_figures),
        gap_p99_ms=max(each.gap_p99_ms for each in all_figures),
        gap_max_ms=max(each.gap_max_ms for each in all_figures),
        kilobytes_per_frame=max(each.bytes_per_frame for each in all_figures) / 1000,
        gen_p50_ms=max(each.gen_p50_ms for each in all_figures),
        enc_p50_ms=max(each.enc_p50_ms for each in all_figures),
        overhead_p50_ms=max(each.overhead_p50_ms for each in all_figures),
        cpu_ms_per_frame=played.load.cpu_s * 1000 / max(1, played.frames),
        rss_mb=max(rss_bytes, default=0) / 2**20,
    )


def rows_of(rounds: dict[str, list[Round]]) -> dict[str, list[Row]]:
    """The figures of every round by variant."""
    return {name: [row_of(played) for played in all_played] for name, all_played in rounds.items()}


def pooled_latency_ms(rounds: Sequence[Round], share: float) -> float:
    """A percentile over all the rounds' latencies: one round has too few batches for its highest ones to mean much."""
    return percentile(
        (batch.latency_ms for played in rounds for batches in played.steady_batches for batch in batches), share
    )


def medians(rows: dict[str, list[Row]]) -> dict[str, Row]:
    """One row for each variant."""
    return {name: median_row(of_variant) for name, of_variant in rows.items()}
