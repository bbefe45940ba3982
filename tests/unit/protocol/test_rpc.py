"""Every request has its answer."""

from typing import get_args

from protocol.client import Request
from protocol.rpc import RESPONSE_DATA
from protocol.server import ResponseData


def test_every_request_is_paired_with_the_data_of_its_reply() -> None:
    assert set(RESPONSE_DATA) == set(get_args(Request))


def test_every_kind_of_response_data_answers_exactly_one_request() -> None:
    assert sorted(map(repr, RESPONSE_DATA.values())) == sorted(map(repr, get_args(ResponseData)))
