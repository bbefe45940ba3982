"""The bench's tables: rows of figures, targets met and missed. Pure: values in, text and plain data out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from statistics import median
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Row:
    """One variant's figures: of one round, or medians over the rounds.

    With several players at once: the slowest one's rate, the longest latencies and gaps.
    """

    fps: float
    latency_p50_ms: float
    latency_p95_ms: float
    latency_p99_ms: float
    gap_p50_ms: float
    gap_p99_ms: float
    gap_max_ms: float
    kilobytes_per_frame: float
    gen_p50_ms: float
    enc_p50_ms: float
    overhead_p50_ms: float
    cpu_ms_per_frame: float
    rss_mb: float


COLUMNS: Final = (
    "fps",
    "p50",
    "p95",
    "p99",
    "gap50",
    "gap99",
    "gapmax",
    "kB/f",
    "gen",
    "enc",
    "ovh",
    "cpu/f",
    "RSS MB",
)
"""Headings of the fields of Row, in their order. Times in milliseconds."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target: what was asked, what was measured, and whether that is enough. None: there was nothing to measure."""

    target: str
    measured: str
    is_met: bool | None


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """What a suite came to."""

    name: str
    rows: dict[str, Row] = field(default_factory=dict[str, Row])
    verdicts: tuple[Verdict, ...] = ()
    notes: tuple[str, ...] = ()

    def to_jsonable(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def median_row(rows: Iterable[Row]) -> Row:
    """Field by field the median over rounds."""
    all_rows = list(rows)
    return Row(*(median(getattr(row, each.name) for row in all_rows) for each in fields(Row)))


def paired_ratio(before: Sequence[Row], after: Sequence[Row], value: Callable[[Row], float]) -> float:
    """Median over the rounds of after / before: neighbours in time, so what else the machine does cancels out."""
    return median(value(b) / value(a) for a, b in zip(before, after, strict=True))


def at_most(target: str, measured: float, limit: float, unit: str = "ms") -> Verdict:
    """A target that reads "<= limit"."""
    return Verdict(f"{target} <= {limit:g} {unit}".rstrip(), f"{measured:.4g} {unit}".rstrip(), measured <= limit)


def at_least(target: str, measured: float, limit: float, unit: str = "") -> Verdict:
    """A target that reads ">= limit"."""
    return Verdict(f"{target} >= {limit:g} {unit}".rstrip(), f"{measured:.2f} {unit}".rstrip(), measured >= limit)


def within(target: str, ratio: float, tolerance: float) -> Verdict:
    """A target that reads "the same within", for a ratio that should be 1."""
    return Verdict(f"{target} within {tolerance:.0%}", f"x {ratio:.3f}", abs(ratio - 1) <= tolerance)


def no_worse(target: str, ratio: float, tolerance: float) -> Verdict:
    """A target for a ratio of which only an increase is bad, such as that of latencies."""
    return Verdict(f"{target} no more than {tolerance:.0%} above", f"x {ratio:.3f}", ratio <= 1 + tolerance)


def text_of(result: SuiteResult) -> str:
    """The result as a person reads it."""
    lines = [f"== {result.name}"]
    if result.rows:
        width = max(len(name) for name in result.rows)
        lines.append(" " * width + "".join(f"{heading:>8}" for heading in COLUMNS))
        for name, row in result.rows.items():
            values = (getattr(row, each.name) for each in fields(Row))
            lines.append(f"{name:{width}}" + "".join(f"{value:8.1f}" for value in values))
    lines += result.notes
    if result.verdicts:
        width = max(len(verdict.target) for verdict in result.verdicts)
        lines += [f"{_mark(each):5} {each.target:{width}}  {each.measured}" for each in result.verdicts]
    return "\n".join(lines) + "\n"


def _mark(verdict: Verdict) -> str:
    return {True: "pass", False: "MISS", None: "-"}[verdict.is_met]
