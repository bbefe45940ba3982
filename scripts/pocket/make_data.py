"""Make the training data of the pocket model: `python -m scripts.pocket.make_data [FOLDER] --views N --walks N`.

Owns the sampling of poses and the shards on disk. A shard is a compressed-free .npz named by its first seed, written
under another name first, so that a run can be stopped and started again: what is there is not made again.

views-SEED.npz   rgb (n, 144, 256, 3) uint8; inverse (n, 144, 256) float16, of the distance along the ray in heights of
                 the eye above its ground, 0 for sky; pitch, field_of_view (n,) float32, radians; eye (n,) float32, that
                 height in the world's units; seed (n,) int64. Four views to a world.
walks-SEED.npz   rgb (n, 4, 80, 256, 3) uint8; inverse (n, 4, 80, 256) float16; pose (n, 4, 4) float32: x, y, z, yaw of
                 panoramas all drawn at heading 0; seed (n,) int64.
"""

import argparse
import math
import multiprocessing
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from tqdm import tqdm

from deployments.world_model.engines.pocket.geometry import SKETCH_HEIGHT, SKETCH_WIDTH
from scripts.pocket.worlds import World, make_world

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

VIEW_HEIGHT: Final = 144
VIEW_WIDTH: Final = 256
VIEWS_PER_WORLD: Final = 4
WORLDS_PER_SHARD: Final = 50
POSES_PER_WALK: Final = 4
HELD_OUT_SEED: Final = 9_000_000
WALK_SEED: Final = 500_000
"""Walks use other worlds than views: their seeds start here (from the held-out seed, where held out)."""
NEAREST_ALLOWED: Final = 0.18
"""A pose with something nearer than this is not taken."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One file to make."""

    kind: str
    path: Path
    first_seed: int
    worlds: int


def nearest(world: World, x: float, y: float, z: float) -> float:
    """Distance to the nearest thing about a place, below the eye left out."""
    _, inverse = world.panorama(x, y, z, 12, 40, 1)
    return 1.0 / max(1e-6, float(inverse[:8].max()))


def view_pose(world: World, rng: np.random.Generator) -> tuple[float, float, float, float, float]:
    """x, y, z, yaw of a camera by the way, and the height of its eye above the ground."""
    for _ in range(8):
        x, y, z, yaw = (float(value) for value in world.path(1)[0])
        eye = float(np.exp(rng.normal(0.0, 0.28)))
        eye = min(max(eye, 0.6), 2.5, max(0.6, 0.72 * world.headroom))
        y += eye - 1.0
        if rng.random() < 0.25:
            yaw += float(rng.uniform(-math.pi, math.pi))
        else:
            yaw += float(rng.normal(0, 0.35))
        if nearest(world, x, y, z) <= NEAREST_ALLOWED:
            continue
        _, probe = world.view(x, y, z, yaw, 0.0, 1.3, 9, 16, 1)
        faces_a_wall = float(np.median(probe)) > 0.4 and float(probe.std()) < 0.15
        if not faces_a_wall or rng.random() < 0.1:
            return x, y, z, yaw, eye
    x, y, z, yaw = (float(value) for value in world.path(1)[0])
    return x, y, z, yaw, 1.0


def draw_views(shard: Shard) -> "dict[str, NDArray[np.generic]]":
    """All views of a shard."""
    count = shard.worlds * VIEWS_PER_WORLD
    rgb = np.zeros((count, VIEW_HEIGHT, VIEW_WIDTH, 3), dtype=np.uint8)
    inverse = np.zeros((count, VIEW_HEIGHT, VIEW_WIDTH), dtype=np.float16)
    numbers = np.zeros((3, count), dtype=np.float32)
    seeds = np.zeros(count, dtype=np.int64)
    for i in range(shard.worlds):
        seed = shard.first_seed + i
        rng = np.random.default_rng([seed, 2])
        world = make_world(seed)
        for k in range(i * VIEWS_PER_WORLD, (i + 1) * VIEWS_PER_WORLD):
            x, y, z, yaw, eye = view_pose(world, rng)
            steep = rng.random() < 0.2
            pitch = math.radians(float(rng.uniform(-20, 15) if steep else np.clip(rng.normal(-1.5, 4.0), -8, 8)))
            field_of_view = math.radians(float(rng.uniform(55, 100)))
            rgb[k], found = world.view(x, y, z, yaw, pitch, field_of_view, VIEW_HEIGHT, VIEW_WIDTH)
            inverse[k] = found * eye
            numbers[:, k] = (pitch, field_of_view, eye)
            seeds[k] = seed
    return {
        "rgb": rgb,
        "inverse": inverse,
        "pitch": numbers[0],
        "field_of_view": numbers[1],
        "eye": numbers[2],
        "seed": seeds,
    }


