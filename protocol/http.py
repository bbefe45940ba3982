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
