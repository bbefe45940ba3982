"""What the bench's figures mean: percentiles, rates, gaps, when a latency has settled, whether memory is flat.

Pure rules over samples. Who takes the samples is in `bench_player` and `bench_server`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

SETTLED_FACTOR: Final = 1.5
"""A second's latency is settled when it differs from the level of the run's second half by less than this factor."""

DRIFT_FACTOR: Final = 1.2
"""A latency that grows by more than this from the third quarter of a run to the last has not settled at all."""

SWAP_SETTLES_MS: Final = 300.0
"""What comes so soon after a new seed belongs to the swap."""

FLAT_SHARE: Final = 0.05
FLAT_BYTES: Final = 32 * 2**20
"""Memory is flat when its second half grows by less than this share of it, or less than these bytes."""


@dataclass(frozen=True, slots=True)
class BatchSample:
    """One batch as the client got it. Times in milliseconds on the client's clock; `*_ms` of the header as sent."""

    at_ms: float
    client_ts_ms: float
    frame_id: int
    sub_frames: int
    size_bytes: int
    gen_ms: float
    enc_ms: float
    overhead_ms: float

    @property
    def latency_ms(self) -> float:
        """From the latest control that the batch consumed to the batch's arrival."""
        return self.at_ms - self.client_ts_ms


@dataclass(frozen=True, slots=True)
class PlayFigures:
    """What one stretch of play comes to."""

    fps: float
    """Perceptual frames per second."""
    latency_p50_ms: float
    latency_p95_ms: float
    latency_p99_ms: float
    gap_p50_ms: float
    gap_p99_ms: float
    gap_max_ms: float
    bytes_per_frame: float
    gen_p50_ms: float
    enc_p50_ms: float
    overhead_p50_ms: float


class TooFewSamplesError(ValueError):
    """Too little came to say anything."""

    def __init__(self, batches: int) -> None:
        super().__init__(f"only {batches} batches came: nothing to measure")


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie, interpolated linearly between neighbours."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def figures_of(batches: Sequence[BatchSample]) -> PlayFigures:
    """The figures of consecutive batches. Raises TooFewSamplesError for fewer than three."""
    if len(batches) < 3:
        raise TooFewSamplesError(len(batches))
    latencies = [batch.latency_ms for batch in batches]
    gaps = [after.at_ms - before.at_ms for before, after in pairwise(batches)]
    frames = sum(batch.sub_frames for batch in batches)
    return PlayFigures(
        fps=(frames - batches[0].sub_frames) * 1000 / (batches[-1].at_ms - batches[0].at_ms),
        latency_p50_ms=percentile(latencies, 0.50),
        latency_p95_ms=percentile(latencies, 0.95),
        latency_p99_ms=percentile(latencies, 0.99),
        gap_p50_ms=percentile(gaps, 0.50),
        gap_p99_ms=percentile(gaps, 0.99),
        gap_max_ms=max(gaps),
        bytes_per_frame=sum(batch.size_bytes for batch in batches) / frames,
        gen_p50_ms=median(batch.gen_ms for batch in batches),
        enc_p50_ms=median(batch.enc_ms for batch in batches),
        overhead_p50_ms=median(batch.overhead_ms for batch in batches),
    )


@dataclass(frozen=True, slots=True)
class AroundEdit:
    """The batches of one world before an edit of it was asked for, and from then on until the swap."""

    before: tuple[BatchSample, ...]
    during: tuple[BatchSample, ...]


def around_edit(batches: Sequence[BatchSample], asked_ms: float) -> AroundEdit:
    """What came of the world that was edited; both swaps, its own and the one that it began with, are left out.

    A swap shows as frame counting that begins anew.
    """
    later = next((place for place, batch in enumerate(batches) if batch.at_ms >= asked_ms), len(batches))
    first = last = later
    while first > 0 and (first == later or batches[first - 1].frame_id < batches[first].frame_id):
        first -= 1
    while last < len(batches) and last > 0 and batches[last - 1].frame_id < batches[last].frame_id:
        last += 1
    settled_ms = batches[first].at_ms + SWAP_SETTLES_MS if batches else 0.0
    return AroundEdit(
        before=tuple(batch for batch in batches[first:later] if batch.at_ms >= settled_ms),
        during=tuple(batches[later:last]),
    )


def per_second(
    batches: Sequence[BatchSample], start_ms: float, value: Callable[[BatchSample], float]
) -> list[float | None]:
    """The median of `value` in each whole second since `start_ms`; None for a second in which nothing came."""
    if not batches:
        return []
    seconds: list[list[float]] = [[] for _ in range(int((batches[-1].at_ms - start_ms) // 1000) + 1)]
    for batch in batches:
        seconds[int((batch.at_ms - start_ms) // 1000)].append(value(batch))
    return [median(values) if values else None for values in seconds]


@dataclass(frozen=True, slots=True)
class Settling:
    """How a latency behaved over a run."""

    level_ms: float
    """Median of the second half."""
    peak_ms: float
    """Highest second of the second half."""
    settled_after_s: int | None
    """From here on every second is near the level; None for a latency that keeps growing."""


def settling(latency_by_second: Sequence[float | None]) -> Settling:
    """When and where a latency settled. Raises TooFewSamplesError for fewer than four seconds with samples."""
    known = [(second, value) for second, value in enumerate(latency_by_second) if value is not None]
    if len(known) < 4:
        raise TooFewSamplesError(len(known))
    values = [value for _, value in known]
    half, quarter = values[len(values) // 2 :], len(values) // 4
    level_ms = median(half)
    drifts = median(values[-quarter:]) > DRIFT_FACTOR * median(values[-2 * quarter : -quarter])
    far = [second for second, value in known if not level_ms / SETTLED_FACTOR <= value <= SETTLED_FACTOR * level_ms]
    settled_after_s = far[-1] + 1 if far else 0
    is_settled = not drifts and settled_after_s <= known[-1][0]
    return Settling(level_ms=level_ms, peak_ms=max(half), settled_after_s=settled_after_s if is_settled else None)


@dataclass(frozen=True, slots=True)
class MemoryTrend:
    """How much memory a server held over a run."""

    first_bytes: int
    last_bytes: int
    growth_bytes: int
    """From the median of the third quarter to the median of the last."""
    is_flat: bool


def memory_trend(rss_bytes: Sequence[int]) -> MemoryTrend:
    """The trend of samples taken at equal distances. Raises TooFewSamplesError for fewer than four."""
    if len(rss_bytes) < 4:
        raise TooFewSamplesError(len(rss_bytes))
    quarter = len(rss_bytes) // 4
    before, after = median(rss_bytes[-2 * quarter : -quarter]), median(rss_bytes[-quarter:])
    growth = round(after - before)
    return MemoryTrend(
        first_bytes=rss_bytes[0],
        last_bytes=rss_bytes[-1],
        growth_bytes=growth,
        is_flat=growth <= max(FLAT_SHARE * before, FLAT_BYTES),
    )
