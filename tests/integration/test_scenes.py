"""The world edited and made anew by words, over the wire, through the whole graph with its embedded studio."""

import base64
import io
import json
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeAlias

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from PIL import Image

from protocol.client import GenerateScene, SceneEdit
from protocol.errors import MessageId
from protocol.server import ErrorPush, FailureResponse, LogPush
from scripts.wire_client import WireClient
from scripts.wire_events import Batch
from tests.integration.playing import (
    HANDS_OFF,
    LAKE,
    PATH,
    PATIENCE_S,
    difference,
    eventually,
    pixels,
    play_until_frame,
    stand_still,
    steered,
)
from tests.integration.recordings import listed, read_log, ready_recordings
from tests.integration.server import RunningServer, launched_server

Frame: TypeAlias = NDArray[np.uint8]

pytestmark = pytest.mark.integration

FRAME_SHAPE = (360, 640, 3)
SAME = 8.0
"""Two JPEGs of one picture, seen from the same place, differ by less, of 255."""

OTHER = 25.0
"""Two different places differ by more."""

VILLAGE = "snowy mountain village with a wooden bridge"
SUSPICIOUS = "a cave with lava"
"""What is painted for it is harmless, and more than the strict checker of `spare_server` lets through."""

LONG_WORK = "make it night, add heavy snow, thick fog, a lamp, a tree and a moon, and put a torch in my hand"
"""Takes an editor long enough to be killed at it."""

RESTART_S = 60.0


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningServer]:
    """Large frames, so that painting takes a while. Its author and its editor may be stopped and killed."""
    with launched_server(tmp_path_factory.mktemp("studio"), large) as running:
        yield running


def large(profile: dict[str, Any]) -> None:
    """The settings of `studio`."""
    (application,) = profile["applications"]
    application["args"]["world_model"]["synthetic"] = {"frame_height": 720, "frame_width": 1280, "sub_frames": 1}


@asynccontextmanager
async def session(server: RunningServer, seed: bytes = LAKE, **config: Any) -> AsyncGenerator[WireClient]:
    """A client with scene authoring, whose world runs and stands still."""
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=seed, scene_authoring=True, **config)
        await play_until_frame(client, 8, *HANDS_OFF)
        await stand_still(client)
        yield client


async def anew(client: WireClient, since: int) -> Frame:
    """The last picture of the first batch since then whose frames count from 1 again."""
    return last(await play_until_frame(client, 1, *HANDS_OFF, since=since))


async def now(client: WireClient) -> Frame:
    """What the world looks like now, with nobody steering."""
    since = client.mark()
    async with steered(client, *HANDS_OFF):
        return last(await client.first(Batch, since=since, timeout_s=PATIENCE_S))


def last(batch: Batch) -> Frame:
    return pixels(batch.jpegs[-1])


def decoded(text: str) -> Frame:
    return pixels(base64.b64decode(text))


async def failure(client: WireClient, request: SceneEdit | GenerateScene) -> FailureResponse:
    reply = await client.request(request, timeout_s=PATIENCE_S)
    assert isinstance(reply, FailureResponse)
    return reply


def an_edit(client: WireClient, prompt: str = "make it night") -> SceneEdit:
    return SceneEdit(req_id=client.new_req_id(), prompt=prompt)


@contextmanager
def stopped(server: RunningServer, deployment: str) -> Generator[psutil.Process]:
    """A part that does nothing for the length of the block, unless it is killed."""
    process = server.replica(deployment)
    process.suspend()
    try:
        yield process
    finally:
        if process.is_running():
            process.resume()


async def restarted(server: RunningServer, deployment: str, dead: psutil.Process) -> None:
    """Return when Serve has put another process in the place of a dead one."""

    def look() -> bool | None:
        return any(process.pid != dead.pid for process in server.replicas(deployment)) or None

    await eventually(look, RESTART_S)


# --- edits


async def test_a_photograph_becomes_night_and_day_again(server: RunningServer) -> None:
    async with session(server) as client:
        day, since = await now(client), client.mark()
        data = await client.scene_edit("make it night", timeout_s=PATIENCE_S)
        night = await anew(client, since)
        assert night.mean() < 0.6 * day.mean()

        original, preview = decoded(data.original_jpeg_b64), decoded(data.preview_jpeg_b64)
        assert original.shape == preview.shape == FRAME_SHAPE
        assert difference(original, day) < SAME
        assert difference(preview, night) < SAME
        assert "night" in data.edit_prompt

        since = client.mark()
        await client.reset()
        assert difference(await anew(client, since), day) < SAME
        assert not client.events(ErrorPush)


