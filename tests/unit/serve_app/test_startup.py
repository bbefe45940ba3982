"""The watch over the deployments, and the stages that clients are shown."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest

from protocol.errors import StartupError
from protocol.stages import Stage
from serve_app import startup
from serve_app.startup import STAGES, Part, Startup, stages_passed
from tests.fakes.links import PATIENCE_S

UP = {"WorldModel": Part.UP, "SafetyChecker": Part.UP, "Recorder": Part.UP}


@pytest.mark.parametrize(
    ("parts", "last"),
    [
        ({}, Stage.STARTUP_WORLD_ENGINE_MANAGER),
        ({"WorldModel": Part.COMING, "SafetyChecker": Part.UP}, Stage.STARTUP_WORLD_ENGINE_MANAGER),
        ({"WorldModel": Part.UP, "SafetyChecker": Part.COMING}, Stage.STARTUP_SAFETY_CHECKER),
        ({"WorldModel": Part.UP, "SafetyChecker": Part.UP, "Recorder": Part.COMING}, Stage.STARTUP_SAFETY_READY),
        (UP, Stage.STARTUP_READY),
        (UP | {"ImageEditor": Part.COMING}, Stage.STARTUP_SAFETY_READY),
        (UP | {"PromptAuthor": Part.FAILED, "ImageEditor": Part.FAILED}, Stage.STARTUP_READY),
        (UP | {"Recorder": Part.FAILED}, Stage.STARTUP_SAFETY_READY),
    ],
)
def test_a_stage_holds_until_its_part_is_up(parts: dict[str, Part], last: Stage) -> None:
    passed = stages_passed(parts)
    assert passed == STAGES[: STAGES.index(last) + 1]


class Controller:
    """Says what a test has put in line; the last answer is repeated."""

    def __init__(self, *answers: Mapping[str, Part] | None) -> None:
        self._answers = list(answers)

    def says(self, *answers: Mapping[str, Part] | None) -> None:
        """What it answers next."""
        self._answers = list(answers)

    async def read(self) -> Mapping[str, Part] | None:
        """One answer."""
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "POLL_S", 0.0)


@pytest.fixture
async def controller() -> AsyncIterator[Controller]:
    yield Controller({})


async def all_stages(watch: Startup) -> list[Stage]:
    async with asyncio.timeout(PATIENCE_S):
        return [stage async for stage in watch.stages()]


async def test_a_late_client_gets_the_passed_stages_at_once(controller: Controller) -> None:
    controller.says(UP)
    watch = Startup(controller.read)
    await watch.run()
    assert await all_stages(watch) == list(STAGES)
    assert watch.is_complete


async def test_who_cannot_edit_scenes_can_play(controller: Controller) -> None:
    controller.says(UP | {"ImageEditor": Part.FAILED})
    watch = Startup(controller.read)
    await watch.run()
    assert await all_stages(watch) == list(STAGES)
    assert not watch.is_up("ImageEditor")


async def test_an_early_client_gets_them_as_they_come(controller: Controller) -> None:
    watch = Startup(controller.read)
    following = aiter(watch.stages())
    assert await anext(following) is Stage.STARTUP_BEGIN
    controller.says({"WorldModel": Part.UP}, UP)
    running = asyncio.create_task(watch.run())
    assert [stage async for stage in following] == list(STAGES[1:])
    await running


async def test_a_part_that_failed_is_named(controller: Controller) -> None:
    controller.says({"WorldModel": Part.FAILED, "Recorder": Part.FAILED})
    watch = Startup(controller.read)
    running = asyncio.create_task(watch.run())
    with pytest.raises(StartupError, match="Recorder, WorldModel"):
        await all_stages(watch)
    running.cancel()


async def test_a_part_that_failed_may_still_come_up(controller: Controller) -> None:
    controller.says({"WorldModel": Part.FAILED}, UP)
    watch = Startup(controller.read)
    await watch.run()
    assert await all_stages(watch) == list(STAGES)


async def test_a_controller_that_does_not_answer_is_asked_again(controller: Controller) -> None:
    controller.says(None, None, UP)
    watch = Startup(controller.read)
    await watch.run()
    assert watch.is_complete
    assert watch.is_up("Recorder")


async def test_stages_are_never_taken_back(controller: Controller) -> None:
    controller.says({"WorldModel": Part.UP}, {"WorldModel": Part.COMING}, UP)
    watch = Startup(controller.read)
    await watch.run()
    assert await all_stages(watch) == list(STAGES)
