"""A replica of the WorldModel deployment, without Serve around it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from types import SimpleNamespace

import pytest

from configs.world_model import SYNTHETIC_MODEL, WorldModelConfig
from deployments.link import Link, LinkServer, open_link
from deployments.world_model import deployment
from deployments.world_model.deployment import WorldModel
from deployments.world_model.device_thread import DeviceThread
from deployments.world_model.engine import DeviceError, EngineRequest, ReportStage
from protocol.errors import DeviceLostError, ModelUnavailableError, StartupError
from protocol.link import (
    WORLD_COMMANDS,
    WORLD_FACTS,
    CommandId,
    Configure,
    Configured,
    Hello,
    Seed,
    Seeded,
    SessionId,
    WorldCommand,
    WorldFact,
    WorldFailed,
)
from tests.fakes.engines import EngineShelf, ScriptedEngine
from tests.fakes.links import PATIENCE_S
from tests.fakes.pictures import encoded, plain
from tests.fakes.worlds import FORWARD, StoppedClock

SESSION = SessionId("s1")
CONFIGURE = Configure(command_id=CommandId(1), model="m")
SEED = Seed(command_id=CommandId(2), is_original=True, announce=False, payload=encoded(plain("black", 16, 8)))


@pytest.fixture
async def shelf(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[EngineShelf]:
    """Where the replica's engines come from; what else belongs to a process is replaced or ended."""
    made = EngineShelf()
    servers: list[LinkServer] = []

    class EndedServer(LinkServer):
        async def start(self) -> None:
            servers.append(self)
            await super().start()

    def load(request: EngineRequest, _config: WorldModelConfig, report: ReportStage) -> ScriptedEngine:
        return made.load(request, report)

    context = SimpleNamespace(replica_id=SimpleNamespace(unique_id="r1"))
    monkeypatch.setattr(deployment.serve, "get_replica_context", lambda: context)
    monkeypatch.setattr(deployment, "configure_logs", str)
    monkeypatch.setattr(deployment, "load_engine", load)
    monkeypatch.setattr(deployment, "LinkServer", EndedServer)
    yield made
    made.may_load.set()
    for engine in made.engines:
        engine.may_pass.set()
    for server in servers:
        await server.__aexit__(None, None, None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    """By which the device thread's calls are timed."""
    stopped = StoppedClock()
    monkeypatch.setattr(deployment, "DeviceThread", partial(DeviceThread, clock=stopped, watch_s=0.01))
    return stopped


def replica(*, preload: str | None = None, link_timeout_s: float = PATIENCE_S) -> WorldModel:
    return WorldModel(WorldModelConfig(link_host="127.0.0.1", link_timeout_s=link_timeout_s, preload=preload))


@asynccontextmanager
async def leased(world: WorldModel) -> AsyncGenerator[Link[WorldFact, WorldCommand]]:
    """A session on this replica; the lease is over when the block is."""
    async with aclosing(world.lease(SESSION)) as stream:
        grant = await anext(stream)
        watching = asyncio.ensure_future(anext(stream, None))
        async with open_link(grant, WORLD_FACTS, WORLD_COMMANDS, timeout_s=PATIENCE_S) as link:
            yield link
        assert await watching is None


async def until(link: Link[WorldFact, WorldCommand], kind: type[WorldFact]) -> WorldFact:
    """The first fact of this kind."""
    async with asyncio.timeout(PATIENCE_S):
        return await anext(fact async for fact in link if isinstance(fact, kind))


async def test_a_lease_names_its_replica_and_ends_with_its_link(shelf: EngineShelf) -> None:
    world = replica()
    for _ in range(2):
        async with leased(world) as link:
            await until(link, Hello)
    assert shelf.engines == []


async def test_a_lease_whose_link_nobody_opens_expires(shelf: EngineShelf) -> None:
    async with aclosing(replica(link_timeout_s=0.01).lease(SESSION)) as stream:
        assert (await anext(stream)).replica == "r1"
        assert await anext(stream, None) is None
    assert shelf.engines == []


async def test_the_engine_outlives_the_session(shelf: EngineShelf) -> None:
    world = replica()
    for _ in range(2):
        async with leased(world) as link:
            await link.send(CONFIGURE)
            await until(link, Configured)
    assert len(shelf.engines) == 1


async def test_a_replica_whose_device_is_lost_refuses_the_next_lease_and_is_unhealthy(shelf: EngineShelf) -> None:
    def break_for_good(engine: ScriptedEngine) -> None:
        engine.seed_errors.append(DeviceError("CUDA error"))
        engine.recovery_errors.append(DeviceError("still broken"))

    shelf.prepare = break_for_good
    world = replica()
    await world.check_health()
    async with leased(world) as link:
        await link.send(CONFIGURE)
        await link.send(SEED)
        await until(link, WorldFailed)
    with pytest.raises(DeviceLostError):
        await anext(world.lease(SESSION))
    with pytest.raises(DeviceLostError):
        await world.check_health()


async def test_a_replica_whose_pass_never_returns_refuses_the_next_lease_and_is_unhealthy(
    shelf: EngineShelf, clock: StoppedClock
) -> None:
    world = replica()
    async with leased(world) as link:
        await link.send(CONFIGURE)
        await link.send(SEED)
        await until(link, Seeded)
        shelf.engine.may_pass.clear()
        await link.send(FORWARD)
        assert await asyncio.to_thread(shelf.engine.pass_began.wait, PATIENCE_S)
    await world.check_health()
    clock.now_s += 61
    with pytest.raises(DeviceLostError, match="a pass has not ended within 60 s"):
        await world.check_health()
    with pytest.raises(DeviceLostError):
        await anext(world.lease(SESSION))


async def test_a_preload_that_never_ends_is_a_failed_start(shelf: EngineShelf, clock: StoppedClock) -> None:
    shelf.may_load.clear()
    world = replica(preload=SYNTHETIC_MODEL)
    assert await asyncio.to_thread(shelf.load_began.wait, PATIENCE_S)
    clock.now_s += 4 * 3600 + 1
    with pytest.raises(StartupError, match="loading the model has not ended"):
        await world.check_health()


async def test_a_preloaded_model_is_held_before_the_first_lease(shelf: EngineShelf) -> None:
    world = replica(preload=SYNTHETIC_MODEL)
    await world.check_health()
    async with leased(world) as link:
        hello = await until(link, Hello)
    assert isinstance(hello, Hello)
    assert hello.spec == shelf.engine.spec


async def test_a_model_that_cannot_be_preloaded_is_told_in_one_line(shelf: EngineShelf) -> None:
    shelf.errors.append(ModelUnavailableError("there is\nno such model"))
    world = replica(preload=SYNTHETIC_MODEL)
    with pytest.raises(StartupError, match="there is no such model"):
        await world.check_health()
    with pytest.raises(StartupError):
        await anext(world.lease(SESSION))
