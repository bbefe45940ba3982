"""How the integration tests play: photographs, steering until something comes, and pictures compared.

Owns no server and no socket.
"""

import asyncio
import base64
import os
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from protocol.client import Control, Init
from scripts.wire_client import DEFAULT_MODEL, PLAIN_CONFIG, WALK, WireClient
from scripts.wire_events import Batch

ResultT = TypeVar("ResultT")

PHOTOS: Final = Path(__file__).parents[1] / "fakes" / "photos"
LAKE: Final = (PHOTOS / "lake_pagoda.jpg").read_bytes()
PATH: Final = (PHOTOS / "picos_path.jpg").read_bytes()

HANDS_OFF: Final = (Control(),)
AHEAD: Final = (Control(buttons=("W",)),)
LOOK: Final = (Control(mouse_dx=20.0),)

PATIENCE_S: Final = 30.0
"""For what takes a moment on a quiet machine, and more on a busy one."""

GONE_AWAY: Final = frozenset({1000, 1001, 1012})
"""Codes with which a server that stops, or whose world has died, may close a socket."""

POLL_S: Final = 0.05


def on_this_machine(quiet_s: float) -> float:
    """A limit that is stated for a quiet machine, in seconds: longer by as much as this one has to do."""
    load, _, _ = os.getloadavg()
    return quiet_s * max(1.0, load / (os.cpu_count() or 1))


@asynccontextmanager
async def steered(client: WireClient, *controls: Control) -> AsyncGenerator[None]:
    """Keep sending controls, a walk by default, for the length of the block."""
    steering = asyncio.create_task(client.play(10 * PATIENCE_S, controls=controls or WALK))
    try:
        yield
    finally:
        steering.cancel()
        await asyncio.gather(steering, return_exceptions=True)


async def begin_init(client: WireClient, seed: bytes) -> str:
    """Send an `init` without waiting for its reply; its id."""
    req_id = client.new_req_id()
    await client.send(
        Init(req_id=req_id, model=DEFAULT_MODEL, config=PLAIN_CONFIG, seed_image_data=base64.b64encode(seed).decode())
    )
    return req_id


async def play_until_frame(
    client: WireClient, frame_id: int, *controls: Control, since: int = 0, timeout_s: float = PATIENCE_S
) -> Batch:
    """Steer until a batch holds that frame; the batch."""
    async with steered(client, *controls):
        return await client.first(Batch, lambda batch: holds(batch, frame_id), since=since, timeout_s=timeout_s)


def holds(batch: Batch, frame_id: int) -> bool:
    """Whether the frame is one of the batch's."""
    return batch.header.frame_id <= frame_id < batch.header.frame_id + batch.sub_frames


async def stand_still(client: WireClient) -> Batch:
    """Take the hands off and return the batch of that: it is the last until the next control."""
    sent_ms = await client.control()
    return await client.first(Batch, lambda batch: batch.header.client_ts == sent_ms, timeout_s=PATIENCE_S)


async def settle(client: WireClient, **config: Any) -> None:
    """Return when everything that was generated until now has come: the world replies only between two passes.

    A control that still waits for the cap makes its batch afterwards: `stand_still` instead, where that matters. Asks
    for the configuration that runs already, which is PLAIN_CONFIG changed by `config`.
    """
    await client.init(timeout_s=PATIENCE_S, **config)


async def eventually(read: Callable[[], ResultT | None], limit_s: float = PATIENCE_S) -> ResultT:
    """What `read` returns as soon as it is not None: for what happens in files and processes, and sends no event.

    Raises TimeoutError.
    """
    return await asyncio.to_thread(_look_until_there, read, time.monotonic() + limit_s)


def _look_until_there(read: Callable[[], ResultT | None], deadline_s: float) -> ResultT:
    while (result := read()) is None:
        if time.monotonic() > deadline_s:
            raise TimeoutError
        time.sleep(POLL_S)
    return result


def pixels(jpeg: bytes) -> NDArray[np.uint8]:
    """The picture: height, width, RGB."""
    return simplejpeg.decode_jpeg(jpeg)


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """How much two pictures differ: the mean over all values, of 255."""
    return float(np.abs(one.astype(np.int16) - other).mean())
