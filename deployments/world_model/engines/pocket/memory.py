"""Which keys the pocket world has, which one it draws from, and which one it wishes for next.

Rules only, over positions and frames in which something moved: no key is made or drawn here, and nothing depends on
how long anything took, so the same controls always lead to the same choices.
"""

import math
from dataclasses import dataclass, field
from typing import Final, NewType, TypeAlias

KeyId = NewType("KeyId", int)
Position: TypeAlias = tuple[float, float, float]

SPACING: Final = 2.2
"""Eye heights from key to key, at a walk."""
SPACING_S: Final = 1.0
"""And at least as far as one gets in this time, for making a key takes its own."""
LEAD_FRAMES: Final = 50
"""Frames from the wish for a key to its use."""
AHEAD: Final = 0.35
"""Share of the spacing by which a new key lies ahead of where one will be by then."""
NEARER: Final = 0.85
"""Another key takes over when its distance is below this share of the present one's."""
SOURCES: Final = 2
REMEMBERED: Final = 64
AT_HAND: Final = 4
"""Keys ready to draw from, 14 to 18 MB each; the others are remembered in 1 MB."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A key that should be there soon."""

    position: Position
    sources: tuple[KeyId, ...]
    """Keys at hand to make it from, nearest first."""
    remembered: KeyId | None = None
    """The key itself, where it was made already and needs only be unpacked."""


@dataclass(slots=True)
class Memory:
    """All keys by their positions. The first one, the seed's, is always remembered."""

    positions: dict[KeyId, Position] = field(default_factory=dict[KeyId, Position])
    at_hand: set[KeyId] = field(default_factory=set[KeyId])
    present: KeyId = KeyId(0)
    """The key that is drawn from."""
    made: int = 0

    def add(self, position: Position) -> KeyId:
        """A new key was made at `position` and is at hand."""
        key = KeyId(self.made)
        self.made += 1
        self.positions[key] = position
        self.at_hand.add(key)
        return key

    def better(self, position: Position) -> KeyId | None:
        """The key at hand to go over to, if one is clearly nearer than the present one."""
        best = self._nearest(position, self.at_hand)
        is_nearer = self._away(best, position) < self._away(self.present, position) * NEARER
        return best if is_nearer else None

    def wish(self, position: Position, velocity: tuple[float, float], frames_per_s: float) -> Wish | None:
        """What someone at `position` with this velocity (x and z, eye heights a frame) will need; None: nothing."""
        speed = math.hypot(*velocity)
        if not speed:
            return None
        spacing = max(SPACING, speed * frames_per_s * SPACING_S)
        soon = _moved(position, velocity, LEAD_FRAMES)
        target = _moved(soon, velocity, spacing * AHEAD / speed)
        for place in (soon, target):
            near = self._nearest(place, set(self.positions))
            if self._away(near, place) <= spacing / 2:
                if near in self.at_hand:
                    continue
                return Wish(self.positions[near], (), remembered=near)
            return Wish(target, self._sources(target))
        return None

    def put_away(self, position: Position, keep: set[KeyId]) -> list[KeyId]:
        """Keys that need no longer be at hand, the farthest first; `keep` and the present one stay."""
        gone: list[KeyId] = []
        while len(self.at_hand) > AT_HAND and (loose := self.at_hand - keep - {self.present}):
            gone.append(self._farthest(position, loose))
            self.at_hand.discard(gone[-1])
        return gone

    def forget(self, position: Position) -> list[KeyId]:
        """Keys that are too many, the farthest first: they are no longer remembered."""
        gone: list[KeyId] = []
        while len(self.positions) > REMEMBERED:
            gone.append(self._farthest(position, set(self.positions) - self.at_hand - {KeyId(0)}))
            del self.positions[gone[-1]]
        return gone

    def _sources(self, position: Position) -> tuple[KeyId, ...]:
        return tuple(sorted(self.at_hand, key=lambda key: (self._away(key, position), key))[:SOURCES])

    def _nearest(self, position: Position, keys: set[KeyId]) -> KeyId:
        return min(keys, key=lambda key: (self._away(key, position), key))

    def _farthest(self, position: Position, keys: set[KeyId]) -> KeyId:
        return max(keys, key=lambda key: (self._away(key, position), key))

    def _away(self, key: KeyId, position: Position) -> float:
        return math.dist(self.positions[key], position)


def _moved(position: Position, velocity: tuple[float, float], frames: float) -> Position:
    return (position[0] + velocity[0] * frames, position[1], position[2] + velocity[1] * frames)
