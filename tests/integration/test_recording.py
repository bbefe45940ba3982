"""What is played is kept: every frame in a video that plays, every control in the action log, or the client is told."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
import psutil
import pytest

from protocol.errors import MessageId
from protocol.http import RecordingEntry
from protocol.keymap import button_codes
from protocol.server import ErrorPush, LogPush, WarningPush
from scripts.wire_client import WALK, WireClient
from scripts.wire_events import Batch
from tests.integration.playing import (
    LAKE,
    PATIENCE_S,
    difference,
    eventually,
    pixels,
    play_until_frame,
    settle,
    stand_still,
)
from tests.integration.recordings import (
    ENCODED_S,
    WORTH_KEEPING_FRAMES,
    Video,
    frames_of,
    frames_on_disk,
    listed,
    read_log,
    read_video,
    ready_recordings,
)
from tests.integration.server import RunningServer

pytestmark = pytest.mark.integration

KEPT: Final[dict[str, Any]] = {"video_recording": True, "action_logging": True}
FPS: Final = 60


@dataclass(frozen=True, slots=True)
class Kept:
    """One segment that was worth keeping: what the client got while it was open, and where its files are."""

    batches: list[Batch]
    folder: Path
    name: str

    @property
    def frame_ids(self) -> list[int]:
        """Of the batches."""
        return [batch.header.frame_id for batch in self.batches]

    @property
    def jpegs(self) -> list[bytes]:
        """All frames in order."""
        return [jpeg for batch in self.batches for jpeg in batch.jpegs]

    def video(self) -> Video:
        """Its video, decoded."""
        return read_video(self.folder / f"{self.name}.mp4")

    def log(self) -> list[dict[str, Any]]:
        """Its action log."""
        return read_log(self.folder / f"{self.name}.ndjson")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A session with a pause, a reset, another folder, and an end of recording during play."""

    entries: list[RecordingEntry]
    """What it added to the listing, oldest first."""
    until_pause: Kept
    after_reset: Kept
    elsewhere: Kept
    """In the folder that the client named."""


@pytest.fixture(scope="module")
def recorded(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """The session that the tests below look at; its files are complete."""
    return asyncio.run(record_a_session(server, tmp_path_factory.mktemp("elsewhere")))


async def record_a_session(server: RunningServer, folder: Path) -> Recorded:
    """Play it. Steering stops before every change, so that what the client has is what the segment got."""
    known = listed(server)
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE, seed_filename="lake.jpg", biome_version="1.1.0", **KEPT)
        until_pause = await _play(client, 4 * FPS)
        await client.pause()

        await client.resume()
        await _play(client, until_pause[-1].header.frame_id + 40)

        await client.reset()
        await settle(client, **KEPT)
        after_reset = await _play(client, WORTH_KEEPING_FRAMES)

        there: dict[str, Any] = {**KEPT, "video_output_dir": str(folder)}
        await client.init(**there)
        elsewhere = await _play(client, after_reset[-1].header.frame_id + WORTH_KEEPING_FRAMES)

        await client.init(video_output_dir=str(folder))
        await play_until_frame(client, elsewhere[-1].header.frame_id + 20, since=client.mark())

    entries = await ready_recordings(server, known, 2)
    (name,) = await eventually(lambda: [path.stem for path in folder.glob("*.mp4")] or None, ENCODED_S)
    await eventually((folder / f"{name}.ndjson").exists, ENCODED_S)
    return Recorded(
        entries=entries,
        until_pause=Kept(until_pause, server.recordings, entries[0].id),
        after_reset=Kept(after_reset, server.recordings, entries[1].id),
        elsewhere=Kept(elsewhere, folder, name),
    )


async def _play(client: WireClient, until_frame: int) -> list[Batch]:
    """Steer until that frame, stop, and take everything that comes."""
    since = client.mark()
    await play_until_frame(client, until_frame, since=since, timeout_s=2 * PATIENCE_S)
    await stand_still(client)
    return [batch for _, batch in client.batches(since) if batch.header.frame_id > 0]


