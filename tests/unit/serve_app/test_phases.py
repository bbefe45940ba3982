"""The tables of a session's phases."""

import pytest

from protocol.client import (
    CheckSeedSafety,
    ClientMessage,
    Control,
    GenerateScene,
    Init,
    Pause,
    Prompt,
    Reset,
    Resume,
    SceneEdit,
    SessionConfig,
)
from serve_app.phases import MOVES, Admission, Event, IllegalMoveError, Phase, admit, next_phase

CONFIG = SessionConfig(
    scene_authoring=False,
    action_logging=False,
    video_recording=False,
    video_output_dir=None,
    cap_inference_fps=True,
)
INIT = Init(req_id="1", model="local/synthetic", config=CONFIG)
NOTIFICATIONS: list[ClientMessage] = [Control(), Pause(), Resume(), Reset(), Prompt()]
SCENE_REQUESTS: list[ClientMessage] = [SceneEdit(req_id="1", prompt="x"), GenerateScene(req_id="1", prompt="x")]


def test_a_session_runs_from_its_start_to_play() -> None:
    phase = Phase.STARTING
    for event in (Event.REPLICA_READY, Event.INIT_BEGAN, Event.INIT_FAILED, Event.INIT_BEGAN, Event.SEEDED):
        phase = next_phase(phase, event)
    assert phase is Phase.PLAYING


def test_a_dropped_seed_leads_back_to_waiting_also_from_a_pause() -> None:
    assert next_phase(Phase.PLAYING, Event.SEED_DROPPED) is Phase.WAITING_FOR_SEED
    assert next_phase(Phase.PAUSED, Event.SEED_DROPPED) is Phase.WAITING_FOR_SEED


@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_can_end(phase: Phase) -> None:
    assert next_phase(phase, Event.ENDED) is Phase.ENDED


def test_a_move_that_is_not_in_the_table_is_refused_by_name() -> None:
    with pytest.raises(IllegalMoveError, match="SEEDED in STARTING"):
        next_phase(Phase.STARTING, Event.SEEDED)


def test_every_phase_can_be_reached() -> None:
    assert set(MOVES.values()) | {Phase.STARTING} == set(Phase)


@pytest.mark.parametrize("phase", [Phase.STARTING, Phase.WAITING_FOR_SEED, Phase.INITIALISING])
def test_before_there_is_a_world_notifications_are_ignored_and_scene_requests_refused(phase: Phase) -> None:
    assert {admit(phase, message) for message in NOTIFICATIONS} == {Admission.IGNORE}
    assert {admit(phase, message) for message in SCENE_REQUESTS} == {Admission.REFUSE}


@pytest.mark.parametrize("phase", list(Phase))
def test_init_and_safety_checks_are_handled_in_every_phase(phase: Phase) -> None:
    assert admit(phase, INIT) is Admission.HANDLE
    assert admit(phase, CheckSeedSafety(req_id="1", image_data="")) is Admission.HANDLE


def test_controls_are_ignored_while_paused_and_scenes_are_not() -> None:
    assert admit(Phase.PAUSED, Control()) is Admission.IGNORE
    assert admit(Phase.PAUSED, Resume()) is Admission.HANDLE
    assert admit(Phase.PAUSED, Reset()) is Admission.HANDLE
    assert {admit(Phase.PAUSED, message) for message in SCENE_REQUESTS} == {Admission.HANDLE}


def test_a_second_pause_and_a_resume_in_play_have_no_effect() -> None:
    assert admit(Phase.PAUSED, Pause()) is Admission.IGNORE
    assert admit(Phase.PLAYING, Resume()) is Admission.IGNORE
