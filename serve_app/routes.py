"""Which path leads where: the Starlette application in front of an Ingress replica."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ray import serve
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from protocol.http import ShutdownResponse
from serve_app.ingress import Ingress
from serve_app.security import Gatekeeper

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.websockets import WebSocket

    from configs.ingress import IngressConfig
    from protocol.base import OutboundModel

PLAYER_FOLDER: Final = Path(__file__).parent / "player"
LOCALES_FOLDER: Final = Path(__file__).parents[1] / "protocol" / "typescript" / "locales"


def build_web_app(config: "IngressConfig") -> Starlette:
    """The routes, behind the gatekeeper and CORS."""
    return Starlette(
        routes=_routes(),
        middleware=[
            Middleware(Gatekeeper, config=config),
            Middleware(
                CORSMiddleware,
                allow_origins=config.allowed_origins,
                allow_credentials=True,
                allow_methods=["GET", "POST", "DELETE"],
                allow_headers=["*"],
            ),
        ],
    )


def _routes() -> list[BaseRoute]:
    routes: list[BaseRoute] = [
        WebSocketRoute("/ws", play),
        Route("/health", health),
        Route("/shutdown", shutdown, methods=["POST"]),
        Route("/api/system-info", system_info),
    ]
    for path, folder in (("/player", PLAYER_FOLDER), ("/locales", LOCALES_FOLDER)):
        if folder.is_dir():
            routes.append(Mount(path, StaticFiles(directory=folder)))
    if (PLAYER_FOLDER / "index.html").is_file():
        routes.append(Route("/", player_page))
    return routes


async def play(websocket: "WebSocket") -> None:
    """The player's socket."""
    await _here().play(websocket)


async def health(_request: "Request") -> Response:
    """Whether the server lives, and what it can do."""
    return _json(_here().health())


async def system_info(_request: "Request") -> Response:
    """The machine."""
    return _json(_here().system_info())


async def shutdown(_request: "Request") -> Response:
    """Ask the launcher to end the server."""
    return _json(ShutdownResponse(status="shutting_down"))


async def player_page(_request: "Request") -> Response:
    """The page in which one plays."""
    return FileResponse(PLAYER_FOLDER / "index.html")


def _here() -> Ingress:
    """The deployment's instance in this process."""
    instance = serve.get_replica_context().servable_object
    assert isinstance(instance, Ingress), "these routes are bound to the Ingress deployment"
    return instance


def _json(body: "OutboundModel", status_code: int = 200) -> Response:
    return Response(body.to_json(), status_code, media_type="application/json")