@pytest.fixture(params=["until_pause", "after_reset", "elsewhere"])
def kept(request: pytest.FixtureRequest, recorded: Recorded) -> Kept:
    """Each of its segments."""
    segment: Kept = getattr(recorded, request.param)
    return segment


# --- files


def test_every_frame_sent_while_recording_is_in_the_file_and_in_order(kept: Kept) -> None:
    frames, sent = kept.video().frames, kept.jpegs
    assert len(frames) == len(sent)
    for index in range(0, len(sent), 24):
        own = difference(frames[index], pixels(sent[index]))
        other = difference(frames[index], pixels(sent[index - 12]))
        assert own < other


def test_the_video_says_what_it_is(kept: Kept) -> None:
    video = kept.video()
    assert video.fps == FPS
    assert video.duration_s == pytest.approx(len(kept.jpegs) / FPS, abs=0.05)
    assert video.frames[0].shape == (360, 640, 3)
    assert video.metadata["title"]
    assert video.metadata["artist"]
    assert json.loads(video.metadata["comment"])["model"] == "local/synthetic"


def test_the_metadata_is_that_of_the_session(recorded: Recorded) -> None:
    assert json.loads(recorded.until_pause.video().metadata["comment"]) == {
        "biome_version": "1.1.0",
        "model": "local/synthetic",
        "quant": None,
        "seed": "lake.jpg",
        "scene_authoring_enabled": False,
    }


def test_the_action_log_holds_what_every_batch_consumed(kept: Kept) -> None:
    start, *inputs, end = kept.log()
    assert start["type"] == "session_start"
    assert start["frame_id"] == kept.frame_ids[0]
    assert (start["model"], start["seed"], start["seed_target_size"]) == ("local/synthetic", "lake.jpg", [360, 640])
    assert start["n_frames"] > 0
    assert start["has_prompt_conditioning"] is False

    assert [line["type"] for line in inputs] == ["frame_input"] * len(kept.batches)
    assert [line["frame_id"] for line in inputs] == kept.frame_ids
    assert [line["client_ts"] for line in inputs] == [batch.header.client_ts for batch in kept.batches]
    pressed = [sorted(button_codes(control.buttons)) for control in WALK]
    assert all(line["buttons"] in pressed for line in inputs[:-1])
    assert inputs[-1]["buttons"] == [], "it stood still at the end"
    assert any(line["mouse_dx"] > 0 for line in inputs)

    assert (end["type"], end["frame_id"]) == ("session_end", kept.frame_ids[-1])
    times = [line["ts"] for line in (start, *inputs, end)]
    assert times[1:-1] == sorted(times[1:-1])


def test_segments_end_at_a_pause_a_reset_and_a_change_of_folder_and_short_ones_are_deleted(
    server: RunningServer, recorded: Recorded
) -> None:
    assert recorded.until_pause.frame_ids[0] == 1
    assert recorded.after_reset.frame_ids[0] == 1
    assert recorded.elsewhere.frame_ids[0] == recorded.after_reset.frame_ids[-1] + 4
    assert len(recorded.entries) == 2, "what was played between pause and reset was too short"
    for kept in (recorded.until_pause, recorded.after_reset, recorded.elsewhere):
        assert not (server.spool / kept.name).exists()


def test_what_a_client_had_put_elsewhere_is_not_listed(server: RunningServer, recorded: Recorded) -> None:
    assert recorded.elsewhere.name not in {entry.id for entry in listed(server)}


# --- over HTTP


def test_a_finished_recording_is_listed_with_its_facts(recorded: Recorded) -> None:
    entry, kept = recorded.entries[0], recorded.until_pause
    assert entry.name == f"{kept.name}.mp4"
    assert (entry.frames, entry.width, entry.height) == (len(kept.jpegs), 640, 360)
    assert entry.duration_s == pytest.approx(len(kept.jpegs) / FPS, abs=0.05)
    assert entry.size_bytes == (kept.folder / entry.name).stat().st_size
    assert entry.has_action_log


