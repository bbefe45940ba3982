"""The catalogue over HTTP, offline, on a host without GPU packages."""

from pathlib import Path

import pytest

from deployments.world_model.engines.known import OWN_ENGINES
from tests.fakes.hub import put_into_cache
from tests.unit.serve_app.conftest import MODEL_CACHE, OpenWebApp

LARGE = "Overworld/Waypoint-1.5-1B"
WEIGHTS = {"model.safetensors": bytes(100)}


@pytest.mark.parametrize("query", ["", "?backend=world_engine", "?backend=quark"])
def test_models_that_can_run_are_listed(open_web_app: OpenWebApp, query: str) -> None:
    answer = open_web_app().get(f"/api/models{query}")
    assert answer.status_code == 200
    size_bytes = OWN_ENGINES[0].size_bytes
    assert answer.text == (
        f'[{{"id":"local/pocket","size_bytes":{size_bytes},"is_local":true,"model_type":"pocket"}},'
        '{"id":"local/synthetic","is_local":true,"model_type":"synthetic"}]'
    )
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("query", ["?backend=cuda", "?backend=", "?backend=World_Engine"])
def test_an_unknown_backend_is_refused_with_the_known_ones(open_web_app: OpenWebApp, query: str) -> None:
    answer = open_web_app().get(f"/api/models{query}")
    assert answer.status_code == 400
    assert answer.json() == {"error": "unknown backend; known are: world_engine, quark"}


@pytest.mark.parametrize("path", [LARGE, LARGE.replace("/", "%2F")])
def test_an_id_with_its_slash_is_one_model(open_web_app: OpenWebApp, tmp_path: Path, path: str) -> None:
    put_into_cache(tmp_path / MODEL_CACHE, LARGE, WEIGHTS)
    answer = open_web_app().get(f"/api/model-info/{path}")
    assert answer.text == f'{{"id":"{LARGE}","size_bytes":100,"exists":true,"is_local":true}}'


@pytest.mark.parametrize(
    ("path", "model_id", "reason"),
    [
        (LARGE, LARGE, "offline mode"),
        ("nonsense", "nonsense", "not a model id"),
        ("..%2F..%2Fetc%2Fpasswd", "../../etc/passwd", "not a model id"),
    ],
)
def test_a_model_that_is_not_there_is_an_answer_and_not_an_error(
    open_web_app: OpenWebApp, path: str, model_id: str, reason: str
) -> None:
    answer = open_web_app().get(f"/api/model-info/{path}")
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["exists"], answer.json()["is_local"]) == (model_id, False, False)
    assert reason in answer.json()["error"]


def test_a_cached_model_is_deleted_once_and_gone_twice(open_web_app: OpenWebApp, tmp_path: Path) -> None:
    repo = put_into_cache(tmp_path / MODEL_CACHE, LARGE, WEIGHTS)
    client = open_web_app(allow_model_deletion=True)
    for _ in range(2):
        answer = client.delete(f"/api/cached-model/{LARGE}")
        assert (answer.status_code, answer.content) == (204, b"")
    assert not repo.exists()


def test_a_model_stays_where_clients_may_not_delete(open_web_app: OpenWebApp, tmp_path: Path) -> None:
    repo = put_into_cache(tmp_path / MODEL_CACHE, LARGE, WEIGHTS)
    answer = open_web_app().delete(f"/api/cached-model/{LARGE}")
    assert (answer.status_code, answer.json()) == (403, {"error": "this server does not let clients delete models"})
    assert repo.is_dir()


@pytest.mark.parametrize("path", ["x", "..%2F..", "..%2Foutside", "a/b/c", "o--m/x", "%2Ftmp/x", ""])
def test_what_is_no_id_is_not_deleted(open_web_app: OpenWebApp, tmp_path: Path, path: str) -> None:
    (tmp_path / "outside").mkdir()
    answer = open_web_app(allow_model_deletion=True).delete(f"/api/cached-model/{path}")
    assert answer.status_code == 400
    assert "not a model id" in answer.json()["error"]
    assert (tmp_path / "outside").is_dir()


def test_a_model_that_cannot_be_deleted_is_told_as_such(
    open_web_app: OpenWebApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_into_cache(tmp_path / MODEL_CACHE, LARGE, WEIGHTS)

    def refuse(path: Path) -> None:
        raise PermissionError(path)

    monkeypatch.setattr("shutil.rmtree", refuse)
    answer = open_web_app(allow_model_deletion=True).delete(f"/api/cached-model/{LARGE}")
    assert answer.status_code == 409
    assert answer.json() == {"error": f"{LARGE} could not be deleted entirely: is it read-only, or in use?"}
