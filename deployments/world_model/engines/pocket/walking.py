"""The walker of the pocket world: where the eye is after so much of a pass.

Pure: controls, time and how far the way is clear go in, a pose comes out. What stands in the way is the caller's to
know; what is then seen is `raster`'s to draw. Lengths are eye heights, axes and angles those of `geometry`.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

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

SLOWED_FROM: Final = 1.5
SLOWED_TO: Final = 0.3
SLOWEST: Final = 0.35
"""Distances to what is in the way between which one slows down, and to which share of the pace. Nothing stops a walker
for good: what is too near to be seen is not there, and the next key dreams what was behind it."""

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

    def moved(self, controls: "EngineInput", pass_s: float, share: float, room: float = math.inf) -> "Pose":
        """The pose after `share` (0 to 1) of a pass that stands for `pass_s` seconds of the world.

        `room` is how far it is to the first thing in the way.
        """
        turn_rad = controls.mouse_dx * LOOK_RAD_PER_PX * share
        pitch_rad = self.pitch_rad - controls.mouse_dy * LOOK_RAD_PER_PX * share
        heading_rad = heading_of(controls, self.yaw_rad + turn_rad / 2)
        x, z = self.x, self.z
        if heading_rad is not None:
            run = RUN_FACTOR if BUTTON_CODES["SHIFT"] in controls.buttons else 1.0
            gone = WALK_PER_S * run * _pace(room) * pass_s * share
            x, z = x + gone * math.sin(heading_rad), z + gone * math.cos(heading_rad)
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


def _pace(room: float) -> float:
    return min(1.0, max(SLOWEST, (room - SLOWED_TO) / (SLOWED_FROM - SLOWED_TO)))


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
