"""Loading a Waypoint model: which files, on which device, in which number format.

Owns the adapter's `load` and everything that can go wrong before there is an engine. Nothing a client sends becomes a
path: folders come from the configuration, anything else is an id of the hub.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx2
import structlog
import torch
from safetensors import SafetensorError

from deployments.world_model.engines.device_errors import is_out_of_memory, is_quant_unsupported
from deployments.world_model.engines.known import CannotLoadError
from deployments.world_model.engines.packages import import_package, quant_name, quant_unsupported
from deployments.world_model.engines.waypoint import WaypointEngine, free_memory
from protocol.client import EngineBackend, Quant
from protocol.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from configs.world_model import WorldModelConfig
    from deployments.world_model.engine import EngineRequest, ReportStage
    from deployments.world_model.engines.packages import PackageEngine

_FAILURES: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SafetensorError,
    TypeError,
    ValueError,
    httpx2.HTTPError,
)
"""What a package raises while it fetches and reads files that may be missing, damaged or of another kind."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def load(request: "EngineRequest", config: "WorldModelConfig", report: "ReportStage") -> WaypointEngine:
    """Load a model of the hub, or a configured folder, in bfloat16; in float16 if that does not fit.

    Raises CannotLoadError or QuantUnsupportedError; the device's memory is free again then.
    """
    report(Stage.LOADING_MODEL_LOAD)
    _check_device(request.backend, config.device)
    uri = _uri(request.model, config)
    quant = _spelt(request, config.device)
    package = import_package(request.backend)
    report(Stage.LOADING_MODEL_INSTANTIATE)
    build = partial(package.engine, uri, device=config.device, quant=quant)
    engine = _first_that_fits(lambda dtype: build(dtype=dtype), request.quant, config.device)
    return WaypointEngine(engine, package.ctrl_input, request, config.device)


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why there is no engine. Holds no exception: that would keep half-loaded weights in memory."""

    reason: str
    is_out_of_memory: bool
    is_quant: bool


def _first_that_fits(
    build: "Callable[[torch.dtype], PackageEngine]", quant: Quant | None, device: str
) -> "PackageEngine":
    for dtype in (torch.bfloat16, torch.float16):
        built = _build(build, dtype)
        if not isinstance(built, _Failure):
            return built
        free_memory(device)
        if quant is not None and built.is_quant:
            raise quant_unsupported(quant, built.reason)
        if not built.is_out_of_memory:
            raise CannotLoadError(built.reason)
    reason = f"it does not fit into the memory of {device}, neither in bfloat16 nor in float16"
    raise CannotLoadError(reason)


def _build(build: "Callable[[torch.dtype], PackageEngine]", dtype: torch.dtype) -> "PackageEngine | _Failure":
    try:
        return build(dtype)
    except _FAILURES as error:
        log.warning("model could not be instantiated", dtype=str(dtype), exc_info=error)
        return _Failure(
            reason=str(error) or type(error).__name__,
            is_out_of_memory=is_out_of_memory(error),
            is_quant=is_quant_unsupported(error),
        )


def _spelt(request: "EngineRequest", device: str) -> str | None:
    if request.quant is not None and device == "mps":
        raise quant_unsupported(request.quant, "Apple GPUs run models without quantisation only")
    return quant_name(request.backend, request.quant)


def _check_device(backend: EngineBackend, device: str) -> None:
    if device.startswith("cuda") and not torch.cuda.is_available():
        reason = "this machine has no CUDA GPU that torch can use"
        raise CannotLoadError(reason)
    if device == "mps" and not torch.backends.mps.is_available():
        reason = "this machine has no Apple GPU that torch can use"
        raise CannotLoadError(reason)
    if device == "mps" and backend is EngineBackend.WORLD_ENGINE:
        reason = "world_engine does not run on Apple GPUs, quark does"
        raise CannotLoadError(reason)


def _uri(model: str, config: "WorldModelConfig") -> str:
    """What the package is given to load. Paths come from the configuration only."""
    folder = config.local_models.get(model)
    if folder is None:
        if Path(model).exists():
            reason = "a folder of that name in the server's working directory would be loaded in its place"
            raise CannotLoadError(reason)
        return model
    if not folder.is_dir():
        reason = f"its folder {str(folder)!r} does not exist"
        raise CannotLoadError(reason)
    return str(folder)
