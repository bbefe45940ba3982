"""A session's recording: from the link to the folder."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from configs.recorder import RecorderConfig
from deployments.recorder.deployment import recording_rules
from deployments.recorder.encode_queue import RunResult
from deployments.recorder.metrics import RecorderMetrics
from deployments.recorder.recorder_session import RecorderParts, RecorderSession
from deployments.recorder.spool import read_chunk
from deployments.recorder.supervisor import EncodeSupervisor
from deployments.recorder.worker_process import RunsWorker
from protocol.link import (
    CloseSegment,
    RecordBatch,
    RecorderCommand,
    RecordingFailed,
    RecordSceneEdit,
    SegmentClosed,
)
from tests.fakes.encoder_runs import RunsHere, ScriptedRuns
from tests.fakes.recordings import OpenLink, ScriptedLink, batch, brightness, frame_grays, only_folder, open_segment

CONFIG = RecorderConfig(
    encoder="libx264",
    crf=10,
    preset="ultrafast",
    min_segment_s=0.5,
    min_free_bytes=0,
    chunk_bytes=9000,
    shutdown_s=30.0,
)


@asynccontextmanager
async def recorder(
    data_dir: Path, config: RecorderConfig = CONFIG, runs: RunsWorker | None = None
) -> AsyncGenerator[RecorderParts]:
    """What a replica has, without Serve; its encoder runs in this process."""
    metrics = RecorderMetrics()
    runner = EncodeSupervisor(config.spool_folder(data_dir), config, runs or RunsHere(config), metrics)
    with ThreadPoolExecutor(1) as disk:
        async with runner.running():
            yield RecorderParts(recording_rules(config, data_dir), disk, runner, metrics)


async def record(
    data_dir: Path, commands: Sequence[RecorderCommand], config: RecorderConfig = CONFIG, *, is_lost: bool = False
) -> ScriptedLink:
    """A session of these commands, and everything that follows from it."""
    link = ScriptedLink(commands, is_lost=is_lost)
    async with recorder(data_dir, config) as parts:
        await RecorderSession(parts, link).run()
        await parts.supervisor.wait_until_idle()
    return link


def batches(frames: int) -> list[RecordBatch]:
    return [batch(first) for first in range(1, frames + 1, 4)]


def files(data_dir: Path) -> list[Path]:
    return sorted(path for path in (data_dir / "recordings").iterdir() if path.is_file())


def assert_shows(video: Path, numbers: range) -> None:
    grays = frame_grays(video)
    assert len(grays) == len(numbers)
    assert all(abs(gray - brightness(number)) <= 6 for gray, number in zip(grays, numbers, strict=True))


async def test_every_batch_of_a_segment_is_in_its_video(tmp_path: Path) -> None:
    link = await record(tmp_path, [open_segment(), *batches(40), CloseSegment()])
    (video,) = files(tmp_path)
    assert_shows(video, range(1, 41))
    assert link.facts == [SegmentClosed(recording_id=video.stem, frames=40)]


async def test_a_link_that_closes_ends_the_segment_properly(tmp_path: Path) -> None:
    await record(tmp_path, [open_segment(), *batches(20)])
    (video,) = files(tmp_path)
    assert_shows(video, range(1, 21))


async def test_a_link_that_breaks_ends_the_segment_properly(tmp_path: Path) -> None:
    await record(tmp_path, [open_segment(), *batches(20)], is_lost=True)
    (video,) = files(tmp_path)
    assert_shows(video, range(1, 21))


async def test_opening_a_segment_ends_the_one_before(tmp_path: Path) -> None:
    link = await record(tmp_path, [open_segment(), *batches(20), open_segment(), *batches(12), CloseSegment()])
    assert [fact.frames for fact in link.facts if isinstance(fact, SegmentClosed)] == [20, 12]
    assert sorted(len(frame_grays(video)) for video in files(tmp_path)) == [12, 20]


async def test_a_short_segment_is_deleted_with_its_spool_and_its_log(tmp_path: Path) -> None:
    link = await record(tmp_path, [open_segment(actions=True), *batches(8), CloseSegment()])
    assert files(tmp_path) == []
    assert list((tmp_path / "recordings" / ".spool").iterdir()) == []
    assert [fact.frames for fact in link.facts if isinstance(fact, SegmentClosed)] == [8]


async def test_the_action_log_lies_beside_the_video_under_the_same_name(tmp_path: Path) -> None:
    edit = RecordSceneEdit(ts_s=5.0, frame_id=5, prompt="add a dragon")
    commands = [open_segment(actions=True), *batches(20), edit, CloseSegment()]
    await record(tmp_path, commands)
    video, log = files(tmp_path)
    assert (video.suffix, log.suffix, video.stem) == (".mp4", ".ndjson", log.stem)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["type"] for line in lines] == [
        "session_start",
        *["frame_input"] * 5,
        "scene_edit",
        "session_end",
    ]
    assert [line["frame_id"] for line in lines] == [1, 1, 5, 9, 13, 17, 5, 17]


async def test_actions_alone_make_a_log_however_short(tmp_path: Path) -> None:
    await record(tmp_path, [open_segment(video=False, actions=True), *batches(4), CloseSegment()])
    (log,) = files(tmp_path)
    assert log.suffix == ".ndjson"
    assert list((tmp_path / "recordings" / ".spool").iterdir()) == []


async def test_actions_without_any_input_leave_nothing(tmp_path: Path) -> None:
    await record(tmp_path, [open_segment(video=False, actions=True), CloseSegment()])
    assert files(tmp_path) == []


async def test_batches_outside_a_segment_are_ignored(tmp_path: Path) -> None:
    link = await record(tmp_path, [*batches(8), CloseSegment(), RecordSceneEdit(ts_s=1.0, frame_id=1, prompt="x")])
    assert link.facts == []


async def test_a_killed_recorder_has_every_batch_that_it_took_in_its_spool(tmp_path: Path) -> None:
    link = OpenLink([open_segment(), *batches(20)])
    config = CONFIG.model_copy(update={"chunk_bytes": 2**20, "encode_workers": 1})
    async with recorder(tmp_path, config) as parts:
        session = asyncio.ensure_future(RecorderSession(parts, link).run())
        async with asyncio.timeout(30):
            await link.is_read.wait()
        folder = only_folder(tmp_path / "recordings" / ".spool")
        records = [record.body for record in read_chunk(folder.chunk_path(0, is_open=True))]
        link.hang_up()
        await session
    assert records[1:] == [command.payload for command in batches(20)]


async def test_a_full_disk_ends_the_segment_with_a_reason_and_the_session_goes_on(tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"min_free_bytes": 2**62})
    link = await record(tmp_path, [open_segment(), *batches(20), CloseSegment()], config)
    (fact,) = link.facts
    assert isinstance(fact, RecordingFailed)
    assert "MiB left" in fact.reason
    assert list((tmp_path / "recordings" / ".spool").iterdir()) == []


async def test_a_disk_that_fills_up_ends_the_segment_and_keeps_what_was_spooled(tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"spool_limit_bytes": 18_000})
    link = ScriptedLink([open_segment(), *batches(200)])
    async with recorder(tmp_path, config, ScriptedRuns([RunResult.TRY_LATER] * 99)) as parts:
        await RecorderSession(parts, link).run()
    (fact,) = link.facts
    assert isinstance(fact, RecordingFailed)
    assert "behind" in fact.reason
    async with recorder(tmp_path) as parts:
        await parts.supervisor.wait_until_idle()
    (video,) = files(tmp_path)
    frames = len(frame_grays(video))
    assert 12 <= frames < 200
    assert_shows(video, range(1, frames + 1))


async def test_a_recordings_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "recordings").write_bytes(b"a file is in the way")
    link = ScriptedLink([open_segment(), *batches(4)])
    config = CONFIG.model_copy(update={"spool_dir": tmp_path / "spool"})
    async with recorder(tmp_path, config) as parts:
        await RecorderSession(parts, link).run()
    (fact,) = link.facts
    assert isinstance(fact, RecordingFailed)
    assert fact.reason == "cannot write: File exists"


async def test_after_a_failure_the_next_segment_is_recorded(tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"honour_client_dir": True})
    commands = [open_segment(output_dir="not/absolute"), *batches(4), open_segment(), *batches(20), CloseSegment()]
    link = await record(tmp_path, commands, config)
    assert [type(fact) for fact in link.facts] == [RecordingFailed, SegmentClosed]
    (video,) = files(tmp_path)
    assert_shows(video, range(1, 21))


async def test_a_clients_folder_is_made_and_used_where_the_host_allows_it(tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"honour_client_dir": True})
    target = tmp_path / "videos" / "of the client"
    await record(tmp_path, [open_segment(output_dir=str(target)), *batches(20), CloseSegment()], config)
    assert [path.suffix for path in target.iterdir()] == [".mp4"]


async def test_a_clients_folder_is_ignored_elsewhere(tmp_path: Path) -> None:
    target = tmp_path / "videos"
    await record(tmp_path, [open_segment(output_dir=str(target)), *batches(20), CloseSegment()])
    assert not target.exists()
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize("folder", ["relative", "", "../up", "/tmp/x\0y"], ids=repr)
def test_no_other_text_becomes_a_folder(tmp_path: Path, folder: str) -> None:
    config = CONFIG.model_copy(update={"honour_client_dir": True})
    link = asyncio.run(record(tmp_path, [open_segment(output_dir=folder)], config))
    (fact,) = link.facts
    assert isinstance(fact, RecordingFailed)
    assert "is not an absolute path" in fact.reason


def test_a_clients_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"honour_client_dir": True})
    (tmp_path / "taken").write_bytes(b"")
    link = asyncio.run(record(tmp_path, [open_segment(output_dir=str(tmp_path / "taken"))], config))
    assert link.facts == [RecordingFailed(reason="cannot write: File exists")]


async def test_two_sessions_record_side_by_side(tmp_path: Path) -> None:
    async with recorder(tmp_path) as parts:
        links = [ScriptedLink([open_segment(), *batches(20), CloseSegment()]) for _ in range(2)]
        await asyncio.gather(*(RecorderSession(parts, link).run() for link in links))
    for video in files(tmp_path):
        assert_shows(video, range(1, 21))
    assert len(files(tmp_path)) == 2
