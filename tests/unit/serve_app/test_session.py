"""A client's stay, from the first stage to the last word, with a real world at the other end of a real link."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from configs.ingress import TimingConfig
from deployments.world_model.engine import DeviceError
from deployments.world_model.pacing import BATCHES_OUT_LIMIT
from protocol.errors import MessageId, ModelUnavailableError, ServerBusyError
from protocol.frame import Envelope
from protocol.server import LogPush
from protocol.version import Feature
from serve_app.startup import Part
from tests.fakes.clients import FakePlayer, kinds
from tests.fakes.links import PATIENCE_S
from tests.fakes.worlds import REPLICA_SNAPSHOT, SYSTEM_INFO, brightness
from tests.unit.serve_app.session_stage import BLACK, INGRESS_SNAPSHOT, LIMITS, Stage, control, init, stage

STARTUP = [
    "startup.begin",
    "startup.world_engine_manager",
    "startup.safety_checker",
    "startup.safety_ready",
    "startup.ready",
]
EDIT = {"type": "scene_edit", "req_id": "edit", "prompt": "a red door"}


@pytest.fixture
async def begun() -> AsyncIterator[Stage]:
    """A session that has begun, with nothing said yet."""
    async with stage() as set_up:
        yield set_up


@pytest.fixture
async def playing(begun: Stage) -> Stage:
    """A session whose world runs."""
    assert (await begun.start())[-1]["success"] is True  # pyright: ignore[reportIndexIssue]
    return begun


async def play_one_batch(player: FakePlayer) -> Envelope:
    player.say(control("W"))
    return await player.envelope()


async def alive(player: FakePlayer) -> list[Any]:
    """A round trip of a request; returns what was heard before its reply."""
    player.say({"type": "scene_edit", "req_id": "alive?", "prompt": " "})
    return (await player.hear_until("response", req_id="alive?"))[:-1]


# --- the order of a session


async def test_a_session_goes_by_the_order_of_the_contract(begun: Stage) -> None:
    heard = await begun.player.hear_until("status", stage="session.waiting_for_seed")
    assert kinds(heard) == [*STARTUP, "system_info", "session.waiting_for_seed"]
    assert heard[-2] == {"type": "system_info", **SYSTEM_INFO.to_jsonable()}
    heard = await begun.start()
    assert kinds(heard) == [
        "session.loading_model.load",
        "session.loading_model.instantiate",
        "session.warmup.compile",
        "session.init.reset",
        "session.init.seed",
        "session.init.frame",
        "frame 0",
        "session.ready",
        "response",
    ]
    assert heard[-1] == {
        "type": "response",
        "req_id": "first",
        "success": True,
        "data": {"model": "m", "inference_fps": 60, "system_info": SYSTEM_INFO.to_jsonable()},
    }


async def test_an_init_that_comes_before_the_replica_is_worked_on_once_it_is_there(begun: Stage) -> None:
    heard = kinds(await begun.start())
    assert heard[:7] == [*STARTUP, "system_info", "session.waiting_for_seed"]
    assert heard[-2:] == ["session.ready", "response"]


async def test_frames_come_only_in_answer_to_controls(playing: Stage) -> None:
    batch = await play_one_batch(playing.player)
    assert (batch.header.frame_id, batch.header.client_ts, len(batch.jpegs)) == (1, 5.0, 4)
    assert await alive(playing.player) == []


async def test_a_client_that_leaves_is_no_failure(playing: Stage) -> None:
    playing.player.leave()
    await playing.end()
    assert playing.host.leases == 0
    assert playing.standing.health(is_up=True).loaded
    assert not playing.standing.health(is_up=True).has_seed


async def test_a_server_that_stops_hangs_up_without_a_word(playing: Stage) -> None:
    playing.session.stop()
    assert await playing.player.the_rest() == []
    await playing.end()


# --- before there is a world


async def test_notifications_and_nonsense_before_a_seed_are_ignored(begun: Stage) -> None:
    await begun.player.message("status", stage="session.waiting_for_seed")
    for kind in ("pause", "resume", "reset", "prompt"):
        begun.player.say({"type": kind})
    begun.player.say(control("W"))
    begun.player.say_text("hello")
    begun.player.say_bytes(b"\x00")
    assert await alive(begun.player) == []


@pytest.mark.parametrize("kind", ["scene_edit", "generate_scene"])
async def test_scene_requests_before_a_world_fail(begun: Stage, kind: str) -> None:
    begun.player.say({"type": kind, "req_id": "r", "prompt": "a forest"})
    reply = await begun.player.message("response")
    assert reply == {"type": "response", "req_id": "r", "success": False, "error_id": MessageId.INIT_FAILED}


async def test_a_seed_can_be_checked_before_init(begun: Stage) -> None:
    begun.safety.unsafe.add(BLACK)
    picture = init("x", seed=BLACK)["seed_image_data"]
    begun.player.say({"type": "check_seed_safety", "req_id": "r", "image_data": picture})
    reply = await begun.player.message("response")
    assert reply["success"] is True
    assert reply["data"]["is_safe"] is False


async def test_a_check_of_what_is_no_picture_fails_with_its_reason_and_no_warning(begun: Stage) -> None:
    await begun.player.message("status", stage="session.waiting_for_seed")
    begun.player.say({"type": "check_seed_safety", "req_id": "r", "image_data": "%%%"})
    assert await begun.player.hear() == {
        "type": "response",
        "req_id": "r",
        "success": False,
        "error_id": MessageId.INVALID_SEED_DATA,
    }


async def test_more_checks_at_once_than_allowed_are_refused_and_the_others_answered(begun: Stage) -> None:
    begun.safety.may_answer.clear()
    picture = init("x")["seed_image_data"]
    for number in range(6):
        begun.player.say({"type": "check_seed_safety", "req_id": str(number), "image_data": picture})
    refused = [(await begun.player.message("response"))["req_id"] for _ in range(2)]
    begun.safety.may_answer.set()
    answered = [(await begun.player.message("response", success=True))["req_id"] for _ in range(4)]
    assert (refused, sorted(answered)) == (["4", "5"], ["0", "1", "2", "3"])


async def test_a_client_that_sends_no_seed_is_told_and_hung_up_on() -> None:
    async with stage(timing=TimingConfig(seed_s=0.01)) as set_up:
        *_, last = await set_up.player.the_rest()
        assert isinstance(last, dict)
        assert (last["type"], last["message_id"]) == ("error", MessageId.TIMEOUT_WAITING_FOR_SEED)
        assert last["snapshot"] == INGRESS_SNAPSHOT.to_jsonable()
        await set_up.end()


@pytest.mark.parametrize(
    ("features", "message_id"),
    [(frozenset[Feature](), None), (frozenset({Feature.IDLE_LIMIT}), MessageId.IDLE_TOO_LONG)],
)
async def test_a_player_who_touches_nothing_gives_the_world_up_and_is_told_why(
    features: frozenset[Feature], message_id: MessageId | None
) -> None:
    async with stage(timing=TimingConfig(idle_s=0.05), features=features) as set_up:
        await set_up.start()
        *_, last = await set_up.player.the_rest()
        assert isinstance(last, dict)
        assert (last["type"], last["message"]) == ("error", "nobody played for 0.05 s")
        assert last.get("message_id") == message_id
        await set_up.end()


async def test_a_player_who_waits_for_another_model_is_not_idle() -> None:
    async with stage(timing=TimingConfig(idle_s=0.2)) as set_up:
        await set_up.start()
        set_up.safety.may_answer.clear()
        set_up.player.say(init("again", seed=BLACK))
        await asyncio.sleep(0.5)
        set_up.safety.may_answer.set()
        await set_up.player.hear_until("response", req_id="again", success=True)


async def test_an_init_without_a_seed_fails_with_a_warning_and_another_may_follow(begun: Stage) -> None:
    await begun.player.message("status", stage="session.waiting_for_seed")
    begun.player.say(init("r", seed=None))
    heard = await begun.player.hear_until("status", stage="session.waiting_for_seed")
    assert kinds(heard)[-3:] == [MessageId.MISSING_SEED_DATA, "response", "session.waiting_for_seed"]
    assert heard[-2] == {"type": "response", "req_id": "r", "success": False, "error_id": MessageId.INIT_FAILED}
    assert kinds(await begun.start())[-3:] == ["frame 0", "session.ready", "response"]


@pytest.mark.parametrize(
    ("seed", "warning"),
    [(BLACK, MessageId.SEED_UNSAFE), (b"no picture", MessageId.INVALID_SEED_DATA), (b"", MessageId.MISSING_SEED_DATA)],
)
async def test_a_seed_that_is_none_is_a_warning_and_a_failed_init(begun: Stage, seed: bytes, warning: str) -> None:
    begun.safety.unsafe.add(BLACK)
    begun.player.say(init("r", seed=seed))
    assert (await begun.player.message("warning"))["message_id"] == warning
    reply = await begun.player.message("response")
    assert (reply["success"], reply["error_id"]) == (False, MessageId.INIT_FAILED)
    await begun.player.message("status", stage="session.waiting_for_seed")


async def test_a_seed_that_the_engine_refuses_is_a_warning_and_a_failed_init(begun: Stage) -> None:
    begun.host.replica.shelf.prepare = lambda engine: engine.seed_errors.append(ValueError("too dark"))
    begun.player.say(init("r"))
    warning = await begun.player.message("warning")
    assert (warning["message_id"], warning["message"]) == (MessageId.SEED_LOAD_FAILED, "too dark")
    assert (await begun.player.message("response"))["error_id"] == MessageId.INIT_FAILED


async def test_a_model_that_cannot_run_fails_in_words(begun: Stage) -> None:
    begun.host.replica.shelf.errors.append(ModelUnavailableError("no such model; there are: m"))
    begun.player.say(init("r", model="other"))
    reply = await begun.player.message("response")
    assert reply == {"type": "response", "req_id": "r", "success": False, "error": "no such model; there are: m"}


async def test_two_inits_at_once_are_both_answered_in_order(begun: Stage) -> None:
    begun.player.say(init("one", seed=None))
    begun.player.say(init("two"))
    replies = [await begun.player.message("response") for _ in range(2)]
    assert [(reply["req_id"], reply["success"]) for reply in replies] == [("one", False), ("two", True)]


async def test_more_inits_than_may_wait_are_refused(begun: Stage) -> None:
    begun.host.may_lease.clear()
    for number in range(6):
        begun.player.say(init(str(number)))
    refused = [await begun.player.message("response") for _ in range(2)]
    assert [reply["req_id"] for reply in refused] == ["4", "5"]
    begun.host.may_lease.set()
    answered = [await begun.player.message("response") for _ in range(4)]
    assert [reply["req_id"] for reply in answered] == ["0", "1", "2", "3"]


# --- play


async def test_a_pause_stops_the_world_and_a_resume_goes_on(playing: Stage) -> None:
    await play_one_batch(playing.player)
    playing.player.say({"type": "pause"})
    playing.player.say(control("W"))
    assert await alive(playing.player) == []
    playing.player.say({"type": "resume"})
    assert (await play_one_batch(playing.player)).header.frame_id == 5


@pytest.mark.parametrize("kind", ["reset", "prompt"])
async def test_a_reset_restarts_the_frame_ids(playing: Stage, kind: str) -> None:
    await play_one_batch(playing.player)
    playing.player.say({"type": kind})
    assert (await play_one_batch(playing.player)).header.frame_id == 1


async def test_scene_requests_get_their_typed_errors(playing: Stage) -> None:
    playing.player.say(EDIT | {"prompt": "  "})
    assert (await playing.player.message("response"))["error_id"] == MessageId.SCENE_AUTHORING_EMPTY_PROMPT
    playing.player.say(EDIT | {"prompt": "x" * (LIMITS.prompt_chars + 1)})
    assert (await playing.player.message("response"))["error"] == "the prompt is longer than 20 characters"
    playing.player.say(EDIT)
    assert (await playing.player.message("response"))["error_id"] == MessageId.SCENE_AUTHORING_MODEL_NOT_LOADED


async def test_an_invalid_request_is_answered_and_too_many_invalid_messages_end_the_session(playing: Stage) -> None:
    playing.player.say({"type": "fly", "req_id": "r"})
    reply = await playing.player.message("response")
    assert (reply["req_id"], reply["success"]) == ("r", False)
    for _ in range(LIMITS.invalid_messages):
        playing.player.say_text("{")
    *_, last = await playing.player.the_rest()
    assert isinstance(last, dict)
    assert (last["type"], last["message"]) == ("error", "3 invalid messages in one session")


async def test_a_device_error_is_told_as_a_stage_and_play_goes_on(playing: Stage) -> None:
    playing.host.replica.shelf.engine.pass_errors.append(DeviceError("CUDA error"))
    playing.player.say(control("W"))
    await playing.player.message("status", stage="session.reset")
    assert (await play_one_batch(playing.player)).header.frame_id == 1


async def test_a_lost_device_ends_the_session_with_the_state_of_the_replica(playing: Stage) -> None:
    engine = playing.host.replica.shelf.engine
    engine.pass_errors.append(DeviceError("CUDA error"))
    engine.recovery_errors.append(RuntimeError("still broken"))
    playing.player.say(control("W"))
    (last,) = await playing.player.the_rest()
    assert last == {
        "type": "error",
        "message_id": MessageId.DEVICE_RECOVERY_FAILED,
        "message": "still broken",
        "snapshot": REPLICA_SNAPSHOT.to_jsonable(),
    }
    assert not playing.standing.health(is_up=True).loaded


async def test_a_defect_in_an_engine_ends_the_session_in_words(playing: Stage) -> None:
    playing.host.replica.shelf.engine.pass_errors.append(KeyError("defect"))
    playing.player.say(control("W"))
    (last,) = await playing.player.the_rest()
    assert isinstance(last, dict)
    assert last["message"] == "the world failed: KeyError: 'defect'"


async def test_a_killed_replica_ends_the_session_with_a_typed_error(playing: Stage) -> None:
    await play_one_batch(playing.player)
    playing.host.kill()
    (last,) = await playing.player.the_rest()
    assert isinstance(last, dict)
    assert (last["type"], last["message_id"]) == ("error", MessageId.DEVICE_RECOVERY_FAILED)
    await playing.end()
    assert not playing.standing.health(is_up=True).loaded


# --- live re-configuration


async def test_the_same_init_again_loads_and_sends_nothing(playing: Stage) -> None:
    playing.player.say(init("again"))
    assert kinds(await playing.player.hear_until("response", req_id="again")) == ["response"]
    engine = playing.host.replica.shelf.engine
    assert engine.calls.count("append_frame") == 1
    assert (await play_one_batch(playing.player)).header.frame_id == 1


async def test_a_live_init_without_a_seed_keeps_the_world(playing: Stage) -> None:
    await play_one_batch(playing.player)
    playing.player.say(init("again", seed=None))
    assert kinds(await playing.player.hear_until("response", req_id="again")) == ["response"]
    assert (await play_one_batch(playing.player)).header.frame_id == 5


async def test_a_live_reply_is_not_deferred_until_the_new_seed_stands(playing: Stage) -> None:
    await play_one_batch(playing.player)
    playing.player.say(init("again", seed=BLACK))
    heard = kinds(await playing.player.hear_until("status", stage="session.ready"))
    assert heard[0] == "response"
    assert heard[-2:] == ["frame 0", "session.ready"]
    assert (await play_one_batch(playing.player)).header.frame_id == 1


async def test_another_model_without_a_seed_waits_for_one(playing: Stage) -> None:
    playing.player.say(init("again", seed=None, model="other"))
    heard = kinds(await playing.player.hear_until("status", stage="session.waiting_for_seed"))
    assert heard == [
        "session.loading_model.load",
        "session.loading_model.instantiate",
        "response",
        "session.waiting_for_seed",
    ]
    playing.player.say(init("more", model="other"))
    assert kinds(await playing.player.hear_until("response", req_id="more"))[-2:] == ["session.ready", "response"]
    await play_one_batch(playing.player)


async def test_a_world_whose_model_was_replaced_while_paused_runs_once_it_has_a_seed(playing: Stage) -> None:
    playing.player.say({"type": "pause"})
    playing.player.say(init("again", seed=None, model="other"))
    await playing.player.message("status", stage="session.waiting_for_seed")
    playing.player.say(init("more", model="other"))
    await playing.player.message("response", req_id="more")
    assert (await play_one_batch(playing.player)).header.frame_id == 1


async def test_a_pause_outlives_a_live_init_with_another_model_and_seed(playing: Stage) -> None:
    playing.player.say({"type": "pause"})
    playing.player.say(init("again", model="other"))
    await playing.player.message("status", stage="session.ready")
    playing.player.say(control("W"))
    assert await alive(playing.player) == []
    playing.player.say({"type": "resume"})
    assert (await play_one_batch(playing.player)).header.frame_id == 1


async def test_another_model_that_cannot_be_loaded_leaves_the_client_waiting_for_a_seed(playing: Stage) -> None:
    playing.host.replica.shelf.errors.append(OSError("weights are missing"))
    playing.player.say(init("again", model="other"))
    heard = kinds(await playing.player.hear_until("status", stage="session.waiting_for_seed"))
    assert heard[-2:] == ["response", "session.waiting_for_seed"]
    assert not playing.standing.health(is_up=True).loaded


async def test_an_unsafe_live_seed_changes_nothing(playing: Stage) -> None:
    playing.safety.unsafe.add(BLACK)
    await play_one_batch(playing.player)
    playing.player.say(init("again", seed=BLACK))
    heard = kinds(await playing.player.hear_until("response", req_id="again"))
    assert heard == [MessageId.SEED_UNSAFE, "response"]
    assert (await play_one_batch(playing.player)).header.frame_id == 5


async def test_a_live_seed_that_the_engine_refuses_ends_the_loading_stages_and_play_goes_on(playing: Stage) -> None:
    playing.host.replica.shelf.engine.seed_errors.append(ValueError("too dark"))
    playing.player.say(init("again", seed=BLACK))
    heard = kinds(await playing.player.hear_until("warning"))
    assert heard == [
        "response",
        "session.init.reset",
        "session.init.seed",
        "session.ready",
        MessageId.SEED_LOAD_FAILED,
    ]
    assert (await play_one_batch(playing.player)).header.frame_id == 1


async def test_after_a_refused_seed_the_old_one_is_still_known_and_not_loaded_again(playing: Stage) -> None:
    playing.safety.unsafe.add(BLACK)
    playing.player.say(init("again", seed=BLACK))
    await playing.player.message("response", req_id="again")
    playing.player.say(init("more"))
    assert kinds(await playing.player.hear_until("response", req_id="more")) == ["response"]


# --- admission and starting up


async def test_a_busy_server_says_so_and_hangs_up(begun: Stage) -> None:
    async with stage() as other:
        other.host.refusal = ServerBusyError("busy")
        *_, last = await other.player.the_rest()
        assert isinstance(last, dict)
        assert (last["type"], last["message_id"]) == ("error", MessageId.SERVER_BUSY)
    assert begun.host.leases_so_far <= 1


async def test_an_init_that_waits_when_the_session_ends_gets_its_reply_too() -> None:
    async with stage() as set_up:
        set_up.host.may_lease.clear()
        set_up.host.refusal = ServerBusyError()
        for number in range(5):
            set_up.player.say(init(str(number)))
        assert (await set_up.player.message("response"))["req_id"] == "4"
        set_up.host.may_lease.set()
        answered = [await set_up.player.message("response") for _ in range(4)]
        assert [(reply["req_id"], reply["error_id"]) for reply in answered] == [
            (str(number), MessageId.SERVER_BUSY) for number in range(4)
        ]
        assert kinds(await set_up.player.the_rest()) == [MessageId.SERVER_BUSY]


async def test_a_part_that_fails_to_start_is_told() -> None:
    async with stage(parts={"WorldModel": Part.UP, "SafetyChecker": Part.FAILED}) as set_up:
        heard = await set_up.player.the_rest()
        assert kinds(heard) == [*STARTUP[:3], MessageId.SERVER_STARTUP_FAILED]


async def test_a_server_that_never_comes_up_is_given_up() -> None:
    async with stage(parts={"WorldModel": Part.COMING}, timing=TimingConfig(startup_s=0.05)) as set_up:
        heard = await set_up.player.the_rest()
        assert kinds(heard) == [*STARTUP[:2], MessageId.SERVER_STARTUP_FAILED]


# --- leaving


async def test_a_client_that_leaves_while_parts_start_ends_the_session() -> None:
    async with stage(parts={"WorldModel": Part.COMING}) as set_up:
        await set_up.player.message("status", stage="startup.world_engine_manager")
        set_up.player.leave()
        await set_up.end()
        assert set_up.host.leases_so_far == 0


async def test_a_client_that_leaves_while_a_replica_is_sought_ends_the_session(begun: Stage) -> None:
    begun.host.may_lease.clear()
    await begun.host.asked.wait()
    begun.player.leave()
    await begun.end()


async def test_a_client_that_leaves_before_its_init_frees_the_replica(begun: Stage) -> None:
    await begun.player.message("status", stage="session.waiting_for_seed")
    begun.player.leave()
    await begun.end()
    assert begun.host.leases == 0


async def test_a_client_that_leaves_during_a_load_frees_the_replica(begun: Stage) -> None:
    shelf = begun.host.replica.shelf
    shelf.may_load.clear()
    begun.player.say(init("r"))
    assert await asyncio.to_thread(shelf.load_began.wait, PATIENCE_S)
    begun.player.leave()
    await begun.end()
    assert begun.host.leases == 0


async def test_a_client_that_leaves_during_its_safety_check_frees_the_replica(begun: Stage) -> None:
    begun.safety.may_answer.clear()
    begun.player.say(init("r"))
    await begun.player.message("status", stage="session.loading_model.instantiate")
    begun.player.leave()
    await begun.end()
    assert begun.host.leases == 0


async def test_a_client_that_leaves_during_a_pass_frees_the_replica(playing: Stage) -> None:
    engine = playing.host.replica.shelf.engine
    engine.may_pass.clear()
    playing.player.say(control("W"))
    assert await asyncio.to_thread(engine.pass_began.wait, PATIENCE_S)
    playing.player.leave()
    await playing.end()
    assert playing.host.leases == 0


async def test_a_client_that_stopped_reading_and_left_frees_the_replica(playing: Stage) -> None:
    playing.player.websocket.may_take.clear()
    playing.player.say(control("W"))
    playing.player.leave()
    await playing.end()
    assert playing.host.leases == 0


# --- a slow client


async def test_credits_return_only_when_the_socket_took_the_batch(playing: Stage) -> None:
    player, engine = playing.player, playing.host.replica.shelf.engine
    player.websocket.may_take.clear()
    for number in range(1, BATCHES_OUT_LIMIT + 1):
        engine.pass_began.clear()
        player.say(control("W", ts=float(number)))
        assert await asyncio.to_thread(engine.pass_began.wait, PATIENCE_S)
    player.say(control("S", ts=99.0))
    player.say({"type": "scene_edit", "req_id": "r", "prompt": " "})
    assert engine.calls.count("generate") == BATCHES_OUT_LIMIT
    player.websocket.may_take.set()
    heard = [await player.envelope() for _ in range(BATCHES_OUT_LIMIT + 1)]
    assert [envelope.header.client_ts for envelope in heard] == [1.0, 2.0, 99.0]


async def test_a_client_that_leaves_too_much_unread_is_told_why_it_is_over(playing: Stage) -> None:
    playing.player.websocket.may_take.clear()
    for _ in range(LIMITS.queued_messages + 2):
        playing.player.say(EDIT)
    await playing.host.left.wait()
    playing.player.websocket.may_take.set()
    *replies, last = await playing.player.the_rest()
    assert {item["type"] for item in replies if isinstance(item, dict)} == {"response"}
    assert len(replies) >= LIMITS.queued_messages
    assert isinstance(last, dict)
    assert last["message"] == "the client left 64 messages unread"


# --- logs


async def test_records_of_the_session_are_pushed(playing: Stage) -> None:
    playing.session.post_log(LogPush(event="something happened"))
    assert (await playing.player.message("log"))["event"] == "something happened"


async def test_records_are_dropped_when_the_client_is_behind_and_replies_are_not(playing: Stage) -> None:
    playing.player.websocket.may_take.clear()
    for number in range(LIMITS.queued_messages):
        playing.session.post_log(LogPush(event=str(number)))
    playing.player.say(EDIT)
    playing.player.websocket.may_take.set()
    heard = await playing.player.hear_until("response")
    assert 0 < kinds(heard).count("log") < LIMITS.queued_messages


async def test_the_server_log_is_shown_where_the_player_is_the_operator(tmp_path: Path) -> None:
    path = tmp_path / "server.log"
    path.write_text('{"event": "listening", "level": "info"}\n{"event": "secret", "session_id": "another"}\n')
    async with stage(server_log=path) as set_up:
        heard = await set_up.player.hear_until("log")
        assert isinstance(heard[-1], dict)
        assert heard[-1]["event"] == "listening"
        assert "another" not in str(heard)


async def test_the_seed_batch_is_the_seed(begun: Stage) -> None:
    heard = await begun.start()
    (envelope,) = [item for item in heard if isinstance(item, Envelope)]
    assert [brightness(jpeg) for jpeg in envelope.jpegs] == [128]
