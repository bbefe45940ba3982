"""Loading the pocket world: its compiled loops, its networks, its engine.

Owns the adapter's `load`, and imports the engine only there: where the loops must be compiled first, that takes a
minute, and the log says so before it begins.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

import structlog

from deployments.world_model.engines.known import CannotLoadError
from deployments.world_model.engines.pocket.kernels import PACKAGE, load_kernels
from deployments.world_model.engines.pocket.networks import WeightsError
from protocol.stages import Stage

if TYPE_CHECKING:
    from configs.world_model import PocketConfig, WorldModelConfig
    from deployments.world_model.engine import Engine, EngineRequest, ReportStage

ENGINE: Final = f"{PACKAGE}.engine"

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class _EngineModule(Protocol):
    def PocketEngine(self, config: "PocketConfig") -> "Engine":  # noqa: N802 - a class of that module
        ...


def load(_request: "EngineRequest", config: "WorldModelConfig", report: "ReportStage") -> "Engine":
    """Bring in the loops and read the weights. There is nothing to quantise. Raises CannotLoadError."""
    report(Stage.LOADING_MODEL_LOAD)
    load_kernels(lambda: log.info("compiling the pocket world's loops: about a minute, once"))
    report(Stage.LOADING_MODEL_INSTANTIATE)
    module = cast("_EngineModule", import_module(ENGINE))
    try:
        return module.PocketEngine(config.pocket)
    except WeightsError as error:
        reason = f"its weights cannot be read: {error}"
        raise CannotLoadError(reason) from error
