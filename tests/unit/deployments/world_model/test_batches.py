"""From the frames of a pass to an envelope whose timings mean what they say."""

import numpy as np
import pytest

from deployments.world_model.batches import DeviceLoad, Pass, finish_pass, seed_batch
from deployments.world_model.controls import Consumed
from deployments.world_model.engine import EngineInput, FrameStack, Generated
from protocol.frame import unpack_envelope


class NamingEncoder:
    """Its JPEGs are the brightness of the frames, in words."""

    async def encode(self, frames: FrameStack) -> tuple[bytes, ...]:
        return tuple(b"%d" % frame.max() for frame in frames)


class FixedMeter:
    def read(self) -> DeviceLoad:
        return DeviceLoad(vram_used_bytes=123, gpu_util_percent=45.0)


def a_pass() -> Pass:
    frames = np.stack([np.full((2, 2, 3), value, np.uint8) for value in (7, 8)])
    return Pass(
        epoch=3,
        frame_id=9,
        consumed=Consumed(EngineInput(frozenset({87}), 1.0, -2.0), client_ts=55.0),
        generated=Generated(frames, infer_ms=20.0, sync_ms=5.0),
        started_s=10.0,
        done_s=10.030,
        started_at_s=1e9,
    )


async def test_the_sub_frames_are_packed_in_order_behind_the_id_of_the_first() -> None:
    batch = await finish_pass(a_pass(), NamingEncoder(), FixedMeter())
    envelope = unpack_envelope(batch.payload)
    assert (batch.epoch, batch.frame_id, batch.sub_frames) == (3, 9, 2)
    assert (envelope.header.frame_id, envelope.jpegs) == (9, (b"7", b"8"))


async def test_the_header_says_which_control_was_consumed_and_how_busy_the_device_is() -> None:
    header = unpack_envelope((await finish_pass(a_pass(), NamingEncoder(), FixedMeter())).payload).header
    assert (header.client_ts, header.vram_used_bytes, header.gpu_util_percent) == (55.0, 123, 45.0)


async def test_the_parts_of_the_time_add_up() -> None:
    header = unpack_envelope((await finish_pass(a_pass(), NamingEncoder(), FixedMeter())).payload).header
    assert header.gen_ms == pytest.approx(30.0)
    assert (header.t_infer_ms, header.t_sync_ms) == (20.0, 5.0)
    assert header.t_overhead_ms is not None
    assert header.t_overhead_ms > 5.0
    assert header.t_enc_ms is not None
    assert header.t_enc_ms >= 0.0


async def test_the_consumed_controls_travel_along_for_the_action_log() -> None:
    consumed = (await finish_pass(a_pass(), NamingEncoder(), FixedMeter())).consumed
    assert consumed is not None
    assert (consumed.ts_s, consumed.buttons, consumed.mouse_dx, consumed.mouse_dy) == (1e9, frozenset({87}), 1.0, -2.0)


async def test_a_seed_is_frame_0_without_timings() -> None:
    batch = await seed_batch(np.full((2, 2, 3), 9, np.uint8), 4, NamingEncoder())
    envelope = unpack_envelope(batch.payload)
    assert (batch.epoch, batch.frame_id, batch.sub_frames, batch.consumed) == (4, 0, 1, None)
    assert envelope.jpegs == (b"9",)
    assert envelope.header.to_jsonable() == {
        "frame_id": 0,
        "client_ts": 0.0,
        "gen_ms": 0.0,
        "temporal_compression": 1,
        "vram_used_bytes": -1,
        "gpu_util_percent": -1.0,
    }
