"""The engine that outlives sessions: what is held, what is freed, when the device is given up."""

import asyncio
import threading
from collections.abc import AsyncIterator

import numpy as np
import pytest

from deployments.images import Frame
from deployments.world_model.engine import DeviceError, EngineInput, EngineRequest
from deployments.world_model.holder import RECOVERIES_LIMIT, GeneratePass, NothingHeldError
from protocol.client import EngineBackend
from protocol.errors import DeviceLostError, ModelUnavailableError, QuantUnsupportedError, SeedLoadError
from protocol.stages import Stage
from tests.fakes.engines import SPEC
from tests.fakes.links import PATIENCE_S
from tests.fakes.worlds import LIMITS, FakeReplica, replica

FRAME: Frame = np.zeros((SPEC.frame_height, SPEC.frame_width, 3), np.uint8)


def request(model: str = "m") -> EngineRequest:
    return EngineRequest(model, None, EngineBackend.WORLD_ENGINE)


def ignore(_stage: Stage) -> None:
    """Nobody watches."""


def one_pass(generate: GeneratePass) -> None:
    generate(EngineInput())


@pytest.fixture
async def host() -> AsyncIterator[FakeReplica]:
    async with replica() as made:
        yield made


async def test_a_model_is_loaded_once(host: FakeReplica) -> None:
    assert await host.holder.hold(request(), ignore)
    assert not await host.holder.hold(request(), ignore)
    assert host.holder.holds(request())
    assert not host.holder.holds(request("other"))


async def test_the_old_model_is_freed_before_the_new_one_is_loaded(host: FakeReplica) -> None:
    await host.holder.hold(request(), ignore)
    host.shelf.errors.append(OSError("weights are missing"))
    with pytest.raises(ModelUnavailableError, match="weights are missing"):
        await host.holder.hold(request("other"), ignore)
    assert host.shelf.engine.calls == ["close"]
    assert host.holder.spec is None


async def test_a_typed_reason_of_the_loader_stays_what_it_is(host: FakeReplica) -> None:
    host.shelf.errors.append(QuantUnsupportedError("fp8 needs another GPU"))
    with pytest.raises(QuantUnsupportedError):
        await host.holder.hold(request(), ignore)


async def test_without_a_model_nothing_can_be_asked_of_it(host: FakeReplica) -> None:
    with pytest.raises(NothingHeldError):
        await host.holder.play(one_pass)
    with pytest.raises(NothingHeldError):
        await host.holder.seed(FRAME, ignore)


async def test_a_load_goes_on_when_its_caller_leaves_and_the_next_caller_waits_for_it(host: FakeReplica) -> None:
    host.shelf.may_load.clear()
    leaving = asyncio.create_task(host.holder.hold(request(), ignore))
    assert await asyncio.to_thread(host.shelf.load_began.wait, PATIENCE_S)
    leaving.cancel()
    following = asyncio.create_task(host.holder.hold(request(), ignore))
    await asyncio.wait([leaving])
    host.shelf.may_load.set()
    assert not await following
    assert len(host.shelf.engines) == 1


async def test_a_cold_engine_is_warmed_up_once_and_a_new_one_again(host: FakeReplica) -> None:
    await host.holder.hold(request(), ignore)
    await host.holder.seed(FRAME, ignore)
    await host.holder.seed(FRAME, ignore)
    assert host.shelf.engine.calls == ["warm_up", "reset", "append_frame", "reset", "append_frame"]
    await host.holder.hold(request("other"), ignore)
    await host.holder.seed(FRAME, ignore)
    assert host.shelf.engine.calls == ["warm_up", "reset", "append_frame"]


async def test_a_seed_that_the_engine_refuses_is_typed(host: FakeReplica) -> None:
    await host.holder.hold(request(), ignore)
    host.shelf.engine.seed_errors.append(ValueError("too dark"))
    with pytest.raises(SeedLoadError, match="too dark"):
        await host.holder.seed(FRAME, ignore)
    assert not host.holder.is_lost


async def test_a_reseed_recovers_from_a_device_error(host: FakeReplica) -> None:
    await host.holder.hold(request(), ignore)
    host.shelf.engine.seed_errors.append(DeviceError("CUDA error"))
    await host.holder.reseed(FRAME)
    assert host.shelf.engine.calls == ["reset", "append_frame", "recover", "reset", "append_frame"]


async def test_a_recovery_that_fails_loses_the_device(host: FakeReplica) -> None:
    await host.holder.hold(request(), ignore)
    host.shelf.engine.recovery_errors.append(RuntimeError("still broken"))
    with pytest.raises(DeviceLostError, match="still broken"):
        await host.holder.recover(FRAME, DeviceError("CUDA error"))
    assert host.holder.is_lost


async def test_recoveries_without_a_pass_in_between_are_counted(host: FakeReplica) -> None:
    await host.holder.hold(request(), ignore)
    for _ in range(RECOVERIES_LIMIT):
        await host.holder.recover(FRAME, DeviceError("CUDA error"))
    await host.holder.play(one_pass)
    for _ in range(RECOVERIES_LIMIT):
        await host.holder.recover(FRAME, DeviceError("CUDA error"))
    assert not host.holder.is_lost
    with pytest.raises(DeviceLostError, match="CUDA error"):
        await host.holder.recover(FRAME, DeviceError("CUDA error"))
    assert host.holder.is_lost


async def hangs(host: FakeReplica, call: str, limit_s: float) -> None:
    """The scripted engine hangs in `call` now: it may for `limit_s` seconds, and not for a second more."""
    assert await asyncio.to_thread(host.shelf.engine.hang_began.wait, PATIENCE_S), call
    host.clock.now_s += limit_s
    host.device.check()
    host.clock.now_s += 1
    with pytest.raises(DeviceLostError):
        host.device.check()


