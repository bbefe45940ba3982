"""The worker's thread: loading, hanging, crashing, and that none of it lets a picture through."""

import threading
from collections.abc import Iterator, Sequence

import pytest

from deployments.safety_checker.checker import Checker
from deployments.safety_checker.contract import Verdict, VerdictSource
from deployments.safety_checker.worker import CheckWorker
from protocol.errors import Fault, SeedCheckError, StartupError
from tests.fakes import pictures
from tests.fakes.safety_backend import BrightnessBackend

DARK = pictures.encoded(pictures.plain("black"))


@pytest.fixture
def backend() -> Iterator[BrightnessBackend]:
    backend = BrightnessBackend()
    yield backend
    backend.may_go_on.set()


def worker(backend: BrightnessBackend, timeout_s: float = 30.0) -> CheckWorker:
    return CheckWorker(lambda: Checker(backend, None, threshold=0.5, limit_pixels=1000), timeout_s=timeout_s)


async def test_pictures_are_checked_on_the_workers_thread() -> None:
    threads: list[str] = []

    class Spy(BrightnessBackend):
        def __init__(self) -> None:
            super().__init__()
            threads.append(threading.current_thread().name)

    spied = CheckWorker(lambda: Checker(Spy(), None, threshold=0.5, limit_pixels=1000), timeout_s=30)
    (verdict,) = await spied.check([DARK])
    assert (verdict.is_safe, verdict.source) == (True, VerdictSource.MODEL)
    assert threads == ["safety_0"]
    await spied.close()


async def test_health_waits_for_loading_and_readiness_does_not() -> None:
    may_load = threading.Event()

    def load() -> Checker:
        assert may_load.wait(30)
        return Checker(BrightnessBackend(), None, threshold=0.5, limit_pixels=1000)

    loading = CheckWorker(load, timeout_s=30)
    assert not loading.is_loaded
    may_load.set()
    await loading.check_health()
    assert loading.is_loaded
    await loading.close()


async def test_a_classifier_that_cannot_be_loaded_is_unhealthy_and_lets_nothing_through() -> None:
    def load() -> Checker:
        reason = "no weights"
        raise StartupError(reason)

    broken = CheckWorker(load, timeout_s=30)
    with pytest.raises(StartupError, match="no weights"):
        await broken.check_health()
    (verdict,) = await broken.check([DARK])
    assert (verdict.is_safe, verdict.fault, verdict.reason) == (
        False,
        Fault.SERVER,
        "the safety check failed: no weights",
    )
    assert not broken.is_loaded
    await broken.close()


async def test_a_pass_that_hangs_is_unsafe_and_unhealthy_until_it_ends(backend: BrightnessBackend) -> None:
    hanging = worker(backend, timeout_s=0.01)
    await hanging.load()
    backend.may_go_on.clear()
    (late,) = await hanging.check([DARK])
    assert (late.is_safe, late.source, late.fault) == (False, VerdictSource.ERROR, Fault.SERVER)
    with pytest.raises(SeedCheckError):
        await hanging.check_health()
    (next_one,) = await hanging.check([DARK])
    assert (next_one.is_safe, next_one.fault) == (False, Fault.SERVER)
    assert backend.batches == [1]
    backend.may_go_on.set()
    await hanging.close()


async def test_a_pass_that_ends_late_makes_the_worker_healthy_again(backend: BrightnessBackend) -> None:
    slow = worker(backend, timeout_s=0.01)
    backend.may_go_on.clear()
    await slow.check([DARK])
    assert slow.is_stuck
    backend.may_go_on.set()
    await slow.close()
    await slow.check_health()


async def test_a_checker_that_crashes_lets_nothing_through() -> None:
    class Crashing(Checker):
        def check_batch(self, pictures: Sequence[bytes]) -> list[Verdict]:
            raise MemoryError(len(pictures))

    crashing = CheckWorker(lambda: Crashing(BrightnessBackend(), None, threshold=0.5, limit_pixels=1000), timeout_s=30)
    (verdict,) = await crashing.check([DARK])
    assert (verdict.is_safe, verdict.fault) == (False, Fault.SERVER)
    await crashing.close()