def test_a_video_is_played_in_ranges_and_downloaded_whole(server: RunningServer, recorded: Recorded) -> None:
    entry, whole = recorded.entries[0], (server.recordings / recorded.entries[0].name).read_bytes()
    url = f"{server.http_url}/api/recordings/{entry.id}"

    part = httpx2.get(url, headers={"Range": "bytes=100-299"})
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 100-299/{len(whole)}"
    assert part.content == whole[100:300]
    assert httpx2.get(url, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416

    answer = httpx2.get(url, params={"download": "1"})
    assert answer.content == whole
    assert answer.headers["content-type"] == "video/mp4"
    assert entry.name in answer.headers["content-disposition"]


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2fverdicts", "biome-20260101T000000000Z-00000000"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_id_that_is_none_finds_nothing(server: RunningServer, method: str, name: str) -> None:
    assert httpx2.request(method, f"{server.http_url}/api/recordings/{name}").status_code == 404


def test_a_deleted_recording_is_gone_with_its_log(server: RunningServer, recorded: Recorded) -> None:
    entry = recorded.entries[1]
    files = [server.recordings / entry.name, server.recordings / f"{entry.id}.ndjson"]
    spare = [path.read_bytes() for path in files]
    url = f"{server.http_url}/api/recordings/{entry.id}"
    try:
        assert httpx2.delete(url, headers={"Origin": "https://evil.example"}).status_code == 403
        assert httpx2.delete(url).status_code == 204
        assert not any(path.exists() for path in files)
        assert httpx2.get(url).status_code == 404
        assert httpx2.delete(url).status_code == 404
        assert entry.id not in {each.id for each in listed(server)}
    finally:
        for path, content in zip(files, spare, strict=True):
            path.write_bytes(content)


# --- disks that refuse


async def test_a_folder_that_cannot_be_is_told_and_play_goes_on(server: RunningServer, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    folder = tmp_path / "a file" / "recordings"
    async with WireClient.connect(server.ws_url, features=["recording_status"]) as client:
        await client.init(seed=LAKE, **KEPT, video_output_dir=str(folder))
        warning = await client.first(WarningPush)
        assert warning.message_id is MessageId.RECORDING_FAILED
        assert str(folder) in (warning.message or "") or "Not a directory" in (warning.message or "")
        record = await client.first(LogPush, lambda record: record.event == "recording given up")
        assert record.level == "error"
        await play_until_frame(client, 20)
        assert not client.events(ErrorPush)


async def test_a_plain_client_is_told_by_a_log_record_only(server: RunningServer) -> None:
    async with WireClient.connect(server.ws_url) as client:
        await client.init(seed=LAKE, **KEPT, video_output_dir="not/absolute")
        await client.first(LogPush, lambda record: record.event == "recording given up" and record.level == "error")
        await play_until_frame(client, 20)
        assert not client.events(WarningPush)
        assert not client.events(ErrorPush)


@pytest.mark.skipif(not psutil.LINUX, reason="limits another process's files, which only Linux lets one do")
async def test_a_disk_that_fills_up_ends_the_segment_keeps_its_frames_and_lets_play_go_on(
    spare_server: RunningServer,
) -> None:
    known, recorder = listed(spare_server), spare_server.replica("Recorder")
    free = recorder.rlimit(psutil.RLIMIT_FSIZE)
    assert free is not None
    async with WireClient.connect(spare_server.ws_url, features=["recording_status"]) as client:
        await client.init(seed=LAKE, **KEPT)
        before = await _play(client, WORTH_KEEPING_FRAMES)
        await frames_on_disk(spare_server, frames_of(before))
        recorder.rlimit(psutil.RLIMIT_FSIZE, (1, free[1]))
        try:
            since = client.mark()
            await play_until_frame(client, before[-1].header.frame_id + 8)
            warning = await client.first(WarningPush, since=since)
            assert warning.message_id is MessageId.RECORDING_FAILED
            await play_until_frame(client, before[-1].header.frame_id + 40)
        finally:
            recorder.rlimit(psutil.RLIMIT_FSIZE, free)
        await client.reset()
        await settle(client, **KEPT)
        after = await _play(client, WORTH_KEEPING_FRAMES)
        assert not client.events(ErrorPush)

    full, whole = await ready_recordings(spare_server, known, 2)
    assert full.frames == frames_of(before)
    assert whole.frames == frames_of(after)
    assert recorder.is_running(), "the recorder outlived the full disk"
