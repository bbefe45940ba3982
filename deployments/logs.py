"""structlog for every process of ours: call `configure_logs` once, first thing.

Owns where records go: to the one file that the launcher names in `BIOME_LOG_FILE`, or, without a launcher, to standard
output as JSON lines for Ray to collect. Every record is a single append, so lines of different processes never mix.
Warnings of the standard library's loggers, uncaught exceptions, those of threads and event loops too, and fatal signals
end up in the same place.
What becomes of a record is in `log_records`, who else receives it in `log_tap`.
"""

import asyncio
import faulthandler
import logging
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog

from deployments.log_records import add_timestamp, redact_secrets, to_json_line
from deployments.log_tap import tap as tap
from deployments.log_tap import taps

if TYPE_CHECKING:
    from types import TracebackType

LOG_FILE_VARIABLE: Final = "BIOME_LOG_FILE"
LOG_LEVEL_VARIABLE: Final = "BIOME_LOG_LEVEL"

FOREIGN_LOGGERS: Final = ("", "ray", "ray.serve")
"""Loggers whose warnings we take in: the root, and those of Ray, which do not hand theirs on."""

GRPC_POLLER: Final = "PollerCompletionQueue._handle_events"
"""gRPC's callback, which is now and then woken for nothing and says so by a BlockingIOError: no fault. Serve's handler,
which ours replaces, leaves it out too."""

STDOUT_FD: Final = 1


class LogFileError(OSError):
    """The log file cannot be opened for appending."""


class FdLogger:
    """A logger in structlog's sense: writes finished lines to a file descriptor, each in one piece.

    What the descriptor refuses, such as a full disk, is lost: a record is worth less than the work that it tells of.
    """

    def __init__(self, name: str, fd: int) -> None:
        self.name = name
        self._fd = fd

    def write(self, line: bytes) -> None:
        """Append one line."""
        view = memoryview(line)
        with suppress(OSError):
            while view:
                view = view[os.write(self._fd, view) :]

    debug = info = warning = error = critical = exception = write


class ForeignHandler(logging.Handler):
    """Turns records of the standard library's `logging` into ours."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record under its own logger's name, once, however many handlers it climbs past."""
        if getattr(record, _TAKEN, False):
            return
        setattr(record, _TAKEN, True)
        logger: structlog.stdlib.BoundLogger = structlog.get_logger(record.name)
        # Numeric levels between the named ones exist; structlog knows only the names.
        level = max(named for named in _LEVELS if named <= max(record.levelno, logging.DEBUG))
        logger.log(level, record.getMessage(), exc_info=record.exc_info or None)


_TAKEN: Final = "taken_by_biome"
_LEVELS: Final = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL)


def configure_logs(role: str) -> None:
    """Set up logging in this process, which plays `role`, such as `ingress` or `world_model`. Idempotent.

    Called on an event loop, as Serve calls the constructor of a deployment, it takes in that loop's exceptions too.
    Every record carries `role` and `pid`. Bind what else holds for a while with
    `structlog.contextvars.bound_contextvars(session_id=…)`, and start threads in `contextvars.copy_context()`.
    Raises LogFileError.
    """
    fd = _open_log(os.environ.get(LOG_FILE_VARIABLE))
    level = read_level(os.environ.get(LOG_LEVEL_VARIABLE))
    origin = {"role": role, "pid": os.getpid()}

    def drop_below(_logger: object, _method: str, record: "structlog.typing.EventDict") -> "structlog.typing.EventDict":
        if read_level(record["level"]) < level:
            raise structlog.DropEvent
        return record

    def add_origin(_logger: object, _method: str, record: "structlog.typing.EventDict") -> "structlog.typing.EventDict":
        for key, value in origin.items():
            record.setdefault(key, value)
        return record

    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            drop_below,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.PositionalArgumentsFormatter(),
            add_timestamp,
            add_origin,
            structlog.processors.format_exc_info,
            redact_secrets,
            taps.deliver,
            render,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=lambda *args: FdLogger(args[0] if args else role, fd),
        cache_logger_on_first_use=False,
    )
    take_in_foreign_loggers()
    _take_in_uncaught()
    _take_in_loop()
    faulthandler.enable(file=fd)


def render(_logger: object, _method: str, record: "structlog.typing.EventDict") -> bytes:
    """As the last processor: the record as one line of JSON."""
    return to_json_line({"timestamp": "", "level": "", "event": "", **record})


def log_file() -> Path | None:
    """The file that all processes of this server append to; None without a launcher."""
    path = os.environ.get(LOG_FILE_VARIABLE)
    return Path(path) if path else None


def read_level(name: str | None) -> int:
    """The level of that name, `INFO` for none or an unknown one."""
    level = logging.getLevelNamesMapping().get((name or "INFO").upper())
    return logging.INFO if level is None else level


def log_loop_exception(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A handler for `loop.set_exception_handler`: nothing that a task or callback raised goes unseen."""
    reason, error = str(context.get("message", "")), context.get("exception")
    if isinstance(error, BlockingIOError) and GRPC_POLLER in reason:
        return
    log: structlog.stdlib.BoundLogger = structlog.get_logger("asyncio")
    log.error("exception in the event loop", reason=reason, exc_info=error)


_open_fds: Final[dict[str, int]] = {}


def _open_log(path: str | None) -> int:
    if not path:
        return STDOUT_FD
    if path not in _open_fds:
        try:
            _open_fds[path] = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            msg = f"cannot write the log file {path}: {error.strerror}"
            raise LogFileError(msg) from error
    return _open_fds[path]


def take_in_foreign_loggers(*, alone: bool = False) -> None:
    """Receive the warnings of `FOREIGN_LOGGERS`; `alone` removes what writes them elsewhere."""
    for name in FOREIGN_LOGGERS:
        logger = logging.getLogger(name)
        if alone:
            logger.handlers.clear()
        if not any(isinstance(handler, ForeignHandler) for handler in logger.handlers):
            logger.addHandler(ForeignHandler(logging.WARNING))


def _take_in_loop() -> None:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    loop.set_exception_handler(log_loop_exception)


def _take_in_uncaught() -> None:
    log: structlog.stdlib.BoundLogger = structlog.get_logger("uncaught")

    def on_exception(kind: type[BaseException], error: BaseException, traceback: "TracebackType | None") -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, traceback)
            return
        log.critical("uncaught exception", exc_info=(kind, error, traceback))

    def on_thread_exception(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is None or isinstance(args.exc_value, SystemExit):
            return
        thread = args.thread.name if args.thread else None
        log.critical("uncaught exception in a thread", thread=thread, exc_info=args.exc_value)

    sys.excepthook = on_exception
    threading.excepthook = on_thread_exception
