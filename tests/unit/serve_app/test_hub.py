"""Questions to the hub, answered by a transport of ours; the last one by nobody, as offline."""

import asyncio
from collections.abc import Callable

import httpx2
import pytest

from serve_app.hub import Hub, HubError, HubModel

COLLECTION = """{"slug": "Overworld/waypoint-1a2b", "title": "Waypoint", "items": [
    {"_id": "1", "position": 0, "type": "model", "id": "Overworld/Waypoint-1.5-1B", "author": "Overworld"},
    {"_id": "2", "position": 1, "type": "space", "id": "Overworld/Demo"},
    {"_id": "3", "position": 2, "type": "model", "id": "Overworld/Waypoint-1-Small", "gated": false}]}"""
MODEL = """{"_id": "1", "id": "o/m", "tags": [], "siblings": [
    {"rfilename": "README.md", "size": 5}, {"rfilename": "x.safetensors", "size": 70, "lfs": {"sha256": "0"}},
    {"rfilename": "unknown"}]}"""


def hub_that(answer: Callable[[httpx2.Request], httpx2.Response]) -> Hub:
    return Hub(timeout_s=30.0, open_session=lambda: httpx2.AsyncClient(transport=httpx2.MockTransport(answer)))


def hub_saying(text: str, status: int = 200) -> Hub:
    return hub_that(lambda _request: httpx2.Response(status, text=text))


async def test_a_collection_is_its_models_in_order() -> None:
    assert await hub_saying(COLLECTION).collection("Overworld/waypoint") == (
        "Overworld/Waypoint-1.5-1B",
        "Overworld/Waypoint-1-Small",
    )


async def test_a_model_is_as_large_as_its_files_that_have_a_size() -> None:
    assert await hub_saying(MODEL).model("o/m") == HubModel("o/m", 75)


async def test_a_model_without_a_list_of_files_has_no_size() -> None:
    assert await hub_saying('{"id": "o/m"}').model("o/m") == HubModel("o/m", None)


async def test_the_questions_are_those_of_the_hubs_interface() -> None:
    asked: list[str] = []

    def note(request: httpx2.Request) -> httpx2.Response:
        asked.append(f"{request.method} {request.url.raw_path.decode()}")
        return httpx2.Response(404)

    hub = hub_that(note)
    assert await hub.model("o/m") is None
    with pytest.raises(HubError):
        await hub.collection("Overworld/waypoint")
    assert asked == ["GET /api/models/o/m?blobs=true", "GET /api/collections/Overworld/waypoint"]


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_what_the_hub_hides_does_not_exist(status: int) -> None:
    hub = hub_saying("{}", status)
    assert await hub.model("o/m") is None
    with pytest.raises(HubError, match="no collection 'o/c'"):
        await hub.collection("o/c")


@pytest.mark.parametrize("status", [204, 302, 429, 500, 503])
async def test_any_other_status_is_an_error_that_names_it(status: int) -> None:
    with pytest.raises(HubError, match=str(status)):
        await hub_saying(MODEL, status).model("o/m")


@pytest.mark.parametrize("text", ["", "<html>", "[]", '{"items": 3}', '{"items": [{"id": 3}]}'])
async def test_an_answer_of_another_form_is_an_error(text: str) -> None:
    with pytest.raises(HubError, match="another form"):
        await hub_saying(text).collection("o/c")


@pytest.mark.parametrize("failure", [httpx2.ConnectError("refused"), httpx2.ReadTimeout("slow"), OSError("no route")])
async def test_a_failing_network_is_an_error(failure: Exception) -> None:
    def fail(_request: httpx2.Request) -> httpx2.Response:
        raise failure

    with pytest.raises(HubError, match=f"cannot be reached: {failure}"):
        await hub_that(fail).model("o/m")


async def test_a_network_that_swallows_everything_is_an_error_within_the_time() -> None:
    class BlackHole(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            await asyncio.Event().wait()
            raise AssertionError(request)

    hub = Hub(timeout_s=0.01, open_session=lambda: httpx2.AsyncClient(transport=BlackHole(), timeout=None))
    with pytest.raises(HubError, match=r"within 0\.01 s"):
        await hub.model("o/m")


async def test_offline_mode_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(HubError, match="offline mode"):
        await Hub(timeout_s=30.0).collection("Overworld/waypoint")
