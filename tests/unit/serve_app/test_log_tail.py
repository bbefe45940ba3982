"""Reading a log that others write: chunks, partial lines, truncation, replay."""

import asyncio
import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serve_app.log_tail import LINE_LIMIT_BYTES, LineSplitter, LogTail, follow_server_records

LINES = st.lists(
    st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1).filter(str.strip)
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "server.log"


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


@given(lines=LINES, cuts=st.lists(st.integers(min_value=0, max_value=10_000)))
def test_lines_do_not_depend_on_how_they_were_chunked(lines: list[str], cuts: list[int]) -> None:
    data = "".join(line + "\n" for line in lines).encode()
    edges = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    splitter = LineSplitter()

    fed = [line for start, end in itertools.pairwise(edges) for line in splitter.feed(data[start:end])]

    assert fed == lines
    assert splitter.flush() == []


def test_an_unfinished_line_waits_for_its_end() -> None:
    splitter = LineSplitter()

    assert splitter.feed(b"one\ntw") == ["one"]
    assert splitter.feed(b"o\n") == ["two"]


def test_a_character_cut_in_two_is_whole_again() -> None:
    splitter = LineSplitter()
    data = "é\n".encode()

    assert splitter.feed(data[:1]) == []
    assert splitter.feed(data[1:]) == ["é"]


def test_bytes_that_are_no_text_do_not_stop_the_tail() -> None:
    assert LineSplitter().feed(b"\xff\xfe\nnext\n") == ["\ufffd\ufffd", "next"]


def test_a_line_without_end_is_handed_on_in_bounded_pieces() -> None:
    splitter = LineSplitter()

    pieces = splitter.feed(b"x" * (2 * LINE_LIMIT_BYTES + 5))

    assert [len(piece) for piece in pieces] == [LINE_LIMIT_BYTES, LINE_LIMIT_BYTES]
    assert splitter.flush() == ["x" * 5]


def test_a_file_that_is_not_there_yet_has_no_lines(path: Path) -> None:
    tail = LogTail(path)
    assert tail.read_lines() == []

    path.write_text("first\n")
    assert tail.read_lines() == ["first"]


def test_only_what_was_appended_since_is_read(path: Path) -> None:
    path.write_text("old\n")
    tail = LogTail(path, start_bytes=path.stat().st_size)

    assert tail.read_lines() == []
    with path.open("a") as file:
        file.write("new\n")
    assert tail.read_lines() == ["new"]


def test_a_truncated_file_is_read_from_its_start(path: Path) -> None:
    path.write_text("a long line of before\n")
    tail = LogTail(path)
    tail.read_lines()

    path.write_text("after\n")

    assert tail.read_lines() == ["after"]


def test_a_replaced_file_is_read_from_its_start(path: Path) -> None:
    path.write_text("before\n")
    tail = LogTail(path)
    tail.read_lines()

    path.rename(path.with_suffix(".old"))
    path.write_text("a new file, and a longer one\n")

    assert tail.read_lines() == ["a new file, and a longer one"]


def test_the_last_line_of_a_crash_is_not_lost(path: Path) -> None:
    path.write_text("whole\nFatal Python error")
    tail = LogTail(path)

    assert tail.flush() == ["whole", "Fatal Python error"]


async def test_a_client_gets_the_recent_records_and_then_the_new_ones(path: Path) -> None:
    append(path, "".join(json.dumps({"event": f"e{n}"}) + "\n" for n in range(5)))
    records = follow_server_records(path, replayed=3, poll_interval_s=0.001)

    replayed = [(await anext(records)).event for _ in range(3)]
    append(path, '{"event": "live"}\n')
    live = await asyncio.wait_for(anext(records), 10)
    await records.aclose()

    assert replayed == ["e2", "e3", "e4"]
    assert live.event == "live"


async def test_what_belongs_to_a_session_is_nobody_elses_business(path: Path) -> None:
    append(path, '{"event": "private", "session_id": "s1"}\n{"event": "public"}\n')
    records = follow_server_records(path, poll_interval_s=0.001)

    assert (await anext(records)).event == "public"
    await records.aclose()
