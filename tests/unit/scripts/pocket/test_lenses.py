"""What one lens shows, told as play's lens would show it."""

import math

import pytest
import torch
from torch import Tensor

from scripts.pocket.lenses import HALF_WIDE, as_at_play

ROWS, COLUMNS = 36, 64


def level_ground(pitch_rad: float, half_wide: float, rows: int = ROWS, columns: int = COLUMNS) -> Tensor:
    """Inverse radial distances of level ground one below a camera, 1 x 1 x rows x columns; 0 above the horizon."""
    across = torch.linspace(-1, 1, 2 * columns + 1)[1::2] * half_wide
    down = torch.linspace(-1, 1, 2 * rows + 1)[1::2] * half_wide * 9 / 16
    sinks = down[:, None] * math.cos(pitch_rad) - math.sin(pitch_rad)
    return (sinks / torch.sqrt(1 + across[None] ** 2 + down[:, None] ** 2)).clamp_min(0)[None, None]


@pytest.mark.parametrize("half_wide", [0.4, HALF_WIDE, 1.3])
@pytest.mark.parametrize("pitch_rad", [-0.3, 0.0, 0.15])
def test_level_ground_stays_level_and_one_eye_height_below(half_wide: float, pitch_rad: float) -> None:
    seen = level_ground(pitch_rad, half_wide)
    inverse, pitch = as_at_play(seen, torch.tensor([pitch_rad]), torch.tensor([half_wide]))
    torch.testing.assert_close(inverse, level_ground(pitch.item(), HALF_WIDE), rtol=1e-4, atol=1e-5)


def test_the_lens_of_play_changes_nothing() -> None:
    seen, pitch_rad = torch.rand(2, 1, ROWS, COLUMNS), torch.tensor([0.2, -0.1])
    inverse, pitch = as_at_play(seen, pitch_rad, torch.full((2,), HALF_WIDE))
    torch.testing.assert_close(inverse, seen)
    torch.testing.assert_close(pitch, pitch_rad)


def test_what_a_narrow_lens_brought_near_is_near() -> None:
    far = torch.full((1, 1, ROWS, COLUMNS), 0.1)
    inverse, _ = as_at_play(far, torch.zeros(1), torch.tensor([HALF_WIDE / 2]))
    middle = inverse[0, 0, ROWS // 2, COLUMNS // 2].item()
    assert middle == pytest.approx(0.2, rel=0.02), "half as wide is twice as near straight ahead"
