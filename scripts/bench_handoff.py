"""What handing batches to the recorder costs the session: the call, and the way down the link behind it.

The other end of the link is a process of its own that throws everything away (`python -m scripts.bench_handoff`).
"""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final, cast

from deployments.link import LinkServer, open_link
from protocol.link import (
    RECORDER_COMMANDS,
    RECORDER_FACTS,
    Batch,
    ConsumedInput,
    LeaseGrant,
    OpenSegment,
    RecordBatch,
    RecordingMetadata,
    SessionId,
    WorldSpec,
)
from scripts.bench_measures import percentile
from serve_app.recording import Recording

if TYPE_CHECKING:
    from serve_app.admission import OpenRecorder

BATCHES: Final = 150
BATCH_BYTES: Final = 320_000
"""Four pictures of 720x1280."""

LINK_TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class HandoffCost:
    """Milliseconds for each batch."""

    call_p50_ms: float
    """`Recording.batch`: what play waits for."""
    call_p99_ms: float
    link_cpu_ms: float
    """CPU of this process for framing and sending it, between other work of the event loop."""


def a_batch(frame_id: int) -> Batch:
    """A batch as a session gets it."""
    consumed = ConsumedInput(ts_s=1.0, buttons=frozenset({87}), mouse_dx=1.0, mouse_dy=0.0, client_ts=2.0)
    return Batch(epoch=1, frame_id=frame_id, sub_frames=4, consumed=consumed, payload=bytes(BATCH_BYTES))


async def measure_handoff() -> HandoffCost:
    """Hand over BATCHES batches, then send as many down a link."""
    nobody = cast("OpenRecorder", None)  # opened by `run` only
    recording = Recording(nobody, SessionId("bench"), lambda _loss: None)
    recording.post(_opening())
    calls_ms: list[float] = []
    for number in range(BATCHES):
        batch = a_batch(4 * number + 1)
        started_s = time.perf_counter()
        recording.batch(batch)
        calls_ms.append((time.perf_counter() - started_s) * 1000)
    return HandoffCost(median(calls_ms), percentile(calls_ms, 0.99), await _link_cpu_ms())


async def _link_cpu_ms() -> float:
    sink = await asyncio.create_subprocess_exec(sys.executable, "-m", "scripts.bench_handoff", stdout=PIPE)
    assert sink.stdout is not None, "its output is a pipe"
    grant = LeaseGrant.model_validate_json(await sink.stdout.readline())
    async with open_link(grant, RECORDER_FACTS, RECORDER_COMMANDS, timeout_s=LINK_TIMEOUT_S) as link:
        batches = [a_batch(4 * number + 1) for number in range(BATCHES)]
        started_s = time.process_time()
        for batch in batches:
            message = RecordBatch(
                frame_id=batch.frame_id, sub_frames=batch.sub_frames, consumed=batch.consumed, payload=batch.payload
            )
            await link.send(message)
        used_s = time.process_time() - started_s
    await sink.wait()
    return used_s * 1000 / BATCHES


async def _sink() -> None:
    async with LinkServer("127.0.0.1") as server, server.expect("sink") as expected:
        print(expected.grant.model_dump_json(), flush=True)
        link = await expected.arrive(RECORDER_COMMANDS, RECORDER_FACTS, timeout_s=LINK_TIMEOUT_S)
        async for _ in link:
            pass


def _opening() -> OpenSegment:
    spec = WorldSpec(model="m", frame_height=720, frame_width=1280, sub_frames=4, n_frames=4096, inference_fps=60)
    metadata = RecordingMetadata(biome_version=None, model="m", quant=None, seed=None, scene_authoring_enabled=False)
    return OpenSegment(video=True, actions=True, metadata=metadata, spec=spec, frame_id=1, output_dir=None)


if __name__ == "__main__":
    asyncio.run(_sink())
