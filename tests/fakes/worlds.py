"""A real world on scripted engines, without a deployment around it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

import numpy as np
import simplejpeg

from deployments.images import Frame, encode_jpeg
from deployments.link import Link
from deployments.world_model.batches import DeviceLoad, Pass
from deployments.world_model.device_thread import DeviceThread
from deployments.world_model.encoder import JpegEncoder
from deployments.world_model.holder import CallLimits, EngineHolder
from deployments.world_model.parts import WorldParts
from deployments.world_model.world import World
from protocol.link import Steer, WorldCommand, WorldFact
from protocol.server import Snapshot, SystemInfo
from tests.fakes.engines import EngineShelf

SYSTEM_INFO = SystemInfo(cpu_name="a CPU", torch_version="2.13.0")
LIMITS = CallLimits(pass_s=60.0, warm_up_s=1800.0, load_s=14_400.0)
FORWARD = Steer(buttons=frozenset({87}), mouse_dx=2.0, mouse_dy=-1.0, client_ts=77.0)
REPLICA_SNAPSHOT = Snapshot(process_rss_bytes=1234)


class CountingMetrics:
    """What `WorldMetrics` would tell Ray."""

    def __init__(self) -> None:
        self.passes = 0
        self.device_errors = 0

    def pass_done(self, finished: Pass) -> None:
        """Count it."""
        self.passes += len(finished.generated.frames) > 0

    def device_failed(self) -> None:
        """Count it."""
        self.device_errors += 1


class SteadyMeter:
    """A device that is always equally busy."""

    def read(self) -> DeviceLoad:
        """Memory in bytes, load in percent."""
        return DeviceLoad(vram_used_bytes=1000, gpu_util_percent=50)


class StoppedClock:
    """Shows what it is set to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now_s


class FakeReplica:
    """What outlives a session: the engine and its thread. Use as given by `replica`."""

    def __init__(self, device: DeviceThread, clock: StoppedClock, encoder: JpegEncoder) -> None:
        self.device = device
        self.clock = clock
        self.shelf = EngineShelf()
        self.metrics = CountingMetrics()
        self.holder = EngineHolder(device, self.shelf.load, LIMITS)
        self.parts = WorldParts(
            holder=self.holder,
            encoder=encoder,
            still_encoder=partial(encode_jpeg, quality=95),
            meter=SteadyMeter(),
            metrics=self.metrics,
            system_info=SYSTEM_INFO,
            snapshot=lambda: REPLICA_SNAPSHOT,
            limit_pixels=1_000_000,
        )

    def world(self, link: Link[WorldCommand, WorldFact]) -> World:
        """A session on this replica."""
        return World(self.parts, link)


@asynccontextmanager
async def replica() -> AsyncGenerator[FakeReplica]:
    """A replica; hanging engines are let go when the block ends."""
    clock = StoppedClock()
    async with DeviceThread(clock=clock, watch_s=0.01) as device, JpegEncoder(1) as encoder:
        made = FakeReplica(device, clock, encoder)
        try:
            yield made
        finally:
            made.shelf.may_load.set()
            for engine in made.shelf.engines:
                engine.may_pass.set()
                engine.may_go_on.set()


def brightness(jpeg: bytes) -> int:
    """Mean brightness of a JPEG, from 0 to 255."""
    frame: Frame = simplejpeg.decode_jpeg(jpeg)
    return round(float(np.mean(frame)))
