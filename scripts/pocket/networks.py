"""The two networks of the pocket world: distance from one picture, and a panorama completed from a part of it.

Owns their shapes and what goes in and comes out, in units that training and export share. At play they run as ONNX
graphs; torch is needed only here.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
from itertools import pairwise
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from deployments.world_model.engines.pocket.geometry import SKETCH_HEIGHT, SKETCH_WIDTH

DEPTH_WIDTHS: Final = (32, 64, 128, 192)
COMPLETER_WIDTHS: Final = (48, 80, 144, 224)
TIME_FEATURES: Final = 64
GROUPS: Final = 8


class _Block(nn.Module):
    """Two 3x3 convolutions around a residual connection; the panorama's columns wrap around."""

    def __init__(self, given: int, width: int, *, wraps: bool = False, time_features: int = 0) -> None:
        super().__init__()
        self.wraps = wraps
        padding = (1, 0) if wraps else 1
        self.first = nn.Conv2d(given, width, 3, padding=padding)
        self.first_norm = nn.GroupNorm(GROUPS, width)
        self.second = nn.Conv2d(width, width, 3, padding=padding)
        self.second_norm = nn.GroupNorm(GROUPS, width)
        self.past = nn.Identity() if given == width else nn.Conv2d(given, width, 1)
        self.film = nn.Linear(time_features, 2 * width) if time_features else None

    def forward(self, x: Tensor, moment: Tensor | None = None) -> Tensor:
        h = self.first_norm(self.first(_wrapped(x) if self.wraps else x))
        if self.film is not None and moment is not None:
            scale, shift = self.film(moment)[:, :, None, None].chunk(2, dim=1)
            h = h * (1 + scale) + shift
        h = functional.relu(h)
        h = self.second_norm(self.second(_wrapped(h) if self.wraps else h))
        return functional.relu(h + self.past(x))


