"""Where a world stands: the picture it started from, the one it returns to, how far it has come.

Owns epochs and frame ids. An epoch begins wherever the world is put back to a picture; frame ids then restart at 1.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deployments.world_model.engine import Frame, FrameStack


class Timeline:
    """One session's. Without a seed no pass may start."""

    def __init__(self) -> None:
        self._original: Frame | None = None
        self._seed: Frame | None = None
        self._last: Frame | None = None
        self._epoch = 0
        self._next_frame_id = 1

    @property
    def original(self) -> "Frame | None":
        """What `reset` returns to."""
        return self._original

    @property
    def seed(self) -> "Frame | None":
        """What the world started from last."""
        return self._seed

    @property
    def last(self) -> "Frame | None":
        """The latest frame; the seed itself until there is another."""
        return self._last

    @property
    def epoch(self) -> int:
        """Counts the starts; 0 before the first."""
        return self._epoch

    @property
    def next_frame_id(self) -> int:
        """Id of the first frame of the next pass."""
        return self._next_frame_id

    def start(self, seed: "Frame", *, is_original: bool) -> None:
        """The world stands at `seed`, which becomes the original if it is one, or if there is none yet."""
        if is_original or self._original is None:
            self._original = seed
        self._seed = self._last = seed
        self._epoch += 1
        self._next_frame_id = 1

    def passed(self, frames: "FrameStack") -> None:
        """One pass more."""
        self._next_frame_id += len(frames)
        self._last = frames[-1]

    def drop(self) -> None:
        """The world is gone, and everything it could return to."""
        self._original = self._seed = self._last = None
