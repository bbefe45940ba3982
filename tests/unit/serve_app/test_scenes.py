"""From words to a picture that may be shown: the order, and what each refusal and failure becomes."""

import pytest

from deployments.safety_checker.contract import Verdict, VerdictSource
from deployments.scene_authoring.contract import Rejected
from deployments.scene_authoring.errors import AuthoringFailedError, NotUnderstoodError
from protocol.errors import (
    AuthoringLoadError,
    AuthoringNotLoadedError,
    BiomeError,
    EmptyPromptError,
    Fault,
    SceneEditRejectedError,
    SceneRejectedError,
)
from serve_app.scenes import Painting, PromptTooLongError, Scenes
from serve_app.seeds import SeedGate
from tests.fakes.hosts import FakeSafety
from tests.fakes.links import PATIENCE_S
from tests.fakes.studio import PAINTED, WRITTEN, FakeStudio

FRAME = b"a frame"


class Set:
    """Scenes with everything around them."""

    def __init__(self) -> None:
        self.studio, self.safety = FakeStudio(), FakeSafety()
        self.scenes = Scenes(
            self.studio, SeedGate(self.safety.ask, limit_bytes=1000, limit_s=PATIENCE_S), limit_chars=10
        )

    async def ask(self, kind: str) -> Painting:
        """An edit or a scene."""
        if kind == "edit":
            return await self.scenes.edit("night", FRAME)
        return await self.scenes.generate("night", 16, 8)


@pytest.fixture
async def on() -> Set:
    return Set()


@pytest.mark.parametrize(
    ("prompt", "is_on", "refusal"),
    [
        (" \n\t", True, EmptyPromptError),
        ("", False, EmptyPromptError),
        ("x" * 11, True, PromptTooLongError),
        ("x" * 100_000, False, PromptTooLongError),
        ("night", False, AuthoringNotLoadedError),
    ],
)
async def test_what_cannot_be_asked_is_refused_at_once(
    on: Set, prompt: str, *, is_on: bool, refusal: type[BiomeError]
) -> None:
    with pytest.raises(refusal):
        on.scenes.admit(prompt, is_on=is_on)


async def test_white_space_around_a_prompt_does_not_matter(on: Set) -> None:
    assert on.scenes.admit("  a tree\n", is_on=True) == "a tree"


async def test_an_edit_is_written_for_the_frame_painted_over_it_and_checked(on: Set) -> None:
    painting = await on.scenes.edit("night", FRAME)
    assert (painting.instruction, painting.jpeg) == (WRITTEN, PAINTED)
    assert on.studio.asked == [("edit", "night", FRAME), (FRAME, WRITTEN)]
    assert on.safety.asked == [PAINTED]


async def test_a_scene_is_painted_in_the_size_that_is_asked_for(on: Set) -> None:
    assert (await on.scenes.generate("village", 640, 360)).jpeg == PAINTED
    assert on.studio.asked == [("scene", "village"), (WRITTEN, 640, 360)]


@pytest.mark.parametrize(("kind", "refusal"), [("edit", SceneEditRejectedError), ("scene", SceneRejectedError)])
async def test_what_the_policy_refuses_is_not_painted(on: Set, kind: str, refusal: type[BiomeError]) -> None:
    on.studio.answer = Rejected("No.", because="policy")
    with pytest.raises(refusal, match=r"No\."):
        await on.ask(kind)
    assert len(on.studio.asked) == 1


@pytest.mark.parametrize("kind", ["edit", "scene"])
async def test_what_is_not_understood_says_what_can_be_done(on: Set, kind: str) -> None:
    on.studio.answer = Rejected("I can do night.", because="not_understood")
    with pytest.raises(NotUnderstoodError, match=r"I can do night\.") as refused:
        await on.ask(kind)
    assert refused.value.message_id is None


@pytest.mark.parametrize(("kind", "refusal"), [("edit", SceneEditRejectedError), ("scene", SceneRejectedError)])
async def test_an_unsafe_picture_is_refused(on: Set, kind: str, refusal: type[BiomeError]) -> None:
    on.safety.unsafe.add(PAINTED)
    with pytest.raises(refusal, match="on the list"):
        await on.ask(kind)


async def test_a_picture_that_could_not_be_checked_is_not_shown(on: Set) -> None:
    on.safety.verdict = Verdict(
        is_safe=False, sha256="", source=VerdictSource.ERROR, scores={}, reason="it broke", fault=Fault.SERVER
    )
    with pytest.raises(AuthoringFailedError, match="it broke"):
        await on.ask("edit")


@pytest.mark.parametrize("is_ready", [True, False])
async def test_a_load_is_told_before_it_begins(on: Set, *, is_ready: bool) -> None:
    on.studio.is_loaded = is_ready
    told: list[object] = []
    await on.scenes.prepare(lambda: told.append(list(on.studio.asked)))
    assert told == ([] if is_ready else [[]])
    assert on.studio.asked == ([] if is_ready else ["load"])


async def test_a_load_that_fails_says_so(on: Set) -> None:
    on.studio.load_error = AuthoringLoadError("no memory")
    with pytest.raises(AuthoringLoadError, match="no memory"):
        await on.scenes.prepare(lambda: None)
