"""What the bench's figures mean."""

import pytest

from scripts.bench_measures import (
    FLAT_BYTES,
    BatchSample,
    TooFewSamplesError,
    around_edit,
    figures_of,
    memory_trend,
    per_second,
    percentile,
    settling,
)


def sample(
    at_ms: float, latency_ms: float = 40.0, *, sub_frames: int = 4, size_bytes: int = 4000, frame_id: int = 1
) -> BatchSample:
    return BatchSample(
        at_ms=at_ms,
        client_ts_ms=at_ms - latency_ms,
        frame_id=frame_id,
        sub_frames=sub_frames,
        size_bytes=size_bytes,
        gen_ms=30.0,
        enc_ms=8.0,
        overhead_ms=1.0,
    )


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.5, 3.0), (0.75, 4.0), (0.9, 4.6), (1.0, 5.0)])
def test_percentiles_are_interpolated_between_neighbours(share: float, value: float) -> None:
    assert percentile([5, 3, 1, 4, 2], share) == pytest.approx(value)


def test_every_percentile_of_one_value_is_that_value() -> None:
    assert [percentile([7.0], share) for share in (0.0, 0.5, 0.99)] == [7.0, 7.0, 7.0]


def test_the_rate_counts_the_frames_that_came_after_the_first_batch() -> None:
    batches = [sample(1000 + 100 * n) for n in range(11)]
    assert figures_of(batches).fps == pytest.approx(40.0)


def test_latency_is_arrival_minus_the_echoed_time() -> None:
    figures = figures_of([sample(100 * n, latency_ms=40 + n) for n in range(101)])
    assert (figures.latency_p50_ms, figures.latency_p95_ms) == (pytest.approx(90), pytest.approx(135))
    assert figures.latency_p99_ms == pytest.approx(139)


def test_a_stall_shows_as_the_largest_gap_and_not_in_the_median() -> None:
    figures = figures_of([sample(at_ms) for at_ms in (0, 10, 20, 30, 530, 540)])
    assert (figures.gap_p50_ms, figures.gap_max_ms) == (10, 500)


def test_bytes_are_counted_per_frame_whatever_the_batch_holds() -> None:
    batches = [sample(0, sub_frames=1, size_bytes=1000), sample(10, size_bytes=4000), sample(20, size_bytes=4000)]
    assert figures_of(batches).bytes_per_frame == 1000


def test_two_batches_are_too_few_to_measure() -> None:
    with pytest.raises(TooFewSamplesError, match="only 2 batches"):
        figures_of([sample(0), sample(1)])


def test_a_second_in_which_nothing_came_is_told_from_a_fast_one() -> None:
    batches = [sample(1000, 10), sample(1900, 30), sample(3100, 50)]
    assert per_second(batches, 1000, lambda batch: batch.latency_ms) == [20.0, None, 50.0]


def test_a_latency_that_rises_and_then_stays_has_settled_after_its_rise() -> None:
    outcome = settling([100, 250, 400, 500, 510, 500, 490, 500, 505, 500, 495, 500])
    assert (outcome.settled_after_s, outcome.level_ms, outcome.peak_ms) == (2, 500, 505)


def test_a_latency_that_never_moved_was_settled_from_the_start() -> None:
    assert settling([100.0] * 12).settled_after_s == 0


def test_a_latency_that_keeps_growing_never_settles() -> None:
    assert settling([100.0 * second for second in range(1, 21)]).settled_after_s is None


def test_a_latency_that_jumps_at_the_very_end_has_not_settled() -> None:
    assert settling([100.0] * 15 + [900.0]).settled_after_s is None


def test_seconds_without_a_sample_do_not_count_against_settling() -> None:
    assert settling([None, 100.0, None, 110.0, 100.0, 105.0, None, 100.0]).settled_after_s == 0


def test_three_seconds_are_too_few_to_settle_in() -> None:
    with pytest.raises(TooFewSamplesError):
        settling([1.0, None, 1.0, 1.0])


def test_memory_that_was_taken_early_and_kept_is_flat() -> None:
    trend = memory_trend([100, *[FLAT_BYTES * 100] * 7])
    assert trend.is_flat
    assert trend.growth_bytes == 0


def test_memory_that_grows_to_the_end_is_not_flat() -> None:
    trend = memory_trend([FLAT_BYTES * n for n in range(1, 13)])
    assert not trend.is_flat
    assert trend.growth_bytes == 3 * FLAT_BYTES


def test_a_leak_in_a_large_server_is_seen_by_its_bytes_or_its_share() -> None:
    level = FLAT_BYTES * 100
    assert memory_trend([level] * 6 + [round(level * 1.04)] * 6).is_flat
    assert not memory_trend([level] * 9 + [round(level * 1.06)] * 3).is_flat


def world(start_ms: float, batches: int) -> list[BatchSample]:
    return [sample(start_ms + 100 * n, frame_id=1 + 4 * n) for n in range(batches)]


def test_around_an_edit_is_its_own_world_without_the_swaps() -> None:
    batches = [*world(0, 10), *world(1000, 10), *world(2000, 10)]
    around = around_edit(batches, asked_ms=1650)
    assert [batch.at_ms for batch in around.before] == [1300, 1400, 1500, 1600]
    assert [batch.at_ms for batch in around.during] == [1700, 1800, 1900]


def test_an_edit_that_swaps_at_once_or_comes_after_all_batches_has_nothing_during_it() -> None:
    batches = [*world(0, 10), *world(1000, 10)]
    assert around_edit(batches, asked_ms=950).during == ()
    assert around_edit(batches, asked_ms=5000).during == ()
    assert around_edit([], asked_ms=0).before == ()
