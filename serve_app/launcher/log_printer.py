"""The server's log on the launcher's standard output: JSON lines as they are, or text for a person."""

import io
import os
import re
import threading
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, TextIO

import structlog

from deployments.log_records import parse_record
from serve_app.log_tail import LogTail

FORMAT_VARIABLE: Final = "BIOME_LOG_FORMAT"
PRINT_INTERVAL_S: Final = 0.1

_HIDDEN_FIELDS: Final = ("pid", "role")
"""Of no interest on a terminal; the file has them."""


class LogFormat(StrEnum):
    """How records look on standard output."""

    JSON = "json"
    TEXT = "text"


def choose_format(environment: Mapping[str, str], *, is_terminal: bool) -> LogFormat:
    """What the environment asks for, else text on a terminal and JSON everywhere else."""
    try:
        return LogFormat(environment.get(FORMAT_VARIABLE, "").lower())
    except ValueError:
        return LogFormat.TEXT if is_terminal else LogFormat.JSON


def renderer(log_format: LogFormat, *, colors: bool) -> Callable[[str], str]:
    """From a line of the log file to a line of output."""
    if log_format is LogFormat.JSON:
        return str
    console = structlog.dev.ConsoleRenderer(colors=colors, pad_event_to=40)

    def render(line: str) -> str:
        record = {key: value for key, value in parse_record(line).items() if key not in _HIDDEN_FIELDS}
        return console(None, str(record.get("level", "info")), record)

    return render


def _printable(text: str, encoding: str | None) -> str:
    """`text` with escapes for what `encoding` has no characters for. An output in memory has no encoding."""
    encoding = encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


class LogPrinter:
    """Prints what is appended to the log, until it is stopped or nobody listens any more."""

    def __init__(self, tail: LogTail, output: TextIO, render: Callable[[str], str]) -> None:
        self._tail = tail
        self._output = output
        self._render = render
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log printer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """Print what is left and end; gives up on a reader that does not read."""
        self._stopped.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            while not self._stopped.wait(PRINT_INTERVAL_S):
                self._print(self._tail.read_lines())
            self._print(self._tail.flush())
        except (BrokenPipeError, ValueError):
            # The reader is gone, or the output closed. At the interpreter's end Python would flush into it once more.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._output.fileno())

    def _print(self, lines: list[str]) -> None:
        for line in lines:
            self._output.write(_printable(self._render(line), self._output.encoding) + "\n")
        if lines:
            self._output.flush()


class PrintedLines(io.TextIOBase):
    """Stands in for standard output, so that what a library prints becomes a record among the others."""

    _COLORS: Final = re.compile(r"\x1b\[[0-9;]*m")

    def __init__(self, record: Callable[[str], None]) -> None:
        self._record = record
        self._partial = ""

    def write(self, text: str) -> int:
        """Record every line that `text` completes."""
        *lines, self._partial = (self._partial + text).split("\n")
        for line in lines:
            if plain := self._COLORS.sub("", line).strip():
                self._record(plain)
        return len(text)

    def writable(self) -> bool:
        """Yes."""
        return True
