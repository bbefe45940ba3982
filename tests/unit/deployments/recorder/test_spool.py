"""The spool: what was appended is read back, whatever happened to the end of the file or to the disk."""

import errno
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.recorder.folder import SegmentFolder
from deployments.recorder.records import MAGIC, ChunkStart, RecordKind, ShownCaption, read_records
from deployments.recorder.spool import ChunkWriter, SegmentSpool, SpoolError, SpoolLimits, backlog, read_chunk
from tests.fakes.recordings import AMPLE, claimed_folder, segment_info, unreadable

Bodies = list[tuple[RecordKind, bytes]]

bodies = st.lists(st.tuples(st.sampled_from([RecordKind.BATCH, RecordKind.EDIT]), st.binary(max_size=40)), max_size=6)


def chunk_bytes(records: Bodies) -> bytes:
    sink = UncloseableBytes()
    writer = ChunkWriter(sink)
    for kind, body in records:
        writer.append(kind, body)
    return sink.getvalue()


class UncloseableBytes(io.BytesIO):
    """Keeps its bytes."""

    def close(self) -> None:
        """Stay readable."""


class DisklikeBytes(UncloseableBytes):
    """A disk with room for so many bytes, which it fills to the last one before it refuses."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def write(self, data: "bytes | memoryview", /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        fitting = bytes(data)[: self.room - self.tell()]
        if not fitting:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(fitting)


def parse(data: bytes) -> Bodies:
    return [(record.kind, record.body) for record in read_records(io.BytesIO(data), len(data))]


@given(bodies)
def test_what_is_appended_is_read_back(records: Bodies) -> None:
    assert parse(chunk_bytes(records)) == records


@given(bodies)
@settings(max_examples=30)
def test_a_file_cut_at_any_byte_yields_exactly_the_records_that_are_complete(records: Bodies) -> None:
    data = chunk_bytes(records)
    ends = [record.end for record in read_records(io.BytesIO(data), len(data))]
    for cut in range(len(data) + 1):
        complete = sum(end <= cut for end in ends)
        assert parse(data[:cut]) == records[:complete]


@given(bodies, st.data())
def test_a_changed_byte_ends_the_file_before_its_record(records: Bodies, draw: st.DataObject) -> None:
    data = bytearray(chunk_bytes(records))
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at] ^= draw.draw(st.integers(1, 255))
    found = parse(bytes(data))
    assert found == records[: len(found)]
    assert at < len(MAGIC) or len(found) < len(records)


@given(bodies, st.integers(1, 200))
def test_zeros_behind_the_last_record_are_no_record(records: Bodies, count: int) -> None:
    assert parse(chunk_bytes(records) + bytes(count)) == records


@given(bodies, st.integers(len(MAGIC), 400))
def test_a_full_disk_leaves_no_trace_of_the_record_that_did_not_fit(records: Bodies, room: int) -> None:
    sink = DisklikeBytes(room)
    writer = ChunkWriter(sink)
    written: Bodies = []
    for kind, body in records:
        try:
            writer.append(kind, body)
        except OSError:
            break
        written.append((kind, body))
    assert sink.getvalue() == chunk_bytes(written)


class NewSpool:
    """Makes spools, and closes what a test left open."""

    def __init__(self, spool_dir: Path) -> None:
        self._spool_dir = spool_dir
        self._spools: list[SegmentSpool] = []

    def __call__(self, limits: SpoolLimits = AMPLE) -> tuple[SegmentFolder, SegmentSpool]:
        folder = claimed_folder(self._spool_dir, segment_info(self._spool_dir)).folder
        spool = SegmentSpool(folder, limits)
        self._spools.append(spool)
        return folder, spool

    def close(self) -> None:
        for spool in self._spools:
            with suppress(SpoolError):
                spool.close()


@pytest.fixture
def new_spool(tmp_path: Path) -> Iterator[NewSpool]:
    with closing(NewSpool(tmp_path)) as maker:
        yield maker


def test_a_batch_is_in_the_file_before_append_returns(new_spool: NewSpool) -> None:
    folder, spool = new_spool()
    spool.append_batch(b"envelope", 4)
    assert [record.body for record in read_chunk(folder.chunk_path(0, is_open=True))][1:] == [b"envelope"]


def test_a_full_chunk_is_completed_and_the_next_one_begun(new_spool: NewSpool) -> None:
    limits = SpoolLimits(chunk_bytes=300, min_free_bytes=0, spool_bytes=2**40)
    folder, spool = new_spool(limits)
    completed = [spool.append_batch(bytes(100), 4) for _ in range(6)]
    spool.close()
    assert completed == [False, False, True, False, False, True]
    assert [(chunk.index, chunk.is_open) for chunk in folder.chunks()] == [(0, False), (1, False), (2, False)]
    assert (spool.frames, spool.bytes) == (24, 600)


def test_a_new_chunk_carries_the_caption_that_still_shows(new_spool: NewSpool) -> None:
    limits = SpoolLimits(chunk_bytes=300, min_free_bytes=0, spool_bytes=2**40)
    folder, spool = new_spool(limits)
    spool.append_edit("add a dragon")
    spool.append_batch(bytes(300), 4)
    first = next(read_chunk(folder.chunk_path(1, is_open=True)))
    assert ChunkStart.model_validate_json(first.body).caption == ShownCaption(prompt="add a dragon", age_frames=4)


def test_recording_stops_before_the_disk_is_full(tmp_path: Path) -> None:
    folder = claimed_folder(tmp_path, segment_info(tmp_path)).folder
    with pytest.raises(SpoolError, match=r"the disk has .* MiB left"):
        SegmentSpool(folder, SpoolLimits(chunk_bytes=300, min_free_bytes=2**60, spool_bytes=2**40))


def test_recording_stops_when_the_encoder_is_too_far_behind(new_spool: NewSpool) -> None:
    folder, spool = new_spool(SpoolLimits(chunk_bytes=300, min_free_bytes=0, spool_bytes=500))
    spool.append_batch(bytes(300), 4)
    with pytest.raises(SpoolError, match=r"the encoder is .* behind"):
        spool.append_batch(bytes(300), 4)
    spool.close()
    frames = [record for chunk in folder.chunks() for record in read_chunk(chunk.path)]
    assert [record.body for record in frames if record.kind is RecordKind.BATCH] == [bytes(300), bytes(300)]


def test_the_backlog_counts_what_waits_and_not_what_was_set_aside(tmp_path: Path, new_spool: NewSpool) -> None:
    folder, spool = new_spool()
    spool.append_batch(bytes(1000), 4)
    spool.close()
    waiting = backlog(tmp_path)
    folder.path.rename(folder.path.with_name(folder.path.name + ".failed"))
    assert waiting.files == 1
    assert waiting.bytes > 1000
    assert backlog(tmp_path).bytes == 0


@pytest.mark.parametrize("code", [errno.ENOENT, errno.ESTALE, errno.EIO])
def test_a_folder_that_cannot_be_read_counts_nothing_and_stops_no_recording(
    code: int, tmp_path: Path, new_spool: NewSpool, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, _ = new_spool()
    _, spool = new_spool(SpoolLimits(chunk_bytes=300, min_free_bytes=0, spool_bytes=2**40))
    with unreadable(lost.path, code, monkeypatch):
        assert backlog(tmp_path).files == 1
        assert spool.append_batch(bytes(300), 4), "a chunk was completed and the next one begun"
    assert backlog(tmp_path).files == 3


def test_a_spool_that_is_not_there_has_no_backlog(tmp_path: Path) -> None:
    assert backlog(tmp_path / "spool").files == 0


FILL_THE_DISK = """
import resource, signal, sys
from pathlib import Path
from deployments.recorder.spool import SegmentSpool, SpoolError, SpoolLimits
from deployments.recorder.folder import SegmentFolder
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
spool = SegmentSpool(SegmentFolder(Path(sys.argv[1])), SpoolLimits(2**20, 0, 2**40))
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    for number in range(100):
        spool.append_batch(bytes([number]) * 700, 1)
