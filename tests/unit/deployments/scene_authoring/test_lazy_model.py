"""A model's life: loaded on first need and once, freed when idle; and calls that fail, hang or are left."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from configs.scene_authoring import PromptAuthorConfig
from deployments.scene_authoring.errors import AuthoringFailedError
from deployments.scene_authoring.lazy_model import IsWanted, LazyModel
from protocol.errors import AuthoringLoadError


class Life:
    """What happens to a model, and a hand on it."""

    def __init__(self) -> None:
        self.loads = 0
        self.frees = 0
        self.threads: set[str] = set()
        self.is_wanted: IsWanted = lambda: False
        self.fault: str | None = None
        self.news: asyncio.Queue[bool] = asyncio.Queue()
        self.loop = asyncio.get_running_loop()
        self.now_s = 0.0

    def load(self, is_wanted: IsWanted) -> str:
        self.threads.add(threading.current_thread().name)
        self.is_wanted = is_wanted
        if self.fault is not None:
            raise AuthoringLoadError(self.fault)
        self.loads += 1
        return f"model {self.loads}"

    def free(self) -> None:
        self.frees += 1

    def tell(self, *, is_loaded: bool) -> None:
        self.loop.call_soon_threadsafe(self.news.put_nowait, is_loaded)

    def model(self, **settings: float | None) -> LazyModel[str]:
        config = PromptAuthorConfig(**({"idle_unload_s": None} | settings))  # pyright: ignore[reportArgumentType]
        return LazyModel(self.load, self.free, config, name="author", tell=self.tell, clock=lambda: self.now_s)


@pytest.fixture
async def life() -> AsyncIterator[Life]:
    yield Life()


async def test_nothing_is_loaded_before_somebody_asks(life: Life) -> None:
    model = life.model()
    assert (model.is_loaded, life.loads) == (False, 0)
    assert await model.run(str.upper) == "MODEL 1"
    assert (model.is_loaded, life.loads) == (True, 1)
    await model.close()


async def test_callers_at_the_same_time_share_one_load_and_one_thread(life: Life) -> None:
    model = life.model()
    answers = await asyncio.gather(model.ensure_loaded(), model.run(str), model.run(str))
    assert answers == [None, "model 1", "model 1"]
    assert life.threads == {"author_0"}
    await model.close()


async def test_an_idle_model_is_freed_and_comes_back(life: Life) -> None:
    model = life.model(idle_unload_s=0.01)
    await model.ensure_loaded()
    assert [await life.news.get(), await life.news.get()] == [True, False]
    assert (model.is_loaded, life.frees) == (False, 1)
    assert await model.run(str) == "model 2"
    await model.close()


async def test_a_failed_load_says_why_and_is_tried_again(life: Life) -> None:
    life.fault = "no memory"
    model = life.model()
    for _ in range(2):
        with pytest.raises(AuthoringLoadError, match="no memory"):
            await model.run(str)
    assert life.frees == 2
    life.fault = None
    assert await model.run(str) == "model 1"
    await model.close()


async def test_whatever_a_backend_raises_becomes_a_typed_error(life: Life) -> None:
    model = life.model()

    def broken(_model: str) -> None:
        raise ZeroDivisionError("zero")

    with pytest.raises(AuthoringFailedError, match="the author failed: zero"):
        await model.run(broken)
    assert await model.run(str) == "model 1"
    await model.close()


async def test_a_call_that_takes_too_long_fails_and_is_told_to_give_up(life: Life) -> None:
    model = life.model(timeout_s=0.01)
    may_end, gave_up = threading.Event(), threading.Event()

    def slow(_model: str) -> None:
        assert may_end.wait(30)
        if not life.is_wanted():
            gave_up.set()

    await model.ensure_loaded()
    with pytest.raises(AuthoringFailedError, match="took longer than"):
        await model.run(slow)
    may_end.set()
    await model.close()
    assert gave_up.is_set()


async def test_a_call_whose_caller_has_gone_does_not_begin(life: Life) -> None:
    model = life.model()
    await model.ensure_loaded()
    started, may_end = asyncio.Event(), threading.Event()
    calls: list[str] = []

    def first(_model: str) -> None:
        life.loop.call_soon_threadsafe(started.set)
        assert may_end.wait(30)
        calls.append("first")

    running = asyncio.create_task(model.run(first))
    await started.wait()
    assert life.is_wanted()
    waiting = asyncio.create_task(model.run(lambda _: calls.append("second")))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    may_end.set()
    await running
    await model.close()
    assert calls == ["first"]


async def test_a_thread_that_hangs_is_unhealthy_until_it_goes_on(life: Life) -> None:
    model = life.model(timeout_s=10.0)
    await model.ensure_loaded()
    started, may_end = asyncio.Event(), threading.Event()

    def hang(_model: str) -> None:
        life.loop.call_soon_threadsafe(started.set)
        assert may_end.wait(30)

    hanging = asyncio.create_task(model.run(hang))
    await started.wait()
    life.now_s = 19.0
    await model.check_health()
    life.now_s = 21.0
    with pytest.raises(AuthoringFailedError, match="hangs"):
        await model.check_health()
    may_end.set()
    await hanging
    await model.check_health()
    await model.close()
