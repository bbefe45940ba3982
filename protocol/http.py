"""Bodies of the HTTP routes.

Owns their shape; the routes are in `serve_app`.
"""

from typing import Literal

from pydantic import ConfigDict

from protocol.base import OutboundModel
from protocol.client import EngineBackend, Quant


class WorldEngineHealth(OutboundModel):
    """What is known of the world replica that last spoke to this ingress."""

    loaded: bool
    warmed_up: bool
    has_seed: bool


class SafetyHealth(OutboundModel):
    """Whether the safety checker can answer."""

    loaded: bool


class Capabilities(OutboundModel):
    """Which backends this host can run and with which quantisations; null is "none"."""

    backends: tuple[EngineBackend, ...]
    quants: dict[EngineBackend, tuple[Quant | None, ...]]


class HealthResponse(OutboundModel):
    """`GET /health`."""

    status: Literal["ok"] = "ok"
    startup_complete: bool
    world_engine: WorldEngineHealth
    safety: SafetyHealth
    capabilities: Capabilities
    launched_from_standalone: bool


class ShutdownResponse(OutboundModel):
    """`POST /shutdown`."""

    status: Literal["shutting_down", "already_shutting_down"]


class ModelEntry(OutboundModel):
    """One model of `GET /api/models`."""

    model_config = ConfigDict(protected_namespaces=())

    id: str
    size_bytes: int | None = None
    is_local: bool
    model_type: str | None = None


class ModelInfo(OutboundModel):
    """`GET /api/model-info/{id}`."""

    id: str
    size_bytes: int | None = None
    exists: bool
    is_local: bool
    error: str | None = None


class RecordingEntry(OutboundModel):
    """One recording of `GET /api/recordings`, latest first."""

    id: str
    """Opaque; what `/api/recordings/{id}` takes."""
    name: str
    """File name of the video."""
    created: str
    """When it began, ISO 8601 in UTC."""
    status: Literal["encoding", "ready"]
    """There is a video to play, or to delete, once it is `ready`."""
    duration_s: float | None = None
    frames: int | None = None
    width: int
    height: int
    size_bytes: int
    has_action_log: bool


class ErrorBody(OutboundModel):
    """The answer of any route that cannot do what it was asked."""

    error: str
