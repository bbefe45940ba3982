"""The walker of the pocket world: where the eye is after so much of a pass.

Pure: controls, time and how far the way is clear go in, a pose comes out. What stands in the way is the caller's to
know; what is then seen is `raster`'s to draw. Lengths are eye heights, axes and angles those of `geometry`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from deployments.world_model.engines.pocket.geometry import PITCH_LIMIT_RAD
from protocol.keymap import BUTTON_CODES

if TYPE_CHECKING:
    from deployments.world_model.engine import EngineInput

WALK_PER_S: Final = 2.2
RUN_FACTOR: Final = 2.0
LOOK_RAD_PER_PX: Final = 1 / 720
HOP_HEIGHT: Final = 0.35
HOP_S: Final = 0.5
"""From take-off to landing."""

STOP_BEFORE: Final = 0.6
"""How near one comes to what stands in the way."""
SLIDE_RAD: Final = math.radians(60.0)
"""Stopped, one goes on along whichever of the two ways this far to the sides is clearer."""

Clearance: TypeAlias = Callable[[float], float] | float
"""How far it is to the first thing in the way, for a heading in radians; a number holds for every heading."""

_AHEAD: Final = (BUTTON_CODES["W"], BUTTON_CODES["UP"])
_BACK: Final = (BUTTON_CODES["S"], BUTTON_CODES["DOWN"])
_LEFT: Final = (BUTTON_CODES["A"], BUTTON_CODES["LEFT"])
_RIGHT: Final = (BUTTON_CODES["D"], BUTTON_CODES["RIGHT"])


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the eye is, relative to the seed's, and where it looks."""

    x: float = 0.0
    standing_y: float = 0.0
    """Height of the eye when both feet are on the ground."""
    z: float = 0.0
    yaw_rad: float = 0.0
    pitch_rad: float = 0.0
    hopped_s: float | None = None
    """Time since take-off; None on the ground."""

    @property
    def y(self) -> float:
        """Height of the eye, hopping included."""
        if self.hopped_s is None:
            return self.standing_y
        part = self.hopped_s / HOP_S
        return self.standing_y + 4.0 * HOP_HEIGHT * part * (1.0 - part)

    def moved(self, controls: "EngineInput", pass_s: float, share: float, clearance: Clearance = math.inf) -> "Pose":
        """The pose after `share` (0 to 1) of a pass that stands for `pass_s` seconds of the world."""
        turn_rad = controls.mouse_dx * LOOK_RAD_PER_PX * share
        pitch_rad = self.pitch_rad - controls.mouse_dy * LOOK_RAD_PER_PX * share
        heading_rad = heading_of(controls, self.yaw_rad + turn_rad / 2)
        x, z = self.x, self.z
        if heading_rad is not None:
            run = RUN_FACTOR if BUTTON_CODES["SHIFT"] in controls.buttons else 1.0
            x, z = _walked(x, z, heading_rad, WALK_PER_S * run * pass_s * share, clearance)
        return Pose(
            x=x,
            standing_y=self.standing_y,
            z=z,
            yaw_rad=_within_turn(self.yaw_rad + turn_rad),
            pitch_rad=min(PITCH_LIMIT_RAD, max(-PITCH_LIMIT_RAD, pitch_rad)),
            hopped_s=_hopped_s(self.hopped_s, pass_s * share, again=BUTTON_CODES["SPACE"] in controls.buttons),
        )


def heading_of(controls: "EngineInput", yaw_rad: float) -> float | None:
    """Which way the buttons go, looking along `yaw_rad`; None to stay."""
    ahead = _held(controls, _AHEAD) - _held(controls, _BACK)
    aside = _held(controls, _RIGHT) - _held(controls, _LEFT)
    return yaw_rad + math.atan2(aside, ahead) if ahead or aside else None


def _held(controls: "EngineInput", codes: tuple[int, ...]) -> int:
    return int(any(code in controls.buttons for code in codes))


def _within_turn(angle_rad: float) -> float:
    if -math.pi <= angle_rad <= math.pi:
        return angle_rad
    return math.remainder(angle_rad, 2 * math.pi)


def _hopped_s(hopped_s: float | None, passed_s: float, *, again: bool) -> float | None:
    if hopped_s is None and not again:
        return None
    flown_s = (hopped_s or 0.0) + passed_s
    if flown_s < HOP_S:
        return flown_s
    return flown_s % HOP_S if again else None


def _walked(x: float, z: float, heading_rad: float, length: float, clearance: Clearance) -> tuple[float, float]:
    gone = min(length, _room(clearance, heading_rad))
    x, z = x + gone * math.sin(heading_rad), z + gone * math.cos(heading_rad)
    if gone < length:
        left_rad, right_rad = heading_rad - SLIDE_RAD, heading_rad + SLIDE_RAD
        left_room, right_room = _room(clearance, left_rad), _room(clearance, right_rad)
        side_rad, room = (left_rad, left_room) if left_room > right_room else (right_rad, right_room)
        slid = min((length - gone) * math.cos(SLIDE_RAD), room) if callable(clearance) else 0.0
        x, z = x + slid * math.sin(side_rad), z + slid * math.cos(side_rad)
    return x, z


def _room(clearance: Clearance, heading_rad: float) -> float:
    distance = clearance(heading_rad) if callable(clearance) else clearance
    return max(0.0, distance - STOP_BEFORE)
