"""Train the completer on generated panoramas: what a seed shows is known, or what was seen a few steps back.

.venv/bin/python -m scripts.pocket.train_completer --out build/pocket/completer.pt
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from deployments.world_model.engines.pocket.geometry import SKETCH_HEIGHT, SKETCH_WIDTH
from deployments.world_model.engines.pocket.spreading import spread
from scripts.pocket.colours import recoloured
from scripts.pocket.holes import moved, window
from scripts.pocket.networks import Completer
from scripts.pocket.training import options_of, train

ROOT_SCALE: Final = 1.5
"""A root of inverse distance r enters as 1.5 r - 1."""
KNOWN_WEIGHT: Final = 0.1
AT_START: Final = 0.35
"""Times are drawn from below 0 up to 1, and those below count as 0: the first guess decides the layout."""
NOISE_PX: Final = 16
"""Noise has no part that is coarser than about this: what is that large follows from what is known."""
LATEST: Final = 0.25
"""Keeps the weight of errors late in the flow finite."""


class Walks:
    """All panoramas of a folder in memory, by world and place along the way."""

    def __init__(self, folder: Path) -> None:
        shards = sorted(folder.glob("walks-*.npz"))
        if not shards:
            sys.exit(f"no walks in {folder}: make them with scripts/pocket/make_data.py")
        parts = [np.load(shard) for shard in shards]
        self.rgb = np.concatenate([part["rgb"] for part in parts])
        self.inverse = np.concatenate([part["inverse"] for part in parts])
        self.pose = np.concatenate([part["pose"] for part in parts])

    def batches(self, size: int, seed: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Panoramas (batch x 4), what is known of them, spread (the same), and how well (batch x 1), without end."""
        rng = np.random.default_rng(seed)
        generator = torch.Generator().manual_seed(seed)
        with ThreadPoolExecutor(1) as ahead:
            waiting = ahead.submit(self._batch, size, rng, generator)
            while True:
                ready = waiting.result()
                waiting = ahead.submit(self._batch, size, rng, generator)
                yield ready

    def _batch(self, size: int, rng: np.random.Generator, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        whole, seen, sure = zip(*(self._example(rng) for _ in range(size)), strict=True)
        target = torch.from_numpy(np.stack(whole))
        raw = torch.from_numpy(np.stack(seen))
        sureness = torch.from_numpy(np.stack(sure))[:, None]
        both = recoloured(torch.cat([target[:, :3], raw[:, :3]], dim=-1), generator)
        target[:, :3], raw[:, :3] = both[..., :SKETCH_WIDTH] * 2 - 1, both[..., SKETCH_WIDTH:] * 2 - 1
        target[:, 3:], raw[:, 3:] = target[:, 3:] * ROOT_SCALE - 1, raw[:, 3:] * ROOT_SCALE - 1
        guess = np.stack([spread(each, there) for each, there in zip(raw.numpy(), sureness[:, 0].numpy(), strict=True)])
        return target, torch.from_numpy(guess), sureness

    def _example(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        world = int(rng.integers(len(self.rgb)))
        place = int(rng.integers(1, self.rgb.shape[1]))
        target = self._sketch(world, place)
        kind = rng.random()
        if kind < 0.4:
            raw, known = target.copy(), self._window(rng, rng.uniform(-np.pi, np.pi))
        elif kind < 0.85:
            raw, known = self._from_before(world, place, rng)
        else:
            raw, known = target.copy(), np.ones((SKETCH_HEIGHT, SKETCH_WIDTH), bool)
        if kind >= 0.85 or rng.random() < 0.2:
            for _ in range(rng.integers(1, 6)):
                tall, wide = rng.integers(3, 40), rng.integers(3, 70)
                top, left = rng.integers(0, SKETCH_HEIGHT), rng.integers(0, SKETCH_WIDTH)
                known[top : top + tall, left : left + wide] = False
        roll = int(rng.integers(SKETCH_WIDTH))
        made = [np.roll(part, roll, axis=-1) for part in (target, raw, known)]
        if rng.random() < 0.5:
            made = [part[..., ::-1] for part in made]
        target, raw, known = (np.ascontiguousarray(part) for part in made)
        return target, raw, known.astype(np.float32)

    def _from_before(self, world: int, place: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Seen from one or two places back, all around or only what a seed there showed."""
        back = int(rng.integers(max(0, place - 2), place))
        step = (self.pose[world, place, :3] - self.pose[world, back, :3]).astype(float)
        source = self._sketch(world, back)
        seen = np.ones((SKETCH_HEIGHT, SKETCH_WIDTH), bool)
        if rng.random() < 0.45:
            seen = self._window(rng, float(self.pose[world, back, 3]) + rng.normal() * 0.5)
        inverse = np.ascontiguousarray(source[3] ** 2)
        index, nearest = moved(inverse, seen, (step[0], step[1], step[2]))
        known = index >= 0
        raw = source.reshape(4, -1)[:, np.maximum(index, 0)]
        raw[3] = np.sqrt(nearest)
        return raw, known

    def _sketch(self, world: int, place: int) -> np.ndarray:
        """RGB in [0, 1] and the root of inverse distance, 4 x 80 x 256."""
        out = np.empty((4, SKETCH_HEIGHT, SKETCH_WIDTH), np.float32)
        out[:3] = self.rgb[world, place].transpose(2, 0, 1) / np.float32(255)
        out[3] = np.sqrt(np.clip(self.inverse[world, place].astype(np.float32), 0.0, 4.0))
        return out

    @staticmethod
    def _window(rng: np.random.Generator, yaw_rad: float) -> np.ndarray:
        return window(yaw_rad, rng.normal() * 0.08, np.radians(rng.uniform(70, 80)))


def loss_of(net: nn.Module, batch: tuple[Tensor, Tensor, Tensor]) -> dict[str, Tensor]:
    """Squared error of the panorama, mostly where nothing is known, the more the later in the flow."""
    target, raw, sureness = batch
    time = (torch.rand(len(target)) * (1.0 + AT_START) - AT_START).clamp_min(0.0) ** 1.5
    noise = detailed_noise(target.shape)
    share = time[:, None, None, None]
    state = noise + (target - noise) * share
    got = net(state, raw, sureness, time)
    weight = (1.0 - sureness * (1.0 - KNOWN_WEIGHT)) / (1.0 - share + LATEST)
    error = ((got - target) ** 2 * weight).mean((0, 2, 3)) / weight.mean()
    return {"colour": error[:3].mean(), "distance": error[3]}


def detailed_noise(shape: torch.Size) -> Tensor:
    """Normal noise less its means over squares."""
    noise = torch.randn(shape)
    means = functional.avg_pool2d(noise, NOISE_PX)
    return noise - functional.interpolate(means, size=shape[2:], mode="bilinear", align_corners=False)


def main() -> None:
    """Train until the steps are done."""
    options = options_of(__doc__, steps=8000, batch=8, rate=1e-3)
    torch.manual_seed(options.seed)
    walks = Walks(options.data)
    print(f"{len(walks.rgb)} worlds, {walks.rgb.shape[1]} places each", flush=True)
    train(Completer(), lambda step: walks.batches(options.batch, options.seed * 1_000_003 + step), loss_of, options)


if __name__ == "__main__":
    main()
