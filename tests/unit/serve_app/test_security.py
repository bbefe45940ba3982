"""Who may come in. Each refusal is met from outside, through the whole web app."""

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import serve_app.security
from tests.fakes.front import FakeFront
from tests.unit.serve_app.conftest import OWN_URL, OpenWebApp

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "correct horse battery staple"
EVIL = "https://evil.example"
WELCOME = ["file://", "http://localhost:5173", OWN_URL]
FOREIGN = [EVIL, "null", "", "http://127.0.0.1:7988", "http://localhost:7987", "file:///etc/passwd", f"{OWN_URL}.evil"]
CHANGES = [
    pytest.param("POST", "/shutdown", id="shutdown"),
    pytest.param("DELETE", "/api/cached-model/o/m", id="delete model"),
    pytest.param("DELETE", "/api/recordings/x", id="delete recording"),
    pytest.param("PUT", "/health", id="a method that no route has"),
]


FOREIGN_ORIGIN = "this origin may not drive this server"
FOREIGN_HOST = "this server does not go by that host name"
NO_TOKEN = "an access token is required"


def greeting(client: TestClient, path: str = "/ws", **headers: str) -> str:
    with client.websocket_connect(f"ws://{client.base_url.netloc.decode()}{path}", headers=headers) as socket:
        return socket.receive_text()


def refusal(client: TestClient, path: str = "/ws", **headers: str) -> str:
    """Why a player is turned away: closed before it was accepted, so the server answers its handshake with 403."""
    with pytest.raises(WebSocketDisconnect) as closed:
        greeting(client, path, **headers)
    assert closed.value.code == 1008
    return closed.value.reason


@pytest.mark.parametrize("origin", WELCOME)
def test_page_of_the_desktop_app_and_own_page_may_play(open_web_app: OpenWebApp, origin: str) -> None:
    assert greeting(open_web_app(), origin=origin) == "hello"


def test_client_without_an_origin_may_play(open_web_app: OpenWebApp) -> None:
    assert greeting(open_web_app()) == "hello"


@pytest.mark.parametrize("origin", FOREIGN)
def test_foreign_page_is_refused_before_its_socket_is_accepted(
    open_web_app: OpenWebApp, front: FakeFront, origin: str
) -> None:
    assert refusal(open_web_app(), origin=origin) == FOREIGN_ORIGIN
    assert front.plays == 0


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_foreign_page_may_change_nothing(open_web_app: OpenWebApp, method: str, path: str, origin: str) -> None:
    answer = open_web_app(shutdown=True).request(method, path, headers={"origin": origin})
    assert (answer.status_code, answer.json()) == (403, {"error": FOREIGN_ORIGIN})


@pytest.mark.parametrize("origin", WELCOME)
def test_welcome_page_may_change_state(open_web_app: OpenWebApp, origin: str) -> None:
    assert open_web_app(shutdown=True).post("/shutdown", headers={"origin": origin}).status_code == 200


def test_own_page_behind_tls_may_play(open_web_app: OpenWebApp) -> None:
    client = open_web_app(access_token=TOKEN, base_url="http://play.example")
    assert greeting(client, f"/ws?access_token={TOKEN}", origin="https://play.example") == "hello"


def test_origins_left_out_of_the_list_are_refused(open_web_app: OpenWebApp) -> None:
    client = open_web_app(allowed_origins=["file://"])
    assert greeting(client, origin="file://") == "hello"
    assert refusal(client, origin="http://localhost:5173") == FOREIGN_ORIGIN


@pytest.mark.parametrize("host", ["127.0.0.1:7987", "localhost", "LocalHost:7987", "[::1]:7987", "192.168.7.2:80"])
def test_loopback_and_addresses_are_our_names(open_web_app: OpenWebApp, host: str) -> None:
    assert open_web_app().get("/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:7987",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example@localhost",
        "localhost/evil.example",
        "[::1",
        "[evil]:7987",
        "127.0.0.1:x",
        " ",
    ],
)
def test_rebound_name_is_refused(open_web_app: OpenWebApp, front: FakeFront, host: str) -> None:
    client = open_web_app()
    answer = client.get("/health", headers={"host": host})
    assert (answer.status_code, answer.json()) == (421, {"error": FOREIGN_HOST})
    assert refusal(client, host=host, origin=f"http://{host}") == FOREIGN_HOST
    assert front.plays == 0


def test_name_of_an_allowed_origin_is_ours(open_web_app: OpenWebApp) -> None:
    client = open_web_app(allowed_origins=["https://play.example"])
    assert client.get("/health", headers={"host": "play.example:7987"}).status_code == 200


