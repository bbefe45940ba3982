"""What becomes of a log record, and what a client sees of it."""

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from deployments.log_records import (
    REDACTED,
    VALUE_LIMIT_CHARS,
    iso_timestamp,
    parse_record,
    redact_secrets,
    to_json_line,
    to_log_push,
)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


def test_time_is_written_in_utc_with_milliseconds() -> None:
    moment = datetime(2026, 1, 31, 23, 59, 59, 123_999, tzinfo=timezone(timedelta(hours=2)))

    assert iso_timestamp(moment) == "2026-01-31T21:59:59.123Z"
    assert iso_timestamp(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000Z"


def test_secrets_are_redacted_by_key_at_any_depth_and_in_urls() -> None:
    record = redact_secrets(
        None,
        "info",
        {
            "event": "grant",
            "token": "s3cret",
            "Access_Token": "s3cret",
            "grant": {"url": "ws://x", "token": "s3cret"},
            "url": "ws://h/ws?access_token=s3cret&features=a",
            "tokens_left": 3,
        },
    )

    assert "s3cret" not in json.dumps(record)
    assert record["url"] == f"ws://h/ws?access_token={REDACTED}&features=a"
    assert record["tokens_left"] == 3


def test_an_absent_secret_stays_visibly_absent() -> None:
    assert redact_secrets(None, "info", {"access_token": None}) == {"access_token": None}


@given(st.dictionaries(st.text(), SCALARS | st.lists(SCALARS)))
def test_any_record_becomes_one_line_of_strict_json(record: dict[str, object]) -> None:
    line = to_json_line({"event": "x", **record})

    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    json.loads(line, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> object:
    msg = f"{name} is not JSON"
    raise AssertionError(msg)


def test_a_value_without_json_form_is_written_as_text() -> None:
    assert json.loads(to_json_line({"event": "x", "when": datetime(2026, 1, 1, tzinfo=UTC)}))["when"].startswith("2026")


def test_client_gets_named_fields_apart_and_only_scalars() -> None:
    push = to_log_push(
        {
            "event": "model loaded",
            "level": "warning",
            "logger": "a.b",
            "timestamp": "t",
            "exception": "Traceback",
            "fps": 60,
            "ok": True,
            "sizes": [1, 2],
            "nan": float("nan"),
            "nothing": None,
        }
    )

    assert (push.event, push.level, push.logger) == ("model loaded", "warning", "a.b")
    assert (push.timestamp, push.exception) == ("t", "Traceback")
    assert push.fields == {"fps": 60, "ok": True, "sizes": "[1, 2]", "nan": "nan"}


def test_a_long_value_is_cut_for_the_client() -> None:
    push = to_log_push({"event": "x", "text": "y" * (2 * VALUE_LIMIT_CHARS)})

    assert push.fields is not None
    assert len(str(push.fields["text"])) == VALUE_LIMIT_CHARS


def test_a_record_without_fields_says_nothing_of_them() -> None:
    assert "fields" not in to_log_push({"event": "x"}).to_jsonable()


def test_a_crash_dump_line_becomes_an_event_of_its_own() -> None:
    assert parse_record("Fatal Python error: Segmentation fault") == {
        "event": "Fatal Python error: Segmentation fault",
        "level": "error",
    }


def test_json_that_is_no_record_is_taken_as_text() -> None:
    assert parse_record("[1, 2]")["event"] == "[1, 2]"
    assert parse_record('{"a": 1}')["event"] == '{"a": 1}'


def test_a_record_survives_the_file() -> None:
    record = {"event": "é — 你好", "level": "info", "n": 1}

    assert parse_record(to_json_line(record).decode()) == record
