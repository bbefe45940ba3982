"""The routes of the model catalogue."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from configs.world_model import is_model_id
from protocol.client import EngineBackend
from serve_app.model_cache import CannotDeleteError
from serve_app.responses import json_list_response, json_response

if TYPE_CHECKING:
    from starlette.requests import Request

    from serve_app.catalog import Catalog


class CatalogRoutes:
    """`/api/models`, `/api/model-info` and `/api/cached-model`. An id has a slash in it."""

    def __init__(self, catalog: "Catalog", *, allow_deletion: bool) -> None:
        self._catalog = catalog
        self._allow_deletion = allow_deletion

    def routes(self) -> list[Route]:
        """For the web app."""
        return [
            Route("/api/models", self.models),
            Route("/api/model-info/{model_id:path}", self.info),
            Route("/api/cached-model/{model_id:path}", self.delete, methods=["DELETE"]),
        ]

    async def models(self, request: "Request") -> Response:
        """The models that this server can run, with `?backend=` or with any."""
        named = request.query_params.get("backend")
        return json_list_response(await self._catalog.models(None if named is None else _backend(named)))

    async def info(self, request: "Request") -> Response:
        """What is known of one model. That there is no such model is an answer like any other."""
        return json_response(await self._catalog.info(request.path_params["model_id"]))

    async def delete(self, request: "Request") -> Response:
        """Remove a model from this machine's cache."""
        model_id: str = request.path_params["model_id"]
        if not self._allow_deletion:
            raise HTTPException(HTTPStatus.FORBIDDEN, "this server does not let clients delete models")
        if not is_model_id(model_id):
            raise HTTPException(HTTPStatus.BAD_REQUEST, "that is not a model id of the form organisation/name")
        try:
            await self._catalog.delete(model_id)
        except CannotDeleteError as error:
            raise HTTPException(HTTPStatus.CONFLICT, str(error)) from error
        return Response(status_code=HTTPStatus.NO_CONTENT)


def _backend(name: str) -> EngineBackend:
    try:
        return EngineBackend(name)
    except ValueError as error:
        known = ", ".join(EngineBackend)
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"unknown backend; known are: {known}") from error
