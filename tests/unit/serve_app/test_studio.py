"""Calls of the author and the editor: whatever happens to one, the caller gets one of our errors."""

import asyncio

import pytest
from ray.exceptions import ActorDiedError, ActorUnavailableError, RayTaskError
from ray.serve.exceptions import BackPressureError

from configs.scene_authoring import ImageEditorConfig, PromptAuthorConfig
from deployments.scene_authoring.errors import AuthoringFailedError
from protocol.errors import AuthoringLoadError
from serve_app.studio import ServeStudio, ask
from tests.fakes.handles import FakeMethods
from tests.fakes.studio import WRITTEN


def raised_there(error: Exception) -> Exception:
    """As a deployment's exception reaches its caller."""
    return RayTaskError("edit", "Traceback\nof there", error).as_instanceof_cause()


async def test_an_answer_is_passed_on() -> None:
    fake = FakeMethods("done")
    assert await ask("editor", fake.handle, 30.0, "edit", b"jpeg", WRITTEN) == "done"
    assert fake.calls == [("edit", (b"jpeg", WRITTEN))]
    assert fake.cancellations == 0


async def test_an_error_of_ours_arrives_as_itself() -> None:
    fake = FakeMethods(raised_there(AuthoringLoadError("no memory")))
    with pytest.raises(AuthoringLoadError) as caught:
        await ask("author", fake.handle, 30.0, "ensure_loaded")
    assert type(caught.value) is AuthoringLoadError
    assert caught.value.message == "no memory"


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (raised_there(ZeroDivisionError("zero")), "the editor failed"),
        (ActorDiedError(), "the editor is gone"),
        (ActorUnavailableError("away", None), "the editor is gone"),
        (BackPressureError(1, 1), "the editor is gone"),
    ],
)
async def test_everything_else_becomes_one_typed_error(failure: Exception, words: str) -> None:
    fake = FakeMethods(failure)
    with pytest.raises(AuthoringFailedError, match=words):
        await ask("editor", fake.handle, 30.0, "edit")
    assert fake.cancellations == 1


async def test_a_part_that_does_not_answer_in_time_is_given_up() -> None:
    fake = FakeMethods()
    with pytest.raises(AuthoringFailedError, match="did not answer within 0 s"):
        await ask("author", fake.handle, 0.0, "author_scene")
    assert fake.cancellations == 1


async def test_a_caller_that_leaves_calls_off_what_it_asked_for() -> None:
    fake = FakeMethods()
    asking = asyncio.create_task(ask("author", fake.handle, 30.0, "author_scene"))
    await fake.called.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert fake.cancellations == 1


@pytest.mark.parametrize(
    ("author", "editor", "expected"), [(True, True, True), (True, False, False), (False, True, False)]
)
async def test_the_studio_is_ready_when_both_are(*, author: bool, editor: bool, expected: bool) -> None:
    studio = studio_of(FakeMethods(author), FakeMethods(editor))
    assert await studio.is_ready() is expected


async def test_both_are_loaded_even_if_one_fails() -> None:
    author, editor = FakeMethods(raised_there(AuthoringLoadError("no memory"))), FakeMethods("loaded")
    with pytest.raises(AuthoringLoadError):
        await studio_of(author, editor).get_ready()
    assert [author.calls, editor.calls] == [[("ensure_loaded", ())]] * 2


def studio_of(author: FakeMethods, editor: FakeMethods) -> ServeStudio:
    return ServeStudio(author.handle, editor.handle, PromptAuthorConfig(), ImageEditorConfig())
