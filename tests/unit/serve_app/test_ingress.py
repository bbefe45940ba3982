"""A front door without Serve around it: how it reads the other deployments, and what it says of the server."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from ray.exceptions import ActorDiedError
from ray.serve.schema import ApplicationStatus, ApplicationStatusOverview, DeploymentStatusOverview, ServeStatus

from configs.app import AppConfig
from configs.world_model import SYNTHETIC_MODEL
from deployments.system_info import HostKind, capabilities_of
from protocol.errors import StartupError
from protocol.stages import Stage
from serve_app import ingress, startup
from serve_app.ingress import Ingress, read_parts
from serve_app.startup import STAGES, Part, ReadParts, Startup
from tests.fakes.handles import FakeMethods
from tests.fakes.links import PATIENCE_S
from tests.fakes.nvml import FakeNvml

RUNNING = {"RUNNING": 1}
STARTING = {"STARTING": 1}


def deployment(status: str, replicas: dict[str, int]) -> DeploymentStatusOverview:
    """As Serve fills it in: replicas are counted by the names of their states."""
    return cast(
        "DeploymentStatusOverview",
        SimpleNamespace(status=SimpleNamespace(value=status), replica_states=replicas),
    )


class FakeServe:
    """What Serve says of the deployments beside the Ingress; None stands for a controller that does not answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.deployments: dict[str, DeploymentStatusOverview] | None = {}
        self._watches: list[Startup] = []
        monkeypatch.setattr(ingress, "Startup", self._watch_of)
        context = SimpleNamespace(app_name="biome", deployment="Ingress")
        monkeypatch.setattr(ingress.serve, "get_replica_context", lambda: context)
        monkeypatch.setattr(ingress.serve, "status", self._status)

    def all_run(self) -> None:
        """Everything is up."""
        self.deployments = {name: deployment("HEALTHY", RUNNING) for name in ("WorldModel", "SafetyChecker")}

    @property
    def watch(self) -> Startup:
        """That of the latest front door."""
        return self._watches[-1]

    def _watch_of(self, read: ReadParts) -> Startup:
        self._watches.append(Startup(read))
        return self._watches[-1]

    def _status(self) -> ServeStatus:
        if self.deployments is None:
            raise ActorDiedError
        deployments = self.deployments | {"Ingress": deployment("UPDATING", STARTING)}
        application = ApplicationStatusOverview(
            status=ApplicationStatus.DEPLOYING, message="", last_deployed_time_s=0.0, deployments=deployments
        )
        return ServeStatus(applications={"biome": application})


@pytest.fixture
def fake_serve(monkeypatch: pytest.MonkeyPatch) -> FakeServe:
    monkeypatch.setattr(ingress, "configure_logs", str)
    monkeypatch.setattr(ingress.transport, "install", id)
    monkeypatch.setattr(startup, "POLL_S", 0.0)
    return FakeServe(monkeypatch)


def front(**world_model: Any) -> Ingress:
    config = AppConfig.model_validate({"world_model": world_model})
    return Ingress(config, *(FakeMethods().handle for _ in range(5)))


async def all_stages(watch: Startup) -> list[Stage]:
    async with asyncio.timeout(PATIENCE_S):
        return [stage async for stage in watch.stages()]


# --- the other deployments


@pytest.mark.parametrize(
    ("status", "replicas", "part"),
    [
        ("UPDATING", STARTING, Part.COMING),
        ("HEALTHY", RUNNING, Part.UP),
        ("UPDATING", {"RUNNING": 1, "STOPPING": 1}, Part.UP),
        ("UPDATING", {"STARTING": 1, "STOPPING": 1}, Part.COMING),
        ("DEPLOY_FAILED", STARTING, Part.FAILED),
        ("DEPLOY_FAILED", {}, Part.FAILED),
        ("DEPLOY_FAILED", {"RUNNING": 1, "STARTING": 1}, Part.UP),
        ("UNHEALTHY", STARTING, Part.UP),
        ("HEALTHY", {}, Part.UP),
    ],
    ids=[
        "starts",
        "runs",
        "runs beside one that plays its session to the end",
        "starts while the last one of another version plays on",
        "cannot start",
        "could not start",
        "runs, and another version cannot start",
        "is replaced",
        "was scaled down to none",
    ],
)
async def test_a_part_is_up_while_a_replica_runs_and_is_judged_by_its_status_otherwise(
    fake_serve: FakeServe, status: str, replicas: dict[str, int], part: Part
) -> None:
    fake_serve.deployments = {"WorldModel": deployment(status, replicas)}
    assert await read_parts() == {"WorldModel": part}


async def test_a_controller_that_does_not_answer_says_nothing_of_the_parts(fake_serve: FakeServe) -> None:
    fake_serve.deployments = None
    assert await read_parts() is None


# --- what `/health` says


async def test_a_model_is_loaded_once_a_replica_runs_that_loads_it_at_its_start(fake_serve: FakeServe) -> None:
    fake_serve.deployments = {"WorldModel": deployment("UPDATING", STARTING)}
    made = front(preload=SYNTHETIC_MODEL)
    async with asyncio.timeout(PATIENCE_S):
        async for stage in fake_serve.watch.stages():
            if stage is Stage.STARTUP_WORLD_ENGINE_MANAGER:
                assert not made.health().world_engine.loaded
                fake_serve.all_run()
    assert made.health().world_engine.loaded
    assert made.health().safety.loaded


async def test_a_model_that_could_not_be_loaded_at_the_start_is_not_loaded(fake_serve: FakeServe) -> None:
    fake_serve.all_run()
    assert fake_serve.deployments is not None
    fake_serve.deployments["WorldModel"] = deployment("DEPLOY_FAILED", {})
    made = front(preload=SYNTHETIC_MODEL)
    with pytest.raises(StartupError, match="WorldModel"):
        await all_stages(fake_serve.watch)
    assert made.health().safety.loaded
    assert not made.health().world_engine.loaded


async def test_replicas_that_load_nothing_at_their_start_hold_nothing(fake_serve: FakeServe) -> None:
    fake_serve.all_run()
    made = front()
    assert await all_stages(fake_serve.watch) == list(STAGES)
    assert not made.health().world_engine.loaded


async def test_a_front_door_without_a_gpu_offers_what_its_worlds_can_run(
    fake_serve: FakeServe, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeNvml().install(monkeypatch)
    fake_serve.all_run()
    assert front(device="cuda").health().capabilities == capabilities_of(HostKind.CUDA)
