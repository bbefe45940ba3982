"""The camera of the synthetic engine: where it looks after so much of a pass.

Pure: controls and time go in, a camera comes out. What it then sees is `panorama`'s to draw.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.keymap import BUTTON_CODES

if TYPE_CHECKING:
    from deployments.world_model.engine import EngineInput

DOLLY_OCTAVES_PER_S: Final = 0.3
"""Walking forward doubles the size of what lies ahead in three seconds and a bit."""

STRAFE_HEIGHTS_PER_S: Final = 0.5
RUN_FACTOR: Final = 2.5
LOOK_HEIGHTS_PER_PX: Final = 1 / 720
"""One pixel of mouse movement turns the picture by one pixel on a screen of 720 lines."""

CYCLE_OCTAVES: Final = 1.5
WINDOW_OCTAVES: Final = 0.3
"""There is no end to walk into: over the last part of a cycle a window opens on the view from its beginning."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Lengths in frame heights, from the seed's centre; rightward and downward are positive."""

    x_heights: float = 0.0
    y_heights: float = 0.0
    octaves: float = 0.0
    """How far it went ahead, as a power of two of the picture's scale."""

    @property
    def zoom(self) -> float:
        """Scale of the picture, from 1 up to the end of a cycle."""
        return 2.0 ** (self.octaves % CYCLE_OCTAVES)

    @property
    def far_zoom(self) -> float:
        """Scale of the view from the next cycle's beginning."""
        return 2.0 ** (self.octaves % CYCLE_OCTAVES - CYCLE_OCTAVES)

    @property
    def window(self) -> float:
        """How far the window on that view is open, 0 to 1."""
        return max(0.0, 1.0 - (CYCLE_OCTAVES - self.octaves % CYCLE_OCTAVES) / WINDOW_OCTAVES)

    def moved(self, controls: "EngineInput", pass_s: float, share: float) -> "Camera":
        """The camera after `share` (0 to 1) of a pass that stands for `pass_s` seconds of the world."""
        run = RUN_FACTOR if BUTTON_CODES["SHIFT"] in controls.buttons else 1.0
        walked_s = run * pass_s * share
        strafe = _axis(controls, "A", "D") * STRAFE_HEIGHTS_PER_S * walked_s
        look = LOOK_HEIGHTS_PER_PX * share
        return Camera(
            x_heights=self.x_heights + (strafe + controls.mouse_dx * look) / self.zoom,
            y_heights=self.y_heights + controls.mouse_dy * look / self.zoom,
            octaves=self.octaves + _axis(controls, "S", "W") * DOLLY_OCTAVES_PER_S * walked_s,
        )


def _axis(controls: "EngineInput", negative: str, positive: str) -> int:
    return (BUTTON_CODES[positive] in controls.buttons) - (BUTTON_CODES[negative] in controls.buttons)
