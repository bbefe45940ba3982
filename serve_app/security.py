"""Who may come in: hosts, origins and the access token, checked before any route sees a request.

Owns the rules and the ASGI layer that applies them. CORS headers are Starlette's.
"""

import ipaddress
import re
from http import HTTPStatus
from secrets import compare_digest
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.websockets import WebSocketClose

from serve_app.responses import error_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from configs.ingress import IngressConfig

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing. A browser lets no page read their answers that CORS does not let in."""

OPEN_PATHS: Final = frozenset({"/", "/health"})
OPEN_FOLDERS: Final = ("/player/", "/locales/")
"""What a stranger may read without a token: that the server lives, and the page that asks for the token."""

_HOST: Final = re.compile(r"(?:([a-z0-9._-]+)|\[([0-9a-f:.]+)\])(?::\d{1,5})?", re.ASCII | re.IGNORECASE)

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Gatekeeper:
    """ASGI layer in front of every route."""

    def __init__(self, app: "ASGIApp", config: "IngressConfig") -> None:
        self._app = app
        self._origins = frozenset(config.allowed_origins)
        self._hosts = frozenset(host for origin in config.allowed_origins if (host := urlsplit(origin).hostname))
        self._token = None if config.access_token is None else config.access_token.get_secret_value()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Let a request through, or answer it here. A refused WebSocket is never accepted: its handshake gets a 403."""
        refusal = None if scope["type"] == "lifespan" else self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
            return
        status, reason = refusal
        log.warning("request refused", path=scope["path"], reason=reason)
        if scope["type"] == "websocket":
            await WebSocketClose(code=1008, reason=reason)(scope, receive, send)
        else:
            await error_response(status, reason)(scope, receive, send)

    def _refusal(self, scope: "Scope") -> tuple[HTTPStatus, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._token is None and not self._is_our_host(host):
            return HTTPStatus.MISDIRECTED_REQUEST, "this server does not go by that host name"
        changes_state = scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS
        if changes_state and not self._is_welcome(headers.get("origin"), host):
            return HTTPStatus.FORBIDDEN, "this origin may not drive this server"
        if self._token is not None and not _is_open(scope) and not _has_token(self._token, scope, headers):
            return HTTPStatus.UNAUTHORIZED, "an access token is required"
        return None

    def _is_our_host(self, host: str) -> bool:
        """A name that nobody else's DNS can point at us: loopback, an address, or one of the configured origins'.

        A page that re-binds its own name to our address is of the same origin in its browser's eyes; its Host header
        is what gives it away. With an access token in force that page is harmless, and any name is fine.
        """
        if not host:
            return True
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = (match[1] or match[2]).lower()
        return name == "localhost" or name in self._hosts or _is_address(name)

    def _is_welcome(self, origin: str | None, host: str) -> bool:
        """No origin is no browser. A browser's must be listed, or be the page that this server serves itself."""
        return origin is None or origin in self._origins or origin in {f"http://{host}", f"https://{host}"}


def _is_open(scope: "Scope") -> bool:
    if scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS:
        return False
    path: str = scope["path"]
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)


def _has_token(token: str, scope: "Scope", headers: Headers) -> bool:
    """Whether the request offers `token`, in a header or, as browsers' WebSockets and media must, in the URL."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    offered = parse_qs(scope["query_string"].decode("latin-1")).get("access_token", [])
    if scheme.lower() == "bearer":
        offered.append(credentials.strip())
    return any(compare_digest(each.encode(), token.encode()) for each in offered)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