except SpoolError as error:
    spool.close()
    print(number, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no file size limit to set")
def test_a_real_file_that_may_not_grow_keeps_every_batch_that_was_taken(tmp_path: Path) -> None:
    folder = claimed_folder(tmp_path, segment_info(tmp_path)).folder
    run = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK, str(folder.path)], check=True, capture_output=True, text=True
    )
    taken, reason = run.stdout.strip().split(" ", 1)
    records = [record.body for record in read_chunk(folder.chunk_path(0, is_open=False))]
    assert records[1:] == [bytes([number]) * 700 for number in range(int(taken))]
    assert reason == "cannot write: File too large"
    assert int(taken) >= 6


APPEND_AND_DIE = """
import os, signal, sys
from pathlib import Path
from deployments.recorder.spool import SegmentSpool, SpoolLimits
from deployments.recorder.folder import SegmentFolder
spool = SegmentSpool(SegmentFolder(Path(sys.argv[1])), SpoolLimits(2**20, 0, 2**40))
for number in range(20):
    spool.append_batch(bytes([number]) * 5000, 1)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_process_loses_nothing_that_it_appended(tmp_path: Path) -> None:
    folder = claimed_folder(tmp_path, segment_info(tmp_path)).folder
    run = subprocess.run([sys.executable, "-c", APPEND_AND_DIE, str(folder.path)], check=False)
    assert run.returncode == -9
    records = [record.body for record in read_chunk(folder.chunk_path(0, is_open=True))]
    assert records[1:] == [bytes([number]) * 5000 for number in range(20)]
