"""Which engines this host can run, and loading the one that is asked for.

Owns the decision and its explanation. The one place where an engine's adapter, and with it its backend, is imported:
by name and only when it is needed, so that no process pays for an engine that it does not run.
"""

from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

import structlog

from configs.world_model import LOCAL_PREFIX, WorldModelConfig, is_model_id
from deployments.world_model.engines.known import (
    OWN_ENGINES,
    PACKAGE_ENGINES,
    WAYPOINT_ADAPTER,
    Adapter,
    CannotLoadError,
)
from protocol.errors import ModelUnavailableError
from protocol.http import ModelEntry

if TYPE_CHECKING:
    from deployments.world_model.engine import Engine, EngineRequest, ReportStage
    from protocol.client import EngineBackend

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def runnable_models(config: WorldModelConfig) -> tuple[ModelEntry, ...]:
    """The models that are on this machine and that it can run, ours first.

    Models of the Hugging Face hub are not among them; whether those can run is `why_not_hub`'s to say.
    """
    own = [
        ModelEntry(id=own.model, size_bytes=own.size_bytes, is_local=True, model_type=own.model_type)
        for own in OWN_ENGINES
        if own.engine in config.engines
    ]
    if any(why_not_hub(config, backend) is None for backend in PACKAGE_ENGINES):
        own += [ModelEntry(id=model, is_local=True) for model in sorted(config.local_models)]
    return tuple(own)


def why_not_hub(config: WorldModelConfig, backend: "EngineBackend") -> str | None:
    """Why models of the hub cannot run with `backend` here, as the end of a sentence; None when they can."""
    package = PACKAGE_ENGINES[backend]
    if package not in config.engines:
        return f"the engine {package!r} is switched off here"
    if find_spec(package) is None:
        return f"the package {package!r} is not installed"
    return None


def load_engine(request: "EngineRequest", config: WorldModelConfig, report: "ReportStage") -> "Engine":
    """Load the model that is asked for, or `config.fallback_model` where this host cannot run it.

    The engine's `spec.model` names what was loaded. Raises ModelUnavailableError, which says why and lists what
    can run here, or QuantUnsupportedError.
    """
    try:
        return _load(request, config, report)
    except ModelUnavailableError as unavailable:
        fallback = config.fallback_model
        if fallback is None or fallback == request.model:
            raise
        log.warning("loading the fallback model", requested=request.model, model=fallback, reason=unavailable.message)
        return _load(replace(request, model=fallback, quant=None), config, report)


def _load(request: "EngineRequest", config: WorldModelConfig, report: "ReportStage") -> "Engine":
    try:
        adapter = _adapter_for(request, config)
        return adapter.load(request, config, report)
    except CannotLoadError as error:
        runnable = ", ".join(_runnable_names(config)) or "none"
        reason = f"the model {request.model!r} cannot run here: {error}. This server can run: {runnable}"
        raise ModelUnavailableError(reason) from error


def _adapter_for(request: "EngineRequest", config: WorldModelConfig) -> Adapter:
    """The adapter of the requested model. Raises CannotLoadError with the reason when there is none."""
    for own in OWN_ENGINES:
        if own.model == request.model:
            if own.engine not in config.engines:
                reason = f"the engine {own.engine!r} is switched off here"
                raise CannotLoadError(reason)
            return cast("Adapter", import_module(own.module))
    reason = _why_not(request, config)
    if reason is not None:
        raise CannotLoadError(reason)
    return cast("Adapter", import_module(WAYPOINT_ADAPTER))


def _why_not(request: "EngineRequest", config: WorldModelConfig) -> str | None:
    if request.model.startswith(LOCAL_PREFIX):
        if request.model not in config.local_models:
            return "no local model has that name"
    elif not is_model_id(request.model):
        return "that is not a model id of the form organisation/name"
    return why_not_hub(config, request.backend)


def _runnable_names(config: WorldModelConfig) -> list[str]:
    names = [entry.id for entry in runnable_models(config)]
    names += [
        f"models of the Hugging Face hub with {backend.value}"
        for backend in PACKAGE_ENGINES
        if why_not_hub(config, backend) is None
    ]
    return names
