"""What a session hands to its recorder, and what happens to play when the recorder fails."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from protocol.errors import MessageId, ServerBusyError
from protocol.link import OpenSegment, RecordBatch
from protocol.version import Feature
from tests.unit.serve_app.session_stage import BLACK, Stage, control, init, stage


@pytest.fixture
async def playing() -> AsyncIterator[Stage]:
    """A session that records a video, of a client that wants to hear of failures."""
    async with stage(features=frozenset({Feature.RECORDING_STATUS})) as set_up:
        await set_up.start(video=True)
        await set_up.recorder.has("open_segment")
        yield set_up


async def play_batches(on_stage: Stage, count: int) -> list[int]:
    """Play on; returns the frame ids."""
    ids: list[int] = []
    for _ in range(count):
        on_stage.player.say(control("W"))
        ids.append((await on_stage.player.envelope()).header.frame_id)
    return ids


async def warning_at_the_start(on_stage: Stage) -> dict[str, Any]:
    """Start; returns the warning that comes with it, before the reply or after it."""
    for item in await on_stage.start(video=True):
        if isinstance(item, dict) and item["type"] == "warning":
            return item
    return await on_stage.player.message("warning")


async def test_what_is_played_is_recorded_between_an_opening_and_a_close(playing: Stage) -> None:
    played = await play_batches(playing, 3)
    playing.player.leave()
    await playing.end()
    await playing.recorder.has("open_segment", "record_batch", "close_segment")
    batches = [command for command in playing.recorder.commands if isinstance(command, RecordBatch)]
    assert [batch.frame_id for batch in batches] == played == [1, 5, 9]
    assert all(batch.consumed is not None for batch in batches)


async def test_the_segment_says_what_is_recorded(playing: Stage) -> None:
    (opened,) = playing.recorder.commands
    assert isinstance(opened, OpenSegment)
    assert (opened.video, opened.actions, opened.frame_id, opened.spec.model) == (True, False, 1, "m")
    assert opened.metadata.seed is not None


async def test_without_a_wish_no_recorder_is_leased() -> None:
    async with stage() as set_up:
        await set_up.start()
        await play_batches(set_up, 1)
        set_up.player.leave()
        await set_up.end()
        assert set_up.recorder.leases_so_far == 0


async def test_a_pause_closes_the_segment_and_a_resume_opens_another(playing: Stage) -> None:
    await play_batches(playing, 1)
    playing.player.say({"type": "pause"})
    playing.player.say({"type": "resume"})
    await play_batches(playing, 1)
    await playing.recorder.has("open_segment", "record_batch", "close_segment", "open_segment", "record_batch")
    opened = [command.frame_id for command in playing.recorder.commands if isinstance(command, OpenSegment)]
    assert opened == [1, 5]


async def test_a_reset_closes_the_segment_and_opens_another(playing: Stage) -> None:
    await play_batches(playing, 1)
    playing.player.say({"type": "reset"})
    assert await play_batches(playing, 1) == [1]
    await playing.recorder.has("open_segment", "record_batch", "close_segment", "open_segment", "record_batch")


async def test_a_live_seed_closes_the_segment_and_opens_another(playing: Stage) -> None:
    await play_batches(playing, 1)
    playing.player.say(init("again", seed=BLACK, video_recording=True))
    await playing.player.message("status", stage="session.ready")
    await playing.recorder.has("open_segment", "record_batch", "close_segment", "open_segment")


def seeds_named(playing: Stage) -> list[str | None]:
    """What each segment says it started from."""
    return [command.metadata.seed for command in playing.recorder.commands if isinstance(command, OpenSegment)]


async def test_each_segment_is_named_by_the_seed_that_its_world_started_from(playing: Stage) -> None:
    playing.player.say(init("again", seed=BLACK, video_recording=True, action_logging=True))
    await playing.player.message("status", stage="session.ready")
    await playing.recorder.has("open_segment", "close_segment", "open_segment", "close_segment", "open_segment")
    first, switched, second = seeds_named(playing)
    assert first == switched != second, "the switches take effect before the new world starts"


async def test_after_a_seed_that_the_engine_refuses_the_segment_is_named_by_the_old_one(playing: Stage) -> None:
    playing.host.replica.shelf.engine.seed_errors.append(ValueError("too dark"))
    playing.player.say(init("again", seed=BLACK, video_recording=True))
    await playing.player.message("warning")
    await playing.recorder.has("open_segment", "close_segment", "open_segment")
    first, second = seeds_named(playing)
    assert first == second


async def test_the_switches_of_a_live_init_take_effect_at_once(playing: Stage) -> None:
    await play_batches(playing, 1)
    playing.player.say(init("off"))
    await playing.player.message("response", req_id="off")
    await play_batches(playing, 1)
    playing.player.say(init("on", video_recording=True, action_logging=True))
    await playing.player.message("response", req_id="on")
    await playing.recorder.has("open_segment", "record_batch", "close_segment", "open_segment")
    last = playing.recorder.commands[-1]
    assert isinstance(last, OpenSegment)
    assert (last.video, last.actions, last.frame_id) == (True, True, 9)


async def test_a_recorder_that_dies_costs_the_segment_and_play_goes_on_into_another(playing: Stage) -> None:
    await play_batches(playing, 1)
    await playing.recorder.has("open_segment", "record_batch")
    playing.recorder.die()
    assert (await playing.player.message("warning"))["message_id"] == MessageId.RECORDING_FAILED
    assert await play_batches(playing, 1) == [5]
    await playing.recorder.has("open_segment", "record_batch", "open_segment", "record_batch")
    assert playing.recorder.leases_so_far == 2
    assert playing.host.leases == 1


async def test_a_full_disk_is_told_and_the_next_segment_tries_again(playing: Stage) -> None:
    await play_batches(playing, 1)
    await playing.recorder.has("open_segment", "record_batch")
    await playing.recorder.fail("the disk is full")
    assert (await playing.player.message("warning"))["message"] == "the disk is full"
    assert await play_batches(playing, 1) == [5]
    playing.player.say({"type": "reset"})
    assert await play_batches(playing, 1) == [1]
    await playing.recorder.has("open_segment", "record_batch", "open_segment", "record_batch")


async def test_a_recorder_that_cannot_be_leased_is_told_and_play_goes_on() -> None:
    async with stage(features=frozenset({Feature.RECORDING_STATUS})) as set_up:
        set_up.recorder.refusals.append(ServerBusyError())
        assert (await warning_at_the_start(set_up))["message"] == "no recorder is free"
        assert await play_batches(set_up, 1) == [1]


async def test_a_defect_in_the_hand_over_is_told_and_play_goes_on() -> None:
    async with stage(features=frozenset({Feature.RECORDING_STATUS})) as set_up:
        set_up.recorder.refusals.append(KeyError("defect"))
        assert (await warning_at_the_start(set_up))["message"] == "KeyError: 'defect'"
        assert await play_batches(set_up, 1) == [1]


async def test_a_plain_client_is_not_told_of_a_lost_recording() -> None:
    async with stage() as set_up:
        await set_up.start(video=True)
        await set_up.recorder.has("open_segment")
        await set_up.recorder.fail("the disk is full")
        assert await play_batches(set_up, 2) == [1, 5]
        set_up.session.stop()
        assert await set_up.player.the_rest() == []


async def test_a_killed_replica_still_closes_the_segment(playing: Stage) -> None:
    await play_batches(playing, 1)
    playing.host.kill()
    await playing.end()
    await playing.recorder.has("open_segment", "record_batch", "close_segment")
