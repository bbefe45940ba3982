"""The log on standard output: its form, and its end."""

import io
import os
from pathlib import Path

import pytest

from serve_app.launcher.log_files import remove_old_log_files
from serve_app.launcher.log_printer import LogFormat, LogPrinter, PrintedLines, choose_format, renderer
from serve_app.log_tail import LogTail

LINE = '{"timestamp": "2026-01-01T00:00:00.000Z", "level": "info", "event": "serving", "url": "http://h", "pid": 7}'


@pytest.mark.parametrize(
    ("asked", "output", "chosen"),
    [
        (None, "terminal", LogFormat.TEXT),
        (None, "pipe", LogFormat.JSON),
        ("json", "terminal", LogFormat.JSON),
        ("TEXT", "pipe", LogFormat.TEXT),
        ("xml", "pipe", LogFormat.JSON),
    ],
)
def test_the_form_is_asked_for_or_follows_the_terminal(asked: str | None, output: str, chosen: LogFormat) -> None:
    environment = {} if asked is None else {"BIOME_LOG_FORMAT": asked}

    assert choose_format(environment, is_terminal=output == "terminal") is chosen


def test_json_lines_are_printed_as_they_are() -> None:
    assert renderer(LogFormat.JSON, colors=False)(LINE) == LINE


def test_text_shows_event_and_fields_but_not_the_housekeeping() -> None:
    text = renderer(LogFormat.TEXT, colors=False)(LINE)

    assert "serving" in text
    assert "url=http://h" in text
    assert "pid" not in text


def test_a_crash_dump_is_readable_as_text() -> None:
    assert "Fatal Python error" in renderer(LogFormat.TEXT, colors=False)("Fatal Python error: Aborted")


def test_everything_written_before_the_stop_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "server.log"
    path.write_text("one\n")
    output = io.StringIO()
    printer = LogPrinter(LogTail(path), output, renderer(LogFormat.JSON, colors=False))

    printer.start()
    with path.open("a") as file:
        file.write("two\nunfinished")
    printer.stop(10)

    assert output.getvalue() == "one\ntwo\nunfinished\n"


@pytest.mark.parametrize(
    ("encoding", "printed"),
    [
        ("utf-8", "Zoë \u2192 \\ud83d\nnext\n"),
        ("iso-8859-1", "Zoë \\u2192 \\ud83d\nnext\n"),
        ("ascii", "Zo\\xeb \\u2192 \\ud83d\nnext\n"),
    ],
)
def test_what_the_terminal_has_no_characters_for_is_escaped(tmp_path: Path, encoding: str, printed: str) -> None:
    path = tmp_path / "server.log"
    path.write_text("record\nnext\n")
    output = io.TextIOWrapper(io.BytesIO(), encoding)
    printer = LogPrinter(LogTail(path), output, lambda line: line.replace("record", "Zoë \u2192 \ud83d"))

    printer.start()
    printer.stop(10)

    output.seek(0)
    assert output.read() == printed


def test_a_reader_that_went_away_ends_the_printing_quietly(tmp_path: Path) -> None:
    path = tmp_path / "server.log"
    path.write_text("one\n")
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as output:
        printer = LogPrinter(LogTail(path), output, renderer(LogFormat.JSON, colors=False))
        printer.start()
        printer.stop(10)


def test_what_a_library_prints_becomes_lines() -> None:
    lines: list[str] = []

    print("\x1b[33m(raylet)\x1b[0m out of\nmemory", end="", file=PrintedLines(lines.append))
    assert lines == ["(raylet) out of"]


def test_only_the_newest_log_files_are_kept(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    names = [f"server-2026010{day}T000000-1.log" for day in range(1, 6)]
    for name in [*names, "mine.log"]:
        (logs / name).write_text("")

    remove_old_log_files(tmp_path, kept=2)

    assert sorted(file.name for file in logs.iterdir()) == ["mine.log", *names[3:]]
