"""The web app as a browser or another client meets it, with the ingress replica replaced."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest
from starlette.testclient import TestClient

from configs.app import AppConfig
from serve_app.routes import build_web_app
from tests.fakes.front import FakeFront
from tests.fakes.hands import Hands

OWN_URL = "http://127.0.0.1:7987"
MODEL_CACHE = "models"
"""The Hugging Face cache of the web app, under `tmp_path`; its recordings are beside it."""


class OpenWebApp(Protocol):
    """Start the web app with settings of the ingress; it ends with the test."""

    def __call__(self, *, shutdown: bool = False, base_url: str = OWN_URL, **settings: Any) -> TestClient: ...


@pytest.fixture
def front() -> FakeFront:
    return FakeFront()


@pytest.fixture
def open_web_app(front: FakeFront, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenWebApp]:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.utils._cache_manager.HF_HUB_CACHE", str(tmp_path / MODEL_CACHE))
    with ExitStack() as stack:

        def start(*, shutdown: bool = False, base_url: str = OWN_URL, **settings: Any) -> TestClient:
            config = AppConfig.model_validate({"data_dir": tmp_path, "ingress": settings})
            app = build_web_app(config, lambda: front, lambda: shutdown)
            return stack.enter_context(TestClient(app, base_url=base_url, raise_server_exceptions=False))

        yield start


@pytest.fixture
async def hands(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hands]:
    with monkeypatch.context() as patch:
        yield Hands(patch)
