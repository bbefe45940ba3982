"""One session's recording: takes what comes down the link to the disk, in order.

The disk thread takes one message at a time, and the link is read no faster: its queue is the only one (64 messages,
then the sender waits), so nothing that arrived is ever dropped. Whatever ends the link ends the open segment properly.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol, TypeVar, assert_never

import structlog

from deployments.link import LinkLostError
from deployments.recorder.metrics import RecorderMetrics
from deployments.recorder.segment import RecordingRules, Segment
from deployments.recorder.spool import SpoolError
from deployments.recorder.supervisor import EncodeSupervisor
from protocol.link import (
    CloseSegment,
    OpenSegment,
    RecordBatch,
    RecorderCommand,
    RecorderFact,
    RecordingFailed,
    RecordSceneEdit,
    SegmentClosed,
)

ResultT = TypeVar("ResultT")

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class RecorderLink(Protocol):
    """The recorder's end of a link."""

    def __aiter__(self) -> AsyncIterator[RecorderCommand]: ...
    async def send(self, message: RecorderFact) -> None: ...


@dataclass(frozen=True, slots=True)
class RecorderParts:
    """What a session borrows from its replica. `disk` has one thread."""

    rules: RecordingRules
    disk: Executor
    supervisor: EncodeSupervisor
    metrics: RecorderMetrics


class RecorderSession:
    """`run` is its whole life."""

    def __init__(self, parts: RecorderParts, link: RecorderLink) -> None:
        self._parts = parts
        self._link = link
        self._segment: Segment | None = None

    async def run(self) -> None:
        """Serve the link until either end closes it, or it breaks."""
        try:
            async for command in self._link:
                await self._obey(command)
        except LinkLostError as error:
            log.info("link lost", error=str(error))
        finally:
            await self._close()

    async def _obey(self, command: RecorderCommand) -> None:
        try:
            match command:
                case OpenSegment():
                    await self._close()
                    await self._open(command)
                case RecordBatch():
                    await self._record(command)
                case RecordSceneEdit():
                    if self._segment is not None:
                        await self._on_disk(lambda segment=self._segment: segment.scene_edit(command))
                case CloseSegment():
                    await self._close()
                case _:
                    assert_never(command)
        except SpoolError as error:
            await self._fail(str(error))

    async def _open(self, command: OpenSegment) -> None:
        rules = self._parts.rules
        segment = await self._on_disk(lambda: Segment.begin(command, rules, time.time()))
        self._parts.supervisor.opened(segment.claim)
        self._segment = segment
        log.info("segment opened", recording_id=segment.recording_id, video=command.video, actions=command.actions)

    async def _record(self, command: RecordBatch) -> None:
        segment = self._segment
        if segment is None:
            self._parts.metrics.batch_ignored()
            return
        is_chunk_ready = await self._on_disk(lambda: segment.batch(command))
        self._parts.metrics.spooled(command.sub_frames, len(command.payload))
        if is_chunk_ready:
            self._parts.supervisor.chunk_ready(segment.recording_id)

    async def _close(self) -> None:
        segment = self._segment
        if segment is None:
            return
        is_kept = await self._end(segment)
        self._parts.metrics.segment_ended("closed" if is_kept else "discarded")
        log.info("segment closed", recording_id=segment.recording_id, frames=segment.frames, is_kept=is_kept)
        await self._tell(SegmentClosed(recording_id=segment.recording_id, frames=segment.frames))

    async def _fail(self, reason: str) -> None:
        """The open segment ends early, or could not be opened; what was spooled is still encoded."""
        log.error("recording failed", reason=reason)
        self._parts.metrics.segment_ended("failed")
        if self._segment is not None:
            await self._end(self._segment)
        await self._tell(RecordingFailed(reason=reason))

    async def _end(self, segment: Segment) -> bool:
        self._segment = None
        is_kept = await self._on_disk(lambda: segment.close(time.time()))
        if is_kept:
            self._parts.supervisor.closed(segment.recording_id)
        else:
            self._parts.supervisor.dropped(segment.recording_id)
        return is_kept

    async def _tell(self, fact: RecorderFact) -> None:
        try:
            await self._link.send(fact)
        except LinkLostError:
            log.info("nobody left to tell", fact=fact.type)

    async def _on_disk(self, work: Callable[[], ResultT]) -> ResultT:
        """Run on the disk thread. Cancelling the caller does not stop what the disk has begun."""
        return await asyncio.get_running_loop().run_in_executor(self._parts.disk, work)
