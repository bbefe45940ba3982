"""How routes answer: bodies of the contract as JSON, and every error as one."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

from protocol.base import OutboundModel
from protocol.http import ErrorBody

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request


def json_response(
    body: OutboundModel, status_code: int = HTTPStatus.OK, headers: "Mapping[str, str] | None" = None
) -> Response:
    """A body of the contract."""
    return Response(body.to_json(), status_code, headers, "application/json")


def json_list_response(bodies: "Sequence[OutboundModel]") -> Response:
    """A list of such bodies."""
    return Response(f"[{','.join(body.to_json() for body in bodies)}]", media_type="application/json")


def error_response(status_code: int, error: str, headers: "Mapping[str, str] | None" = None) -> Response:
    """An error in words."""
    return json_response(ErrorBody(error=error), status_code, headers)


async def answer_http_exception(request: "Request", error: Exception) -> Response:
    """The answer to an HTTPException. `OPTIONS` on a route tells its methods instead of being refused as one."""
    assert isinstance(error, HTTPException), "registered for HTTPException"
    if request.method == "OPTIONS" and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=error.headers)
    return error_response(error.status_code, error.detail, error.headers)


async def answer_crash(_request: "Request", _error: Exception) -> Response:
    """The answer to an exception that no route expected. It is raised on afterwards, and so gets logged."""
    return error_response(HTTPStatus.INTERNAL_SERVER_ERROR, "the server failed to answer; its log says why")
