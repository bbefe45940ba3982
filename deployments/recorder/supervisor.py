"""Keeps the encoder busy: starts its processes one after another and acts on how they end.

Owns the claims on spool folders from the opening of a segment until its files are finished, and the search for what
dead recorders left. Which recording is next is decided by `encode_queue`, encoding is done by `encode_worker`.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from configs.recorder import RecorderConfig
from deployments.recorder.encode_queue import EncodeQueue, Job, RunResult, Verdict
from deployments.recorder.folder import Claim, SegmentFolder
from deployments.recorder.metrics import RecorderMetrics
from deployments.recorder.naming import FAILED_SUFFIX, RecordingId
from deployments.recorder.publishing import discard, publish_log
from deployments.recorder.report import EncodeReport
from deployments.recorder.spool import backlog
from deployments.recorder.worker_process import RunsWorker, WorkerEnd

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class EncodeSupervisor:
    """One per replica. Its methods are called on the event loop, and none of them waits for the disk."""

    def __init__(
        self, spool_dir: Path, config: RecorderConfig, run_worker: RunsWorker, metrics: RecorderMetrics
    ) -> None:
        self._spool_dir = spool_dir
        self._config = config
        self._run_worker = run_worker
        self._metrics = metrics
        self._queue = EncodeQueue()
        self._claims: dict[RecordingId, Claim] = {}
        self._changed = asyncio.Event()
        self._told_fallback = False

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Encode while the block lasts, and a bounded time after it; the rest is left for the next start."""
        try:
            await self._adopt_orphans()
            async with asyncio.TaskGroup() as tasks:
                workers = [tasks.create_task(self._work()) for _ in range(self._config.encode_workers)]
                rescan = tasks.create_task(self._rescan())
                try:
                    yield
                finally:
                    rescan.cancel()
                    await self._finish_up()
                    for worker in workers:
                        worker.cancel()
        finally:
            for claim in self._claims.values():
                claim.release()

    async def _finish_up(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._config.shutdown_s):
                await self.wait_until_idle()

    async def wait_until_idle(self) -> None:
        """Until everything that can be encoded now is."""
        while not self._queue.is_idle:
            await self._changed.wait()

    def opened(self, claim: Claim) -> None:
        """A segment is being recorded; its folder is the supervisor's from here on."""
        self._claims[claim.recording_id] = claim
        self._queue.opened(claim.recording_id)

    def chunk_ready(self, recording_id: RecordingId) -> None:
        """A chunk can be encoded."""
        self._queue.chunk_ready(recording_id)
        self._notify()

    def closed(self, recording_id: RecordingId) -> None:
        """A segment is complete."""
        self._queue.closed(recording_id)
        self._notify()

    def dropped(self, recording_id: RecordingId) -> None:
        """A segment was too short; its folder is gone."""
        self._queue.dropped(recording_id)
        if recording_id not in self._queue:
            self._claims.pop(recording_id).release()
        self._notify()

    # --- encoding

    async def _work(self) -> None:
        while True:
            job = await self._next_job()
            folder = self._claims[job.recording_id].folder
            started_s = time.monotonic()
            end = await self._run_worker(folder.path, finish=job.finish)
            self._metrics.encoder_ran(time.monotonic() - started_s, end.report)
            await self._settle(job, folder, end)
            await self._measure_backlog()
            self._notify()

    async def _next_job(self) -> Job:
        while (job := self._queue.take()) is None:
            await self._changed.wait()
        return job

    async def _settle(self, job: Job, folder: SegmentFolder, end: WorkerEnd) -> None:
        self._log_end(job, end)
        if end.result is RunResult.FAILED:
            await asyncio.to_thread(_note_failure, folder, end.reason)
        match self._queue.done(job, end.result):
            case Verdict.STAYS:
                return
            case Verdict.GONE:
                await asyncio.to_thread(_discard, folder)
            case Verdict.SET_ASIDE:
                self._metrics.recording_set_aside()
                await asyncio.to_thread(set_aside, folder)
        self._claims.pop(job.recording_id).release()

    def _log_end(self, job: Job, end: WorkerEnd) -> None:
        if end.report is None:
            log.error("encoding failed", recording_id=job.recording_id, reason=end.reason, result=end.result.name)
            return
        report = end.report
        if report.fallback_reason is not None and not self._told_fallback:
            self._told_fallback = True
            tell = log.warning if self._config.encoder == "h264_nvenc" else log.info
            tell("encoder not available here", encoder=report.encoder, reason=report.fallback_reason)
        log.info("encoded", recording_id=job.recording_id, **_facts(report))

    # --- what dead recorders left

    async def _rescan(self) -> None:
        while True:
            await asyncio.sleep(self._config.rescan_s)
            self._queue.retry_waiting()
            try:
                await self._adopt_orphans()
            except OSError as error:
                log.warning("the spool cannot be searched", error=str(error))
            self._notify()

    async def _adopt_orphans(self) -> None:
        for claim, failures in await asyncio.to_thread(find_orphans, self._spool_dir, frozenset(self._claims)):
            log.info("unfinished recording found", recording_id=claim.recording_id)
            self._claims[claim.recording_id] = claim
            self._queue.found(claim.recording_id, failures)
        await self._measure_backlog()

    async def _measure_backlog(self) -> None:
        self._metrics.backlog_now(await asyncio.to_thread(backlog, self._spool_dir))

    def _notify(self) -> None:
        """Wake whoever waits for a change; each waits for one event only."""
        self._changed.set()
        self._changed = asyncio.Event()


def find_orphans(spool_dir: Path, known: frozenset[RecordingId]) -> list[tuple[Claim, int]]:
    """Claims on folders without a living owner, oldest first, and how often encoding them has failed. Blocking."""
    if not spool_dir.is_dir():
        return []
    paths = sorted(path for path in spool_dir.iterdir() if path.name not in known)
    claims = filter(None, map(Claim.on_orphan, paths))
    return [(claim, claim.folder.failures()) for claim in claims]


def set_aside(folder: SegmentFolder) -> None:
    """Keep a recording that cannot be encoded where nobody tries again; its action log is published. Blocking."""
    with suppress(OSError):
        info = folder.read_info()
        if info is not None:
            publish_log(folder, info)
    with suppress(OSError):
        folder.path.rename(folder.path.with_name(folder.path.name + FAILED_SUFFIX))


def _discard(folder: SegmentFolder) -> None:
    with suppress(OSError):
        discard(folder)


def _note_failure(folder: SegmentFolder, reason: str) -> None:
    with suppress(OSError):
        folder.note_failure(reason)


def _facts(report: EncodeReport) -> dict[str, str | int]:
    return {
        "ending": report.ending.value,
        "frames": report.frames,
        "total_frames": report.total_frames,
        "damaged": report.damaged,
        "encoder": report.encoder or "",
    }
