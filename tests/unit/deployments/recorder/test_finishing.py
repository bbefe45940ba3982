"""From spool to files: what was spooled is in the MP4, in order, with its captions and its metadata."""

import errno
import json
import os
from itertools import pairwise
from pathlib import Path

import av
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.recorder import RecorderConfig
from deployments.recorder import finishing
from deployments.recorder.encode_worker import encode
from deployments.recorder.finishing import Encoding
from deployments.recorder.folder import SegmentFolder, SegmentInfo
from deployments.recorder.mp4_facts import Mp4Facts, read_mp4_facts
from deployments.recorder.naming import video_path
from deployments.recorder.report import TRY_LATER_CODE, EncodeReport, Ending
from deployments.recorder.spool import SegmentSpool, SpoolLimits
from protocol.link import WorldSpec
from tests.fakes.recordings import (
    AMPLE,
    METADATA,
    SPEC,
    brightness,
    claimed_folder,
    decode_video,
    envelope,
    frame_grays,
    jpeg,
    segment_info,
)

CONFIG = RecorderConfig(encoder="libx264", crf=10, preset="ultrafast", min_segment_s=0.5, caption_s=2.0)
SMALL_CHUNKS = SpoolLimits(chunk_bytes=9000, min_free_bytes=0, spool_bytes=2**40)
TOLERANCE = 6
"""What JPEG and H.264 may change of a plain frame; neighbouring numbers differ by far more."""


def spooled(
    tmp_path: Path, frames: int, *, limits: SpoolLimits = AMPLE, spec: WorldSpec = SPEC
) -> tuple[SegmentFolder, SegmentInfo]:
    """A segment of so many frames, four to a batch, completely spooled."""
    info = segment_info(tmp_path / "recordings", spec=spec)
    folder = claimed_folder(tmp_path / "spool", info).folder
    spool = SegmentSpool(folder, limits)
    for first in range(0, frames, 4):
        numbers = range(first, min(first + 4, frames))
        payload = envelope(numbers, width=spec.frame_width, height=spec.frame_height)
        spool.append_batch(payload, len(numbers))
    spool.close()
    return folder, info


def run(
    folder: SegmentFolder, info: SegmentInfo, config: RecorderConfig = CONFIG, *, finish: bool = True
) -> EncodeReport:
    return Encoding(folder, info, config, lambda: None).run(finish=finish)


def final(info: SegmentInfo) -> Path:
    return video_path(info.target_dir, info.recording_id)


def assert_shows(video: Path, numbers: "range | list[int]") -> None:
    grays = frame_grays(video)
    assert len(grays) == len(numbers)
    for gray, number in zip(grays, numbers, strict=True):
        assert abs(gray - brightness(number)) <= TOLERANCE


def test_every_frame_is_in_the_video_in_order(tmp_path: Path) -> None:
    folder, info = spooled(tmp_path, 50)
    report = run(folder, info)
    assert report == EncodeReport(ending=Ending.FINISHED, frames=50, total_frames=50, encoder="libx264")
    assert_shows(final(info), range(50))


@given(counts=st.lists(st.integers(0, 5), min_size=1, max_size=8))
@settings(max_examples=8, deadline=None)
def test_chunks_of_any_length_join_without_a_seam(tmp_path_factory: pytest.TempPathFactory, counts: list[int]) -> None:
    tmp_path = tmp_path_factory.mktemp("joining")
    info = segment_info(tmp_path)
    folder = claimed_folder(tmp_path / "spool", info).folder
    spool = SegmentSpool(folder, SpoolLimits(chunk_bytes=1, min_free_bytes=0, spool_bytes=2**40))
    numbers = iter(range(100))
    for count in counts:
        spool.append_batch(envelope([next(numbers) for _ in range(count)]), count)
    spool.close()
    report = run(folder, info, CONFIG.model_copy(update={"min_segment_s": 0.0}))
    if sum(counts) == 0:
        assert report.ending is Ending.TOO_SHORT
    else:
        assert_shows(final(info), range(sum(counts)))


def test_time_in_the_video_is_the_number_of_frames(tmp_path: Path) -> None:
    folder, info = spooled(tmp_path, 50, limits=SMALL_CHUNKS)
    run(folder, info)
    with av.open(str(final(info))) as video:
        stream = video.streams.video[0]
        times = [frame.time for frame in video.decode(stream)]
        assert times == pytest.approx([number / 20 for number in range(50)])
        assert stream.average_rate == 20


def test_the_video_is_h264_yuv420p_with_its_index_in_front(tmp_path: Path) -> None:
    folder, info = spooled(tmp_path, 40)
    run(folder, info)
    data = final(info).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert b"moof" not in data
    with av.open(str(final(info))) as video:
        codec = video.streams.video[0].codec_context
        assert (codec.name, codec.pix_fmt, codec.width, codec.height) == ("h264", "yuv420p", 64, 48)


