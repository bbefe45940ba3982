"""The one thread that loads the classifier and runs every check, so that nothing blocks the replica's event loop.

Owns loading, the time limit of a pass, and what "healthy" means. What a check is, the checker knows. Nothing queues
here: while a pass has outlived its time limit, further checks fail at once.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from deployments.safety_checker.checker import FAILED, Checker, digest
from deployments.safety_checker.contract import Verdict, refuse
from deployments.thread_priority import yield_to_the_world
from protocol.errors import Fault, SeedCheckError


class CheckWorker:
    """A checker on a thread of its own. Loading starts with construction."""

    def __init__(self, load: Callable[[], Checker], *, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        # A painted picture is checked while the world plays on, which comes first.
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="safety", initializer=yield_to_the_world)
        self._loading: Future[Checker] = self._executor.submit(load)
        self._late: Future[list[Verdict]] | None = None

    @property
    def is_loaded(self) -> bool:
        """Whether the classifier is there."""
        return self._loading.done() and self._loading.exception() is None

    @property
    def is_stuck(self) -> bool:
        """Whether a pass has outlived its time limit and still runs."""
        return self._late is not None and not self._late.done()

    async def load(self) -> Checker:
        """Wait for the classifier. Raises what loading raised: a `StartupError` that says what to do."""
        return await asyncio.shield(asyncio.wrap_future(self._loading))

    async def check(self, pictures: Sequence[bytes]) -> list[Verdict]:
        """One verdict to each file, in order. A failed load, a crash and a timeout all read as unsafe."""
        if self.is_stuck:
            return await _refuse_all(pictures, f"{FAILED}: an earlier one still hangs")
        await asyncio.wait({asyncio.wrap_future(self._loading)})
        if not self.is_loaded:
            return await _refuse_all(pictures, f"{FAILED}: {self._loading.exception()}")
        check = self._executor.submit(self._loading.result().check_batch, pictures)
        await asyncio.wait({asyncio.wrap_future(check)}, timeout=self._timeout_s)
        if not check.done():
            self._late = check
            return await _refuse_all(pictures, f"{FAILED}: no answer within {self._timeout_s} s")
        if error := check.exception():
            return await _refuse_all(pictures, f"{FAILED}: {error}")
        return check.result()

    async def check_health(self) -> None:
        """Raise `StartupError` if loading failed, `SeedCheckError` while a pass hangs. Waits for loading to end."""
        await self.load()
        if self.is_stuck:
            reason = f"a safety check has not ended within {self._timeout_s} s"
            raise SeedCheckError(reason)

    async def close(self) -> None:
        """Wait until the thread has ended, after what it is doing."""
        await asyncio.to_thread(self._executor.shutdown)


async def _refuse_all(pictures: Sequence[bytes], reason: str) -> list[Verdict]:
    return await asyncio.to_thread(lambda: [refuse(digest(data), reason, Fault.SERVER) for data in pictures])
