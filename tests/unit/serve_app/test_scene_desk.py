"""A player who edits the world in words, with a real world behind a real link: replies, swaps, what stays."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deployments.scene_authoring.contract import Rejected
from deployments.scene_authoring.errors import AuthoringFailedError
from protocol.errors import AuthoringLoadError, MessageId, SeedLoadError
from protocol.link import OpenSegment, RecordSceneEdit
from tests.fakes.clients import Heard, kinds
from tests.fakes.studio import PAINTED, WRITTEN
from tests.fakes.worlds import brightness
from tests.unit.serve_app.session_stage import BLACK, INGRESS_SNAPSHOT, Stage, control, init, stage

EDIT = {"type": "scene_edit", "req_id": "edit", "prompt": "make it night"}
SCENE = {"type": "generate_scene", "req_id": "scene", "prompt": "a village"}
DARK = 40


@pytest.fixture
async def begun() -> AsyncIterator[Stage]:
    async with stage() as set_up:
        yield set_up
        set_up.studio.may_paint.set()


@pytest.fixture
async def playing(begun: Stage) -> Stage:
    """A session with scene authoring, whose world runs."""
    await begun.start(scenes=True, video=True)
    return begun


async def reply(on_stage: Stage, request: dict[str, Any]) -> dict[str, Any]:
    on_stage.player.say(request)
    return await on_stage.player.message("response", req_id=request["req_id"])


async def one_batch(on_stage: Stage) -> int:
    """Play one batch; its first frame's id."""
    on_stage.player.say(control("W"))
    return (await on_stage.player.envelope()).header.frame_id


def seeds_so_far(on_stage: Stage) -> int:
    (engine,) = on_stage.host.replica.shelf.engines
    return engine.calls.count("append_frame")


# --- an edit


async def test_an_edit_answers_with_both_pictures_and_the_instruction(playing: Stage) -> None:
    data = (await reply(playing, EDIT))["data"]
    assert brightness(base64.b64decode(data["original_jpeg_b64"])) == pytest.approx(128, abs=2)
    assert base64.b64decode(data["preview_jpeg_b64"]) == PAINTED
    assert data["edit_prompt"] == WRITTEN.text


async def test_an_edited_frame_becomes_the_seed_and_frames_count_anew(playing: Stage) -> None:
    assert [await one_batch(playing), await one_batch(playing)] == [1, 5]
    assert (await reply(playing, EDIT))["success"] is True
    assert seeds_so_far(playing) == 2
    assert await one_batch(playing) == 1


async def test_the_frame_that_is_edited_is_the_one_that_was_seen_last(playing: Stage) -> None:
    for _ in range(3):
        await one_batch(playing)
    original = (await reply(playing, EDIT))["data"]["original_jpeg_b64"]
    assert playing.studio.asked[1:] == [
        ("edit", "make it night", base64.b64decode(original)),
        (base64.b64decode(original), WRITTEN),
    ]
    assert brightness(base64.b64decode(original)) < 20


async def test_the_world_goes_on_while_it_is_painted(playing: Stage) -> None:
    playing.studio.may_paint.clear()
    playing.player.say(EDIT)
    await playing.studio.began.wait()
    assert [await one_batch(playing), await one_batch(playing)] == [1, 5]
    playing.studio.may_paint.set()
    assert (await playing.player.message("response", req_id="edit"))["success"] is True
    assert await one_batch(playing) == 1


async def test_a_reset_after_an_edit_returns_to_the_original(playing: Stage) -> None:
    await reply(playing, EDIT)
    playing.player.say({"type": "reset"})
    assert await one_batch(playing) == 1
    first = (await reply(playing, EDIT))["data"]["original_jpeg_b64"]
    assert first
    assert seeds_so_far(playing) == 4


async def test_an_edit_stays_in_its_recording_with_its_title(playing: Stage) -> None:
    await one_batch(playing)
    await reply(playing, EDIT)
    await one_batch(playing)
    await playing.recorder.has("open_segment", "record_batch", "record_scene_edit", "record_batch")
    (edit,) = [command for command in playing.recorder.commands if isinstance(command, RecordSceneEdit)]
    assert (edit.prompt, edit.frame_id) == (WRITTEN.caption, 1)


async def test_an_edit_of_a_paused_world_is_not_sent_as_a_frame(playing: Stage) -> None:
    playing.player.say({"type": "pause"})
    playing.player.say(EDIT)
    heard = await playing.player.hear_until("response", req_id="edit")
    assert kinds(heard) == ["response"]
    assert await frames_after_resume(playing) == 1


async def frames_after_resume(on_stage: Stage) -> int:
    on_stage.player.say({"type": "resume"})
    return await one_batch(on_stage)


# --- another world


async def test_a_scene_answers_with_its_picture_and_both_texts(playing: Stage) -> None:
    data = (await reply(playing, SCENE | {"prompt": " a village "}))["data"]
    assert base64.b64decode(data["image_jpeg_base64"]) == PAINTED
    assert (data["user_prompt"], data["sanitized_prompt"]) == (" a village ", WRITTEN.text)
    assert (data["image_model"], data["elapsed_ms"] > 0) == ("a-model", True)
    assert playing.studio.asked[1:] == [("scene", "a village"), (WRITTEN, 16, 8)]


