"""What classifiers said before: assessments by SHA-256 of the picture and fingerprint of the classifier, in SQLite.

Shared by the replicas of a node (write-ahead log). It never fails a check: a broken file is made anew, and any other
trouble (locked, full, read-only) counts as a miss and in `failures`. It holds assessments, not verdicts, so that a
changed threshold takes effect at once. What may be stored is the caller's rule. Used from the thread that built it.
"""

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Final, TypeVar

import structlog
from pydantic import TypeAdapter, ValidationError

from deployments.safety_checker.contract import Assessment

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_T = TypeVar("_T")

_BUSY_TIMEOUT_S: Final = 0.5
_STALE_LOCK_S: Final = 30.0
"""A repair takes milliseconds; a lock file this old was left by a process that died."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS assessments (
    sha256 TEXT NOT NULL, classifier TEXT NOT NULL, risk REAL NOT NULL, scores TEXT NOT NULL,
    UNIQUE (sha256, classifier)
)
"""
_SELECT: Final = "SELECT risk, scores FROM assessments WHERE sha256 = ? AND classifier = ?"
_INSERT: Final = "INSERT INTO assessments (sha256, classifier, risk, scores) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
# Row ids are given out in order and without gaps, so the newest `limit` rows are the last `limit` ids.
_EVICT: Final = "DELETE FROM assessments WHERE rowid <= (SELECT max(rowid) FROM assessments) - ?"

_BROKEN: Final = frozenset(
    {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH}
)
"""Damaged content, or tables of another make. Other codes (locked, full, read-only) say nothing about the content."""

_ROW: Final = TypeAdapter(tuple[float, str])
_SCORES: Final = TypeAdapter(dict[str, float])


class VerdictCache:
    """Remembers at most `limit_entries` assessments in one file; the oldest make room for new ones."""

    def __init__(self, path: Path, *, classifier: str, limit_entries: int) -> None:
        self._path = path
        self._classifier = classifier
        self._limit_entries = limit_entries
        self._connection: sqlite3.Connection | None = None
        self.failures = 0
        """Look-ups and insertions that did not reach the file."""

    def get(self, sha256: str) -> Assessment | None:
        """The assessment of the picture with this digest, if it is known."""

        def select(connection: sqlite3.Connection) -> object:
            return connection.execute(_SELECT, (sha256, self._classifier)).fetchone()

        return _assessment(self._run(select))

    def put(self, entries: Mapping[str, Assessment]) -> None:
        """Remember assessments by digest, in one transaction."""
        rows = [
            (sha256, self._classifier, entry.risk, json.dumps(dict(entry.scores))) for sha256, entry in entries.items()
        ]

        def insert(connection: sqlite3.Connection) -> None:
            with connection:
                connection.executemany(_INSERT, rows)
                connection.execute(_EVICT, (self._limit_entries,))

        self._run(insert)

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _run(self, action: Callable[[sqlite3.Connection], _T]) -> _T | None:
        """Run `action` on the open file, once more after a repair if the file is broken. None on failure."""
        try:
            try:
                return action(self._open())
            except sqlite3.Error as error:
                if not _is_broken(error):
                    raise
                self.close()
                self._repair(error)
                return action(self._open())
        except (sqlite3.Error, OSError) as error:
            self.close()
            self.failures += 1
            log.warning("safety cache unavailable", path=str(self._path), error=str(error), failures=self.failures)
            return None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT_S)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute(_SCHEMA)
        return self._connection

    def _repair(self, error: sqlite3.Error) -> None:
        """Remove the broken file, unless another process has done so or is doing it."""
        with _exclusive(self._path.with_name(self._path.name + ".lock")) as is_ours:
            if not is_ours or self._is_sound():
                return
            log.warning("safety cache is broken and starts anew", path=str(self._path), error=str(error))
            # The database goes last: from then on others create a new one, and nothing of it may be removed.
            for suffix in ("-wal", "-shm", ""):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def _is_sound(self) -> bool:
        try:
            with contextlib.closing(sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT_S)) as connection:
                connection.execute(_SELECT, ("", ""))
                findings: object = connection.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.Error:
            return False
        return findings == ("ok",)


@contextlib.contextmanager
def _exclusive(lock: Path) -> Generator[bool]:
    """Whether this process alone holds `lock`, a file that exists as long as somebody does."""
    try:
        if time.time() - lock.stat().st_mtime > _STALE_LOCK_S:
            lock.unlink(missing_ok=True)
    except FileNotFoundError:
        pass
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        yield False
        return
    try:
        yield True
    finally:
        lock.unlink(missing_ok=True)


def _is_broken(error: sqlite3.Error) -> bool:
    # Errors of the Python module itself, such as text that is no UTF-8, carry no code.
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF in _BROKEN


def _assessment(row: object) -> Assessment | None:
    """The row as a value; None for no row and for one that makes no sense."""
    if row is None:
        return None
    try:
        risk, scores_json = _ROW.validate_python(row)
        scores = _SCORES.validate_json(scores_json)
    except ValidationError:
        return None
    return Assessment(risk, scores) if 0.0 <= risk <= 1.0 else None
