"""Train the distance network on generated and painted views.

    .venv/bin/python -m scripts.pocket.train_depth --out build/pocket/depth.pt

Views are zoomed, mirrored and recoloured at random, and their distances are those that play would need.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from deployments.scene_authoring.procedural.painter.stage import FOCAL
from deployments.world_model.engines.pocket.geometry import NEAREST
from scripts.pocket.colours import recoloured, worn
from scripts.pocket.lenses import as_at_play
from scripts.pocket.networks import DepthNet
from scripts.pocket.training import options_of, train

LARGEST_ZOOM: Final = 1.7
PAINTED_HALF_WIDE: Final = FOCAL / 2 * 16 / 9
"""Tangent of half the painter's horizontal field of view."""
MOTION_WEIGHT: Final = 12.0
"""A pixel's motion times the edge there is small beside the other errors."""


class Views:
    """All views of a folder in memory: RGB, inverse distance, pitch, and the tangent of half the horizontal field."""

    def __init__(self, folder: Path) -> None:
        shards = sorted([*folder.glob("views-*.npz"), *folder.glob("painted-*.npz")])
        if not shards:
            sys.exit(f"no views in {folder}: make them with scripts/pocket/make_data.py and scripts/pocket/painted.py")
        parts = [np.load(shard) for shard in shards]
        self.rgb = torch.from_numpy(np.concatenate([part["rgb"] for part in parts]))
        self.inverse = torch.from_numpy(np.concatenate([part["inverse"] for part in parts]))
        self.pitch = torch.from_numpy(np.concatenate([part["pitch"] for part in parts]))
        wide = [
            np.tan(part["field_of_view"] / 2)
            if "field_of_view" in part
            else np.full(len(part["pitch"]), PAINTED_HALF_WIDE)
            for part in parts
        ]
        self.half_wide = torch.from_numpy(np.concatenate(wide).astype(np.float32))

    def batches(self, size: int, seed: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Pictures in [-1, 1], square roots of inverse distances at half size, and pitches, without end."""
        generator = torch.Generator().manual_seed(seed)
        while True:
            chosen = torch.randint(len(self.rgb), (size,), generator=generator)
            yield self._varied(chosen, generator)

    def _varied(self, chosen: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        count = len(chosen)
        rgb = self.rgb[chosen].permute(0, 3, 1, 2).float() / 255.0
        inverse = self.inverse[chosen][:, None].float()
        zoom = 1.0 + torch.rand(count, generator=generator) ** 2 * (LARGEST_ZOOM - 1.0)
        mirror = torch.where(torch.rand(count, generator=generator) < 0.5, -1.0, 1.0)
        moves = torch.zeros(count, 2, 3)
        moves[:, 0, 0], moves[:, 1, 1] = mirror / zoom, 1.0 / zoom
        where = functional.affine_grid(moves, [count, 1, 144, 256], align_corners=False)
        rgb = functional.grid_sample(rgb, where, padding_mode="border", align_corners=False)
        coarse = functional.affine_grid(moves, [count, 1, 72, 128], align_corners=False)
        inverse = functional.grid_sample(inverse, coarse, mode="nearest", padding_mode="border", align_corners=False)
        inverse, pitch = as_at_play(inverse, self.pitch[chosen], self.half_wide[chosen] / zoom)
        rgb = worn(recoloured(rgb, generator), generator)
        return rgb * 2 - 1, inverse.clamp(0.0, 1 / NEAREST).sqrt(), pitch


def loss_of(net: nn.Module, batch: tuple[Tensor, Tensor, Tensor]) -> dict[str, Tensor]:
    """Absolute error, error of differences at three scales (sharp edges, flat planes), motion, and the pitch.

    Motion is how wrong the picture would be after a small step: a pixel moves with its inverse distance, and whoever
    looks sees it where the picture has an edge.
    """
    picture, root, pitch = batch
    seen, seen_pitch = net(picture.contiguous(memory_format=torch.channels_last))
    error = (seen - root).abs().mean()
    slopes = torch.zeros(())
    for step in (1, 2, 4):
        for axis in (2, 3):
            slopes = slopes + (difference(seen, step, axis) - difference(root, step, axis)).abs().mean() / 3
    motion = MOTION_WEIGHT * (edges_of(picture) * (seen**2 - root**2).abs()).mean()
    steepness = functional.smooth_l1_loss(seen_pitch, pitch, beta=0.05)
    return {"error": error, "slopes": slopes, "motion": motion, "pitch": steepness}


def edges_of(picture: Tensor) -> Tensor:
    """How much a picture changes from each cell of the distances to the next, across and down."""
    grey = functional.avg_pool2d(picture.mean(1, keepdim=True), 2)
    across = functional.pad(difference(grey, 2, 3).abs(), (1, 1, 0, 0), mode="replicate")
    down = functional.pad(difference(grey, 2, 2).abs(), (0, 0, 1, 1), mode="replicate")
    return (across + down) / 2


def difference(x: Tensor, step: int, axis: int) -> Tensor:
    """Between cells `step` apart along `axis`."""
    return x.narrow(axis, step, x.shape[axis] - step) - x.narrow(axis, 0, x.shape[axis] - step)


def main() -> None:
    """Train until the steps are done."""
    options = options_of(__doc__, steps=5000, batch=16, rate=1e-3)
    torch.manual_seed(options.seed)
    views = Views(options.data)
    print(f"{len(views.rgb)} views", flush=True)
    train(DepthNet(), lambda step: views.batches(options.batch, options.seed * 1_000_003 + step), loss_of, options)


if __name__ == "__main__":
    main()
