"""What becomes of a log record: processors of structlog, and the form in which a client gets one.

Pure: a record is a dict in, a dict out. Where it is written is `logs`'s business, who else receives it `log_tap`'s.
"""

import json
import re
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias, cast

from protocol.server import LogPush, LogValue

Record: TypeAlias = MutableMapping[str, Any]

REDACTED: Final = "[redacted]"
SECRET_KEYS: Final = frozenset({"token", "access_token", "authorization", "password", "secret"})
_SECRET_IN_TEXT: Final = re.compile(r"((?:access_)?token=)[^&\s\"']+")

VALUE_LIMIT_CHARS: Final = 2000
"""A longer value is cut before a client gets it; the log keeps all of it."""

_OWN_FIELDS: Final = frozenset({"event", "level", "logger", "timestamp", "exception"})


def add_timestamp(_logger: object, _method: str, record: Record) -> Record:
    """Stamp the record with the time: ISO 8601, UTC, milliseconds."""
    record["timestamp"] = iso_timestamp(datetime.now(UTC))
    return record


def iso_timestamp(moment: datetime) -> str:
    """`moment`, which knows its zone, as `2026-01-31T23:59:59.123Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def redact_secrets(_logger: object, _method: str, record: Record) -> Record:
    """Replace what must not be written down: values under a secret's name, and tokens inside of URLs."""
    for key, value in record.items():
        record[key] = _redacted(key, value)
    return record


def _redacted(key: str, value: object) -> object:
    if key.lower() in SECRET_KEYS and value is not None:
        return REDACTED
    if isinstance(value, str):
        return _SECRET_IN_TEXT.sub(rf"\1{REDACTED}", value) if "token=" in value else value
    if isinstance(value, Mapping):
        inner = cast("Mapping[object, object]", value)
        return {str(name): _redacted(str(name), item) for name, item in inner.items()}
    return value


def to_json_line(record: Mapping[str, Any]) -> bytes:
    """The record as one line of JSON, newline included. What JSON has no word for is written as text."""
    try:
        text = json.dumps(record, default=str, ensure_ascii=False, allow_nan=False)
    except ValueError:
        text = json.dumps({key: _log_value(value) for key, value in record.items()}, ensure_ascii=False)
    return text.encode("utf-8", "replace") + b"\n"


def to_log_push(record: Mapping[str, Any]) -> LogPush:
    """The record as a client gets it: named fields apart, and only strings, numbers and truth values in them."""
    fields = {key: _log_value(value) for key, value in record.items() if key not in _OWN_FIELDS and value is not None}
    return LogPush(
        event=_cut(str(record.get("event", ""))),
        level=str(record.get("level", "info")),
        logger=_text(record.get("logger")),
        timestamp=_text(record.get("timestamp")),
        exception=_text(record.get("exception")),
        fields=fields or None,
    )


def parse_record(line: str) -> dict[str, Any]:
    """A line of the log file as a record. One that is no JSON record, such as a crash dump, becomes its own event."""
    try:
        document: Any = json.loads(line)
    except ValueError:
        return {"event": line, "level": "error"}
    if not isinstance(document, dict) or "event" not in document:
        return {"event": line, "level": "info"}
    return cast("dict[str, Any]", document)


def _log_value(value: object) -> LogValue:
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    return _cut(value if isinstance(value, str) else str(value))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= VALUE_LIMIT_CHARS else text[: VALUE_LIMIT_CHARS - 1] + "…"
