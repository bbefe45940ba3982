"""What an error becomes at the session's edge."""

from protocol.errors import (
    BiomeError,
    EmptyPromptError,
    MessageId,
    MissingSeedError,
    RemoteError,
    ReplicaLostError,
    SeedLoadError,
)
from protocol.server import (
    CheckSeedSafetyResponseData,
    ErrorPush,
    FailureResponse,
    ServerMessage,
    Snapshot,
    SuccessResponse,
    WarningPush,
)
from serve_app.answers import Answer, failure_of, plain_failure_of, push_of

SNAPSHOT = Snapshot(process_rss_bytes=1)
DATA = CheckSeedSafetyResponseData(is_safe=True, hash="h")


def test_an_error_is_pushed_with_the_state_of_the_machine() -> None:
    error = ReplicaLostError("died", params={"replica": "r"})
    assert push_of(error, SNAPSHOT) == ErrorPush(
        message_id=MessageId.DEVICE_RECOVERY_FAILED, message="died", params={"replica": "r"}, snapshot=SNAPSHOT
    )


def test_an_error_without_an_id_is_pushed_as_raw_text() -> None:
    assert push_of(BiomeError("odd"), None) == ErrorPush(message="odd")


def test_why_there_is_no_seed_is_pushed_as_a_warning_also_when_it_crossed_a_link() -> None:
    warning = WarningPush(message_id=MessageId.SEED_LOAD_FAILED, message="too dark")
    assert push_of(SeedLoadError("too dark"), SNAPSHOT) == warning
    assert push_of(RemoteError("too dark", message_id=MessageId.SEED_LOAD_FAILED), SNAPSHOT) == warning


def test_a_failed_reply_carries_the_id_or_else_the_text() -> None:
    with_id = FailureResponse(req_id="r", error_id=MessageId.SCENE_AUTHORING_EMPTY_PROMPT)
    assert failure_of("r", EmptyPromptError("empty")) == with_id
    assert failure_of("r", BiomeError("odd")) == FailureResponse(req_id="r", error="odd")


def test_a_seed_that_is_none_fails_its_init() -> None:
    assert failure_of("r", MissingSeedError("m")) == FailureResponse(req_id="r", error_id=MessageId.INIT_FAILED)


def test_a_failed_check_carries_its_own_reason() -> None:
    expected = FailureResponse(req_id="r", error_id=MessageId.MISSING_SEED_DATA)
    assert plain_failure_of("r", MissingSeedError("m")) == expected
    assert plain_failure_of("r", BiomeError("odd")) == FailureResponse(req_id="r", error="odd")


def test_a_request_is_answered_once() -> None:
    posted: list[ServerMessage] = []
    answer = Answer("r", posted.append)
    answer.succeed(DATA)
    answer.succeed(DATA)
    assert posted == [SuccessResponse(req_id="r", data=DATA)]


def test_what_goes_wrong_after_the_answer_is_pushed() -> None:
    posted: list[ServerMessage] = []
    answer = Answer("r", posted.append)
    answer.succeed(DATA)
    answer.fail(BiomeError("odd"), SNAPSHOT)
    assert posted[1:] == [ErrorPush(message="odd", snapshot=SNAPSHOT)]


def test_a_warning_comes_with_the_failed_reply() -> None:
    posted: list[ServerMessage] = []
    Answer("r", posted.append).fail(MissingSeedError("missing"), SNAPSHOT)
    assert [message.type for message in posted] == ["warning", "response"]
