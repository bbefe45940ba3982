"""When segments open and close."""

from protocol.link import CloseSegment, OpenSegment, RecordingMetadata, WorldSpec
from serve_app.segments import Segments, Wishes

SPEC = WorldSpec(
    model="m", frame_height=2, frame_width=2, sub_frames=4, n_frames=16, inference_fps=60, has_prompt_conditioning=False
)
ABOUT = RecordingMetadata(biome_version=None, model="m", quant=None, seed=None, scene_authoring_enabled=False)
NOTHING = Wishes(video=False, actions=False, output_dir=None)
VIDEO = Wishes(video=True, actions=False, output_dir=None)
BOTH = Wishes(video=True, actions=True, output_dir=None)


def running(wishes: Wishes) -> Segments:
    segments = Segments()
    segments.configure(wishes, ABOUT, SPEC, 1)
    segments.started(ABOUT, SPEC)
    return segments


def kinds(commands: list[OpenSegment | CloseSegment]) -> list[str]:
    return [command.type for command in commands]


def test_wishes_alone_open_nothing_before_the_world_runs() -> None:
    segments = Segments()
    assert segments.configure(VIDEO, ABOUT, SPEC, 1) == []
    assert not segments.is_open


def test_the_first_seed_opens_a_segment() -> None:
    segments = Segments()
    segments.configure(BOTH, ABOUT, SPEC, 1)
    (opened,) = segments.started(ABOUT, SPEC)
    assert isinstance(opened, OpenSegment)
    assert (opened.video, opened.actions, opened.frame_id) == (True, True, 1)


def test_without_wishes_nothing_opens() -> None:
    assert not running(NOTHING).is_open


def test_a_reset_closes_one_segment_and_opens_the_next() -> None:
    assert kinds(running(VIDEO).started(ABOUT, SPEC)) == ["close_segment", "open_segment"]


def test_a_pause_closes_and_a_resume_opens_at_the_frame_to_come() -> None:
    segments = running(VIDEO)
    assert kinds(segments.paused()) == ["close_segment"]
    (opened,) = segments.resumed(41)
    assert isinstance(opened, OpenSegment)
    assert opened.frame_id == 41


def test_switching_on_while_playing_opens_at_once_and_off_closes_at_once() -> None:
    segments = running(NOTHING)
    assert kinds(segments.configure(VIDEO, ABOUT, SPEC, 9)) == ["open_segment"]
    assert kinds(segments.configure(NOTHING, ABOUT, SPEC, 13)) == ["close_segment"]


def test_switching_on_while_paused_waits_for_the_resume() -> None:
    segments = running(NOTHING)
    segments.paused()
    assert segments.configure(VIDEO, ABOUT, SPEC, 9) == []
    assert kinds(segments.resumed(9)) == ["open_segment"]


def test_the_same_wishes_again_do_not_cut_the_segment() -> None:
    assert running(VIDEO).configure(VIDEO, ABOUT, SPEC, 9) == []


def test_other_wishes_begin_another_segment() -> None:
    assert kinds(running(VIDEO).configure(BOTH, ABOUT, SPEC, 9)) == ["close_segment", "open_segment"]


def test_after_a_loss_the_next_segment_opens_as_usual() -> None:
    segments = running(VIDEO)
    segments.broken()
    assert kinds(segments.reopened(17)) == ["open_segment"]


def test_after_a_loss_while_paused_nothing_reopens() -> None:
    segments = running(VIDEO)
    segments.paused()
    segments.broken()
    assert segments.reopened(17) == []


def test_a_reset_while_paused_opens_nothing_before_the_resume() -> None:
    segments = running(VIDEO)
    segments.paused()
    assert segments.started(ABOUT, SPEC) == []
    assert kinds(segments.resumed(1)) == ["open_segment"]


def test_a_resume_without_a_world_opens_nothing() -> None:
    segments = running(VIDEO)
    segments.paused()
    segments.stopped()
    assert segments.resumed(1) == []
    assert kinds(segments.started(ABOUT, SPEC)) == ["open_segment"]