def test_metadata_is_in_the_file(tmp_path: Path) -> None:
    folder, info = spooled(tmp_path, 40)
    run(folder, info)
    with av.open(str(final(info))) as video:
        tags = video.metadata
    assert tags["title"] == "Biome, 2026-08-01 12:03:04 UTC"
    assert tags["artist"] == "Biome"
    assert json.loads(tags["comment"]) == {
        "biome_version": "1.1.0",
        "model": "local/synthetic",
        "quant": "fp8w8a8",
        "seed": "harbour.png",
        "scene_authoring_enabled": True,
    }
    assert json.loads(tags["comment"]) == METADATA.model_dump(mode="json")


def test_a_library_reads_length_and_size_without_a_media_library(tmp_path: Path) -> None:
    folder, info = spooled(tmp_path, 50)
    run(folder, info)
    assert read_mp4_facts(final(info)) == Mp4Facts(frames=50, duration_s=2.5, width=64, height=48)


def test_odd_sizes_grow_by_a_repeated_line(tmp_path: Path) -> None:
    spec = SPEC.model_copy(update={"frame_width": 51, "frame_height": 37})
    folder, info = spooled(tmp_path, 20, spec=spec)
    run(folder, info)
    for number, pixels in enumerate(decode_video(final(info))):
        assert pixels.shape == (38, 52, 3)
        assert abs(int(pixels[-1, -1].mean()) - brightness(number)) <= TOLERANCE


def test_a_frame_of_another_size_is_fitted(tmp_path: Path) -> None:
    info = segment_info(tmp_path)
    folder = claimed_folder(tmp_path / "spool", info).folder
    spool = SegmentSpool(folder, AMPLE)
    spool.append_batch(envelope(range(10)), 10)
    spool.append_batch(envelope(range(10, 20), width=100, height=30), 10)
    spool.close()
    run(folder, info)
    assert_shows(final(info), range(20))


def test_a_damaged_frame_repeats_the_one_before_so_that_time_stays_true(tmp_path: Path) -> None:
    info = segment_info(tmp_path)
    folder = claimed_folder(tmp_path / "spool", info).folder
    spool = SegmentSpool(folder, AMPLE)
    good = envelope(range(12))
    spool.append_batch(good.replace(jpeg(5), bytes(len(jpeg(5)))), 12)
    spool.append_batch(b"no envelope", 4)
    spool.close()
    report = run(folder, info)
    assert report.damaged == 2
    assert_shows(final(info), [0, 1, 2, 3, 4, 4, 6, 7, 8, 9, 10, 11])


def test_a_chunk_is_deleted_when_its_part_is_complete(tmp_path: Path) -> None:
    folder, info = spooled(tmp_path, 40, limits=SMALL_CHUNKS)
    before = len(folder.chunks())
    report = run(folder, info, finish=False)
    assert before > 2
    assert report.ending is Ending.GOES_ON
    assert folder.chunks() == []
    assert sum(part.frames for part in folder.parts()) == 40
    assert not final(info).exists()


def test_the_chunk_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    folder, info = spooled(tmp_path, 8)
    chunk = folder.chunks()[0]
    chunk.path.rename(folder.chunk_path(0, is_open=True))
    run(folder, info, finish=False)
    assert [chunk.is_open for chunk in folder.chunks()] == [True]
    assert folder.parts() == []


def test_a_chunk_that_a_dead_recorder_left_half_written_is_encoded_up_to_its_last_whole_batch(tmp_path: Path) -> None:
    folder, info = spooled(tmp_path, 40)
    path = folder.chunk_path(0, is_open=True)
    folder.chunks()[0].path.rename(path)
    os.truncate(path, path.stat().st_size - 100)
    run(folder, info)
    assert_shows(final(info), range(36))


def test_a_run_goes_on_where_a_killed_one_stopped(tmp_path: Path) -> None:
    folder, info = spooled(tmp_path, 40, limits=SMALL_CHUNKS)
    frames_left = 25

    class KilledError(Exception):
        pass

    def tick() -> None:
        nonlocal frames_left
        frames_left -= 1
        if frames_left == 0:
            raise KilledError

    with pytest.raises(KilledError):
        Encoding(folder, info, CONFIG, tick).run(finish=True)
    assert folder.parts() != []
    report = run(folder, info)
    assert report.total_frames == 40
    assert report.frames < 40
    assert_shows(final(info), range(40))


def test_finishing_twice_gives_the_same_file(tmp_path: Path) -> None:
    folder, info = spooled(tmp_path, 40)
    run(folder, info)
    first = final(info).read_bytes()
    final(info).unlink()
    assert run(folder, info).ending is Ending.FINISHED
    assert final(info).read_bytes() == first


def test_nothing_half_made_is_left_beside_the_video(tmp_path: Path) -> None:
    folder, info = spooled(tmp_path, 40)
    run(folder, info)
    assert list(info.target_dir.iterdir()) == [final(info)]


