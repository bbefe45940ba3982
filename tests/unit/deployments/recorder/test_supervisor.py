"""The supervisor: adopts what dead recorders left, gives up what cannot be encoded, and never loops."""

import asyncio
import errno
import shutil
from pathlib import Path

import pytest

from configs.recorder import RecorderConfig
from deployments.recorder import supervisor as module
from deployments.recorder.action_log import ActionLog
from deployments.recorder.encode_queue import RunResult
from deployments.recorder.folder import Claim, SegmentInfo
from deployments.recorder.metrics import RecorderMetrics
from deployments.recorder.naming import RecordingId, log_path, video_path
from deployments.recorder.spool import SegmentSpool
from deployments.recorder.supervisor import EncodeSupervisor
from deployments.recorder.worker_process import RunsWorker, WorkerEnd, judge, worker_runner
from tests.fakes.encoder_runs import RunsHere, ScriptedRuns
from tests.fakes.recordings import (
    AMPLE,
    OPENED_S,
    batch,
    brightness,
    claimed_folder,
    envelope,
    frame_grays,
    segment_info,
    unreadable,
)

CONFIG = RecorderConfig(encoder="libx264", crf=10, preset="ultrafast", min_segment_s=0.5, shutdown_s=30.0)


def supervisor(spool_dir: Path, runs: RunsWorker, config: RecorderConfig = CONFIG) -> EncodeSupervisor:
    return EncodeSupervisor(spool_dir, config, runs, RecorderMetrics())


def spooled(tmp_path: Path, *, frames: int = 20, actions: bool = False) -> tuple[Claim, SegmentInfo]:
    """A segment as it is when its recorder has just died: claimed, with frames."""
    info = segment_info(tmp_path / "recordings", actions=actions)
    claim = claimed_folder(tmp_path / "spool", info)
    spool = SegmentSpool(claim.folder, AMPLE)
    spool.append_batch(envelope(range(frames)), frames)
    spool.close()
    chunk = claim.folder.chunks()[0]
    chunk.path.rename(claim.folder.chunk_path(0, is_open=True))
    if actions:
        log = ActionLog(claim.folder.log_path, info, frame_id=1, now_s=OPENED_S)
        consumed = batch(1).consumed
        assert consumed is not None
        log.frame_input(1, consumed)
        log.close(OPENED_S)
    return claim, info


async def encode_all(runner: EncodeSupervisor) -> None:
    async with runner.running():
        await runner.wait_until_idle()


async def test_a_restart_finishes_what_a_dead_recorder_left(tmp_path: Path) -> None:
    claim, info = spooled(tmp_path, actions=True)
    claim.release()
    await encode_all(supervisor(tmp_path / "spool", RunsHere(CONFIG)))
    grays = frame_grays(video_path(info.target_dir, info.recording_id))
    assert [abs(gray - brightness(number)) <= 6 for number, gray in enumerate(grays)] == [True] * 20
    assert log_path(info.target_dir, info.recording_id).exists()
    assert list((tmp_path / "spool").iterdir()) == []


async def test_a_recording_that_another_recorder_owns_is_left_to_it(tmp_path: Path) -> None:
    claim, info = spooled(tmp_path)
    runs = ScriptedRuns()
    await encode_all(supervisor(tmp_path / "spool", runs))
    assert runs.asked == []
    claim.release()
    await encode_all(supervisor(tmp_path / "spool", runs))
    assert runs.asked == [(info.recording_id, True)]


async def test_a_recorder_that_dies_later_is_found_by_the_next_search(tmp_path: Path) -> None:
    claim, info = spooled(tmp_path)
    runs = ScriptedRuns()
    has_run = asyncio.Event()
    runs.before = lambda _: has_run.set()
    config = CONFIG.model_copy(update={"rescan_s": 0.001})
    async with supervisor(tmp_path / "spool", runs, config).running():
        claim.release()
        async with asyncio.timeout(30):
            await has_run.wait()
    assert runs.asked == [(info.recording_id, True)]


