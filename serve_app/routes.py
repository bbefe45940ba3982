"""Which path leads where: the Starlette application in front of an Ingress replica.

Owns the layers around the routes and the plain ones of them. What belongs to a replica is asked of the instance that
`find_front` returns, so that everything here runs without Ray.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from deployments.recorder.library import Library
from protocol.http import HealthResponse, ShutdownResponse
from serve_app.catalog import Catalog
from serve_app.catalog_routes import CatalogRoutes
from serve_app.collection import Collection
from serve_app.hub import Hub
from serve_app.model_cache import ModelCache
from serve_app.recording_routes import RecordingRoutes
from serve_app.responses import answer_crash, answer_http_exception, json_response
from serve_app.security import Gatekeeper

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.websockets import WebSocket

    from configs.app import AppConfig
    from configs.ingress import IngressConfig
    from protocol.server import SystemInfo

PLAYER_FOLDER: Final = Path(__file__).parent / "player"
LOCALES_FOLDER: Final = Path(__file__).parents[1] / "protocol" / "typescript" / "locales"

PAGE_HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""An upgraded page is seen at once, no other page may frame it, and the token in its URL stays here."""


class Front(Protocol):
    """What the routes want of an `ingress.Ingress`."""

    def health(self) -> HealthResponse:
        """The state of this server."""
        ...

    def system_info(self) -> "SystemInfo":
        """The machine that it runs on."""
        ...

    async def play(self, websocket: "WebSocket", /) -> None:
        """Serve one client."""
        ...


FindFront: TypeAlias = Callable[[], Front]
RequestShutdown: TypeAlias = Callable[[], bool]


def build_web_app(config: "AppConfig", find_front: FindFront, request_shutdown: RequestShutdown) -> Starlette:
    """The routes, behind CORS and the gatekeeper. To be built in the process that serves them."""
    settings = config.ingress
    hub = Hub(timeout_s=settings.timing.hub_s)
    collection = Collection(settings.model_collection, hub, patience_s=settings.timing.hub_s)
    catalog = Catalog(config.world_model, collection, hub, ModelCache())
    routes = [
        *FrontRoutes(find_front, request_shutdown).routes(),
        *CatalogRoutes(catalog, allow_deletion=settings.allow_model_deletion).routes(),
        *_recording_routes(config),
        *_page_routes(),
    ]

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        yield
        await collection.close()

    return Starlette(
        routes=routes,
        middleware=protection(settings),
        exception_handlers={HTTPException: answer_http_exception, Exception: answer_crash},
        lifespan=lifespan,
    )


def protection(settings: "IngressConfig") -> list[Middleware]:
    """The layers in front of the routes, outermost first.

    CORS comes first: a browser's preflight carries no token, and a page that may talk to us may also read refusals.
    """
    cors = Middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_credentials=True,
        allow_methods=["GET", "HEAD", "POST", "DELETE"],
        allow_headers=["*"],
    )
    return [cors, Middleware(Gatekeeper, config=settings)]


class FrontRoutes:
    """The routes that an Ingress replica answers itself."""

    def __init__(self, find_front: FindFront, request_shutdown: RequestShutdown) -> None:
        self._find_front = find_front
        self._request_shutdown = request_shutdown
        self._is_shutting_down = False

    def routes(self) -> list[BaseRoute]:
        """For the web app."""
        return [
            WebSocketRoute("/ws", self.play),
            Route("/health", self.health),
            Route("/shutdown", self.shutdown, methods=["POST"]),
            Route("/api/system-info", self.system_info),
        ]

    async def play(self, websocket: "WebSocket") -> None:
        """The player's socket."""
        await self._find_front().play(websocket)

    async def health(self, _request: "Request") -> Response:
        """Whether the server lives, and what it can do."""
        return json_response(self._find_front().health())

    async def system_info(self, _request: "Request") -> Response:
        """The machine."""
        return json_response(self._find_front().system_info())

    async def shutdown(self, _request: "Request") -> Response:
        """Ask the launcher to end the server."""
        if self._is_shutting_down:
            return json_response(ShutdownResponse(status="already_shutting_down"))
        if not self._request_shutdown():
            raise HTTPException(
                HTTPStatus.CONFLICT,
                "no launcher started this server: end it with `serve shutdown` where it was deployed",
            )
        self._is_shutting_down = True
        return json_response(ShutdownResponse(status="shutting_down"))


class PageFiles(StaticFiles):
    """The player page's files, as safe and as fresh as the page."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """As in StaticFiles, with the headers of a page."""
        response = super().file_response(*args, **kwargs)
        response.headers.update(PAGE_HEADERS)
        return response


def _recording_routes(config: "AppConfig") -> list[Route]:
    """Those of finished recordings; none where they are not the clients' to see."""
    if not config.ingress.serve_recordings:
        return []
    return RecordingRoutes(Library.of(config.recorder, config.data_dir)).routes()


def _page_routes() -> list[BaseRoute]:
    """The player page; without its files there is none."""
    folders = {"/player": PLAYER_FOLDER, "/locales": LOCALES_FOLDER}
    routes: list[BaseRoute] = [
        Mount(path, PageFiles(directory=folder)) for path, folder in folders.items() if folder.is_dir()
    ]
    if (PLAYER_FOLDER / "index.html").is_file():
        routes.append(Route("/", player_page))
    return routes


async def player_page(_request: "Request") -> Response:
    """The page in which one plays."""
    return FileResponse(PLAYER_FOLDER / "index.html", headers=PAGE_HEADERS)
