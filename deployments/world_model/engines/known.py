"""What is known of engines before any is loaded: names, tables and the shape of an adapter.

Owns facts only, and imports no backend, so that the ingress can afford it. Which of these a host can run is
`catalog`'s to say.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from configs.world_model import SYNTHETIC_MODEL, EngineName
from protocol.client import EngineBackend

if TYPE_CHECKING:
    from configs.world_model import WorldModelConfig
    from deployments.world_model.engine import Engine, EngineRequest, ReportStage

SYNTHETIC_TYPE: Final = "synthetic"


class Adapter(Protocol):
    """What the module of an engine offers."""

    def load(self, request: "EngineRequest", config: "WorldModelConfig", report: "ReportStage", /) -> "Engine":
        """Load what is asked for. Raises CannotLoadError or QuantUnsupportedError; nothing is held then."""
        ...


class CannotLoadError(Exception):
    """An adapter cannot load a model; the message is the reason, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class OwnEngine:
    """An engine of ours that stands for one model."""

    model: str
    model_type: str
    engine: EngineName
    """Its name in `WorldModelConfig.engines`."""
    module: str
    """Where its adapter is."""


OWN_ENGINES: Final = (
    OwnEngine(SYNTHETIC_MODEL, SYNTHETIC_TYPE, "synthetic", "deployments.world_model.engines.synthetic"),
)
"""Engines that need nothing but this project. Another one is one more line here and one more `EngineName`."""

WAYPOINT_ADAPTER: Final = "deployments.world_model.engines.waypoint_loading"
"""The adapter of every model that `world_engine` and `quark` run."""

PACKAGE_ENGINES: Final[dict[EngineBackend, EngineName]] = {
    EngineBackend.WORLD_ENGINE: "world_engine",
    EngineBackend.QUARK: "quark",
}
"""Backends on the wire, and their engines. The Python packages have the same names."""