async def test_one_edit_builds_on_another(server: RunningServer) -> None:
    async with session(server) as client:
        first = await client.scene_edit("make it night", timeout_s=PATIENCE_S)
        second = await client.scene_edit("add a lamp", timeout_s=PATIENCE_S)
        assert difference(decoded(second.original_jpeg_b64), decoded(first.preview_jpeg_b64)) < SAME


async def test_the_world_goes_on_while_it_is_edited(studio: RunningServer) -> None:
    async with session(studio) as client:
        request = an_edit(client)
        with stopped(studio, "ImageEditor"):
            await client.send(request)
            since = client.mark()
            async with steered(client, *HANDS_OFF):
                await client.first(Batch, lambda batch: batch.header.frame_id > 100, since=since, timeout_s=PATIENCE_S)
        reply = await client.reply_to(request.req_id, timeout_s=PATIENCE_S)
        assert reply.success
        await anew(client, since)


async def test_an_edit_is_in_the_recording_and_in_its_action_log(server: RunningServer) -> None:
    known = listed(server)
    async with session(server, action_logging=True, video_recording=True) as client:
        await play_until_frame(client, 100)
        since = client.mark()
        await client.scene_edit("make it night", timeout_s=PATIENCE_S)
        await play_until_frame(client, 150, since=since)
    (entry,) = await ready_recordings(server, known, 1)
    (log,) = server.recordings.glob(f"{entry.id}*.ndjson")
    edits = [line for line in read_log(log) if line["type"] == "scene_edit"]
    assert [line["frame_id"] for line in edits] == [1]
    assert "night" in edits[0]["prompt"].lower()


# --- other worlds


async def test_words_become_another_world_to_which_a_reset_returns(server: RunningServer) -> None:
    async with session(server) as client:
        lake, since = await now(client), client.mark()
        data = await client.generate_scene(VILLAGE, timeout_s=PATIENCE_S)
        village = await anew(client, since)
        assert difference(village, lake) > OTHER
        assert decoded(data.image_jpeg_base64).shape == FRAME_SHAPE
        assert difference(decoded(data.image_jpeg_base64), village) < SAME
        assert (data.user_prompt, data.image_model) == (VILLAGE, "procedural")
        assert "bridge" in data.sanitized_prompt

        since = client.mark()
        await client.scene_edit("make it night", timeout_s=PATIENCE_S)
        assert difference(await anew(client, since), village) > SAME
        since = client.mark()
        await client.reset()
        assert difference(await anew(client, since), village) < SAME


async def test_a_generated_picture_says_what_it_was_made_from(server: RunningServer) -> None:
    async with session(server) as client:
        data = await client.generate_scene(VILLAGE, timeout_s=PATIENCE_S)
    comment = Image.open(io.BytesIO(base64.b64decode(data.image_jpeg_base64))).info["comment"]
    properties = json.loads(comment.decode("ascii"))
    assert (properties["prompt"], properties["model"]) == (data.sanitized_prompt, "procedural")
    assert (properties["width"], properties["height"]) == (640, 360)
    assert {"seed", "created"} <= properties.keys()


async def test_a_paused_player_sees_the_new_world_as_one_frame(server: RunningServer) -> None:
    async with session(server) as client:
        await client.pause()
        since = client.mark()
        data = await client.generate_scene(VILLAGE, timeout_s=PATIENCE_S)
        (backdrop,) = client.events(Batch, since)
        assert (backdrop.header.frame_id, backdrop.sub_frames) == (0, 1)
        assert difference(last(backdrop), decoded(data.image_jpeg_base64)) < SAME
        since = client.mark()
        await client.resume()
        assert difference(await anew(client, since), last(backdrop)) < SAME


# --- refusals


async def test_scene_authoring_that_is_off_is_not_loaded(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE)
        assert (await failure(client, an_edit(client))).error_id is MessageId.SCENE_AUTHORING_MODEL_NOT_LOADED
        scene = GenerateScene(req_id=client.new_req_id(), prompt=VILLAGE)
        assert (await failure(client, scene)).error_id is MessageId.SCENE_AUTHORING_MODEL_NOT_LOADED


@pytest.mark.parametrize(
    ("prompt", "error_id", "words"),
    [
        ("", MessageId.SCENE_AUTHORING_EMPTY_PROMPT, None),
        (" \n ", MessageId.SCENE_AUTHORING_EMPTY_PROMPT, None),
        ("night " * 17_000, None, "the prompt is longer than 2000 characters"),
        ("a pornographic scene", MessageId.SCENE_EDIT_SAFETY_REJECTED, None),
        ("qwertzuiop", None, "qwertzuiop"),
    ],
)
async def test_a_request_that_cannot_be_met_leaves_the_world_as_it_is(
    server: RunningServer, prompt: str, error_id: MessageId | None, words: str | None
) -> None:
    async with session(server) as client:
        before, since = await now(client), client.mark()
        reply = await failure(client, an_edit(client, prompt))
        assert reply.error_id is error_id
        assert words is None or (reply.error is not None and words in reply.error)
        assert difference(await now(client), before) < SAME
        assert all(batch.header.frame_id > 1 for batch in client.events(Batch, since))


