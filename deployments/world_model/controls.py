"""What the player's hands did since the last pass: the latest buttons, and mouse movement added up.

Owns the merging. A flood of controls costs one pass's worth of memory: each one replaces or adds, none is queued.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployments.world_model.engine import EngineInput

if TYPE_CHECKING:
    from protocol.link import Steer


@dataclass(frozen=True, slots=True)
class Consumed:
    """The controls that a pass works on."""

    input: EngineInput
    client_ts: float
    """The latest control's `ts` in milliseconds on the client's clock; 0 when it gave none."""


class ControlMailbox:
    """Latest-wins, one slot."""

    def __init__(self) -> None:
        self._buttons: frozenset[int] = frozenset()
        self._mouse_dx = 0.0
        self._mouse_dy = 0.0
        self._client_ts = 0.0
        self._is_fresh = False

    @property
    def is_fresh(self) -> bool:
        """Whether a control came in since the last `take`: without one no pass may start."""
        return self._is_fresh

    def put(self, steer: "Steer") -> None:
        """Merge one control."""
        self._buttons = steer.buttons
        self._mouse_dx += steer.mouse_dx
        self._mouse_dy += steer.mouse_dy
        if steer.client_ts is not None:
            self._client_ts = steer.client_ts
        self._is_fresh = True

    def take(self) -> Consumed:
        """What a pass that starts now consumes. Movement starts from zero again; buttons stay down."""
        dx, dy = (delta if math.isfinite(delta) else 0.0 for delta in (self._mouse_dx, self._mouse_dy))
        self._mouse_dx = self._mouse_dy = 0.0
        self._is_fresh = False
        return Consumed(EngineInput(self._buttons, dx, dy), self._client_ts)

    def clear(self) -> None:
        """Forget everything: a new world does not inherit the old one's movement."""
        self._buttons = frozenset()
        self._mouse_dx = self._mouse_dy = 0.0
        self._is_fresh = False
