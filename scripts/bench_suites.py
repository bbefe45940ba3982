"""The named suites: which variants are played against each other, and which targets they are held against.

Owns the targets of the project. How rounds are played is in `bench_runs`.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import Final

from deployments.recorder.mp4_facts import read_mp4_facts
from scripts.bench_edit import edit
from scripts.bench_handoff import measure_handoff
from scripts.bench_measures import memory_trend, per_second, settling
from scripts.bench_players import Round
from scripts.bench_pocket import pocket
from scripts.bench_report import SuiteResult, Verdict, at_least, at_most, no_worse, paired_ratio, within
from scripts.bench_runs import Bench, Variant, medians, pooled_latency_ms, row_of, rows_of

ENCODING_TIMEOUT_S: Final = 300.0
POLL_S: Final = 0.2
SLOW_DURATION_S: Final = 40.0
SLOW_ASK_EVERY_S: Final = 2.0

PASSES_BEHIND: Final = 3.5
"""What "about three passes' worth" of its own rate may come to for a slow client's latency."""


def latency_ratio(rounds: Mapping[str, Sequence[Round]], before: Variant, after: Variant, share: float) -> float:
    """After / before of a percentile of latency over all rounds."""
    return pooled_latency_ms(rounds[after.name], share) / pooled_latency_ms(rounds[before.name], share)


def capped(bench: Bench) -> SuiteResult:
    """A player at the model's own rate."""
    with bench.server() as server:
        rows = medians(rows_of(bench.compare(server, [Variant("capped")])))
    row = rows["capped"]
    return SuiteResult(
        "capped",
        rows,
        (
            within("60 fps", row.fps / 60, 0.01),
            at_most("control to frame p50", row.latency_p50_ms, 55),
            at_most("control to frame p99", row.latency_p99_ms, 75),
        ),
    )


def uncapped(bench: Bench) -> SuiteResult:
    """A player as fast as the engine goes."""
    with bench.server() as server:
        rows = medians(rows_of(bench.compare(server, [Variant("uncapped", is_capped=False)])))
    return SuiteResult("uncapped", rows, (at_least("rate", rows["uncapped"].fps, 130, "fps"),))


def deflate(bench: Bench) -> SuiteResult:
    """A client that offers compression, as every browser does, against one that does not."""
    with bench.server() as server:
        plain, offering = Variant("plain"), Variant("offers deflate", offer_deflate=True)
        rounds = bench.compare(server, [plain, offering])
    rows = rows_of(rounds)
    a, b = rows[plain.name], rows[offering.name]
    agreed = any(report.agreed_deflate for played in rounds[offering.name] for report in played.reports)
    return SuiteResult(
        "deflate",
        medians(rows),
        (
            Verdict("the handshake never agrees to compression", "agreed" if agreed else "refused", not agreed),
            within("fps", paired_ratio(a, b, lambda row: row.fps), 0.05),
            no_worse("control to frame p50", latency_ratio(rounds, plain, offering, 0.50), 0.05),
            no_worse("control to frame p99", latency_ratio(rounds, plain, offering, 0.99), 0.05),
        ),
    )


def recording(bench: Bench) -> SuiteResult:
    """Recording on against off, capped and uncapped; every frame that was sent must be in the file."""
    variants = [
        Variant("capped"),
        Variant("capped, recording", is_recording=True),
        Variant("uncapped", is_capped=False),
        Variant("uncapped, recording", is_capped=False, is_recording=True),
    ]
    files: list[Verdict] = []
    with bench.server() as server:
        folder = Recordings(server.recordings_dir)

        def check_file(variant: Variant, played: Round) -> None:
            if variant.is_recording and server.recordings_dir is not None:
                files.append(folder.check_new_file(played))

        rounds = bench.compare(server, variants, check_file)
    rows = rows_of(rounds)
    off, on, fast_off, fast_on = (rows[variant.name] for variant in variants)
    return SuiteResult(
        "recording",
        medians(rows),
        (
            within("capped: fps", paired_ratio(off, on, lambda row: row.fps), 0.05),
            no_worse("capped: control to frame p99", latency_ratio(rounds, *variants[:2], share=0.99), 0.05),
            at_least("uncapped: share of the fps", paired_ratio(fast_off, fast_on, lambda row: row.fps), 0.9),
            *files,
        ),
    )


