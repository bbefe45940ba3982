"""What is known of engines before any is loaded: names, tables and the shape of an adapter.

Owns facts only, and imports no backend, so that the ingress can afford it. Which of these a host can run is
`catalog`'s to say.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from configs.world_model import POCKET_MODEL, SYNTHETIC_MODEL, EngineName
from protocol.client import EngineBackend

if TYPE_CHECKING:
    from configs.world_model import WorldModelConfig
    from deployments.world_model.engine import Engine, EngineRequest, ReportStage

POCKET_TYPE: Final = "pocket"
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
    weights: Path | None = None
    """The folder of what it was trained to, where it was."""

    @property
    def size_bytes(self) -> int | None:
        """What its weights take on disk."""
        if self.weights is None:
            return None
        return sum(file.stat().st_size for file in self.weights.iterdir() if file.is_file())


_ENGINES: Final = "deployments.world_model.engines"
_POCKET_WEIGHTS: Final = Path(__file__).parent / "pocket" / "weights"

OWN_ENGINES: Final = (
    OwnEngine(POCKET_MODEL, POCKET_TYPE, "pocket", f"{_ENGINES}.pocket.loading", _POCKET_WEIGHTS),
    OwnEngine(SYNTHETIC_MODEL, SYNTHETIC_TYPE, "synthetic", f"{_ENGINES}.synthetic"),
)
"""Engines that need nothing but this project. Another one is one more line here and one more `EngineName`."""

WAYPOINT_ADAPTER: Final = "deployments.world_model.engines.waypoint_loading"
"""The adapter of every model that `world_engine` and `quark` run."""

PACKAGE_ENGINES: Final[dict[EngineBackend, EngineName]] = {
    EngineBackend.WORLD_ENGINE: "world_engine",
    EngineBackend.QUARK: "quark",
}
"""Backends on the wire, and their engines. The Python packages have the same names."""