class _Attention(nn.Module):
    """Every cell of the coarsest level looks at every other: what is behind the back fits what is ahead."""

    def __init__(self, width: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(GROUPS, width)
        self.query_key_value = nn.Conv2d(width, 3 * width, 1)
        self.out = nn.Conv2d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        batch, width, height, across = x.shape
        mixed = self.query_key_value(self.norm(x)).reshape(batch, 3 * self.heads, width // self.heads, height * across)
        query, key, value = mixed.chunk(3, dim=1)
        weights = torch.softmax(query.transpose(2, 3) @ key / math.sqrt(width // self.heads), dim=-1)
        seen = value @ weights.transpose(2, 3)
        return x + self.out(seen.reshape(batch, width, height, across))


class DepthNet(nn.Module):
    """Distance from one picture, and how far the camera looked up.

    In: RGB in [-1, 1], batch x 3 x 144 x 256. Out: the square root of the inverse radial distance in eye heights,
    batch x 1 x 72 x 128, and the pitch in radians, batch. A U-Net (Ronneberger et al. 2015) whose skips are added.
    """

    def __init__(self, widths: tuple[int, ...] = DEPTH_WIDTHS) -> None:
        super().__init__()
        self.stem = nn.Conv2d(12 + 2, widths[0], 3, padding=1)
        before = (widths[0], *widths[:-1])
        self.down = nn.ModuleList(_Block(given, width) for given, width in zip(before, widths, strict=True))
        self.inner = _Block(widths[-1], widths[-1])
        self.attention = _Attention(widths[-1])
        self.lift = nn.ModuleList(nn.Conv2d(coarse, fine, 1) for fine, coarse in pairwise(widths))
        self.up = nn.ModuleList(_Block(width, width) for width in widths[:-1])
        self.distance = nn.Conv2d(widths[0], 1, 3, padding=1)
        self.pitch = nn.Linear(widths[-1] * 9, 1)

    @staticmethod
    def example_inputs() -> dict[str, Tensor]:
        """Something to look at, by the names that the exported graph has for it."""
        return {"picture": torch.rand(1, 3, 144, 256)}

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        x = functional.pixel_unshuffle(picture, 2)
        h = self.stem(torch.cat([x, _grid_of(x)], dim=1))
        skips: list[Tensor] = []
        for level, block in enumerate(self.down):
            h = block(functional.max_pool2d(h, 2) if level else h)
            skips.append(h)
        h = self.attention(self.inner(h))
        rows = h.reshape(h.shape[0], h.shape[1], 9, -1).mean(-1)
        pitch = self.pitch(rows.flatten(1))[:, 0]
        for level in reversed(range(len(self.up))):
            h = functional.interpolate(self.lift[level](h), scale_factor=2.0, mode="nearest") + skips[level]
            h = self.up[level](h)
        return functional.softplus(self.distance(h).float()), pitch.float()


class Completer(nn.Module):
    """The end of a rectified flow (Liu et al. 2022) from noise to a panorama, given what is known of it.

    In: the state, batch x 4 x 80 x 256 (RGB and the square root of inverse distance, each scaled to about [-1, 1]);
    what is known, the same, spread over the rest; where it is, batch x 1 x 80 x 256 (0 unknown, 1 known);
    the time, batch, 0 for noise and 1 for data. Out: the panorama that the state is thought to come from, batch x 4 x
    80 x 256. Predicting it, and not the velocity, spares a small network the noise (Li and He 2025).
    """

    def __init__(self, widths: tuple[int, ...] = COMPLETER_WIDTHS) -> None:
        super().__init__()
        self.time = nn.Sequential(
            nn.Linear(TIME_FEATURES, TIME_FEATURES), nn.SiLU(), nn.Linear(TIME_FEATURES, TIME_FEATURES)
        )
        self.stem = nn.Conv2d(9 * 4 + 1, widths[0], 3, padding=(1, 0))
        before = (widths[0], *widths[:-1])
        self.down = nn.ModuleList(
            _Block(given, width, wraps=True, time_features=TIME_FEATURES)
            for given, width in zip(before, widths, strict=True)
        )
        self.inner = _Block(widths[-1], widths[-1], wraps=True, time_features=TIME_FEATURES)
        self.attention = _Attention(widths[-1])
        self.lift = nn.ModuleList(nn.Conv2d(coarse, fine, 1) for fine, coarse in pairwise(widths))
        self.up = nn.ModuleList(_Block(width, width, wraps=True, time_features=TIME_FEATURES) for width in widths[:-1])
        self.out = nn.Conv2d(widths[0], 16, 3, padding=(1, 0))

    @staticmethod
    def example_inputs() -> dict[str, Tensor]:
        """Something to complete, by the names that the exported graph has for it.

        Each input is a tensor of its own: one that stands twice is exported as one input.
        """
        size = (SKETCH_HEIGHT, SKETCH_WIDTH)
        return {
            "state": torch.rand(1, 4, *size),
            "known": torch.rand(1, 4, *size),
            "sureness": torch.rand(1, 1, *size),
            "time": torch.rand(1),
        }

    def forward(self, state: Tensor, known: Tensor, sureness: Tensor, time: Tensor) -> Tensor:
        moment = self.time(_time_features(time))
        x = functional.pixel_unshuffle(torch.cat([state, known, sureness], dim=1), 2)
        h = self.stem(_wrapped(torch.cat([x, _rows_of(x)], dim=1)))
        skips: list[Tensor] = []
        for level, block in enumerate(self.down):
            h = block(functional.avg_pool2d(h, 2) if level else h, moment)
            skips.append(h)
        h = self.attention(self.inner(h, moment))
        for level in reversed(range(len(self.up))):
            h = functional.interpolate(self.lift[level](h), scale_factor=2.0, mode="nearest") + skips[level]
            h = self.up[level](h, moment)
        return known + functional.pixel_shuffle(self.out(_wrapped(h)), 2).float()


def _wrapped(x: Tensor) -> Tensor:
    """One column more on either side, from the other side."""
    return torch.cat([x[..., -1:], x, x[..., :1]], dim=-1)


def _rows_of(x: Tensor) -> Tensor:
    rows = torch.linspace(1.0, -1.0, x.shape[2], dtype=x.dtype, device=x.device)
    return rows[None, None, :, None].expand(x.shape[0], 1, x.shape[2], x.shape[3])


def _grid_of(x: Tensor) -> Tensor:
    columns = torch.linspace(-1.0, 1.0, x.shape[3], dtype=x.dtype, device=x.device)
    return torch.cat([_rows_of(x), columns[None, None, None, :].expand(x.shape[0], 1, x.shape[2], x.shape[3])], dim=1)


def _time_features(time: Tensor) -> Tensor:
    """Sines and cosines (Vaswani et al. 2017) of times between 0 and 1."""
    rates = torch.exp(torch.linspace(0.0, math.log(200.0), TIME_FEATURES // 2, device=time.device))
    angles = time[:, None] * rates[None, :]
    return torch.cat([angles.sin(), angles.cos()], dim=1)
