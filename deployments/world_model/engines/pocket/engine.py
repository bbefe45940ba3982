"""The pocket world as an engine: a walk for each seed, and a thread that makes its keys in time.

Owns that thread and the `Engine` contract; the world itself is `walk` and `dreaming`.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from configs.world_model import POCKET_MODEL
from deployments.free_memory import give_back_large_arrays
from deployments.thread_priority import yield_to_the_world
from deployments.world_model.engine import EngineInput, Frame, Generated, ReportStage
from deployments.world_model.engines.known import POCKET_TYPE
from deployments.world_model.engines.pocket.albums import PutAway, pack, taken_out
from deployments.world_model.engines.pocket.dreaming import Dream, first_key, next_key
from deployments.world_model.engines.pocket.geometry import FRAME_HEIGHT, FRAME_WIDTH
from deployments.world_model.engines.pocket.networks import Networks
from deployments.world_model.engines.pocket.walk import Made, Walk
from protocol.link import WorldSpec
from protocol.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.world_model import PocketConfig
    from deployments.world_model.engines.pocket.keys import Key
    from deployments.world_model.engines.pocket.memory import Position

SUB_FRAMES: Final = 4
FRAMES_PER_S: Final = 60
KEY_NICENESS: Final = 0
"""A walker who comes to a key waits for it, so its making steps back for nobody but what runs in real time."""
CONTEXT_FRAMES: Final = 4096
"""It remembers places, not frames; the contract wants a number."""


class NothingSeenError(RuntimeError):
    """A pass was asked for before any frame was appended."""

    def __init__(self) -> None:
        super().__init__("the pocket world has seen no frame")


class _KeyMaker:
    """Makes a dream's keys on a thread of their own."""

    def __init__(self, thread: ThreadPoolExecutor, dream: Dream) -> None:
        self._thread = thread
        self._dream = dream

    def dream(self, sources: "Sequence[Key]", position: "Position", number: int) -> "Future[Made]":
        """A new key from others."""
        return self._thread.submit(lambda: _made(next_key(self._dream, sources, position, number)))

    def take_out(self, put_away: PutAway) -> "Future[Made]":
        """A key that was made before."""
        return self._thread.submit(lambda: Made(taken_out(put_away), put_away))


def _made(key: "Key") -> Made:
    return Made(key, pack(key))


@dataclass(frozen=True, slots=True)
class _Place:
    """The world around a seed, before anybody walks in it."""

    seed: Frame
    dream: Dream
    key: "Key"


class PocketEngine:
    """The `Engine` contract over walks."""

    def __init__(self, config: "PocketConfig") -> None:
        give_back_large_arrays()
        self._number = config.seed
        self._networks = Networks()
        self._thread = ThreadPoolExecutor(
            1, thread_name_prefix="pocket", initializer=yield_to_the_world, initargs=(KEY_NICENESS,)
        )
        self._place: _Place | None = None
        """The last seed's: a warm-up is followed by the same seed, and so is a reset."""
        self._walk: Walk | None = None
        self._spec = WorldSpec(
            model=POCKET_MODEL,
            model_type=POCKET_TYPE,
            frame_height=FRAME_HEIGHT,
            frame_width=FRAME_WIDTH,
            sub_frames=SUB_FRAMES,
            n_frames=CONTEXT_FRAMES,
            inference_fps=FRAMES_PER_S,
        )

    @property
    def spec(self) -> WorldSpec:
        """What the model is."""
        return self._spec

    @property
    def uses_host_cores(self) -> bool:
        """There is no other device."""
        return True

    def warm_up(self, seed: Frame, report: ReportStage) -> None:
        """Dream a world and draw a pass of it, so that the first one that counts finds everything mapped."""
        report(Stage.WARMUP_RESET)
        self.reset()
        report(Stage.WARMUP_SEED)
        self.append_frame(seed)
        report(Stage.WARMUP_COMPILE)
        self.generate(EngineInput())

    def reset(self) -> None:
        """Forget the world. A key that is still being made is nobody's, and none is begun for it any more."""
        if self._walk is not None:
            self._walk.leave()
        self._walk = None

    def append_frame(self, frame: Frame) -> None:
        """Stand in the world around `frame`, 360 x 640 x 3."""
        self.reset()
        if self._place is None or not np.array_equal(self._place.seed, frame):
            self._place = _Place(frame.copy(), *first_key(self._networks, frame, self._number))
        key, dream = self._place.key, self._place.dream
        self._walk = Walk(key, key.seed_pitch_rad, _KeyMaker(self._thread, dream), dream.fineness)

    def generate(self, controls: EngineInput) -> Generated:
        """The next four frames. Raises NothingSeenError."""
        if self._walk is None:
            raise NothingSeenError
        started_s = time.perf_counter()
        frames = np.empty((SUB_FRAMES, FRAME_HEIGHT, FRAME_WIDTH, 3), np.uint8)
        self._walk.draw_pass(controls, SUB_FRAMES / FRAMES_PER_S, frames)
        return Generated(frames, infer_ms=(time.perf_counter() - started_s) * 1e3, sync_ms=0.0)

    def recover(self) -> None:
        """There is no device to recover, but the next seed is dreamt anew."""
        self._place = None

    def close(self) -> None:
        """Forget everything and end the thread."""
        self.reset()
        self._place = None
        self._thread.shutdown(wait=True, cancel_futures=True)
