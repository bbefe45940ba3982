"""Who may come in: origins, hosts and the access token, checked before any route sees a request.

Owns the rules and the ASGI layer that applies them. CORS headers are Starlette's.
"""

import ipaddress
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocketClose

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from configs.ingress import IngressConfig

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

OPEN_PATHS: Final = frozenset({"/", "/health"})
OPEN_FOLDERS: Final = ("/player/", "/locales/")
"""What a stranger may read without a token: that the server lives, and the page that asks for the token."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Gatekeeper:
    """ASGI layer in front of every route."""

    def __init__(self, app: "ASGIApp", config: "IngressConfig") -> None:
        self._app = app
        self._origins = frozenset(config.allowed_origins)
        self._hosts = frozenset(host for origin in config.allowed_origins if (host := urlsplit(origin).hostname))
        self._token = None if config.access_token is None else config.access_token.get_secret_value()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Let a request through, or answer it here."""
        refusal = None if scope["type"] == "lifespan" else self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
            return
        status, reason = refusal
        log.warning("request refused", path=scope["path"], reason=reason)
        if scope["type"] == "websocket":
            await WebSocketClose(code=1008, reason=reason)(scope, receive, send)
        else:
            await PlainTextResponse(f"{reason}\n", status)(scope, receive, send)

    def _refusal(self, scope: "Scope") -> tuple[HTTPStatus, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._token is None and not self._is_our_host(host):
            return HTTPStatus.MISDIRECTED_REQUEST, "this server does not go by that host name"
        changes_state = scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS
        if changes_state and not self._is_welcome(headers.get("origin"), host):
            return HTTPStatus.FORBIDDEN, "this origin may not drive this server"
        if self._token is not None and not _is_open(scope) and not self._has_token(scope, headers):
            return HTTPStatus.UNAUTHORIZED, "an access token is required"
        return None

    def _is_our_host(self, host: str) -> bool:
        """A name that nobody else's DNS can point at us: loopback, an address, or one of the configured origins'.

        A page that re-binds its own name to our address is of the same origin in its browser's eyes; its Host header
        is what gives it away. With an access token in force that page is harmless, and any name is fine.
        """
        name = urlsplit(f"//{host}").hostname or ""
        return not host or name == "localhost" or _is_address(name) or name in self._hosts

    def _is_welcome(self, origin: str | None, host: str) -> bool:
        """No origin is no browser. A browser's must be listed, or be the page that this server serves itself."""
        return origin is None or origin in self._origins or origin in {f"http://{host}", f"https://{host}"}

    def _has_token(self, scope: "Scope", headers: Headers) -> bool:
        assert self._token is not None, "asked only where a token is required"
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        query = parse_qs(scope["query_string"].decode("latin-1"))
        offered = [credentials if scheme.lower() == "bearer" else "", *query.get("access_token", [])]
        return any(secrets.compare_digest(token.encode(), self._token.encode()) for token in offered)


def _is_open(scope: "Scope") -> bool:
    path: str = scope["path"]
    if scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS:
        return False
    return any(
        path.startswith(prefix) if prefix.endswith("/") and prefix != "/" else path == prefix for prefix in OPEN_PATHS
    )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
