"""From frames to JPEGs: the sub-frames of a batch are encoded at the same time.

Owns the encoder's threads. libjpeg-turbo releases the interpreter's lock, so threads are enough. How a frame is
encoded is in `deployments.images`; what the time means is in `batches`.
"""

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import cycle
from types import TracebackType
from typing import TYPE_CHECKING, Self

from deployments.images import encode_jpeg
from protocol.frame import JPEG_QUALITY

if TYPE_CHECKING:
    from deployments.world_model.engine import FrameStack


class JpegEncoder:
    """Encodes batches on `threads` threads. Use as `async with`.

    Its queue holds the frames of the batches that are being encoded, which credits bound.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._has_cores_apart = False
        self._executor = self._new_executor()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._executor.shutdown, wait=True, cancel_futures=True)

    def keep_apart(self, *, wanted: bool) -> None:
        """Say whether each thread is to have a core of its own where they want all there are; at first none has.

        What is being encoded is finished where it was begun.
        """
        if wanted == self._has_cores_apart:
            return
        before, self._has_cores_apart = self._executor, wanted
        self._executor = self._new_executor()
        before.shutdown(wait=False)

    async def encode(self, frames: "FrameStack") -> tuple[bytes, ...]:
        """One JPEG per frame, in order: quality 85, RGB, chroma halved in both directions.

        `frames` is uint8, frames x height x width x 3, in any memory layout.
        """
        loop = asyncio.get_running_loop()
        jobs = [loop.run_in_executor(self._executor, encode_jpeg, frame, JPEG_QUALITY) for frame in frames]
        return tuple(await asyncio.gather(*jobs))

    def _new_executor(self) -> ThreadPoolExecutor:
        cores = cycle(cores_for(self._threads) if self._has_cores_apart else (frozenset[int](),))
        return ThreadPoolExecutor(
            self._threads, thread_name_prefix="encoder", initializer=lambda: _stay_on(next(cores))
        )


def cores_for(threads: int) -> tuple[frozenset[int], ...]:
    """Where one thread after the other may run; empty where this system has no say in it.

    Two threads that wake at the same time should be on two cores. Linux puts both on one when the other core is busy
    with the recorder's encoder, although that would give way at once. So where there are no more cores than threads,
    each has one of its own. Beside an engine that draws on the cores itself this would be wrong: a thread whose core it
    has would wait, although the other was free.
    """
    if sys.platform != "linux":
        return (frozenset(),)
    cores = sorted(os.sched_getaffinity(0))
    return (frozenset(cores),) if threads < len(cores) else tuple(frozenset({core}) for core in cores)


def _stay_on(cores: frozenset[int]) -> None:
    if cores and sys.platform == "linux":
        with suppress(OSError):
            os.sched_setaffinity(0, cores)
