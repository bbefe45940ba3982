"""The catalogue: which models this server can run, and what is known of any model.

Merges the engines of this host, its model cache and the hub's collection. What is on this machine never waits for the
network longer than `collection` says.
"""

import asyncio
from typing import TYPE_CHECKING, Final, Protocol

from async_lru import alru_cache

from configs.world_model import LOCAL_PREFIX, is_model_id
from deployments.world_model.engines.catalog import runnable_models, why_not_hub
from deployments.world_model.engines.model_facts import read_spec
from protocol.client import EngineBackend
from protocol.http import ModelEntry, ModelInfo
from serve_app.collection import TTL_S
from serve_app.hub import HubError, HubModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from configs.world_model import WorldModelConfig
    from serve_app.collection import AsksHub, Collection
    from serve_app.model_cache import CachedModel

SCAN_TTL_S: Final = 5.0
"""How long a look into the model cache is good for; a download may end at any time."""

INFO_LIMIT: Final = 256
"""The hub's answers on so many single models are remembered."""

WORLD_TYPE_PREFIX: Final = "waypoint"
"""A cached model of such a type can be played. The cache holds other programs' models too."""


class LooksIntoCache(Protocol):
    """What is wanted of `model_cache.ModelCache`. Blocking."""

    def scan(self) -> "Mapping[str, CachedModel]":
        """The models that are there, by id."""
        ...

    def delete(self, model_id: str) -> None:
        """Remove a model. Raises CannotDeleteError."""
        ...


class Catalog:
    """One ingress replica's view of models. Belongs to one event loop."""

    def __init__(
        self, config: "WorldModelConfig", collection: "Collection", hub: "AsksHub", cache: LooksIntoCache
    ) -> None:
        self._config = config
        self._collection = collection
        self._hub = hub
        self._cache = cache
        self._scan = alru_cache(maxsize=1, ttl=SCAN_TTL_S)(self._scan_cache)
        self._ask_hub = alru_cache(maxsize=INFO_LIMIT, ttl=TTL_S)(self._ask)

    async def models(self, backend: EngineBackend | None = None) -> tuple[ModelEntry, ...]:
        """The models that this server can run, with `backend` where a model needs one; None stands for any.

        The one that it loads at its start comes first, and then what is on this machine: who has no wish plays the
        first.
        """
        found = await self._runnable(backend)
        return tuple(sorted(found, key=lambda entry: (entry.id != self._config.preload, not entry.is_local)))

    async def _runnable(self, backend: EngineBackend | None) -> tuple[ModelEntry, ...]:
        ours = runnable_models(self._config)
        backends = tuple(EngineBackend) if backend is None else (backend,)
        if all(why_not_hub(self._config, each) is not None for each in backends):
            return tuple(entry for entry in ours if entry.id not in self._config.local_models)
        cached, offered = await asyncio.gather(self._scan(), self._collection.models())
        worlds = sorted(model.id for model in cached.values() if _is_world(model))
        names = dict.fromkeys([*offered, *worlds])
        return ours + tuple(_entry(name, cached.get(name), offered.get(name)) for name in names)

    async def info(self, model_id: str) -> ModelInfo:
        """What is known of a model, whether or not this server can run it."""
        ours = {entry.id: entry for entry in runnable_models(self._config)}
        if model_id in ours:
            return ModelInfo(id=model_id, size_bytes=ours[model_id].size_bytes, exists=True, is_local=True)
        if model_id in self._config.local_models:
            return ModelInfo(id=model_id, exists=True, is_local=True)
        if not is_model_id(model_id):
            return _no_model(model_id, "that is not a model id of the form organisation/name")
        if model_id.startswith(LOCAL_PREFIX):
            return _no_model(model_id, "no local model has that name")
        cached = (await self._scan()).get(model_id)
        if cached is not None:
            return ModelInfo(id=model_id, size_bytes=cached.size_bytes, exists=True, is_local=True)
        match await self._ask_hub(model_id):
            case HubModel() as found:
                return ModelInfo(id=model_id, size_bytes=found.size_bytes, exists=True, is_local=False)
            case HubError() as error:
                return _no_model(model_id, str(error))
            case None:
                return _no_model(model_id, "the Hugging Face hub has no such model, or does not show it to this server")

    async def delete(self, model_id: str) -> None:
        """Remove a model from this machine's cache; does nothing when it is not there. Raises CannotDeleteError."""
        assert is_model_id(model_id), "checked where the id comes in"
        try:
            await asyncio.to_thread(self._cache.delete, model_id)
        finally:
            self._scan.cache_clear()

    async def _scan_cache(self) -> "Mapping[str, CachedModel]":
        return await asyncio.to_thread(self._cache.scan)

    async def _ask(self, model_id: str) -> HubModel | HubError | None:
        """The hub's answer; a failure is a value, so that it is remembered too."""
        try:
            return await self._hub.model(model_id)
        except HubError as error:
            return error


def _is_world(model: "CachedModel") -> bool:
    return model.model_type is not None and model.model_type.startswith(WORLD_TYPE_PREFIX)


def _entry(model_id: str, cached: "CachedModel | None", offered: HubModel | None) -> ModelEntry:
    """One line of the catalogue: what is on this machine counts before what the hub says."""
    size_bytes = cached.size_bytes if cached else offered.size_bytes if offered else None
    said = {"model_type": cached.model_type} if cached else {}
    model_type = read_spec(model_id, said).model_type
    return ModelEntry(id=model_id, size_bytes=size_bytes, is_local=cached is not None, model_type=model_type)


def _no_model(model_id: str, error: str) -> ModelInfo:
    return ModelInfo(id=model_id, exists=False, is_local=False, error=error)