def test_any_name_will_do_where_a_token_is_required(open_web_app: OpenWebApp) -> None:
    client = open_web_app(access_token=TOKEN)
    assert client.get("/health", headers={"host": "gpu-7.lan:7987"}).status_code == 200


def test_rebound_page_gets_nowhere_without_the_token(open_web_app: OpenWebApp) -> None:
    client = open_web_app(access_token=TOKEN)
    assert refusal(client, host="evil.example", origin="http://evil.example") == NO_TOKEN


def test_own_origin_is_that_of_the_host_header_alone(open_web_app: OpenWebApp) -> None:
    client = open_web_app(access_token=TOKEN)
    assert refusal(client, f"/ws?access_token={TOKEN}", host="play.example", origin=OWN_URL) == FOREIGN_ORIGIN


@pytest.mark.parametrize(
    "path",
    ["/api/models", "/api/model-info/o/m", "/api/system-info", "/api/recordings", "/api/recordings/x", "/nothing"],
)
def test_token_is_required_of_every_reader(open_web_app: OpenWebApp, path: str) -> None:
    client = open_web_app(access_token=TOKEN)
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (401, {"error": NO_TOKEN})
    assert client.get(path, headers={"authorization": f"Bearer {TOKEN}"}).status_code != 401


@pytest.mark.parametrize("path", ["/health", "/", "/player/x.js", "/locales/en.js"])
def test_page_and_health_are_open(open_web_app: OpenWebApp, path: str) -> None:
    assert open_web_app(access_token=TOKEN).get(path).status_code != 401


@pytest.mark.parametrize("path", ["/health/", "/playerx", "/player", "/player/../api/models", "/%2e"])
def test_nothing_else_is_open(open_web_app: OpenWebApp, path: str) -> None:
    answer = open_web_app(access_token=TOKEN).get(path)
    assert answer.status_code == 401


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_token_is_required_of_everyone_who_changes_state(open_web_app: OpenWebApp, method: str, path: str) -> None:
    client = open_web_app(access_token=TOKEN, shutdown=True)
    assert client.request(method, path).status_code == 401
    assert client.request(method, path, headers={"authorization": f"Bearer {TOKEN}"}).status_code != 401


def test_player_needs_the_token_in_header_or_url(open_web_app: OpenWebApp, front: FakeFront) -> None:
    client = open_web_app(access_token=TOKEN)
    assert refusal(client) == NO_TOKEN
    assert front.plays == 0
    assert greeting(client, f"/ws?protocol_version=5&access_token={TOKEN}") == "hello"
    assert greeting(client, authorization=f"bearer {TOKEN}") == "hello"


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer x", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN],
)
def test_wrong_token_is_refused(open_web_app: OpenWebApp, authorization: str) -> None:
    client = open_web_app(access_token=TOKEN)
    assert client.get("/api/system-info", headers={"authorization": authorization}).status_code == 401


@pytest.mark.parametrize(
    "query", ["access_token=", "access_token", "ACCESS_TOKEN=x", "access_token=%00&access_token=x"]
)
def test_wrong_token_in_the_url_is_refused(open_web_app: OpenWebApp, query: str) -> None:
    client = open_web_app(access_token=TOKEN)
    assert client.get(f"/api/system-info?{query}").status_code == 401


def test_token_of_other_letters_is_refused_and_not_a_crash(open_web_app: OpenWebApp) -> None:
    client = open_web_app(access_token=TOKEN)
    assert client.get("/api/system-info", headers={b"authorization": "Bearer żółć".encode()}).status_code == 401
    assert client.get("/api/system-info?access_token=%C5%BC%FF").status_code == 401


def test_token_does_not_make_a_foreign_page_welcome(open_web_app: OpenWebApp, front: FakeFront) -> None:
    client = open_web_app(access_token=TOKEN)
    assert refusal(client, f"/ws?access_token={TOKEN}", origin=EVIL) == FOREIGN_ORIGIN
    assert front.plays == 0


def test_tokens_are_compared_in_constant_time(open_web_app: OpenWebApp, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    compare: Callable[[bytes, bytes], bool] = serve_app.security.compare_digest

    def note(left: bytes, right: bytes) -> bool:
        compared.append((left, right))
        return compare(left, right)

    monkeypatch.setattr(serve_app.security, "compare_digest", note)
    assert open_web_app(access_token=TOKEN).get("/api/system-info?access_token=guess").status_code == 401
    assert compared == [(b"guess", TOKEN.encode())]
