"""How the bench judges what an edit costs the world."""

import pytest

from scripts.bench_edit import judged, rate
from scripts.bench_measures import AroundEdit, BatchSample


def stretch(gap_ms: float, latency_ms: float, batches: int = 10) -> tuple[BatchSample, ...]:
    return tuple(
        BatchSample(
            at_ms=gap_ms * n,
            client_ts_ms=gap_ms * n - latency_ms,
            frame_id=1 + 4 * n,
            sub_frames=4,
            size_bytes=1,
            gen_ms=30.0,
            enc_ms=8.0,
            overhead_ms=1.0,
        )
        for n in range(batches)
    )


def test_the_rate_is_that_of_the_frames_after_the_first_batch() -> None:
    assert rate(stretch(50, 40)) == pytest.approx(80)


@pytest.mark.parametrize(
    ("gap_ms", "latency_ms", "met"),
    [(50, 40, [True, True, True]), (56, 40, [False, True, False]), (50, 45, [True, False, True])],
)
def test_a_tenth_more_is_too_much(gap_ms: float, latency_ms: float, met: list[bool]) -> None:
    edits = [AroundEdit(before=stretch(50, 40), during=stretch(gap_ms, latency_ms))] * 3
    _, verdicts = judged("capped", edits, waits_ms=[900.0])
    assert [verdict.is_met for verdict in verdicts] == met


def test_a_run_without_an_edit_meets_nothing() -> None:
    _, verdicts = judged("capped", [], waits_ms=[])
    assert [verdict.is_met for verdict in verdicts] == [False]