async def test_an_unsafe_result_is_refused_and_not_shown(spare_server: RunningServer) -> None:
    async with session(spare_server) as client:
        before, since = await now(client), client.mark()
        scene = GenerateScene(req_id=client.new_req_id(), prompt=SUSPICIOUS)
        assert (await failure(client, scene)).error_id is MessageId.GENERATE_SCENE_SAFETY_REJECTED
        assert difference(await now(client), before) < SAME
        assert all(batch.header.frame_id > 1 for batch in client.events(Batch, since))


async def test_a_second_request_while_one_runs_is_refused(studio: RunningServer) -> None:
    async with session(studio) as client:
        first = an_edit(client)
        with stopped(studio, "PromptAuthor"):
            await client.send(first)
            for second in (an_edit(client), GenerateScene(req_id=client.new_req_id(), prompt=VILLAGE)):
                reply = await failure(client, second)
                assert reply.error_id is MessageId.SCENE_AUTHORING_ALREADY_IN_PROGRESS
        assert (await client.reply_to(first.req_id, timeout_s=PATIENCE_S)).success


# --- bad luck


async def is_at_work(process: psutil.Process) -> None:
    """Return once a process has used a tenth of a second of a core."""
    began_s = process.cpu_times().user

    def look() -> bool | None:
        return process.cpu_times().user > began_s + 0.1 or None

    await eventually(look)


async def edits_again(client: WireClient, before: Frame) -> None:
    since = client.mark()
    await client.scene_edit("make it night", timeout_s=RESTART_S)
    assert (await anew(client, since)).mean() < 0.7 * before.mean()


async def test_an_editor_that_is_killed_at_work_costs_the_request_and_comes_back(studio: RunningServer) -> None:
    async with session(studio, seed=PATH) as client:
        before, since, request = await now(client), client.mark(), an_edit(client, LONG_WORK)
        editor = studio.replica("ImageEditor")
        await client.send(request)
        await client.first(LogPush, lambda record: record.event == "instruction written", since=since)
        await is_at_work(editor)
        editor.kill()
        reply = await client.reply_to(request.req_id, timeout_s=PATIENCE_S)
        assert isinstance(reply, FailureResponse)
        assert reply.error is not None
        assert reply.error.startswith("the editor is gone")
        assert difference(await now(client), before) < SAME
        assert all(batch.header.frame_id > 1 for batch in client.events(Batch, since))
        await restarted(studio, "ImageEditor", editor)
        await edits_again(client, before)


async def test_an_author_that_is_killed_costs_at_most_the_request_and_comes_back(studio: RunningServer) -> None:
    async with session(studio, seed=PATH) as client:
        before, since, request = await now(client), client.mark(), an_edit(client)
        with stopped(studio, "PromptAuthor") as author:
            await client.send(request)
            await now(client)
            author.kill()
        reply = await client.reply_to(request.req_id, timeout_s=RESTART_S)
        if isinstance(reply, FailureResponse):
            assert reply.error is not None
            assert reply.error.startswith(("the author is gone", "the author did not answer"))
            assert all(batch.header.frame_id > 1 for batch in client.events(Batch, since))
        else:
            # Serve had not handed it over yet, and gave it to the successor.
            await anew(client, since)
            await client.reset()
        await restarted(studio, "PromptAuthor", author)
        await edits_again(client, before)


async def test_a_client_that_leaves_in_mid_edit_leaves_nothing_behind(studio: RunningServer) -> None:
    async with session(studio) as client:
        before = await now(client)
        with stopped(studio, "ImageEditor"):
            await client.send(an_edit(client))
            await now(client)
            client.vanish()
    async with session(studio) as client:
        assert difference(await now(client), before) < SAME
        await edits_again(client, before)


async def test_whose_editor_hangs_is_told_and_plays_on(studio: RunningServer) -> None:
    with stopped(studio, "ImageEditor"):
        async with session(studio) as client:
            (told,) = client.events(ErrorPush)
            assert told.message_id is MessageId.SCENE_AUTHORING_MODEL_LOAD_FAILED
            assert told.snapshot is not None
            before = await now(client)
    async with session(studio) as client:
        await edits_again(client, before)
