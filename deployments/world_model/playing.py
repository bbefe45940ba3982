"""The playing half of a world: passes, one behind the other, as the gate lets them.

Owns the bursts. A burst is passes made on the device thread without going back to the event loop in between: that way
and back costs a good part of a millisecond. It ends when the gate lets no further pass in; then the loop waits for the
cap or for a change, and engine commands have their turn. What the gate lets in is `gate`'s business.
"""

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from deployments.world_model.batches import Pass, finish_pass
from deployments.world_model.engine import DeviceError
from protocol.errors import DeviceLostError
from protocol.link import ErrorReport, Restarted, StageReached, WorldFailed
from protocol.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployments.world_model.gate import PassGate
    from deployments.world_model.holder import GeneratePass
    from deployments.world_model.outbox import Outbox
    from deployments.world_model.parts import WorldParts
    from deployments.world_model.timeline import Timeline
    from protocol.link import WorldSpec


def make_burst(
    generate: "GeneratePass",
    *,
    gate: "PassGate",
    timeline: "Timeline",
    spec: "WorldSpec",
    hand_on: "Callable[[Pass], object]",
) -> None:
    """Make passes on this thread until the gate is shut, and hand on each as soon as it is over.

    The timeline is the burst's own until it returns. What `generate` raises ends it: that pass never was.
    """
    while True:
        started_s, started_at_s = time.perf_counter(), time.time()
        consumed = gate.enter(spec, started_s)
        if consumed is None:
            return
        generated = generate(consumed.input)
        finished = Pass(
            epoch=timeline.epoch,
            frame_id=timeline.next_frame_id,
            consumed=consumed,
            generated=generated,
            started_s=started_s,
            done_s=time.perf_counter(),
            started_at_s=started_at_s,
        )
        timeline.passed(generated.frames)
        gate.sent()
        hand_on(finished)


class Playing:
    """One session's. It makes bursts under `engine_free`, which engine commands take too."""

    def __init__(
        self,
        parts: "WorldParts",
        gate: "PassGate",
        timeline: "Timeline",
        outbox: "Outbox",
        engine_free: asyncio.Lock,
    ) -> None:
        self._parts = parts
        self._gate = gate
        self._timeline = timeline
        self._outbox = outbox
        self._engine_free = engine_free
        self._changed = asyncio.Event()

    def look_again(self) -> None:
        """Something changed that may let a pass start."""
        self._changed.set()

    async def run(self, tasks: asyncio.TaskGroup) -> None:
        """Play until cancelled; a pass that is running then is the last. Encoding is done in `tasks`."""
        try:
            while True:
                now_s = time.perf_counter()
                start_s = self._next_start_s(now_s)
                if start_s is None:
                    self._changed.clear()
                    await self._changed.wait()
                    continue
                if start_s > now_s:
                    await asyncio.sleep(start_s - now_s)
                async with self._engine_free:
                    if self._next_start_s(now_s) is not None:
                        await self._burst(tasks)
        finally:
            self._gate.close()

    def _next_start_s(self, now_s: float) -> float | None:
        if self._timeline.seed is None:
            return None
        return self._gate.next_start_s(self._parts.holder.spec_held(), now_s)

    async def _burst(self, tasks: asyncio.TaskGroup) -> None:
        finished: asyncio.Queue[Pass | None] = asyncio.Queue()  # Credits bound it. None: the burst is over.
        burst = partial(
            make_burst,
            gate=self._gate,
            timeline=self._timeline,
            spec=self._parts.holder.spec_held(),
            hand_on=partial(asyncio.get_running_loop().call_soon_threadsafe, finished.put_nowait),
        )
        bursting = asyncio.create_task(self._parts.holder.play(burst))
        bursting.add_done_callback(lambda _: finished.put_nowait(None))
        try:
            while (made := await finished.get()) is not None:
                self._parts.metrics.pass_done(made)
                self._outbox.post(tasks.create_task(finish_pass(made, self._parts.encoder, self._parts.meter)))
            await bursting
        except DeviceError as error:
            await self._recover(error)
        except DeviceLostError as lost:
            # The thread may come back from a pass that was given up: it must not make another.
            self._gate.close()
            self._parts.metrics.device_failed()
            self._give_up(lost)
        finally:
            bursting.cancel()

    async def _recover(self, error: DeviceError) -> None:
        """Start again from the current seed, or tell that this world is over."""
        seed = self._timeline.seed
        assert seed is not None, "a pass has a seed"
        self._parts.metrics.device_failed()
        try:
            await self._parts.holder.recover(seed, error)
        except DeviceLostError as lost:
            self._give_up(lost)
            return
        self._gate.forget_controls()
        self._timeline.start(seed, is_original=False)
        self._outbox.post(StageReached(stage=Stage.RESET))
        self._outbox.post(Restarted(epoch=self._timeline.epoch))

    def _give_up(self, lost: DeviceLostError) -> None:
        self._timeline.drop()
        self._outbox.post(WorldFailed(report=ErrorReport.of(lost, self._parts.snapshot()), is_fatal=True))
