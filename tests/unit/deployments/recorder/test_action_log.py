"""The action log, line by line. If a literal here fails, fix the change, not the test: others parse these files."""

from pathlib import Path

import pytest

from deployments.recorder.action_log import ActionLog, mend_log
from deployments.recorder.folder import SegmentFolder
from deployments.recorder.publishing import publish_log
from protocol.link import ConsumedInput
from tests.fakes.recordings import segment_info

START = (
    b'{"type":"session_start","ts":100.0,"frame_id":1,"model":"local/synthetic","seed":"harbour.png","n_frames":512,'
    b'"seed_target_size":[48,64],"has_prompt_conditioning":false}\n'
)
INPUT = (
    b'{"type":"frame_input","ts":100.5,"frame_id":5,"buttons":[16,87],"mouse_dx":1.5,"mouse_dy":-2.0,'
    b'"client_ts":250.0}\n'
)
EDIT = '{"type":"scene_edit","ts":101.0,"frame_id":9,"prompt":"ajoute un château\\n"}\n'.encode()
END = b'{"type":"session_end","ts":102.0,"frame_id":5}\n'

CONSUMED = ConsumedInput(ts_s=100.5, buttons=frozenset({87, 16}), mouse_dx=1.5, mouse_dy=-2.0, client_ts=250.0)


def write_log(path: Path, *, with_input: bool = True) -> None:
    log = ActionLog(path, segment_info(path.parent), frame_id=1, now_s=100.0)
    if with_input:
        log.frame_input(5, CONSUMED)
    log.scene_edit(101.0, 9, "ajoute un château\n")
    log.close(102.0)


def test_the_lines_are_literally_these(tmp_path: Path) -> None:
    write_log(tmp_path / "log")
    assert (tmp_path / "log").read_bytes() == START + INPUT + EDIT + END


def test_a_complete_log_is_kept_as_it_is(tmp_path: Path) -> None:
    write_log(tmp_path / "log")
    assert mend_log(tmp_path / "log")
    assert (tmp_path / "log").read_bytes() == START + INPUT + EDIT + END


def test_a_log_without_input_is_not_worth_keeping(tmp_path: Path) -> None:
    write_log(tmp_path / "log", with_input=False)
    assert not mend_log(tmp_path / "log")


@pytest.mark.parametrize(
    "tail",
    [b"", EDIT[:20], b"\0" * 50, b'{"type":"scene_edit","ts":10' + END],
    ids=["no end", "torn line", "zeros", "an end behind a torn line"],
)
def test_a_log_that_was_cut_off_ends_with_its_last_whole_line(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "log"
    path.write_bytes(START + INPUT + tail)
    assert mend_log(path)
    assert path.read_bytes() == START + INPUT + b'{"type":"session_end","ts":100.5,"frame_id":5}\n'


def test_every_cut_yields_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "log"
    whole = START + INPUT + INPUT + END
    for cut in range(len(START + INPUT), len(whole)):
        path.write_bytes(whole[:cut])
        assert mend_log(path)
        lines = path.read_bytes().splitlines(keepends=True)
        assert lines[0] == START
        assert set(lines[1:-1]) == {INPUT}
        assert b"session_end" in lines[-1]


def test_a_log_is_published_beside_its_video(tmp_path: Path) -> None:
    folder = SegmentFolder(tmp_path / "spool")
    folder.path.mkdir()
    write_log(folder.log_path)
    info = segment_info(tmp_path)
    publish_log(folder, info)
    publish_log(folder, info)
    assert (tmp_path / f"{info.recording_id}.ndjson").read_bytes() == START + INPUT + EDIT + END
    assert list(folder.path.iterdir()) == []


def test_an_empty_log_is_removed(tmp_path: Path) -> None:
    folder = SegmentFolder(tmp_path / "spool")
    folder.path.mkdir()
    write_log(folder.log_path, with_input=False)
    publish_log(folder, segment_info(tmp_path))
    assert list(folder.path.iterdir()) == []
    assert list(tmp_path.glob("*.ndjson")) == []
