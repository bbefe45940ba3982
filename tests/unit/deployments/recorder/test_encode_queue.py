"""Which recording is encoded next, and what follows from how it went."""

import pytest

from deployments.recorder.encode_queue import EncodeQueue, Job, RunResult, Verdict
from deployments.recorder.naming import RecordingId

A, B = RecordingId("a"), RecordingId("b")


def next_job(queue: EncodeQueue) -> Job:
    job = queue.take()
    assert job is not None
    return job


@pytest.fixture
def queue() -> EncodeQueue:
    queue = EncodeQueue()
    queue.opened(A)
    queue.opened(B)
    return queue


def test_an_open_recording_without_a_complete_chunk_has_no_work(queue: EncodeQueue) -> None:
    assert queue.take() is None
    assert queue.is_idle


def test_an_open_recording_is_encoded_but_not_finished(queue: EncodeQueue) -> None:
    queue.chunk_ready(A)
    assert queue.take() == Job(A, finish=False)


def test_a_closed_recording_is_finished_and_gone(queue: EncodeQueue) -> None:
    queue.closed(A)
    job = next_job(queue)
    assert job == Job(A, finish=True)
    assert queue.done(job, RunResult.DONE) is Verdict.GONE
    assert A not in queue
    assert queue.is_idle


def test_one_recording_is_never_encoded_twice_at_a_time(queue: EncodeQueue) -> None:
    queue.chunk_ready(A)
    queue.take()
    queue.chunk_ready(A)
    assert queue.take() is None
    assert not queue.is_idle


def test_what_came_during_a_run_is_done_after_it(queue: EncodeQueue) -> None:
    queue.chunk_ready(A)
    job = next_job(queue)
    queue.closed(A)
    assert queue.done(job, RunResult.DONE) is Verdict.STAYS
    assert queue.take() == Job(A, finish=True)


def test_recordings_take_turns(queue: EncodeQueue) -> None:
    queue.chunk_ready(A)
    queue.chunk_ready(B)
    job = next_job(queue)
    assert job == Job(A, finish=False)
    queue.chunk_ready(A)
    queue.done(job, RunResult.DONE)
    assert queue.take() == Job(B, finish=False)


def test_a_recording_that_fails_twice_is_set_aside(queue: EncodeQueue) -> None:
    queue.closed(A)
    verdicts: list[Verdict] = []
    while job := queue.take():
        verdicts.append(queue.done(job, RunResult.FAILED))
    assert verdicts == [Verdict.STAYS, Verdict.SET_ASIDE]
    assert A not in queue


def test_failures_of_an_earlier_recorder_count(queue: EncodeQueue) -> None:
    found = RecordingId("found")
    queue.found(found, failures=1)
    job = next_job(queue)
    assert job == Job(found, finish=True)
    assert queue.done(job, RunResult.FAILED) is Verdict.SET_ASIDE


def test_an_open_recording_that_keeps_failing_is_left_alone_until_it_is_closed(queue: EncodeQueue) -> None:
    queue.chunk_ready(A)
    runs = 0
    while job := queue.take():
        runs += 1
        assert queue.done(job, RunResult.FAILED) is Verdict.STAYS
    queue.chunk_ready(A)
    assert runs == 2
    assert queue.take() is None
    queue.closed(A)
    last = next_job(queue)
    assert last == Job(A, finish=True)
    assert queue.done(last, RunResult.FAILED) is Verdict.SET_ASIDE


def test_a_full_disk_is_no_failure_and_is_tried_again_when_told(queue: EncodeQueue) -> None:
    queue.closed(A)
    for _ in range(5):
        job = next_job(queue)
        assert queue.done(job, RunResult.TRY_LATER) is Verdict.STAYS
        assert queue.take() is None
        assert queue.is_idle
        queue.retry_waiting()
    assert queue.take() == Job(A, finish=True)


def test_a_dropped_recording_is_forgotten(queue: EncodeQueue) -> None:
    queue.dropped(A)
    assert A not in queue


def test_a_recording_dropped_while_it_is_encoded_is_gone_when_that_ends(queue: EncodeQueue) -> None:
    queue.chunk_ready(A)
    job = next_job(queue)
    queue.dropped(A)
    assert queue.done(job, RunResult.FAILED) is Verdict.GONE
    assert A not in queue
