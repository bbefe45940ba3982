"""Threads that step back for the world."""

import asyncio
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from configs.scene_authoring import PromptAuthorConfig
from deployments.safety_checker.checker import Checker
from deployments.safety_checker.worker import CheckWorker
from deployments.scene_authoring.lazy_model import LazyModel
from deployments.thread_priority import THREAD_NICENESS, yield_to_the_world
from tests.fakes.safety_backend import BrightnessBackend

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere niceness belongs to the process")


def hear(*, is_loaded: bool) -> None:
    del is_loaded


def own_niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


async def test_the_classifier_and_the_models_that_paint_step_back_and_nobody_else() -> None:
    before, checkers = own_niceness(), list[int]()

    def load() -> Checker:
        checkers.append(own_niceness())
        return Checker(BrightnessBackend(), None, threshold=0.5, limit_pixels=1000)

    worker = CheckWorker(load, timeout_s=30)
    model = LazyModel(lambda _: None, lambda: None, PromptAuthorConfig(), name="editor", tell=hear)
    await worker.load()
    assert checkers == [THREAD_NICENESS]
    assert await model.run(lambda _: own_niceness()) == THREAD_NICENESS
    assert own_niceness() == before == await asyncio.to_thread(own_niceness)
    await worker.close()
    await model.close()


async def test_who_runs_in_real_time_does_not_pass_it_on_to_them() -> None:
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except PermissionError:
        pytest.skip("not allowed to run in real time here")
    try:
        model = LazyModel(lambda _: None, lambda: None, PromptAuthorConfig(), name="editor", tell=hear)
        assert await model.run(lambda _: os.sched_getscheduler(0)) == os.SCHED_OTHER
        await model.close()
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def test_one_whose_work_is_waited_for_steps_back_by_less() -> None:
    with ThreadPoolExecutor(1, initializer=yield_to_the_world, initargs=(5,)) as pool:
        assert pool.submit(own_niceness).result() == max(5, own_niceness())
