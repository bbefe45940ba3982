"""The bench's tables and verdicts."""

from dataclasses import fields

import pytest

from scripts.bench_report import (
    COLUMNS,
    Row,
    SuiteResult,
    Verdict,
    at_least,
    at_most,
    median_row,
    no_worse,
    paired_ratio,
    text_of,
    within,
)


def row(fps: float) -> Row:
    return Row(fps, *(float(place) for place in range(1, len(fields(Row)))))


def test_every_field_of_a_row_has_a_heading() -> None:
    assert len(COLUMNS) == len(fields(Row))


def test_rounds_become_one_row_by_medians() -> None:
    assert median_row([row(10), row(60), row(50)]) == row(50)


def test_a_ratio_is_taken_between_neighbours_in_time() -> None:
    before, after = [row(10), row(100), row(1000)], [row(9), row(90), row(100)]
    assert paired_ratio(before, after, lambda each: each.fps) == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("verdict", "is_met"),
    [
        (at_most("x", 55.0, 55), True),
        (at_most("x", 55.1, 55), False),
        (at_least("x", 130.0, 130), True),
        (at_least("x", 129.9, 130), False),
        (within("x", 1.04, 0.05), True),
        (within("x", 0.94, 0.05), False),
        (within("x", 1.06, 0.05), False),
        (no_worse("x", 0.5, 0.05), True),
        (no_worse("x", 1.06, 0.05), False),
    ],
)
def test_a_target_is_met_up_to_its_limit(verdict: Verdict, *, is_met: bool) -> None:
    assert verdict.is_met is is_met


def test_the_text_shows_figures_beside_targets_and_marks_the_missed_ones() -> None:
    verdicts = (at_most("p50", 41.0, 55), at_most("p99", 99.0, 75), Verdict("first frame", "8 s", is_met=None))
    text = text_of(SuiteResult("capped", {"capped": row(60)}, verdicts, ("a note",)))
    assert text.splitlines() == [
        "== capped",
        "      " + "".join(f"{heading:>8}" for heading in COLUMNS),
        "capped" + "".join(f"{value:8.1f}" for value in (60.0, *range(1, len(COLUMNS)))),
        "a note",
        "pass  p50 <= 55 ms  41 ms",
        "MISS  p99 <= 75 ms  99 ms",
        "-     first frame   8 s",
    ]


def test_a_result_is_plain_data_for_json() -> None:
    data = SuiteResult("s", {"v": row(1)}, (at_most("p50", 41.0, 55),)).to_jsonable()
    assert data["rows"]["v"]["fps"] == 1
    assert data["verdicts"][0] == {"target": "p50 <= 55 ms", "measured": "41 ms", "is_met": True}
