"""The Recorder deployment: leases links to sessions and keeps the encoder going in the background.

A session is one streaming request: `lease` yields where the link listens, then lives until the session ends. Finished
recordings are files; who wants to list or serve them reads the folder (`library`). What a session does is in
`recorder_session`, encoding in `supervisor`.
"""

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import structlog
from ray import serve

from configs.recorder import RecorderConfig
from deployments.link import Link, LinkServer, node_address
from deployments.logs import configure_logs
from deployments.recorder.metrics import RecorderMetrics
from deployments.recorder.recorder_session import RecorderParts, RecorderSession
from deployments.recorder.segment import RecordingRules
from deployments.recorder.spool import SpoolLimits
from deployments.recorder.supervisor import EncodeSupervisor
from deployments.recorder.worker_process import worker_runner
from protocol.link import RECORDER_COMMANDS, RECORDER_FACTS, LeaseGrant, RecorderCommand, RecorderFact, SessionId

DRAIN_S: Final = 10.0
"""How long a session whose lease was cancelled may still take in what had been sent to it."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Recorder:
    """One replica; it serves as many sessions at once as `max_ongoing_requests` says."""

    def __init__(self, config: RecorderConfig, data_dir: Path) -> None:
        """Called on the replica's event loop. Unfinished recordings are picked up at once."""
        configure_logs("recorder")
        self._config = config
        self._replica = serve.get_replica_context().replica_id.unique_id
        self._metrics = RecorderMetrics()
        self._supervisor = EncodeSupervisor(config.spool_folder(data_dir), config, worker_runner(config), self._metrics)
        self._parts = RecorderParts(
            rules=recording_rules(config, data_dir),
            disk=ThreadPoolExecutor(1, thread_name_prefix="spool"),
            supervisor=self._supervisor,
            metrics=self._metrics,
        )
        self._sessions = 0
        self._stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._listening = loop.create_task(self._listen())
        self._encoding = loop.create_task(self._encode())

    async def lease(self, session_id: SessionId) -> AsyncGenerator[LeaseGrant]:
        """Record for one session: yields one grant, and ends when the link has ended and all of it is on the disk."""
        links = await asyncio.shield(self._listening)
        with structlog.contextvars.bound_contextvars(session_id=session_id, replica=self._replica):
            async with links.expect(self._replica) as expected:
                yield expected.grant
                try:
                    link = await expected.arrive(
                        RECORDER_COMMANDS, RECORDER_FACTS, timeout_s=self._config.link_timeout_s
                    )
                except TimeoutError:
                    log.warning("lease expired: nobody opened its link")
                    return
                await self._record(link)

    async def check_health(self) -> None:
        """Called by Serve. Raises when the encoder's supervision or the link server has died."""
        for task in (self._listening, self._encoding):
            if task.done():
                task.result()

    async def __del__(self) -> None:
        """Called by Serve when the replica stops: what is being encoded gets a bounded time."""
        self._stop.set()
        await asyncio.wait({self._encoding})

    async def _record(self, link: Link[RecorderCommand, RecorderFact]) -> None:
        """Run a session. A cancelled lease does not cut it off: the link's other end has closed, or will."""
        session = asyncio.ensure_future(RecorderSession(self._parts, link).run())
        self._count(+1)
        try:
            await asyncio.shield(session)
        except asyncio.CancelledError:
            await asyncio.wait({session}, timeout=DRAIN_S)
            raise
        finally:
            self._count(-1)
            session.cancel()

    async def _listen(self) -> LinkServer:
        links = LinkServer(self._config.link_host or await asyncio.to_thread(node_address))
        await links.start()
        return links

    async def _encode(self) -> None:
        async with self._supervisor.running():
            await self._stop.wait()

    def _count(self, change: int) -> None:
        self._sessions += change
        self._metrics.sessions_now(self._sessions)


def recording_rules(config: RecorderConfig, data_dir: Path) -> RecordingRules:
    """What the configuration says of segments."""
    return RecordingRules(
        root=config.recordings_dir(data_dir),
        spool_dir=config.spool_folder(data_dir),
        honour_client_dir=config.honour_client_dir,
        min_segment_s=config.min_segment_s,
        limits=SpoolLimits(
            chunk_bytes=config.chunk_bytes,
            min_free_bytes=config.min_free_bytes,
            spool_bytes=config.spool_limit_bytes,
        ),
    )