async def seeded(host: FakeReplica, *, hangs_in: str) -> None:
    """A warm engine whose next call of that name hangs."""
    await host.holder.hold(request(), ignore)
    await host.holder.seed(FRAME, ignore)
    host.shelf.engine.hangs_in = hangs_in


async def test_a_pass_that_hangs_loses_the_device(host: FakeReplica) -> None:
    await seeded(host, hangs_in="generate")
    playing = asyncio.create_task(host.holder.play(one_pass))
    await hangs(host, "generate", LIMITS.pass_s)
    with pytest.raises(DeviceLostError, match="a pass has not ended within 60 s"):
        await playing
    assert host.holder.is_lost


async def test_a_seed_queued_behind_a_pass_that_hangs_is_not_waited_for(host: FakeReplica) -> None:
    await seeded(host, hangs_in="generate")
    leaving = asyncio.create_task(host.holder.play(one_pass))
    assert await asyncio.to_thread(host.shelf.engine.hang_began.wait, PATIENCE_S)
    leaving.cancel()
    next_player = asyncio.create_task(host.holder.seed(FRAME, ignore))
    await hangs(host, "generate", LIMITS.pass_s)
    with pytest.raises(DeviceLostError):
        await next_player
    assert host.holder.is_lost


@pytest.mark.parametrize("call", ["reset", "append_frame"])
async def test_a_start_that_hangs_loses_the_device(host: FakeReplica, call: str) -> None:
    await seeded(host, hangs_in=call)
    seeding = asyncio.create_task(host.holder.seed(FRAME, ignore))
    await hangs(host, call, LIMITS.pass_s)
    with pytest.raises(DeviceLostError, match="starting from a picture"):
        await seeding


async def test_a_cold_engine_has_longer_for_its_first_seed(host: FakeReplica) -> None:
    await host.holder.hold(request(), ignore)
    host.shelf.engine.hangs_in = "warm_up"
    seeding = asyncio.create_task(host.holder.seed(FRAME, ignore))
    await hangs(host, "warm_up", LIMITS.warm_up_s)
    with pytest.raises(DeviceLostError, match="warming up"):
        await seeding


async def test_an_engine_that_has_recovered_has_longer_until_its_first_pass_is_over(host: FakeReplica) -> None:
    await seeded(host, hangs_in="generate")
    host.shelf.engine.may_go_on.set()
    await host.holder.recover(FRAME, DeviceError("CUDA error"))
    host.shelf.engine.may_go_on.clear()
    playing = asyncio.create_task(host.holder.play(one_pass))
    assert await asyncio.to_thread(host.shelf.engine.hang_began.wait, PATIENCE_S)
    host.clock.now_s += LIMITS.warm_up_s
    host.shelf.engine.may_go_on.set()
    await playing
    host.shelf.engine.may_go_on.clear()
    host.shelf.engine.hang_began.clear()
    playing = asyncio.create_task(host.holder.play(one_pass))
    await hangs(host, "generate", LIMITS.pass_s)
    with pytest.raises(DeviceLostError):
        await playing


@pytest.mark.parametrize("call", ["recover", "reset"])
async def test_a_recovery_that_hangs_loses_the_device(host: FakeReplica, call: str) -> None:
    await seeded(host, hangs_in=call)
    recovering = asyncio.create_task(host.holder.recover(FRAME, DeviceError("CUDA error")))
    await hangs(host, call, LIMITS.warm_up_s)
    with pytest.raises(DeviceLostError):
        await recovering
    assert host.holder.is_lost


async def test_a_load_may_take_hours_and_one_that_never_ends_loses_the_device(host: FakeReplica) -> None:
    host.shelf.may_load.clear()
    leaving = asyncio.create_task(host.holder.hold(request(), ignore))
    assert await asyncio.to_thread(host.shelf.load_began.wait, PATIENCE_S)
    leaving.cancel()
    next_player = asyncio.create_task(host.holder.hold(request(), ignore))
    host.clock.now_s += LIMITS.load_s
    host.device.check()
    host.clock.now_s += 1
    with pytest.raises(DeviceLostError, match="loading the model"):
        await next_player
    assert host.holder.is_lost


async def test_a_model_that_cannot_be_freed_loses_the_device(host: FakeReplica) -> None:
    await seeded(host, hangs_in="close")
    holding = asyncio.create_task(host.holder.hold(request("other"), ignore))
    await hangs(host, "close", LIMITS.warm_up_s)
    with pytest.raises(DeviceLostError, match="freeing the model"):
        await holding


async def test_a_burst_makes_its_passes_on_the_device_thread_and_ends_when_it_likes(host: FakeReplica) -> None:
    await host.holder.hold(request(), ignore)
    threads: list[str] = []

    def burst(generate: GeneratePass) -> None:
        for dx in (1.0, 2.0):
            threads.append(threading.current_thread().name)
            assert generate(EngineInput(mouse_dx=dx)).frames.shape[0] == SPEC.sub_frames

    await host.holder.play(burst)
    assert [controls.mouse_dx for controls in host.shelf.engine.inputs] == [1.0, 2.0]
    assert all(name.startswith("device") for name in threads)


async def test_a_device_error_ends_a_burst_and_reaches_its_caller(host: FakeReplica) -> None:
    await host.holder.hold(request(), ignore)
    host.shelf.engine.pass_errors.append(DeviceError("CUDA error"))
    with pytest.raises(DeviceError, match="CUDA error"):
        await host.holder.play(one_pass)