def test_a_short_segment_is_not_worth_keeping(tmp_path: Path) -> None:
    folder, info = spooled(tmp_path, 9)
    assert run(folder, info).ending is Ending.TOO_SHORT
    assert not final(info).exists()


def test_a_segment_of_exactly_the_shortest_length_is_kept(tmp_path: Path) -> None:
    folder, info = spooled(tmp_path, 10)
    assert run(folder, info).ending is Ending.FINISHED


def test_parts_of_different_encoders_still_make_one_video(tmp_path: Path) -> None:
    folder, info = spooled(tmp_path, 40, limits=SMALL_CHUNKS)
    chunks = folder.chunks()
    later = [(chunk.path, chunk.path.read_bytes()) for chunk in chunks[2:]]
    for path, _ in later:
        path.unlink()
    run(folder, info, CONFIG.model_copy(update={"preset": "medium"}), finish=False)
    for path, data in later:
        path.write_bytes(data)
    run(folder, info)
    assert_shows(final(info), range(40))


def test_where_there_is_no_nvenc_libx264_takes_over_and_says_why(tmp_path: Path) -> None:
    if "h264_nvenc" in av.codecs_available and Path("/dev/nvidia0").exists():
        pytest.skip("this machine has the encoder")
    folder, info = spooled(tmp_path, 20)
    report = run(folder, info, CONFIG.model_copy(update={"encoder": "h264_nvenc"}))
    assert report.encoder == "libx264"
    assert report.fallback_reason is not None
    assert report.fallback_reason.startswith("h264_nvenc: ")
    assert_shows(final(info), range(20))


# --- captions


def captioned(tmp_path: Path, *, limits: SpoolLimits) -> list[float]:
    """How much each of 80 frames (4 s) differs from its plain self where a caption of 2 s begins at frame 10."""
    spec = SPEC.model_copy(update={"frame_width": 320, "frame_height": 180})
    info = segment_info(tmp_path, spec=spec)
    folder = claimed_folder(tmp_path / "spool", info).folder
    spool = SegmentSpool(folder, limits)
    for number in range(80):
        if number == 10:
            spool.append_edit("add a dragon")
        spool.append_batch(envelope([3], width=320, height=180), 1)
    spool.close()
    run(folder, info)
    lower = [pixels[140:176, 60:260].astype(int) for pixels in decode_video(final(info))]
    return [float(abs(pixels - brightness(3)).mean()) for pixels in lower]


@pytest.mark.parametrize("chunk_bytes", [2**20, 20_000], ids=["one chunk", "across chunks"])
def test_a_caption_shows_for_its_time_and_fades_at_the_end(tmp_path: Path, chunk_bytes: int) -> None:
    difference = captioned(tmp_path, limits=SpoolLimits(chunk_bytes, min_free_bytes=0, spool_bytes=2**40))
    shown, fading = difference[10:29], difference[31:49]
    assert max(difference[:10]) < 5
    assert min(shown) > 20
    assert all(earlier > later for earlier, later in pairwise(fading))
    assert max(difference[51:]) < 5


# --- the worker's exit codes


def test_a_folder_without_its_info_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert encode(SegmentFolder(tmp_path), CONFIG, os.getppid(), finish=True) == 1
    assert "segment.json is missing" in capsys.readouterr().err


def test_the_report_is_one_line_of_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, _ = spooled(tmp_path, 20)
    assert encode(folder, CONFIG, os.getppid(), finish=True) == 0
    assert EncodeReport.model_validate_json(capsys.readouterr().out).total_frames == 20


@pytest.mark.parametrize(
    ("code", "exit_code"), [(errno.ENOSPC, TRY_LATER_CODE), (errno.EROFS, TRY_LATER_CODE), (errno.EINVAL, 1)]
)
def test_a_full_disk_means_later_and_anything_else_means_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, exit_code: int
) -> None:
    folder, info = spooled(tmp_path, 20)

    def refuse(draft: Path, target: Path) -> None:
        raise OSError(code, os.strerror(code), str(draft), None, str(target))

    monkeypatch.setattr(finishing, "publish", refuse)
    assert encode(folder, CONFIG, os.getppid(), finish=True) == exit_code
    monkeypatch.undo()
    run(folder, info)
    assert_shows(final(info), range(20))


def test_a_font_that_is_not_there_does_not_cost_the_caption(tmp_path: Path) -> None:
    info = segment_info(tmp_path)
    folder = claimed_folder(tmp_path / "spool", info).folder
    spool = SegmentSpool(folder, AMPLE)
    spool.append_edit("add a dragon")
    spool.append_batch(envelope(range(20)), 20)
    spool.close()
    with structlog.testing.capture_logs():
        report = run(folder, info, CONFIG.model_copy(update={"caption_font": tmp_path / "missing.ttf"}))
    assert report.ending is Ending.FINISHED