async def test_a_scene_is_the_seed_and_the_original(playing: Stage) -> None:
    assert await one_batch(playing) == 1
    await reply(playing, SCENE)
    assert await one_batch(playing) == 1
    playing.player.say({"type": "reset"})
    original = base64.b64decode((await reply(playing, EDIT))["data"]["original_jpeg_b64"])
    assert brightness(original) == pytest.approx(DARK, abs=2)


async def test_a_scene_for_a_paused_client_is_sent_as_one_frame(playing: Stage) -> None:
    playing.player.say({"type": "pause"})
    playing.player.say(SCENE)
    (backdrop, answer) = await playing.player.hear_until("response", req_id="scene")
    assert kinds([backdrop, answer]) == ["frame 0", "response"]
    assert not isinstance(backdrop, dict)
    assert len(backdrop.jpegs) == 1
    assert brightness(backdrop.jpegs[0]) == pytest.approx(DARK, abs=2)
    assert await frames_after_resume(playing) == 1


async def test_a_scene_begins_a_recording_of_its_own_under_its_own_title(playing: Stage) -> None:
    await one_batch(playing)
    await reply(playing, SCENE)
    await one_batch(playing)
    await playing.recorder.has("open_segment", "record_batch", "close_segment", "open_segment", "record_batch")
    opened = [command for command in playing.recorder.commands if isinstance(command, OpenSegment)]
    assert opened[0].metadata.seed != WRITTEN.caption
    assert opened[1].metadata.seed == WRITTEN.caption


async def test_after_a_scene_the_first_picture_is_another_seed_again(playing: Stage) -> None:
    await reply(playing, SCENE)
    playing.player.say(init("again", scene_authoring=True))
    heard = await playing.player.hear_until("status", stage="session.ready")
    assert "session.init.seed" in kinds(heard)


# --- refusals and failures: the world is as it was


async def is_untouched(on_stage: Stage) -> bool:
    """Whether no seed has been loaded since the first, and the world still counts on from its last frame."""
    return seeds_so_far(on_stage) == 1 and await one_batch(on_stage) == 5


@pytest.fixture
async def walking(playing: Stage) -> Stage:
    assert await one_batch(playing) == 1
    return playing


async def test_a_second_request_while_one_runs_is_refused(walking: Stage) -> None:
    walking.studio.may_paint.clear()
    walking.player.say(EDIT)
    await walking.studio.began.wait()
    for second in (EDIT | {"req_id": "second"}, SCENE):
        assert (await reply(walking, second))["error_id"] == MessageId.SCENE_AUTHORING_ALREADY_IN_PROGRESS
    walking.studio.may_paint.set()
    assert (await walking.player.message("response", req_id="edit"))["success"] is True
    assert (await reply(walking, EDIT))["success"] is True


@pytest.mark.parametrize(
    ("request_", "message_id"),
    [
        (EDIT | {"prompt": "   "}, MessageId.SCENE_AUTHORING_EMPTY_PROMPT),
        (SCENE | {"prompt": ""}, MessageId.SCENE_AUTHORING_EMPTY_PROMPT),
    ],
)
async def test_an_empty_prompt_is_refused(walking: Stage, request_: dict[str, Any], message_id: MessageId) -> None:
    assert (await reply(walking, request_))["error_id"] == message_id
    assert await is_untouched(walking)


@pytest.mark.parametrize("request_", [EDIT, SCENE])
async def test_a_prompt_of_a_hundred_kilobytes_is_refused(walking: Stage, request_: dict[str, Any]) -> None:
    answer = await reply(walking, request_ | {"prompt": "x" * 100_000})
    assert answer["error"] == "the prompt is longer than 20 characters"
    assert await is_untouched(walking)


@pytest.mark.parametrize(
    ("request_", "message_id"),
    [(EDIT, MessageId.SCENE_EDIT_SAFETY_REJECTED), (SCENE, MessageId.GENERATE_SCENE_SAFETY_REJECTED)],
)
async def test_what_the_author_or_the_checker_refuses_changes_nothing(
    walking: Stage, request_: dict[str, Any], message_id: MessageId
) -> None:
    walking.studio.answer = Rejected("No.", because="policy")
    assert (await reply(walking, request_))["error_id"] == message_id
    walking.studio.answer = WRITTEN
    walking.safety.unsafe.add(PAINTED)
    assert (await reply(walking, request_))["error_id"] == message_id
    assert await is_untouched(walking)


async def test_what_is_not_understood_is_answered_in_words(walking: Stage) -> None:
    walking.studio.answer = Rejected("I can do night and fog.", because="not_understood")
    answer = await reply(walking, EDIT)
    assert answer["error"] == "I can do night and fog."
    assert "error_id" not in answer
    assert await is_untouched(walking)


@pytest.mark.parametrize("request_", [EDIT, SCENE])
@pytest.mark.parametrize("part", ["author_error", "editor_error"])
async def test_a_part_that_dies_costs_the_request_only(walking: Stage, request_: dict[str, Any], part: str) -> None:
    setattr(walking.studio, part, AuthoringFailedError("it is gone"))
    assert (await reply(walking, request_))["error"] == "it is gone"
    assert await is_untouched(walking)
    assert (await reply(walking, request_))["success"] is True


