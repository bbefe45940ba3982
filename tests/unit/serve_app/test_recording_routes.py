"""Recordings over HTTP: listed, played in ranges, downloaded, deleted, and nothing else of the disk."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from deployments.recorder.library import RecordingEntry, RecordingStatus
from deployments.recorder.naming import RecordingId, new_recording_id
from serve_app.recording_routes import recording_body
from tests.unit.serve_app.conftest import OpenWebApp

CONTENT = bytes(range(256)) * 4
BEGAN_S = 1_785_585_784.25


@pytest.fixture
def open_web_app(open_web_app: OpenWebApp) -> OpenWebApp:
    """That of a machine with one owner."""
    return partial(open_web_app, serve_recordings=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "recordings"
    path.mkdir()
    return path


@pytest.fixture
def video(folder: Path) -> Path:
    path = folder / f"{new_recording_id(BEGAN_S)}.mp4"
    path.write_bytes(CONTENT)
    return path


def test_a_server_that_never_recorded_lists_nothing(open_web_app: OpenWebApp) -> None:
    answer = open_web_app().get("/api/recordings")
    assert (answer.status_code, answer.text) == (200, "[]")


def test_recordings_are_listed_latest_first(open_web_app: OpenWebApp, folder: Path) -> None:
    names = [new_recording_id(BEGAN_S + number) for number in range(3)]
    for name in names:
        (folder / f"{name}.mp4").write_bytes(CONTENT)
    listed = open_web_app().get("/api/recordings").json()
    assert [entry["id"] for entry in listed] == names[::-1]


def test_an_entry_says_all_that_is_known() -> None:
    entry = RecordingEntry(
        id=RecordingId("biome-x"),
        name="biome-x.mp4",
        created=datetime(2026, 8, 1, 12, 3, 4, 250_000, tzinfo=UTC),
        status=RecordingStatus.READY,
        duration_s=4.5,
        frames=270,
        width=640,
        height=360,
        size_bytes=1000,
        has_action_log=True,
    )
    assert recording_body(entry).to_json() == (
        '{"id":"biome-x","name":"biome-x.mp4","created":"2026-08-01T12:03:04.250Z","status":"ready",'
        '"duration_s":4.5,"frames":270,"width":640,"height":360,"size_bytes":1000,"has_action_log":true}'
    )


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
def test_where_there_are_many_players_nobody_finds_anybodys_recordings(
    open_web_app: OpenWebApp, video: Path, method: str
) -> None:
    client = open_web_app(serve_recordings=False)
    paths = ["/api/recordings", f"/api/recordings/{video.stem}"]
    assert [client.request(method, path).status_code for path in paths] == [404, 404]
    assert video.exists()


def test_the_player_page_can_ask_whether_recordings_are_shown_without_having_them_listed(
    open_web_app: OpenWebApp,
) -> None:
    answer = open_web_app().options("/api/recordings")
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_recording_plays_whole(open_web_app: OpenWebApp, video: Path) -> None:
    answer = open_web_app().get(f"/api/recordings/{video.stem}")
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["accept-ranges"] == "bytes"
    assert "content-disposition" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "told", "part"),
    [
        ("bytes=0-9", "bytes 0-9/1024", CONTENT[:10]),
        ("bytes=1000-", "bytes 1000-1023/1024", CONTENT[1000:]),
        ("bytes=-4", "bytes 1020-1023/1024", CONTENT[-4:]),
        ("bytes=1000-9999", "bytes 1000-1023/1024", CONTENT[1000:]),
    ],
)
def test_a_recording_plays_from_any_place(
    open_web_app: OpenWebApp, video: Path, asked: str, told: str, part: bytes
) -> None:
    answer = open_web_app().get(f"/api/recordings/{video.stem}", headers={"range": asked})
    assert (answer.status_code, answer.headers["content-range"], answer.content) == (206, told, part)


def test_a_range_behind_the_end_is_refused(open_web_app: OpenWebApp, video: Path) -> None:
    answer = open_web_app().get(f"/api/recordings/{video.stem}", headers={"range": "bytes=2000-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */1024")


def test_head_tells_the_size(open_web_app: OpenWebApp, video: Path) -> None:
    answer = open_web_app().head(f"/api/recordings/{video.stem}")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "1024", b"")


@pytest.mark.parametrize(
    ("query", "is_download"), [("?download=1", True), ("?download=0", False), ("?download", False)]
)
def test_a_download_has_a_file_name(open_web_app: OpenWebApp, video: Path, query: str, *, is_download: bool) -> None:
    answer = open_web_app().get(f"/api/recordings/{video.stem}{query}")
    disposition = f'attachment; filename="{video.name}"' if is_download else None
    assert answer.headers.get("content-disposition") == disposition


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
@pytest.mark.parametrize(
    "recording_id",
    [
        "biome-20260801T120304250Z-00000000",
        "x",
        "secret",
        "..%2Fsecret",
        "%2e%2e%2fsecret.mp4",
        "..%5Csecret",
        "%00",
        "biome-20260801T120304250Z-00000000.mp4",
    ],
)
def test_what_is_no_recording_is_not_found_and_nothing_happens_to_it(
    open_web_app: OpenWebApp, folder: Path, method: str, recording_id: str
) -> None:
    secrets = [folder.parent / "secret", folder.parent / "secret.mp4", folder / "secret.mp4"]
    for secret in secrets:
        secret.write_bytes(b"secret")
    answer = open_web_app().request(method, f"/api/recordings/{recording_id}")
    assert answer.status_code == 404
    assert b"secret" not in answer.content
    assert all(secret.exists() for secret in secrets)


def test_a_link_out_of_the_folder_is_not_followed(open_web_app: OpenWebApp, folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    link = folder / f"{new_recording_id(BEGAN_S)}.mp4"
    link.symlink_to(secret)
    client = open_web_app()
    assert client.get("/api/recordings").json() == []
    assert client.get(f"/api/recordings/{link.stem}").status_code == 404


def test_a_recording_is_deleted_with_its_action_log_once(open_web_app: OpenWebApp, video: Path) -> None:
    log = video.with_suffix(".ndjson")
    log.write_text("{}\n")
    client = open_web_app()
    first, second = (client.delete(f"/api/recordings/{video.stem}") for _ in range(2))
    assert (first.status_code, first.content) == (204, b"")
    assert (second.status_code, second.json()) == (404, {"error": "there is no finished recording of that id"})
    assert not video.exists()
    assert not log.exists()


def test_a_disk_that_refuses_is_told_as_such(
    open_web_app: OpenWebApp, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *, missing_ok: bool = False) -> None:
        raise OSError(30, "Read-only file system", str(self), missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    answer = open_web_app().delete(f"/api/recordings/{video.stem}")
    assert answer.status_code == 500
    assert answer.json() == {"error": "the recordings folder refuses: Read-only file system"}
