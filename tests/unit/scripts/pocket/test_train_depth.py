"""What the distance network is shown, and what it is asked for."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from deployments.world_model.engines.pocket.geometry import NEAREST
from scripts.pocket.lenses import HALF_WIDE
from scripts.pocket.train_depth import Views, edges_of, loss_of
from tests.unit.scripts.pocket.test_lenses import level_ground

FIELD_OF_VIEW_RAD = math.radians(60.0)


@pytest.fixture
def views(tmp_path: Path) -> Views:
    """One view of level ground through a narrow lens that looks down a little."""
    inverse = level_ground(-0.1, math.tan(FIELD_OF_VIEW_RAD / 2), rows=144, columns=256)[0]
    np.savez(
        tmp_path / "views-0000000.npz",
        rgb=np.full((1, 144, 256, 3), 128, np.uint8),
        inverse=inverse.numpy().astype(np.float16),
        pitch=np.array([-0.1], np.float32),
        field_of_view=np.array([FIELD_OF_VIEW_RAD], np.float32),
    )
    return Views(tmp_path)


def test_ground_zoomed_and_through_another_lens_is_the_ground_of_play(views: Views) -> None:
    _, roots, pitches = next(views.batches(8, seed=3))
    assert len({round(pitch, 4) for pitch in pitches.tolist()}) > 1, "zooms differ, and steepness with them"
    for root, pitch in zip(roots, pitches.tolist(), strict=True):
        expected = level_ground(pitch, HALF_WIDE, rows=72, columns=128)[0].clamp_max(1 / NEAREST)
        assert (root**2 - expected).abs().max().item() < 0.02


class Guess(nn.Module):
    """Foresees the same for every picture."""

    def __init__(self, root: Tensor) -> None:
        super().__init__()
        self.root = root

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        return self.root, torch.zeros(len(picture))


def test_a_wrong_distance_costs_motion_only_where_the_picture_has_an_edge() -> None:
    picture = torch.zeros(1, 3, 144, 256)
    picture[..., 128:] = 1.0
    truth, pitch = torch.ones(1, 1, 72, 128), torch.zeros(1)
    at_the_edge, elsewhere = truth.clone(), truth.clone()
    at_the_edge[..., 62:66] = 1.5
    elsewhere[..., 20:24] = 1.5
    costs = [loss_of(Guess(root), (picture, truth, pitch)) for root in (truth, at_the_edge, elsewhere)]
    assert [cost["motion"].item() > 0 for cost in costs] == [False, True, False]
    assert costs[1]["error"].item() == pytest.approx(costs[2]["error"].item())
    assert edges_of(picture)[0, 0, 10].nonzero()[:, 0].tolist() == [63, 64]