async def test_a_seed_that_the_engine_does_not_take_is_the_answer(walking: Stage) -> None:
    (engine,) = walking.host.replica.shelf.engines
    engine.seed_errors.append(SeedLoadError("too odd"))
    assert (await reply(walking, SCENE))["error_id"] == MessageId.SEED_LOAD_FAILED
    assert (await reply(walking, SCENE))["success"] is True


async def test_a_world_that_was_replaced_meanwhile_is_not_edited(walking: Stage) -> None:
    walking.studio.may_paint.clear()
    walking.player.say(EDIT)
    await walking.studio.began.wait()
    walking.player.say(init("other", seed=BLACK, scene_authoring=True))
    await walking.player.message("status", stage="session.ready")
    walking.studio.may_paint.set()
    answer = await walking.player.message("response", req_id="edit")
    assert answer["error"] == "the world changed while its picture was painted"
    assert seeds_so_far(walking) == 2


async def test_a_client_that_leaves_calls_off_what_is_painted_for_it(walking: Stage) -> None:
    walking.studio.may_paint.clear()
    walking.player.say(EDIT)
    await walking.studio.began.wait()
    walking.player.leave()
    await walking.end()
    assert walking.studio.was_called_off.is_set()
    assert seeds_so_far(walking) == 1


# --- the models


def positions(heard: list[Heard], *stages: str) -> list[int]:
    return [kinds(heard).index(name) for name in stages]


async def test_an_init_with_scene_authoring_loads_its_models_before_the_world_starts(begun: Stage) -> None:
    heard = await begun.start(scenes=True)
    assert begun.studio.is_loaded
    order = positions(heard, "session.loading_model.load", "session.scene_authoring.load", "session.init.seed")
    assert order == sorted(order)
    assert kinds(heard)[-2:] == ["session.ready", "response"]


async def test_models_that_are_there_are_not_loaded_again(begun: Stage) -> None:
    begun.studio.is_loaded = True
    assert "session.scene_authoring.load" not in kinds(await begun.start(scenes=True))
    assert begun.studio.asked == []


async def test_without_scene_authoring_nothing_is_loaded_and_requests_are_refused(begun: Stage) -> None:
    assert "session.scene_authoring.load" not in kinds(await begun.start())
    for request in (EDIT, SCENE):
        assert (await reply(begun, request))["error_id"] == MessageId.SCENE_AUTHORING_MODEL_NOT_LOADED
    assert begun.studio.asked == []


@pytest.mark.parametrize("failure", [AuthoringLoadError("no memory"), AuthoringFailedError("it is gone")])
async def test_models_that_cannot_be_loaded_are_told_and_the_player_plays_on(begun: Stage, failure: Exception) -> None:
    begun.studio.load_error = failure
    heard = await begun.start(scenes=True)
    (error,) = [item for item in heard if isinstance(item, dict) and item["type"] == "error"]
    assert error["message_id"] == MessageId.SCENE_AUTHORING_MODEL_LOAD_FAILED
    assert error["snapshot"] == INGRESS_SNAPSHOT.to_jsonable()
    assert isinstance(heard[-1], dict)
    assert heard[-1]["success"] is True
    assert await one_batch(begun) == 1


async def test_a_request_after_a_failed_load_tries_again(begun: Stage) -> None:
    begun.studio.load_error = AuthoringLoadError("no memory")
    await begun.start(scenes=True)
    begun.studio.load_error = AuthoringLoadError("still no memory")
    assert (await reply(begun, EDIT))["error_id"] == MessageId.SCENE_AUTHORING_MODEL_LOAD_FAILED
    assert (await reply(begun, EDIT))["success"] is True


async def test_the_stage_of_a_load_that_fails_during_play_ends(walking: Stage) -> None:
    walking.studio.is_loaded = False
    walking.studio.load_error = AuthoringLoadError("no memory")
    walking.player.say(EDIT)
    heard = await walking.player.hear_until("response", req_id="edit")
    assert kinds(heard) == ["session.scene_authoring.load", "session.ready", "response"]


async def test_models_that_were_freed_come_back_with_their_stage(walking: Stage) -> None:
    walking.studio.is_loaded = False
    walking.player.say(EDIT)
    heard = await walking.player.hear_until("response", req_id="edit")
    assert kinds(heard) == ["session.scene_authoring.load", "session.ready", "response"]


async def test_scene_authoring_is_switched_on_and_off_during_play(begun: Stage) -> None:
    await begun.start()
    begun.player.say(init("on", seed=None, scene_authoring=True))
    heard = await begun.player.hear_until("status", stage="session.ready")
    assert kinds(heard) == ["response", "session.scene_authoring.load", "session.ready"]
    assert (await reply(begun, EDIT))["success"] is True
    await reply(begun, init("off", seed=None))
    assert (await reply(begun, EDIT))["error_id"] == MessageId.SCENE_AUTHORING_MODEL_NOT_LOADED