async def test_orphans_are_encoded_oldest_first(tmp_path: Path) -> None:
    infos = [spooled(tmp_path) for _ in range(3)]
    for claim, _ in infos:
        claim.release()
    runs = ScriptedRuns()
    await encode_all(supervisor(tmp_path / "spool", runs))
    assert [name for name, _ in runs.asked] == sorted(info.recording_id for _, info in infos)


async def test_a_recording_that_cannot_be_encoded_is_set_aside_with_its_log_published(tmp_path: Path) -> None:
    claim, info = spooled(tmp_path, actions=True)
    claim.release()
    info.target_dir.mkdir()
    runs = ScriptedRuns([RunResult.FAILED] * 10)
    await encode_all(supervisor(tmp_path / "spool", runs))
    assert len(runs.asked) == 2
    (left,) = (tmp_path / "spool").iterdir()
    assert left.name == info.recording_id + ".failed"
    assert (left / "failures.log").read_text() == "scripted\nscripted\n"
    assert (left / "000000.open").exists()
    assert log_path(info.target_dir, info.recording_id).exists()
    await encode_all(supervisor(tmp_path / "spool", runs))
    assert len(runs.asked) == 2


async def test_a_failure_before_a_restart_counts(tmp_path: Path) -> None:
    claim, _ = spooled(tmp_path)
    claim.folder.note_failure("in an earlier life")
    claim.release()
    runs = ScriptedRuns([RunResult.FAILED] * 10)
    await encode_all(supervisor(tmp_path / "spool", runs))
    assert len(runs.asked) == 1


async def test_a_full_disk_leaves_the_spool_for_later(tmp_path: Path) -> None:
    claim, info = spooled(tmp_path)
    claim.release()
    runs = ScriptedRuns([RunResult.TRY_LATER])
    await encode_all(supervisor(tmp_path / "spool", runs))
    assert claim.folder.failures() == 0
    assert [path.name for path in (tmp_path / "spool").iterdir()] == [info.recording_id]
    await encode_all(supervisor(tmp_path / "spool", runs))
    assert list((tmp_path / "spool").iterdir()) == []


async def test_chunks_are_encoded_while_the_segment_is_open(tmp_path: Path) -> None:
    info = segment_info(tmp_path)
    claim = claimed_folder(tmp_path / "spool", info)
    runs = ScriptedRuns()
    runner = supervisor(tmp_path / "spool", runs)
    async with runner.running():
        runner.opened(claim)
        runner.chunk_ready(info.recording_id)
        await runner.wait_until_idle()
        assert claim.folder.path.exists()
        runner.closed(info.recording_id)
        await runner.wait_until_idle()
    assert runs.asked == [(info.recording_id, False), (info.recording_id, True)]
    assert not claim.folder.path.exists()


async def test_a_folder_that_cannot_be_read_does_not_end_the_supervisor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, _ = spooled(tmp_path)
    claim, info = spooled(tmp_path)
    runs = ScriptedRuns()
    runner = supervisor(tmp_path / "spool", runs)
    async with asyncio.timeout(30), runner.running():
        runner.opened(claim)
        with unreadable(lost.folder.path, errno.ENOENT, monkeypatch):
            for _ in range(2):
                runner.chunk_ready(info.recording_id)
                await runner.wait_until_idle()
        assert Claim.on_orphan(claim.folder.path) is None, "the open segment has its owner"
    assert runs.asked == [(info.recording_id, False)] * 2
    lost.release()


