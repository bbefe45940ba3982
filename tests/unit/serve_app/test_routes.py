"""The web app: plain routes, how errors read, and what CORS lets a page see."""

import pytest

from serve_app.routes import PAGE_HEADERS, PLAYER_FOLDER
from tests.fakes.front import FakeFront
from tests.unit.serve_app.conftest import OpenWebApp

DEV_PAGE = "http://localhost:5173"
TOKEN = "correct horse battery staple"


def test_health_is_answered_as_the_replica_says(open_web_app: OpenWebApp, front: FakeFront) -> None:
    answer = open_web_app().get("/health")
    assert (answer.status_code, answer.text) == (200, front.health().to_json())
    assert answer.headers["content-type"] == "application/json"


def test_system_info_is_answered(open_web_app: OpenWebApp) -> None:
    assert open_web_app().get("/api/system-info").json() == {"torch_version": "2.13.0", "gpu_count": 0}


@pytest.mark.parametrize("path", ["/health", "/api/system-info", "/api/models", "/api/recordings"])
def test_head_is_answered_like_get_without_a_body(open_web_app: OpenWebApp, path: str) -> None:
    client = open_web_app(serve_recordings=True)
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/health", {"GET", "HEAD"}),
        ("/shutdown", {"POST"}),
        ("/api/models", {"GET", "HEAD"}),
        ("/api/cached-model/o/m", {"DELETE"}),
        ("/api/recordings/x", {"GET", "HEAD", "DELETE"}),
    ],
)
def test_options_tells_the_methods_of_a_route(open_web_app: OpenWebApp, path: str, methods: set[str]) -> None:
    answer = open_web_app(serve_recordings=True).options(path)
    assert (answer.status_code, set(answer.headers["allow"].split(", "))) == (204, methods)


def test_wrong_method_is_refused_with_the_right_ones(open_web_app: OpenWebApp) -> None:
    answer = open_web_app().get("/shutdown")
    assert (answer.status_code, answer.json()) == (405, {"error": "Method Not Allowed"})
    assert answer.headers["allow"] == "POST"


def test_unknown_path_is_an_error_in_json(open_web_app: OpenWebApp) -> None:
    answer = open_web_app().get("/api/nothing")
    assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})


def test_recordings_are_not_served_unless_the_settings_say_so(open_web_app: OpenWebApp) -> None:
    assert open_web_app().get("/api/recordings").status_code == 404


def test_crash_of_a_route_says_nothing_of_its_inside(open_web_app: OpenWebApp, front: FakeFront) -> None:
    front.is_broken = True
    answer = open_web_app().get("/health")
    assert (answer.status_code, answer.json()) == (500, {"error": "the server failed to answer; its log says why"})


def test_first_shutdown_begins_it_and_the_second_says_so(open_web_app: OpenWebApp) -> None:
    client = open_web_app(shutdown=True)
    assert client.post("/shutdown").json() == {"status": "shutting_down"}
    assert client.post("/shutdown").json() == {"status": "already_shutting_down"}


def test_server_without_a_launcher_says_how_to_end_it(open_web_app: OpenWebApp) -> None:
    client = open_web_app(shutdown=False)
    for _ in range(2):
        answer = client.post("/shutdown")
        assert answer.status_code == 409
        assert "serve shutdown" in answer.json()["error"]


@pytest.mark.parametrize("token", [None, TOKEN])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_preflight_of_the_development_page_needs_no_token(
    open_web_app: OpenWebApp, method: str, token: str | None
) -> None:
    headers = {
        "origin": DEV_PAGE,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization",
    }
    answer = open_web_app(access_token=token).options("/api/recordings/x", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == DEV_PAGE
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["access-control-allow-headers"] == "authorization"
    assert method in answer.headers["access-control-allow-methods"]


def test_preflight_of_a_foreign_page_is_refused(open_web_app: OpenWebApp) -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    answer = open_web_app().options("/shutdown", headers=headers)
    assert answer.status_code == 400
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/health", "/api/system-info", "/api/nothing", "/api/recordings/x"])
@pytest.mark.parametrize("token", [None, TOKEN])
def test_development_page_may_read_answers_and_refusals(open_web_app: OpenWebApp, path: str, token: str | None) -> None:
    answer = open_web_app(access_token=token).get(path, headers={"origin": DEV_PAGE})
    assert answer.headers["access-control-allow-origin"] == DEV_PAGE
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_foreign_page_may_read_nothing(open_web_app: OpenWebApp, origin: str) -> None:
    assert "access-control-allow-origin" not in open_web_app().get("/health", headers={"origin": origin}).headers


def test_player_page_files_are_served_with_the_headers_of_a_page(open_web_app: OpenWebApp) -> None:
    script = next(PLAYER_FOLDER.rglob("*.js"))
    answer = open_web_app().get(f"/player/{script.relative_to(PLAYER_FOLDER).as_posix()}")
    assert answer.status_code == 200
    assert {name: answer.headers[name] for name in PAGE_HEADERS} == PAGE_HEADERS


@pytest.mark.parametrize("path", ["/player/../routes.py", "/player/%2e%2e/routes.py", "/player/..%2froutes.py"])
def test_nothing_beside_the_player_page_can_be_reached(open_web_app: OpenWebApp, path: str) -> None:
    assert open_web_app().get(path).status_code == 404
