"""One walk through one seed's world: controls in, frames out.

Owns the pose, the keys at hand, the passing of one key's view into the next one's, and the wish for another. A wished
key is used a fixed number of moving frames later, ready or waited for, so that the same seed, number and controls give
the same frames on every machine. Hands off, nothing changes.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

import cv2
import numpy as np

from deployments.world_model.engines.pocket.crispness import Focus
from deployments.world_model.engines.pocket.geometry import FRAME_HEIGHT, FRAME_WIDTH
from deployments.world_model.engines.pocket.memory import LEAD_FRAMES, KeyId, Memory, Position, Wish
from deployments.world_model.engines.pocket.raster import draw_frame
from deployments.world_model.engines.pocket.surroundings import CLEAR, STRIDE, climb_ahead, room_ahead
from deployments.world_model.engines.pocket.walking import Pose, heading_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from deployments.world_model.engine import EngineInput
    from deployments.world_model.engines.pocket.albums import PutAway
    from deployments.world_model.engines.pocket.keys import Key

FADE_FRAMES: Final = 6
"""Moving frames over which one key's view passes into another's."""

_aside: Final = ThreadPoolExecutor(1, thread_name_prefix="pocket-passing")
"""Draws the view that passes away while the other is drawn: on two cores a pass takes no longer for it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A key ready to draw from, and the same put away."""

    key: "Key"
    put_away: "PutAway"


class MakesKeys(Protocol):
    """Whoever makes keys, elsewhere, while the walk goes on."""

    def dream(self, sources: "Sequence[Key]", position: Position, number: int) -> "Future[Made]":
        """A new key, from others; `number` counts the keys of the walk."""
        ...

    def take_out(self, put_away: "PutAway") -> "Future[Made]":
        """A key that was made before."""
        ...


@dataclass(slots=True)
class _Making:
    wish: Wish
    made: "Future[Made]"
    frames: int = 0


class Walk:
    """A walk that starts at the seed's own key."""

    def __init__(self, first: "Key", pitch_rad: float, maker: MakesKeys, fineness: float) -> None:
        """`fineness` is the seed's, which frames are to have."""
        self._maker = maker
        self._focus = Focus(fineness)
        self._memory = Memory()
        self._keys: dict[KeyId, Key] = {self._memory.add(first.position): first}
        self._put_away: dict[KeyId, PutAway] = {}
        self._start = self._pose = Pose(pitch_rad=pitch_rad)
        self._making: _Making | None = None
        self._passing: KeyId | None = None
        """The key whose view is passing away."""
        self._passed_frames = 0
        self._other = np.empty((FRAME_HEIGHT, FRAME_WIDTH, 3), np.uint8)

    @property
    def pose(self) -> Pose:
        """Where the walker is."""
        return self._pose

    def leave(self) -> None:
        """Nobody walks here any more: a wished key that has not been begun is not made."""
        if self._making is not None:
            self._making.made.cancel()

    def draw_pass(self, controls: "EngineInput", pass_s: float, frames: "NDArray[np.uint8]") -> None:
        """Walk on for a pass of so many seconds, and draw its frames, n x 360 x 640 x 3."""
        start, count = self._pose, len(frames)
        room, climb = self._way(controls)
        for index in range(count):
            before = self._pose
            moved = start.moved(controls, pass_s, (index + 1) / count, room)
            strides = math.hypot(moved.x - start.x, moved.z - start.z) / STRIDE
            self._pose = replace(moved, standing_y=start.standing_y + climb * strides)
            has_moved = self._pose != before
            if has_moved:
                self._move_on((self._pose.x - before.x, self._pose.z - before.z), count / pass_s)
            self._draw(frames[index])
            if has_moved and index == 0:
                self._focus.look(frames[index])
            self._focus.adjust(frames[index], self._away())

    def _move_on(self, velocity: tuple[float, float], frames_per_s: float) -> None:
        """One moving frame: views pass, keys that are due are taken, others wished for."""
        here = (self._pose.x, self._pose.standing_y, self._pose.z)
        if self._passing is not None:
            self._passed_frames += 1
            if self._passed_frames >= FADE_FRAMES:
                self._passing = None
        if self._making is not None:
            self._making.frames += 1
            if self._making.frames >= LEAD_FRAMES:
                self._take(self._making, here)
                self._making = None
        if self._passing is None and (better := self._memory.better(here)) is not None:
            self._passing, self._memory.present = self._memory.present, better
            self._passed_frames = 1
        # While two views are drawn there is no core for a third thing.
        may_wish = self._making is None and self._passing is None
        if may_wish and (wish := self._memory.wish(here, velocity, frames_per_s)) is not None:
            self._making = _Making(wish, self._begin(wish))

    def _begin(self, wish: Wish) -> "Future[Made]":
        if wish.remembered is not None:
            return self._maker.take_out(self._put_away[wish.remembered])
        return self._maker.dream([self._keys[key] for key in wish.sources], wish.position, self._memory.made)

    def _take(self, making: _Making, here: Position) -> None:
        made, key = making.made.result(), making.wish.remembered
        if key is None:
            key = self._memory.add(making.wish.position)
            self._put_away[key] = made.put_away
        self._memory.at_hand.add(key)
        self._keys[key] = made.key
        kept = {key, KeyId(0)} | ({self._passing} if self._passing is not None else set[KeyId]())
        for gone in self._memory.put_away(here, kept):
            del self._keys[gone]
        for gone in self._memory.forget(here):
            del self._put_away[gone]

    def _way(self, controls: "EngineInput") -> tuple[float, float]:
        """How much room there is on the way, and how much it climbs in a stride."""
        heading_rad = heading_of(controls, self._pose.yaw_rad)
        if heading_rad is None:
            return CLEAR, 0.0
        key, here = self._keys[self._memory.present], (self._pose.x, self._pose.standing_y, self._pose.z)
        return room_ahead(key, here, heading_rad), climb_ahead(key, here, heading_rad)

    def _draw(self, out: "NDArray[np.uint8]") -> None:
        pose = self._pose
        place = (pose.x, pose.y, pose.z, pose.yaw_rad, pose.pitch_rad)
        present = self._keys[self._memory.present]
        if self._passing is None:
            draw_frame(present, *place, out)
            return
        other = _aside.submit(draw_frame, self._keys[self._passing], *place, self._other)
        draw_frame(present, *place, out)
        other.result()
        share = self._passed_frames / FADE_FRAMES
        share = share * share * (3.0 - 2.0 * share)
        cv2.addWeighted(out, share, self._other, 1.0 - share, 0.0, dst=out)

    def _away(self) -> float:
        """How far one is from the seed's own view: eye heights gone and radians turned."""
        pose, start = self._pose, self._start
        turned = abs(pose.yaw_rad - start.yaw_rad) + abs(pose.pitch_rad - start.pitch_rad)
        return math.hypot(pose.x - start.x, pose.y - start.y, pose.z - start.z) + turned
