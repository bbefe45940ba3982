"""Keys of one colour each, far away all around, and whoever makes them: at once, or when told to."""

import functools
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

import numpy as np

from deployments.world_model.engines.pocket.albums import PutAway
from deployments.world_model.engines.pocket.geometry import (
    FARTHEST,
    GRID_HEIGHT,
    GRID_WIDTH,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
)
from deployments.world_model.engines.pocket.keys import Key, Position, build_key
from deployments.world_model.engines.pocket.texels import packed
from deployments.world_model.engines.pocket.walk import Made

GREY_STEP = 60


def plain_key(position: Position, grey: int) -> Key:
    """A key whose every view is `grey`, 0 to 255."""
    flat = _flat_key()
    word = packed(np.full((1, 1, 3), grey, np.uint8))[0, 0]
    return replace(flat, position=position, texels=np.full_like(flat.texels, word))


@functools.cache
def _flat_key() -> Key:
    picture = np.zeros((PICTURE_HEIGHT, PICTURE_WIDTH, 3), np.uint8)
    return build_key((0.0, 0.0, 0.0), picture, np.full((GRID_HEIGHT, GRID_WIDTH), 1 / FARTHEST, np.float32))


class NotedFuture(Future[Made]):
    """Says when somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_waited_for = threading.Event()

    def result(self, timeout: float | None = None) -> Made:
        """What a future does."""
        self.is_waited_for.set()
        return super().result(timeout)


class FakeKeyMaker:
    """The n-th key that it dreams is grey of n times GREY_STEP. One that is not `prompt` waits for `finish`."""

    def __init__(self, *, is_prompt: bool = True) -> None:
        self.dreamt: list[Position] = []
        self.numbers: list[int] = []
        self.sources: list[list[Position]] = []
        self.taken_out: list[Position] = []
        self.last = NotedFuture()
        self._is_prompt = is_prompt
        self._keys: dict[Position, Key] = {}

    def dream(self, sources: Sequence[Key], position: Position, number: int) -> Future[Made]:
        """A new key."""
        self.dreamt.append(position)
        self.numbers.append(number)
        self.sources.append([source.position for source in sources])
        self._keys[position] = plain_key(position, min(255, GREY_STEP * len(self.dreamt)))
        return self._given(position)

    def take_out(self, put_away: PutAway) -> Future[Made]:
        """The key that was dreamt there."""
        self.taken_out.append(put_away.position)
        return self._given(put_away.position)

    def finish(self) -> None:
        """Give what was asked for last."""
        position = (self.dreamt + self.taken_out)[-1]
        self.last.set_result(self._made(position))

    def _given(self, position: Position) -> Future[Made]:
        self.last = NotedFuture()
        if self._is_prompt:
            self.last.set_result(self._made(position))
        return self.last

    def _made(self, position: Position) -> Made:
        return Made(self._keys[position], PutAway(position, b"", np.empty(0, np.float16)))
