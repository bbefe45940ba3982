"""When the hub is asked for the collection, and who waits for its answer."""

import asyncio

from serve_app.collection import Collection
from serve_app.hub import HubModel
from tests.fakes.hub import FakeHub

SLUG = "Overworld/waypoint"
LONG_S = 30.0
AT_ONCE_S = 0.0


async def listed(collection: Collection, *ids: str) -> bool:
    """Whether the collection comes to consist of `ids` as the loop goes round."""
    for _ in range(100):
        if tuple(await collection.models()) == ids:
            return True
        await asyncio.sleep(0)
    return False


async def test_models_are_told_in_order_with_their_sizes() -> None:
    collection = Collection(SLUG, FakeHub(("o/b", "o/a"), {"o/a": 7, "o/b": 9}), patience_s=LONG_S)
    models = await collection.models()
    assert list(models.values()) == [HubModel("o/b", 9), HubModel("o/a", 7)]


async def test_a_model_whose_size_is_not_to_be_had_is_told_without() -> None:
    collection = Collection(SLUG, FakeHub(("o/a",)), patience_s=LONG_S)
    assert await collection.models() == {"o/a": HubModel("o/a", None)}


async def test_many_callers_ask_the_hub_once() -> None:
    hub = FakeHub(("o/a",), {"o/a": 7})
    collection = Collection(SLUG, hub, patience_s=LONG_S)
    for _ in range(3):
        await collection.models()
    assert hub.asked == {SLUG: 1, "o/a": 1}


async def test_callers_at_the_same_time_ask_the_hub_once() -> None:
    hub = FakeHub(("o/a",), {"o/a": 7})
    hub.open.clear()
    collection = Collection(SLUG, hub, patience_s=LONG_S)
    async with asyncio.TaskGroup() as tasks:
        callers = [tasks.create_task(collection.models()) for _ in range(3)]
        await hub.was_asked.wait()
        hub.open.set()
    assert [caller.result() for caller in callers] == [{"o/a": HubModel("o/a", 7)}] * 3
    assert hub.asked[SLUG] == 1


async def test_a_caller_goes_without_when_the_hub_takes_too_long_and_its_answer_is_not_lost() -> None:
    hub = FakeHub(("o/a",), {"o/a": 7})
    hub.open.clear()
    collection = Collection(SLUG, hub, patience_s=AT_ONCE_S)
    assert await collection.models() == {}
    hub.open.set()
    assert await listed(collection, "o/a")
    assert hub.asked[SLUG] == 1


async def test_nobody_waits_any_more_once_the_hub_has_failed() -> None:
    hub = FakeHub()
    hub.is_down = True
    collection = Collection(SLUG, hub, patience_s=LONG_S, ttl_s=0)
    await collection.models()
    hub.open.clear()
    hub.was_asked.clear()
    while not hub.was_asked.is_set():
        async with asyncio.timeout(10):
            assert await collection.models() == {}
        await asyncio.sleep(0)


async def test_a_failure_is_remembered_too() -> None:
    hub = FakeHub(("o/a",))
    hub.is_down = True
    collection = Collection(SLUG, hub, patience_s=LONG_S)
    assert await collection.models() == {}
    hub.is_down = False
    assert await collection.models() == {}
    assert hub.asked == {SLUG: 1}


async def test_what_has_expired_is_told_at_once_while_it_is_asked_for_anew() -> None:
    hub = FakeHub(("o/old",))
    collection = Collection(SLUG, hub, patience_s=LONG_S, ttl_s=0)
    assert list(await collection.models()) == ["o/old"]
    hub.members = ("o/new",)
    hub.open.clear()
    hub.was_asked.clear()
    while not hub.was_asked.is_set():
        async with asyncio.timeout(10):
            assert list(await collection.models()) == ["o/old"]
        await asyncio.sleep(0)
    hub.open.set()
    assert await listed(collection, "o/new")


async def test_what_was_known_outlives_a_failure() -> None:
    hub = FakeHub(("o/a",), {"o/a": 7})
    collection = Collection(SLUG, hub, patience_s=LONG_S, ttl_s=0)
    await collection.models()
    hub.is_down = True
    hub.was_asked.clear()
    while not hub.was_asked.is_set():
        assert await collection.models() == {"o/a": HubModel("o/a", 7)}
        await asyncio.sleep(0)
    assert await collection.models() == {"o/a": HubModel("o/a", 7)}


async def test_closing_ends_a_refresh_under_way() -> None:
    hub = FakeHub(("o/a",))
    hub.open.clear()
    collection = Collection(SLUG, hub, patience_s=AT_ONCE_S)
    await collection.models()
    tasks = asyncio.all_tasks()
    await collection.close()
    assert [task for task in tasks if not task.done()] == [asyncio.current_task()]


async def test_closing_what_was_never_asked_does_nothing() -> None:
    hub = FakeHub()
    await Collection(SLUG, hub, patience_s=LONG_S).close()
    assert not hub.asked
