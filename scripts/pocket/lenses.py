"""Distances as play takes them: every picture as if through the one lens that the pocket world has.

What a picture shows through a narrow lens may as well be a flatter world through a wide one: stretched along the view,
planes stay planes and the ground stays level, and nothing in the picture changes. A network that sees pictures of all
lenses and is asked for their own distances can only guess between these worlds. Owns that stretch.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
from typing import Final

import torch
from torch import Tensor

from deployments.world_model.engines.pocket.geometry import FIELD_OF_VIEW_RAD, FRAME_HEIGHT, FRAME_WIDTH

HALF_WIDE: Final = math.tan(FIELD_OF_VIEW_RAD / 2)
"""Tangent of half the horizontal field of view at play."""


def as_at_play(inverse: Tensor, pitch: Tensor, half_wide: Tensor) -> tuple[Tensor, Tensor]:
    """Inverse radial distances and pitches of the worlds that look the same through the lens of play.

    `inverse` is batch x 1 x rows x columns in 1 / eye heights, of 16:9 pictures through lenses whose half horizontal
    fields have the tangents `half_wide` (batch); `pitch` (batch) is in radians. The eye is one high again afterwards.
    """
    stretch = half_wide / HALF_WIDE
    tall = FRAME_HEIGHT / FRAME_WIDTH
    across = torch.linspace(-1, 1, 2 * inverse.shape[3] + 1)[1::2]
    down = torch.linspace(-1, 1, 2 * inverse.shape[2] + 1)[1::2] * tall
    off_axis = (across[None, :] ** 2 + down[:, None] ** 2)[None, None]
    lens = half_wide[:, None, None, None]
    obliqueness = torch.sqrt((1 + lens**2 * off_axis) / (1 + HALF_WIDE**2 * off_axis))
    # The ground's normal takes the inverse of the stretch, and its length is what the eye's height is divided by.
    eye = torch.rsqrt(torch.cos(pitch) ** 2 + (torch.sin(pitch) / stretch) ** 2)
    return inverse * obliqueness * (eye / stretch)[:, None, None, None], torch.atan(torch.tan(pitch) / stretch)