def draw_walks(shard: Shard) -> "dict[str, NDArray[np.generic]]":
    """All walks of a shard."""
    size = (shard.worlds, POSES_PER_WALK, SKETCH_HEIGHT, SKETCH_WIDTH)
    rgb = np.zeros((*size, 3), dtype=np.uint8)
    inverse = np.zeros(size, dtype=np.float16)
    pose = np.zeros((shard.worlds, POSES_PER_WALK, 4), dtype=np.float32)
    for i in range(shard.worlds):
        world = make_world(shard.first_seed + i)
        path = world.path(POSES_PER_WALK)
        for _ in range(6):
            if min(nearest(world, x, y, z) for x, y, z, _ in path) > NEAREST_ALLOWED:
                break
            path = world.path(POSES_PER_WALK)
        pose[i] = path
        for k, (x, y, z, _) in enumerate(path):
            rgb[i, k], inverse[i, k] = world.panorama(x, y, z, SKETCH_HEIGHT, SKETCH_WIDTH)
    seeds = np.arange(shard.first_seed, shard.first_seed + shard.worlds, dtype=np.int64)
    return {"rgb": rgb, "inverse": inverse, "pose": pose, "seed": seeds}


def save(path: Path, arrays: "Mapping[str, NDArray[np.generic]]") -> None:
    """Write a shard so that it is either whole or not there."""
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as file:
        np.savez(file, allow_pickle=False, **dict(arrays))
    partial.replace(path)


def make(shard: Shard) -> Shard:
    """Draw and save one shard."""
    save(shard.path, draw_views(shard) if shard.kind == "views" else draw_walks(shard))
    return shard


def shards_wanted(folder: Path, kind: str, worlds: int, first_seed: int) -> list[Shard]:
    """The shards of so many worlds, those that are there left out."""
    out: list[Shard] = []
    for start in range(0, worlds, WORLDS_PER_SHARD):
        seed = first_seed + start
        path = folder / f"{kind}-{seed:07d}.npz"
        if not path.exists():
            out.append(Shard(kind, path, seed, min(WORLDS_PER_SHARD, worlds - start)))
    return out


def main() -> None:
    """Read the command line and make what is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("build/pocket/data"))
    parser.add_argument("--views", type=int, default=0, help="how many perspective views")
    parser.add_argument("--walks", type=int, default=0, help="how many walks of four panoramas")
    parser.add_argument("--held-out", action="store_true", help=f"worlds for evaluation, seeds from {HELD_OUT_SEED}")
    parser.add_argument("--first-seed", type=int, default=0, help="added to the seeds, to extend an earlier run")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    base = arguments.first_seed + (HELD_OUT_SEED if arguments.held_out else 0)
    walks = shards_wanted(arguments.folder, "walks", arguments.walks, base + WALK_SEED)
    views = shards_wanted(arguments.folder, "views", math.ceil(arguments.views / VIEWS_PER_WORLD), base)
    wanted = [*walks, *views]
    context = multiprocessing.get_context("spawn")
    with context.Pool(arguments.workers) as pool, tqdm(total=sum(s.worlds for s in wanted), unit="world") as bar:
        for shard in pool.imap_unordered(make, wanted):
            bar.update(shard.worlds)
            bar.set_postfix_str(shard.path.name)


if __name__ == "__main__":
    main()
