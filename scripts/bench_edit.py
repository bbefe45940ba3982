"""The suite of scene edits: what the world loses while one is authored, painted and checked.

Owns the comparison: each edit's own world before it was asked for, against the same world until the swap. Rates are
medians over the edits, percentiles are over all their batches.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from scripts.bench_measures import AroundEdit, BatchSample, around_edit, percentile
from scripts.bench_players import Round
from scripts.bench_report import SuiteResult, Verdict, no_worse
from scripts.bench_runs import Bench, Variant

EDIT_EVERY_S: Final = 1.5
TOLERANCE: Final = 0.10

FEWEST_BATCHES: Final = 3
"""An edit with fewer batches on a side says nothing of a rate."""


def edit(bench: Bench) -> SuiteResult:
    """A player who edits the world again and again, capped and uncapped."""
    variants = [
        Variant("capped", edit_every_s=EDIT_EVERY_S),
        Variant("uncapped", is_capped=False, edit_every_s=EDIT_EVERY_S),
    ]
    with bench.server() as server:
        rounds = bench.compare(server, variants)
    notes: list[str] = []
    verdicts: list[Verdict] = []
    for variant in variants:
        played = rounds[variant.name]
        waits_ms = [each.replied_ms - each.asked_ms for one in played for each in one.reports[0].edits]
        more_notes, more_verdicts = judged(variant.name, edits_of(played), waits_ms)
        notes += more_notes
        verdicts += more_verdicts
    return SuiteResult("edit", verdicts=tuple(verdicts), notes=tuple(notes))


def edits_of(rounds: Sequence[Round]) -> list[AroundEdit]:
    """All edits of the measured stretches with enough batches on both sides."""
    around = [
        around_edit(report.batches, each.asked_ms)
        for played in rounds
        for report in played.reports
        for each in report.edits
        if played.load.from_ms <= each.asked_ms <= played.load.to_ms
    ]
    return [each for each in around if min(len(each.before), len(each.during)) >= FEWEST_BATCHES]


def judged(name: str, edits: Sequence[AroundEdit], waits_ms: Sequence[float]) -> tuple[list[str], list[Verdict]]:
    """One variant's lines and targets."""
    if not edits:
        return [f"{name}: no edit was measured"], [Verdict(f"{name}: edits", "none", is_met=False)]
    before, during = [each.before for each in edits], [each.during for each in edits]
    fps = [median(map(rate, stretches)) for stretches in (before, during)]
    latency_ms = [percentile(latencies_ms(stretches), 0.99) for stretches in (before, during)]
    gap_ms = [percentile(gaps_ms(stretches), 0.99) for stretches in (before, during)]
    counted = " and ".join(str(sum(map(len, stretches))) for stretches in (before, during))
    notes = [
        f"{name}: {len(edits)} edits, answered after {median(waits_ms):.0f} ms; {counted} batches before and during",
        f"{name}: fps {fps[0]:.1f} before, {fps[1]:.1f} during; control to frame p99 {latency_ms[0]:.1f} and "
        f"{latency_ms[1]:.1f} ms; gap p99 {gap_ms[0]:.1f} and {gap_ms[1]:.1f} ms",
    ]
    slower = median(rate(each.before) / rate(each.during) for each in edits)
    return notes, [
        no_worse(f"{name}: time for a frame during an edit", slower, TOLERANCE),
        no_worse(f"{name}: control to frame p99 during an edit", latency_ms[1] / latency_ms[0], TOLERANCE),
        no_worse(f"{name}: gap p99 during an edit", gap_ms[1] / gap_ms[0], TOLERANCE),
    ]


def rate(batches: Sequence[BatchSample]) -> float:
    """Perceptual frames a second over consecutive batches, two at least."""
    frames = sum(batch.sub_frames for batch in batches[1:])
    return frames * 1000 / (batches[-1].at_ms - batches[0].at_ms)


def latencies_ms(stretches: Sequence[Sequence[BatchSample]]) -> list[float]:
    """Control to frame of every batch."""
    return [batch.latency_ms for batches in stretches for batch in batches]


def gaps_ms(stretches: Sequence[Sequence[BatchSample]]) -> list[float]:
    """The gaps between neighbours within each stretch."""
    return [after.at_ms - before.at_ms for batches in stretches for before, after in pairwise(batches)]
