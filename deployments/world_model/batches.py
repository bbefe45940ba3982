"""From the frames of a pass to the envelope that a client gets.

Owns what the header's timings mean. Encoding itself is the encoder's.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from protocol.frame import FrameHeader, pack_envelope
from protocol.link import Batch, ConsumedInput

if TYPE_CHECKING:
    from deployments.world_model.controls import Consumed
    from deployments.world_model.engine import Frame, FrameStack, Generated


class EncodesFrames(Protocol):
    """What turns frames into JPEGs, in parallel."""

    async def encode(self, frames: "FrameStack") -> tuple[bytes, ...]:
        """One JPEG per frame, in order."""
        ...


@dataclass(frozen=True, slots=True)
class DeviceLoad:
    """How busy the device is; -1 where nobody can tell."""

    vram_used_bytes: int = -1
    gpu_util_percent: float = -1


class ReadsLoad(Protocol):
    """What reads the device's memory and load."""

    def read(self) -> DeviceLoad:
        """The load now, or as of a moment ago: cheap enough for every batch."""
        ...


class CountsPasses(Protocol):
    """What counts for the operator."""

    def pass_done(self, finished: "Pass") -> None:
        """One pass is over."""
        ...

    def device_failed(self) -> None:
        """A device error came up."""
        ...


@dataclass(frozen=True, slots=True)
class Pass:
    """One finished pass, its frames not yet encoded. `started_s` and `done_s` are `time.perf_counter` values."""

    epoch: int
    frame_id: int
    consumed: "Consumed"
    generated: "Generated"
    started_s: float
    done_s: float
    started_at_s: float
    """Wall-clock time of the start, for the action log."""


async def finish_pass(finished: Pass, encoder: EncodesFrames, meter: ReadsLoad) -> Batch:
    """Encode and pack one pass."""
    generated = finished.generated
    encoding_s = time.perf_counter()
    jpegs = await encoder.encode(generated.frames)
    encoded_s = time.perf_counter()
    load = meter.read()
    metered_s = time.perf_counter()
    gen_ms = (finished.done_s - finished.started_s) * 1e3
    header = FrameHeader(
        frame_id=finished.frame_id,
        client_ts=finished.consumed.client_ts,
        gen_ms=gen_ms,
        vram_used_bytes=load.vram_used_bytes,
        gpu_util_percent=load.gpu_util_percent,
        t_infer_ms=generated.infer_ms,
        t_sync_ms=generated.sync_ms,
        t_enc_ms=(encoded_s - encoding_s) * 1e3,
        t_metrics_ms=(metered_s - encoded_s) * 1e3,
        t_overhead_ms=max(0.0, gen_ms - generated.infer_ms - generated.sync_ms) + (encoding_s - finished.done_s) * 1e3,
    )
    controls = finished.consumed.input
    return Batch(
        epoch=finished.epoch,
        frame_id=finished.frame_id,
        sub_frames=len(jpegs),
        consumed=ConsumedInput(
            ts_s=finished.started_at_s,
            buttons=controls.buttons,
            mouse_dx=controls.mouse_dx,
            mouse_dy=controls.mouse_dy,
            client_ts=finished.consumed.client_ts,
        ),
        payload=pack_envelope(header, jpegs),
    )


async def seed_batch(frame: "Frame", epoch: int, encoder: EncodesFrames) -> Batch:
    """The seed itself as frame 0: one sub-frame, no timings."""
    jpegs = await encoder.encode(np.expand_dims(frame, 0))
    header = FrameHeader(frame_id=0, client_ts=0.0, gen_ms=0.0)
    return Batch(epoch=epoch, frame_id=0, sub_frames=1, consumed=None, payload=pack_envelope(header, jpegs))
