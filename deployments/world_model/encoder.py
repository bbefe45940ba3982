"""From frames to JPEGs: the sub-frames of a batch are encoded at the same time.

Owns the encoder's threads. libjpeg-turbo releases the interpreter's lock, so threads are enough. How a frame is
encoded is in `deployments.images`; what the time means is in `batches`.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
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
        self._executor = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="encoder")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._executor.shutdown, wait=True, cancel_futures=True)

    async def encode(self, frames: "FrameStack") -> tuple[bytes, ...]:
        """One JPEG per frame, in order: quality 85, RGB, chroma halved in both directions.

        `frames` is uint8, frames x height x width x 3, in any memory layout.
        """
        loop = asyncio.get_running_loop()
        jobs = [loop.run_in_executor(self._executor, encode_jpeg, frame, JPEG_QUALITY) for frame in frames]
        return tuple(await asyncio.gather(*jobs))
