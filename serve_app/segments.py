"""When a recording segment opens and closes.

Owns the rule: a segment lives from where the world starts or goes on to where it pauses, restarts or ends, and only
while the client wants a video or an action log. Sending what comes out is the recording's business.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocol.link import CloseSegment, OpenSegment

if TYPE_CHECKING:
    from protocol.client import Init
    from protocol.link import RecordingMetadata, WorldSpec


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the client wants kept, by its latest `init`."""

    video: bool
    actions: bool
    output_dir: str | None

    @classmethod
    def of(cls, init: "Init") -> "Wishes":
        """The wishes in an `init`."""
        config = init.config
        return cls(video=config.video_recording, actions=config.action_logging, output_dir=config.video_output_dir)

    @property
    def any(self) -> bool:
        """Whether anything is to be kept."""
        return self.video or self.actions


class Segments:
    """Turns what happens to a world into commands for the recorder."""

    def __init__(self) -> None:
        self._wishes = Wishes(video=False, actions=False, output_dir=None)
        self._about: tuple[RecordingMetadata, WorldSpec] | None = None
        self._is_running = False
        self._is_paused = False
        self._open: Wishes | None = None

    @property
    def is_open(self) -> bool:
        """Whether batches belong to a segment now."""
        return self._open is not None

    def configure(
        self, wishes: Wishes, metadata: "RecordingMetadata", spec: "WorldSpec", next_frame_id: int
    ) -> list[OpenSegment | CloseSegment]:
        """The client's latest wishes; a change takes effect at once."""
        self._wishes = wishes
        self._about = (metadata, spec)
        if self._open is not None and self._open != wishes:
            return [*self._close(), *self._reopen(next_frame_id)]
        return self._reopen(next_frame_id)

    def started(self, metadata: "RecordingMetadata", spec: "WorldSpec") -> list[OpenSegment | CloseSegment]:
        """The world stands at its original seed, and frames count from 1: at the start, after a reset. A pause outlives
        it."""
        self._about = (metadata, spec)
        self._is_running = True
        return [*self._close(), *self._reopen(1)]

    def resumed(self, next_frame_id: int) -> list[OpenSegment | CloseSegment]:
        """The pause is over: the world, if there is one, goes on."""
        self._is_paused = False
        return self._reopen(next_frame_id)

    def paused(self) -> list[OpenSegment | CloseSegment]:
        """The world stands still until it is resumed."""
        self._is_paused = True
        return self._close()

    def stopped(self) -> list[OpenSegment | CloseSegment]:
        """The world is gone."""
        self._is_running = False
        return self._close()

    def broken(self) -> None:
        """The recorder gave the open segment up; the next one opens as usual."""
        self._open = None

    def reopened(self, next_frame_id: int) -> list[OpenSegment | CloseSegment]:
        """The recorder is back: go on in a new segment, if the world runs."""
        return self._reopen(next_frame_id)

    def _reopen(self, next_frame_id: int) -> list[OpenSegment | CloseSegment]:
        is_still = self._is_paused or not self._is_running
        if self._open is not None or is_still or not self._wishes.any or self._about is None:
            return []
        metadata, spec = self._about
        self._open = self._wishes
        return [
            OpenSegment(
                video=self._wishes.video,
                actions=self._wishes.actions,
                metadata=metadata,
                spec=spec,
                frame_id=next_frame_id,
                output_dir=self._wishes.output_dir,
            )
        ]

    def _close(self) -> list[OpenSegment | CloseSegment]:
        if self._open is None:
            return []
        self._open = None
        return [CloseSegment()]