class Recordings:
    """The folder of finished recordings of a server on this machine."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._seen: set[Path] = set()

    def check_new_file(self, played: Round) -> Verdict:
        """Wait for the file of the session that just ended: every frame that its player got must be in it."""
        (report,) = played.reports
        sent = sum(batch.sub_frames for batch in report.batches)
        target = "every frame sent is in the file"
        path = self._await_new_file()
        facts = read_mp4_facts(path) if path else None
        if facts is None:
            return Verdict(target, f"no file of {sent} frames appeared", is_met=False)
        return Verdict(target, f"{facts.frames} in the file, {sent} sent", facts.frames >= sent)

    def _await_new_file(self) -> Path | None:
        deadline_s = time.monotonic() + ENCODING_TIMEOUT_S
        while time.monotonic() < deadline_s:
            there = set(self._folder.glob("*.mp4")) if self._folder else set[Path]()
            if new := there - self._seen:
                self._seen |= new
                return max(new)
            time.sleep(POLL_S)
        return None


def slow(bench: Bench) -> SuiteResult:
    """A player on a slow line: late, but never later and later, and never without an answer."""
    read_mbit = bench.options.read_mbit
    variant = Variant(f"{read_mbit:g} Mbit/s", read_mbit=read_mbit, ask_every_s=SLOW_ASK_EVERY_S)
    with bench.server() as server:
        played = bench.play(server, variant, duration_s=SLOW_DURATION_S)
    (report,) = played.reports
    row = row_of(played)
    by_second = per_second(report.batches, report.batches[0].at_ms, lambda batch: batch.latency_ms)
    behind = settling(by_second)
    waits_ms = [answer.waited_ms for answer in report.answers if answer.waited_ms is not None]
    fulfilled = sum(answer.is_as_expected for answer in report.answers)
    settled = "never" if behind.settled_after_s is None else f"after {behind.settled_after_s} s"
    notes = [
        "latency by second, ms: " + " ".join("-" if value is None else f"{value:.0f}" for value in by_second),
        f"latency level {behind.level_ms:.0f} ms, highest second of the second half {behind.peak_ms:.0f} ms",
        "replies, ms: " + " ".join(f"{wait_ms:.0f}" for wait_ms in waits_ms),
    ]
    verdicts = [
        Verdict("latency settles", settled, behind.settled_after_s is not None),
        at_most("latency level, in passes of its own rate", behind.level_ms / row.gap_p50_ms, PASSES_BEHIND, ""),
        at_most("latency p99, in passes of its own rate", row.latency_p99_ms / row.gap_p50_ms, PASSES_BEHIND + 1, ""),
        Verdict(
            "every reply and error arrives",
            f"{fulfilled} of {len(report.answers)}",
            bool(report.answers) and fulfilled == len(report.answers),
        ),
    ]
    if played.load.rss_bytes and played.load.rss_bytes[0]:
        trend = memory_trend(played.load.rss_bytes)
        every = played.load.rss_bytes[:: max(1, len(played.load.rss_bytes) // 12)]
        notes.append("server RSS, MB: " + " ".join(f"{rss / 2**20:.0f}" for rss in every))
        verdicts.append(Verdict("memory stays flat", f"{trend.growth_bytes / 2**20:+.1f} MB", trend.is_flat))
    return SuiteResult("slow", {variant.name: row}, tuple(verdicts), tuple(notes))


def startup(bench: Bench) -> SuiteResult:
    """From launch to the first answer and the first frame. Launches a server of its own for each round."""
    if bench.options.url is not None:
        return SuiteResult("startup", notes=("a server that was not launched here has no start-up to measure",))
    health_s: list[float] = []
    launch_to_frame_s: list[float] = []
    init_to_frame_s: list[float] = []
    for number in range(bench.options.rounds):
        with bench.server() as server:
            assert server.launched_at_s is not None, "it was launched here"
            assert server.health_s is not None, "it was launched here"
            (report,) = bench.play(server, Variant("first"), duration_s=1.0).reports
            health_s.append(server.health_s)
            init_to_frame_s.append(report.first_frame_ms / 1000)
            launch_to_frame_s.append(report.batches[0].at_ms / 1000 - server.launched_at_s)
        bench.say(
            f"   round {number + 1}: /health {health_s[-1]:.2f} s, first frame {launch_to_frame_s[-1]:.2f} s after "
            f"launch, {init_to_frame_s[-1]:.2f} s after init"
        )
    return SuiteResult(
        "startup",
        verdicts=(
            at_most("launch to /health", median(health_s), 6, "s"),
            at_most("init to first frame", median(init_to_frame_s), 2, "s"),
            Verdict("launch to first frame", f"{median(launch_to_frame_s):.1f} s", is_met=None),
        ),
    )


def sessions(bench: Bench) -> SuiteResult:
    """One player, two players, and so on, at once; the server has a world for each."""
    variants = [
        Variant(f"{count} player{'s' * (count > 1)}", sessions=count) for count in range(1, bench.options.sessions + 1)
    ]
    with bench.server(bench.options.sessions) as server:
        rows = rows_of(bench.compare(server, variants))
    return SuiteResult("sessions", medians(rows))


def handoff(_bench: Bench) -> SuiteResult:
    """Handing batches to the recorder, without a server."""
    cost = asyncio.run(measure_handoff())
    return SuiteResult(
        "handoff",
        verdicts=(
            at_most("handing a batch over, p50", cost.call_p50_ms, 0.1),
            at_most("handing a batch over, p99", cost.call_p99_ms, 0.1),
            Verdict("CPU for sending it down the link", f"{cost.link_cpu_ms:.2f} ms", is_met=None),
        ),
    )


SUITES: Final[Mapping[str, Callable[[Bench], SuiteResult]]] = MappingProxyType(
    {
        "startup": startup,
        "capped": capped,
        "uncapped": uncapped,
        "pocket": pocket,
        "deflate": deflate,
        "recording": recording,
        "edit": edit,
        "slow": slow,
        "sessions": sessions,
        "handoff": handoff,
    }
)
"""In the order in which `all` runs them."""
