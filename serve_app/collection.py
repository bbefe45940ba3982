"""The hub's collection as last heard of: told at once, refreshed behind the caller's back.

Owns when the hub is asked and who waits for it. Only the first callers do, for `patience_s` at most; later ones get
the last known content while a newer one is fetched. A failure is an answer too, and is not retried before its time.
"""

import asyncio
from typing import TYPE_CHECKING, Final, Protocol

import structlog
from async_lru import alru_cache

from serve_app.hub import HubError, HubModel

if TYPE_CHECKING:
    from collections.abc import Mapping

TTL_S: Final = 60.0
"""How long an answer of the hub, or its failure, is good for."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class AsksHub(Protocol):
    """What is wanted of `hub.Hub`."""

    async def collection(self, slug: str) -> tuple[str, ...]:
        """Ids of the models in a collection. Raises HubError."""
        ...

    async def model(self, model_id: str) -> HubModel | None:
        """A model, None when there is no such. Raises HubError."""
        ...


class Collection:
    """One collection. Belongs to one event loop."""

    def __init__(self, slug: str, hub: AsksHub, *, patience_s: float, ttl_s: float = TTL_S) -> None:
        self._slug = slug
        self._hub = hub
        self._patience_s = patience_s
        self._models: Mapping[str, HubModel] = {}
        self._was_asked = False
        self._refresh = alru_cache(maxsize=1, ttl=ttl_s)(self._fetch)
        self._refreshing: asyncio.Task[None] | None = None

    async def models(self) -> "Mapping[str, HubModel]":
        """Its models by id, in its order; empty until the hub has answered once."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh())
        if not self._was_asked:
            await asyncio.wait({self._refreshing}, timeout=self._patience_s)
            self._was_asked = True
        return self._models

    async def close(self) -> None:
        """End a refresh that is under way."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.wait({self._refreshing})

    async def _fetch(self) -> None:
        try:
            ids = await self._hub.collection(self._slug)
        except HubError as error:
            log.info("the collection of models is not to be had", collection=self._slug, reason=str(error))
            return
        self._models = {name: self._models.get(name, HubModel(name, None)) for name in ids}
        self._models = {model.id: model for model in await asyncio.gather(*map(self._look_up, self._models.values()))}

    async def _look_up(self, known: HubModel) -> HubModel:
        try:
            found = await self._hub.model(known.id)
        except HubError:
            return known
        return known if found is None else HubModel(known.id, found.size_bytes)
