"""The library: what it lists, and that nothing outside the recordings can be reached."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deployments.recorder.folder import SegmentFolder
from deployments.recorder.library import Library, NoSuchRecordingError, RecordingStatus
from deployments.recorder.naming import log_path, new_recording_id, video_path
from tests.fakes.recordings import OPENED_S, claimed_folder, segment_info


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "recordings"
    path.mkdir()
    return path


@pytest.fixture
def library(root: Path) -> Library:
    return Library(root, root / ".spool")


def add_video(root: Path, opened_s: float = OPENED_S) -> Path:
    path = video_path(root, new_recording_id(opened_s))
    path.write_bytes(b"not really a video")
    return path


def test_a_folder_that_is_not_there_has_no_recordings(tmp_path: Path) -> None:
    assert Library(tmp_path / "missing", tmp_path / "missing" / ".spool").list() == ()


def test_recordings_are_listed_latest_first(root: Path, library: Library) -> None:
    paths = [add_video(root, OPENED_S + number) for number in (3, 1, 2)]
    listed = [entry.name for entry in library.list()]
    assert listed == sorted((path.name for path in paths), reverse=True)


def test_an_entry_says_what_is_known_of_a_file(root: Path, library: Library) -> None:
    video = add_video(root)
    log_path(root, new_recording_id(OPENED_S)).write_bytes(b"of another recording")
    (entry,) = library.list()
    assert entry.id == video.stem
    assert entry.created == datetime(2026, 8, 1, 12, 3, 4, 250_000, tzinfo=UTC)
    assert entry.status is RecordingStatus.READY
    assert entry.size_bytes == len(b"not really a video")
    assert (entry.frames, entry.duration_s) == (None, None)
    assert not entry.has_action_log


def test_a_recording_that_waits_for_the_encoder_is_listed(root: Path, library: Library) -> None:
    info = segment_info(root)
    claimed_folder(root / ".spool", info).folder.chunk_path(0, is_open=True).write_bytes(bytes(100))
    (entry,) = library.list()
    assert (entry.id, entry.status) == (info.recording_id, RecordingStatus.ENCODING)
    assert (entry.width, entry.height) == (64, 48)
    with pytest.raises(NoSuchRecordingError):
        library.video(entry.id)


def test_a_finished_file_wins_over_its_spool_folder(root: Path, library: Library) -> None:
    info = segment_info(root)
    claimed_folder(root / ".spool", info)
    video_path(root, info.recording_id).write_bytes(b"video")
    assert [entry.status for entry in library.list()] == [RecordingStatus.READY]


def test_a_recording_for_a_clients_own_folder_is_not_listed(tmp_path: Path, root: Path, library: Library) -> None:
    claimed_folder(root / ".spool", segment_info(tmp_path / "elsewhere"))
    assert library.list() == ()


def test_other_files_are_not_listed(root: Path, library: Library) -> None:
    (root / "holiday.mp4").write_bytes(b"x")
    (root / "notes.txt").write_bytes(b"x")
    add_video(root).rename(root / f".{new_recording_id(OPENED_S)}.mp4.tmp")
    video_path(root, new_recording_id(OPENED_S)).mkdir()
    SegmentFolder(root / ".spool" / "biome-20260801T120304250Z-0123abcd.failed").path.mkdir(parents=True)
    assert library.list() == ()


def test_a_video_is_found_by_the_id_of_its_entry(root: Path, library: Library) -> None:
    video = add_video(root)
    assert library.video(library.list()[0].id) == video


def test_a_deleted_recording_takes_its_action_log_along(root: Path, library: Library) -> None:
    video, other = add_video(root), add_video(root)
    video.with_suffix(".ndjson").write_bytes(b"log")
    other.with_suffix(".ndjson").write_bytes(b"log")
    library.delete(video.stem)
    assert sorted(root.iterdir()) == [other, other.with_suffix(".ndjson")]
    with pytest.raises(NoSuchRecordingError):
        library.delete(video.stem)


@pytest.mark.parametrize(
    "text", ["../secret", "..", "", "/", "secret.mp4", ".spool", "..%2fsecret", "biome-20260801T120304250Z-0123abcd/.."]
)
def test_no_id_leads_out_of_the_folder(tmp_path: Path, root: Path, library: Library, text: str) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(b"secret")
    (root / "secret.mp4").write_bytes(b"secret")
    for attempt in (library.video, library.action_log, library.delete):
        with pytest.raises(NoSuchRecordingError):
            attempt(text)
    assert secret.exists()
    assert (root / "secret.mp4").exists()


def test_a_link_is_not_followed(tmp_path: Path, root: Path, library: Library) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(b"secret")
    link = video_path(root, new_recording_id(OPENED_S))
    link.symlink_to(secret)
    assert library.list() == ()
    with pytest.raises(NoSuchRecordingError):
        library.video(link.stem)
    with pytest.raises(NoSuchRecordingError):
        library.delete(link.stem)