async def test_a_spool_that_cannot_be_searched_is_searched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, info = spooled(tmp_path)
    runs = ScriptedRuns()
    has_run = asyncio.Event()
    runs.before = lambda _: has_run.set()
    runner = supervisor(tmp_path / "spool", runs, CONFIG.model_copy(update={"rescan_s": 0.001}))
    stale = [OSError(errno.ESTALE, "stale file handle"), OSError(errno.EIO, "input/output error")]
    real_search = module.find_orphans

    def search(spool_dir: Path, known: frozenset[RecordingId]) -> list[tuple[Claim, int]]:
        if stale:
            raise stale.pop()
        return real_search(spool_dir, known)

    async with runner.running():
        monkeypatch.setattr(module, "find_orphans", search)
        claim.release()
        async with asyncio.timeout(30):
            await has_run.wait()
    assert runs.asked == [(info.recording_id, True)]


async def test_a_segment_deleted_while_its_first_chunk_is_encoded_leaves_nothing(tmp_path: Path) -> None:
    info = segment_info(tmp_path)
    claim = claimed_folder(tmp_path / "spool", info)
    runs = ScriptedRuns([RunResult.FAILED])
    runner = supervisor(tmp_path / "spool", runs)

    def delete(folder: Path) -> None:
        shutil.rmtree(folder)
        runner.dropped(info.recording_id)

    runs.before = delete
    async with runner.running():
        runner.opened(claim)
        runner.chunk_ready(info.recording_id)
        await runner.wait_until_idle()
    assert list((tmp_path / "spool").iterdir()) == []


class EndlessRun:
    """A run that ends only when it is cancelled."""

    def __init__(self) -> None:
        self.is_cancelled = False

    async def __call__(self, folder: Path, *, finish: bool) -> WorkerEnd:  # noqa: ARG002 (the runner's signature)
        """Wait for ever."""
        try:
            await asyncio.Event().wait()
        finally:
            self.is_cancelled = True
        raise AssertionError


async def test_a_shut_down_does_not_wait_for_ever_and_leaves_the_spool(tmp_path: Path) -> None:
    claim, info = spooled(tmp_path)
    claim.release()
    run = EndlessRun()
    config = CONFIG.model_copy(update={"shutdown_s": 0.0})
    async with supervisor(tmp_path / "spool", run, config).running():
        await asyncio.sleep(0)
    assert [path.name for path in (tmp_path / "spool").iterdir()] == [info.recording_id]
    again = Claim.on_orphan(claim.folder.path)
    assert again is not None, "the claim was given back"
    again.release()


async def test_the_real_process_encodes_and_reports(tmp_path: Path) -> None:
    claim, info = spooled(tmp_path)
    info.target_dir.mkdir()
    end = await worker_runner(CONFIG)(claim.folder.path, finish=True)
    assert (end.result, end.reason) == (RunResult.DONE, "")
    assert end.report is not None
    assert end.report.total_frames == 20
    assert video_path(info.target_dir, info.recording_id).exists()


async def test_a_run_that_is_cancelled_takes_its_process_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: asyncio.Future[asyncio.subprocess.Process] = asyncio.get_running_loop().create_future()
    real_start = asyncio.create_subprocess_exec

    async def start(*_: object, **__: object) -> asyncio.subprocess.Process:
        process = await real_start("sleep", "600", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        started.set_result(process)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)
    run = asyncio.ensure_future(worker_runner(CONFIG)(tmp_path, finish=True))
    process = await started
    run.cancel()
    await asyncio.wait({run})
    assert process.returncode == -9


@pytest.mark.parametrize(
    ("code", "output", "complaints", "result", "reason"),
    [
        (75, b"", b"OSError: disk full\n", RunResult.TRY_LATER, "OSError: disk full"),
        (1, b"", b"Traceback\nboom", RunResult.FAILED, "Traceback\nboom"),
        (-11, b"", b"", RunResult.FAILED, "exit code -11"),
    ],
)
def test_exit_codes_are_understood(code: int, output: bytes, complaints: bytes, result: RunResult, reason: str) -> None:
    assert judge(code, output, complaints) == WorkerEnd(result, None, reason)


def test_a_success_without_a_report_is_a_failure() -> None:
    assert judge(0, b"nonsense", b"").result is RunResult.FAILED
