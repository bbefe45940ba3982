"""A model that is there when it is needed: loaded on first use, used on one thread, freed when nobody asks for it.

Owns that thread and the times. What the model is and what a call does with it, the caller says. Everything that
touches the model happens on the thread, one after another, so nothing here needs a lock. The queue is bounded by the
deployment's `max_ongoing_requests`.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeAlias, TypeVar

import structlog

from deployments.scene_authoring.errors import AuthoringFailedError
from deployments.thread_priority import yield_to_the_world
from protocol.errors import AuthoringLoadError, BiomeError

if TYPE_CHECKING:
    from configs.scene_authoring import ModelHoldingConfig

ModelT = TypeVar("ModelT")
ResultT = TypeVar("ResultT")


class TellLoaded(Protocol):
    """Is told, on the model's thread, that the model came or went."""

    def __call__(self, *, is_loaded: bool) -> None: ...


IsWanted: TypeAlias = Callable[[], bool]
"""Whether somebody still waits for the running call. A backend asks between its steps and gives up if not."""

STUCK_FACTOR: Final = 2.0
"""A call that runs so many times longer than it may hangs: only a new process can help."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class LazyModel(Generic[ModelT]):
    """One model, on one thread of low priority. One that is not heavy stays once it is there."""

    def __init__(
        self,
        load: Callable[[IsWanted], ModelT],
        free_memory: Callable[[], None],
        config: "ModelHoldingConfig",
        *,
        name: str,
        tell: TellLoaded,
        is_heavy: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load = load
        self._free_memory = free_memory
        self._config = config
        self._name = name
        self._tell = tell
        self._idle_unload_s = config.idle_unload_s if is_heavy else None
        self._clock = clock
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name, initializer=yield_to_the_world)
        self._model: ModelT | None = None
        self._wanted = threading.Event()
        self._deadline_s: float | None = None
        """When the thread's present work counts as stuck, by the clock."""
        self._uses = 0

    @property
    def is_loaded(self) -> bool:
        """Whether the model is there."""
        return self._model is not None

    async def ensure_loaded(self) -> None:
        """Load the model unless it is there; further callers wait for the same load. Raises AuthoringLoadError."""
        await self._submit(lambda _: None, self._config.load_timeout_s)

    async def run(self, call: Callable[[ModelT], ResultT]) -> ResultT:
        """The result of `call` on the model, which is loaded first if need be.

        A call whose caller has gone does not begin, and one that runs is told by `IsWanted`. Raises
        AuthoringLoadError, AuthoringFailedError, and whatever of ours `call` raises.
        """
        if not self.is_loaded:
            await self.ensure_loaded()
        return await self._submit(call, self._config.timeout_s)

    async def check_health(self) -> None:
        """Called by Serve. Raises AuthoringFailedError when the thread hangs."""
        if self._deadline_s is not None and self._clock() > self._deadline_s:
            reason = f"the {self._name} hangs"
            raise AuthoringFailedError(reason)

    async def close(self) -> None:
        """Free the model and wait until the thread has ended."""
        await asyncio.wrap_future(self._executor.submit(self._unload))
        await asyncio.to_thread(self._executor.shutdown)

    async def _submit(self, call: Callable[[ModelT], ResultT], limit_s: float) -> ResultT:
        self._uses += 1
        wanted = threading.Event()
        wanted.set()
        future = self._executor.submit(self._on_thread, call, wanted, limit_s)
        try:
            async with asyncio.timeout(limit_s):
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            reason = f"the {self._name} took longer than {limit_s:g} s"
            raise AuthoringFailedError(reason) from error
        finally:
            wanted.clear()
            self._unload_after_a_while()

    def _unload_after_a_while(self) -> None:
        if self._idle_unload_s is None:
            return
        uses = self._uses

        def unload_if_idle() -> None:
            if self._uses == uses:
                self._executor.submit(self._unload)

        asyncio.get_running_loop().call_later(self._idle_unload_s, unload_if_idle)

    # --- on the thread

    def _on_thread(self, call: Callable[[ModelT], ResultT], wanted: threading.Event, limit_s: float) -> ResultT:
        self._deadline_s = self._clock() + limit_s * STUCK_FACTOR
        self._wanted = wanted
        try:
            return call(self._loaded())
        except BiomeError:
            raise
        except Exception as error:  # Model libraries raise whatever they like, and a client must get an answer.
            log.exception("scene authoring failed", part=self._name)
            reason = f"the {self._name} failed: {error}"
            raise AuthoringFailedError(reason) from error
        finally:
            self._deadline_s = None

    def _loaded(self) -> ModelT:
        if self._model is None:
            started_s = self._clock()
            try:
                self._model = self._load(self._is_wanted)
            except AuthoringLoadError as error:
                log.warning("model not loaded", part=self._name, error=error.message)
                self._free_memory()
                raise
            self._tell(is_loaded=True)
            log.info("model loaded", part=self._name, elapsed_s=round(self._clock() - started_s, 3))
        return self._model

    def _is_wanted(self) -> bool:
        return self._wanted.is_set()

    def _unload(self) -> None:
        if self._model is not None:
            self._model = None
            self._free_memory()
            self._tell(is_loaded=False)
            log.info("model unloaded", part=self._name)
