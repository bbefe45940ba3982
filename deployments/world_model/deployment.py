"""The WorldModel deployment: one replica, one device, one session at a time.

A session is one streaming request: `lease` yields where the link listens, then lives until the session ends. Serve's
`max_ongoing_requests: 1` makes it exclusive. What a session does is in `world`.
"""

import asyncio
from collections.abc import AsyncGenerator
from functools import partial
from typing import TYPE_CHECKING

import structlog
from ray import serve

from deployments.images import encode_jpeg
from deployments.link import LinkServer, node_address
from deployments.logs import configure_logs, tap
from deployments.startup_failure import startup_failure
from deployments.system_info import read_system_info, take_snapshot
from deployments.world_model.device_thread import DeviceThread
from deployments.world_model.encoder import JpegEncoder
from deployments.world_model.engine import EngineRequest
from deployments.world_model.engines.catalog import load_engine
from deployments.world_model.holder import CallLimits, EngineHolder
from deployments.world_model.meter import DeviceMeter
from deployments.world_model.metrics import WorldMetrics
from deployments.world_model.parts import WorldParts
from deployments.world_model.world import World
from protocol.errors import BiomeError, DeviceLostError
from protocol.link import WORLD_COMMANDS, WORLD_FACTS, LeaseGrant, SessionId

if TYPE_CHECKING:
    from configs.world_model import WorldModelConfig
    from protocol.stages import Stage

STILL_QUALITY = 95
"""JPEG quality of a frame that is handed over to be edited."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class WorldModel:
    """One replica. Its engine outlives its sessions, so that the next player finds it warm."""

    def __init__(self, config: "WorldModelConfig") -> None:
        configure_logs("world_model")
        self._config = config
        self._replica = serve.get_replica_context().replica_id.unique_id
        self._device = DeviceThread()
        self._holder = EngineHolder(
            self._device, lambda request, report: load_engine(request, config, report), call_limits(config)
        )
        self._metrics = WorldMetrics()
        self._parts = WorldParts(
            holder=self._holder,
            encoder=JpegEncoder(config.encoder_threads),
            still_encoder=partial(encode_jpeg, quality=STILL_QUALITY),
            meter=DeviceMeter(config.device),
            metrics=self._metrics,
            system_info=read_system_info(config.device),
            snapshot=partial(take_snapshot, config.device),
            limit_pixels=config.limit_pixels,
        )
        self._preloading = asyncio.get_running_loop().create_task(self._preload())
        self._links: LinkServer | None = None

    async def lease(self, session_id: SessionId) -> AsyncGenerator[LeaseGrant]:
        """Hold this replica for one session: yields one grant, and ends when the link does.

        Raises DeviceLostError on a replica that only waits to be replaced.
        """
        await self.check_health()
        links = await self._listen()
        with structlog.contextvars.bound_contextvars(session_id=session_id, replica=self._replica):
            async with links.expect(self._replica) as expected:
                yield expected.grant
                try:
                    link = await expected.arrive(WORLD_COMMANDS, WORLD_FACTS, timeout_s=self._config.link_timeout_s)
                except TimeoutError:
                    log.warning("lease expired: nobody opened its link")
                    return
                world = World(self._parts, link)
                loop = asyncio.get_running_loop()
                self._metrics.session_began()
                try:
                    with tap(session_id, lambda record: loop.call_soon_threadsafe(world.post_log, record)):
                        await world.run()
                finally:
                    self._metrics.session_ended(world.dropped_logs)

    async def check_health(self) -> None:
        """Called by Serve: waits for the preload. Raises StartupError when that failed, DeviceLostError when only a
        new process can help: the device failed for good, or hangs."""
        try:
            await asyncio.shield(self._preloading)
        except BiomeError as error:
            raise startup_failure(error) from None
        self._device.check()
        if self._holder.is_lost:
            raise DeviceLostError

    async def _preload(self) -> None:
        model = self._config.preload
        if model is None:
            return
        request = EngineRequest(model, self._config.preload_quant, self._config.preload_backend)
        await self._holder.hold(request, _log_stage)

    async def _listen(self) -> LinkServer:
        """The link server of this replica, listening from the first lease on."""
        if self._links is None:
            links = LinkServer(self._config.link_host or await asyncio.to_thread(node_address))
            await links.start()
            self._links = links
        return self._links


def call_limits(config: "WorldModelConfig") -> CallLimits:
    """What the configuration says of an engine's calls."""
    return CallLimits(pass_s=config.pass_timeout_s, warm_up_s=config.warm_up_timeout_s, load_s=config.load_timeout_s)


def _log_stage(stage: "Stage") -> None:
    log.info("preloading", stage=stage.value)
