"""What a session borrows from its ingress."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from configs.ingress import IngressConfig
    from protocol.server import Snapshot
    from serve_app.admission import OpenRecorder, OpenWorld
    from serve_app.metrics import IngressMetrics
    from serve_app.scenes import Scenes
    from serve_app.seeds import SeedGate
    from serve_app.standing import Standing
    from serve_app.startup import Startup


@dataclass(frozen=True, slots=True)
class SessionParts:
    """Shared by the sessions of one ingress."""

    open_world: "OpenWorld"
    """Raises ServerBusyError or ReplicaLostError on entering."""
    open_recorder: "OpenRecorder"
    gate: "SeedGate"
    scenes: "Scenes"
    startup: "Startup"
    standing: "Standing"
    metrics: "IngressMetrics"
    config: "IngressConfig"
    server_log: "Path | None"
    """The log file to show to clients; None where they may see only their own session's records."""
    snapshot: "Callable[[], Snapshot]"
