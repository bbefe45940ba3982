"""The device thread: order, context, cancellation, end."""

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from deployments.world_model.device_thread import DeviceThread
from protocol.errors import DeviceLostError
from tests.fakes.worlds import StoppedClock


@pytest.fixture
async def device() -> AsyncIterator[DeviceThread]:
    async with DeviceThread("a-device") as thread:
        yield thread


async def test_every_call_is_made_on_the_same_other_thread(device: DeviceThread) -> None:
    threads = [await device.run(threading.current_thread) for _ in range(3)]
    assert len(set(threads)) == 1
    assert threads[0] is not threading.current_thread()
    assert threads[0].name.startswith("a-device")


async def test_results_and_errors_reach_the_caller(device: DeviceThread) -> None:
    assert await device.run(divmod, 7, 2) == (3, 1)
    assert await device.run(int, "ff", base=16) == 255
    with pytest.raises(ZeroDivisionError):
        await device.run(divmod, 1, 0)


async def test_calls_are_made_in_the_order_in_which_they_were_submitted(device: DeviceThread) -> None:
    made: list[int] = []
    await asyncio.gather(*(device.run(made.append, number) for number in range(50)))
    assert made == list(range(50))


async def test_context_variables_reach_the_call(device: DeviceThread) -> None:
    session = contextvars.ContextVar("session", default="none")
    session.set("s1")
    assert await device.run(session.get) == "s1"


async def test_a_call_whose_caller_was_cancelled_is_finished_before_the_next(device: DeviceThread) -> None:
    made: list[str] = []
    began, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        began.set()
        may_end.wait(10)
        made.append("slow")

    caller = asyncio.create_task(device.run(slow))
    await asyncio.to_thread(began.wait, 10)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    following = asyncio.create_task(device.run(made.append, "next"))
    may_end.set()
    await following
    assert made == ["slow", "next"]


async def test_a_queued_call_whose_caller_was_cancelled_is_made_too(device: DeviceThread) -> None:
    made: list[str] = []
    may_begin = threading.Event()
    blocker = asyncio.create_task(device.run(may_begin.wait, 10))
    queued = asyncio.create_task(device.run(made.append, "queued"))
    await asyncio.sleep(0)
    queued.cancel()
    with pytest.raises(asyncio.CancelledError):
        await queued
    may_begin.set()
    await blocker
    await device.run(made.append, "last")
    assert made == ["queued", "last"]


async def test_what_an_abandoned_call_raises_is_logged(device: DeviceThread) -> None:
    began, may_end = threading.Event(), threading.Event()

    def fail() -> None:
        began.set()
        may_end.wait(10)
        raise ZeroDivisionError

    with capture_logs() as records:
        caller = asyncio.create_task(device.run(fail))
        await asyncio.to_thread(began.wait, 10)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        may_end.set()
        await device.run(int)
    assert [record["kind"] for record in records] == ["ZeroDivisionError"]


async def test_a_call_that_outlives_its_limit_ends_the_waiting_for_it_and_for_what_is_queued_behind_it() -> None:
    clock = StoppedClock()
    began, may_end = threading.Event(), threading.Event()
    async with DeviceThread(clock=clock, watch_s=0.01) as device:

        def hang() -> None:
            with device.limit("a pass", 60):
                began.set()
                may_end.wait(10)

        waiting = [asyncio.create_task(device.run(hang)), asyncio.create_task(device.run(int))]
        assert await asyncio.to_thread(began.wait, 10)
        clock.now_s += 60
        device.check()
        clock.now_s += 1
        for caller in waiting:
            with pytest.raises(DeviceLostError, match="a pass has not ended within 60 s"):
                await caller
        with pytest.raises(DeviceLostError):
            await device.run(int)
        may_end.set()


async def test_a_hang_is_known_when_nobody_waits_for_it_any_more_and_is_over_when_the_call_ends() -> None:
    clock = StoppedClock()
    began, may_end = threading.Event(), threading.Event()
    async with DeviceThread(clock=clock) as device:

        def hang() -> None:
            with device.limit("a pass", 60):
                began.set()
                may_end.wait(10)

        caller = asyncio.create_task(device.run(hang))
        assert await asyncio.to_thread(began.wait, 10)
        caller.cancel()
        await asyncio.wait([caller])
        clock.now_s += 61
        with pytest.raises(DeviceLostError):
            device.check()
        clock.now_s -= 61
        following = asyncio.create_task(device.run(int))
        may_end.set()
        assert await following == 0
        clock.now_s += 61
        device.check()


async def test_a_call_without_a_limit_may_take_as_long_as_it_likes() -> None:
    clock = StoppedClock()
    began, may_end = threading.Event(), threading.Event()
    async with DeviceThread(clock=clock, watch_s=0.01) as device:

        def take_long() -> str:
            began.set()
            may_end.wait(10)
            return "done"

        caller = asyncio.create_task(device.run(take_long))
        assert await asyncio.to_thread(began.wait, 10)
        clock.now_s += 1e6
        device.check()
        may_end.set()
        assert await caller == "done"


async def test_the_end_waits_for_the_last_call() -> None:
    made: list[str] = []
    async with DeviceThread() as device:
        last = asyncio.create_task(device.run(made.append, "last"))
        await asyncio.sleep(0)
    assert made == ["last"]
    await last


async def test_no_call_is_taken_after_the_end() -> None:
    async with DeviceThread() as device:
        pass
    with pytest.raises(RuntimeError):
        await device.run(int)
