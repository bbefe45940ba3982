"""What is told of a call to a deployment that failed."""

import pytest
from ray.serve.exceptions import BackPressureError

from serve_app.calls import first_line
from tests.fakes.rpc import rpc_failure


def test_of_a_remote_traceback_the_first_line_is_told() -> None:
    assert first_line(ValueError("one\ntwo")) == "one"
    assert first_line(BackPressureError(num_queued_requests=1, max_queued_requests=1)).startswith("Request dropped")
    assert first_line(KeyError()) == "KeyError"


@pytest.mark.parametrize(
    ("details", "told"), [("Socket closed", "Socket closed"), (None, "AioRpcError"), ("", "AioRpcError")]
)
def test_of_a_failed_call_the_reason_is_told_and_not_the_heading(details: str | None, told: str) -> None:
    assert first_line(rpc_failure(details)) == told
