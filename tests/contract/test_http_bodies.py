"""Bodies of the HTTP routes, letter by letter. If this fails, fix the change, not the test."""

from typing import TYPE_CHECKING

import pytest

from protocol.client import EngineBackend, Quant
from protocol.http import (
    Capabilities,
    ErrorBody,
    HealthResponse,
    ModelEntry,
    ModelInfo,
    RecordingEntry,
    SafetyHealth,
    ShutdownResponse,
    WorldEngineHealth,
)
from protocol.server import SystemInfo

if TYPE_CHECKING:
    from protocol.base import OutboundModel

CASES = [
    pytest.param(
        '{"status":"ok","startup_complete":false,"world_engine":{"loaded":false,"warmed_up":false,"has_seed":false},'
        '"safety":{"loaded":false},"capabilities":{"backends":[],"quants":{}},"launched_from_standalone":false}',
        HealthResponse(
            startup_complete=False,
            world_engine=WorldEngineHealth(loaded=False, warmed_up=False, has_seed=False),
            safety=SafetyHealth(loaded=False),
            capabilities=Capabilities(backends=(), quants={}),
            launched_from_standalone=False,
        ),
        id="health of a host without engines, at start",
    ),
    pytest.param(
        '{"status":"ok","startup_complete":true,"world_engine":{"loaded":true,"warmed_up":true,"has_seed":true},'
        '"safety":{"loaded":true},"capabilities":{"backends":["world_engine","quark"],"quants":{"world_engine":'
        '[null,"fp8w8a8","intw8a8"],"quark":[null,"fp8w8a8"]}},"launched_from_standalone":true}',
        HealthResponse(
            startup_complete=True,
            world_engine=WorldEngineHealth(loaded=True, warmed_up=True, has_seed=True),
            safety=SafetyHealth(loaded=True),
            capabilities=Capabilities(
                backends=(EngineBackend.WORLD_ENGINE, EngineBackend.QUARK),
                quants={
                    EngineBackend.WORLD_ENGINE: (None, Quant.FP8W8A8, Quant.INTW8A8),
                    EngineBackend.QUARK: (None, Quant.FP8W8A8),
                },
            ),
            launched_from_standalone=True,
        ),
        id="health of a CUDA host in play",
    ),
    pytest.param('{"torch_version":"2.13.0","gpu_count":0}', SystemInfo(torch_version="2.13.0"), id="system info"),
    pytest.param('{"status":"shutting_down"}', ShutdownResponse(status="shutting_down"), id="shutdown"),
    pytest.param(
        '{"status":"already_shutting_down"}', ShutdownResponse(status="already_shutting_down"), id="second shutdown"
    ),
    pytest.param(
        '{"id":"local/synthetic","is_local":true}', ModelEntry(id="local/synthetic", is_local=True), id="local model"
    ),
    pytest.param(
        '{"id":"o/w","size_bytes":7,"is_local":false,"model_type":"waypoint-1"}',
        ModelEntry(id="o/w", size_bytes=7, is_local=False, model_type="waypoint-1"),
        id="model of the hub",
    ),
    pytest.param(
        '{"id":"o/w","size_bytes":7,"exists":true,"is_local":true}',
        ModelInfo(id="o/w", size_bytes=7, exists=True, is_local=True),
        id="model info",
    ),
    pytest.param(
        '{"id":"o/w","exists":false,"is_local":false,"error":"no such model"}',
        ModelInfo(id="o/w", exists=False, is_local=False, error="no such model"),
        id="info on a model that is not there",
    ),
    pytest.param(
        '{"id":"biome-1","name":"biome-1.mp4","created":"2026-08-01T12:03:04.250Z","status":"ready","duration_s":4.5,'
        '"frames":270,"width":640,"height":360,"size_bytes":1000,"has_action_log":true}',
        RecordingEntry(
            id="biome-1",
            name="biome-1.mp4",
            created="2026-08-01T12:03:04.250Z",
            status="ready",
            duration_s=4.5,
            frames=270,
            width=640,
            height=360,
            size_bytes=1000,
            has_action_log=True,
        ),
        id="finished recording",
    ),
    pytest.param(
        '{"id":"biome-1","name":"biome-1.mp4","created":"2026-08-01T12:03:04.250Z","status":"encoding","width":640,'
        '"height":360,"size_bytes":1000,"has_action_log":false}',
        RecordingEntry(
            id="biome-1",
            name="biome-1.mp4",
            created="2026-08-01T12:03:04.250Z",
            status="encoding",
            width=640,
            height=360,
            size_bytes=1000,
            has_action_log=False,
        ),
        id="recording that is still encoded",
    ),
    pytest.param('{"error":"no such recording"}', ErrorBody(error="no such recording"), id="error"),
]


@pytest.mark.parametrize(("text", "body"), CASES)
def test_body_is_written_as_the_text(text: str, body: "OutboundModel") -> None:
    assert body.to_json() == text


@pytest.mark.parametrize(("text", "body"), CASES)
def test_text_is_read_as_the_body(text: str, body: "OutboundModel") -> None:
    assert type(body).model_validate_json(text, strict=True) == body
