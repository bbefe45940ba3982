"""The world of the default profile, as a player meets it: a photograph, and a walk through what lies around it."""

import json
import urllib.request

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from configs.world_model import POCKET_MODEL, SYNTHETIC_MODEL
from protocol.server import ErrorPush
from scripts.wire_client import WireClient
from scripts.wire_events import Batch
from tests.integration.playing import LAKE, PATIENCE_S, difference, on_this_machine, pixels
from tests.integration.server import RunningServer

pytestmark = pytest.mark.integration

SAME = 1.0
"""Two JPEGs of one picture differ by less, of 255."""
REKEY_PASSES = 10
"""Within so many passes of walking one key's view has given way to the next one's."""


async def begin(client: WireClient, model: str = POCKET_MODEL) -> str:
    """Start in the photograph; the name of the model that plays."""
    ready = await client.init(seed=LAKE, model=model, timeout_s=on_this_machine(PATIENCE_S))
    return ready.model


async def one_pass(client: WireClient, *buttons: str, mouse_dx: float = 0.0) -> Batch:
    """Send one control and wait for the batch that it makes."""
    since = client.mark()
    await client.control(*buttons, mouse_dx=mouse_dx)
    return await client.first(Batch, since=since, timeout_s=on_this_machine(PATIENCE_S))


def shift_px(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> float:
    """How far the picture's middle went to the right."""
    middle = (slice(60, 300), slice(160, 480))
    grey = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[middle].astype(np.float64) for picture in (before, after)]
    (x, _), _ = cv2.phaseCorrelate(grey[0], grey[1])
    return x


async def test_the_first_generated_frame_is_the_seed(shared_server: RunningServer) -> None:
    async with WireClient.connect(shared_server.ws_url) as client:
        assert await begin(client) == POCKET_MODEL
        first = await one_pass(client)
    assert first.header.frame_id == 1
    assert cv2.PSNR(pixels(first.jpegs[0]), pixels(LAKE)) >= 30


async def test_hands_off_the_world_stands_still_before_and_after_a_walk(shared_server: RunningServer) -> None:
    async with WireClient.connect(shared_server.ws_url) as client:
        await begin(client)
        first, second = await one_pass(client), await one_pass(client)
        assert second.jpegs == first.jpegs
        walked = [await one_pass(client, "W") for _ in range(REKEY_PASSES)]
        rest = await one_pass(client)
        assert difference(pixels(rest.jpegs[-1]), pixels(walked[-1].jpegs[-1])) < SAME
        assert len(set(rest.jpegs)) == 1


async def test_walking_moves_and_looking_turns(shared_server: RunningServer) -> None:
    async with WireClient.connect(shared_server.ws_url) as client:
        await begin(client)
        seed = pixels((await one_pass(client)).jpegs[-1])
        right = pixels((await one_pass(client, mouse_dx=40.0)).jpegs[-1])
        back = pixels((await one_pass(client, mouse_dx=-40.0)).jpegs[-1])
        ahead = [await one_pass(client, "W") for _ in range(3)]
    assert shift_px(seed, right) < -10
    assert shift_px(right, back) > 10
    assert difference(back, seed) < SAME
    assert difference(pixels(ahead[-1].jpegs[-1]), seed) > SAME


async def test_the_same_seed_and_controls_give_the_same_frames(shared_server: RunningServer) -> None:
    walks = [await _walk(shared_server) for _ in range(2)]
    assert walks[0] == walks[1]


async def _walk(server: RunningServer) -> list[bytes]:
    """The frames of a walk long enough for a new key; one control to a pass, for what a pass consumes is otherwise a
    matter of time."""
    async with WireClient.connect(server.ws_url) as client:
        await begin(client)
        batches = [await one_pass(client, "W", mouse_dx=3.0) for _ in range(REKEY_PASSES)]
    return [jpeg for batch in batches for jpeg in batch.jpegs]


async def test_an_unknown_model_is_replaced_by_it_and_the_reply_says_so(shared_server: RunningServer) -> None:
    async with WireClient.connect(shared_server.ws_url) as client:
        assert await begin(client, model="local/unheard-of") == POCKET_MODEL
        await one_pass(client, "W")
        assert not client.events(ErrorPush)


def test_the_catalogue_offers_it_first_and_says_how_large_it_is(shared_server: RunningServer) -> None:
    with urllib.request.urlopen(f"{shared_server.http_url}/api/models", timeout=PATIENCE_S) as answer:
        entries = json.load(answer)
    assert [entry["id"] for entry in entries] == [POCKET_MODEL, SYNTHETIC_MODEL]
    assert 2**20 < entries[0]["size_bytes"] < 15 * 2**20
