"""Pictures of the project's own scene painter with their distances, for the depth network.

Owns the choice of scenes. The painter composes one fixed view; its stage keeps the distance of every pixel, which is
read here by lending the painter a stage that is remembered.
"""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

import numpy as np
from tqdm import tqdm

from deployments.scene_authoring.procedural import raster
from deployments.scene_authoring.procedural.painter import scene
from deployments.scene_authoring.procedural.painter.stage import FAR, FOCAL, Stage
from deployments.scene_authoring.procedural.plan import (
    Hold,
    Mood,
    Place,
    ScenePlan,
    Season,
    SetWeather,
    Strength,
    TimeOfDay,
    Tool,
    Weather,
)

if TYPE_CHECKING:
    from deployments.scene_authoring.procedural.raster import Rgb

HEIGHT: Final = 144
WIDTH: Final = 256
SHARD: Final = 100


def random_plan(rng: np.random.Generator) -> ScenePlan:
    """Any scene that the painter knows."""
    return ScenePlan(
        place=Place(rng.choice(list(Place))),
        held=Hold(Tool(rng.choice(list(Tool)))),
        time=TimeOfDay(rng.choice(list(TimeOfDay))),
        weather=SetWeather(Weather(rng.choice(list(Weather))), Strength(rng.choice(list(Strength)))),
        season=Season(rng.choice(list(Season))),
        mood=Mood(rng.choice(list(Mood))) if rng.random() < 0.3 else None,
    )


def painted(seed: int) -> tuple[np.ndarray, np.ndarray, float]:
    """RGB (uint8), inverse radial distance in eye heights (0 for the sky) and the pitch in radians."""
    rng = np.random.default_rng(seed)
    plan = random_plan(rng)
    stages: list[Stage] = []

    def lend(*sizes: float) -> Stage:
        stages.append(Stage(int(sizes[0]), int(sizes[1]), sizes[2]))
        return stages[-1]

    # What is in the hand has no place in the world, so the hand stays empty.
    with patch.object(scene, "Stage", lend), patch.object(scene.compose, "hold", empty_handed):
        linear = scene.paint(plan, WIDTH * 2, HEIGHT * 2, rng)
    stage = stages[0]
    rgb = np.asarray(raster.to_image(linear))
    ray = np.sqrt(1.0 + stage.x**2 + stage.drop**2)
    inverse = np.where(stage.z >= FAR, 0.0, 1.0 / (stage.z * ray)).astype(np.float32)
    small = rgb.reshape(HEIGHT, 2, WIDTH, 2, 3).mean((1, 3)).round().astype(np.uint8)
    return small, inverse[::2, ::2], math.atan((stage.horizon - 0.5) * FOCAL)


def empty_handed(picture: "Rgb", *_: object) -> "Rgb":
    """The picture as it is."""
    return picture


def main() -> None:
    """Write shards of painted scenes into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for first in tqdm(range(arguments.first, arguments.first + arguments.count, SHARD), unit="shard"):
        path = arguments.folder / f"painted-{first:07d}.npz"
        if path.exists():
            continue
        made = [painted(seed) for seed in range(first, first + SHARD)]
        rgb, inverse, pitch = (np.stack(column) for column in zip(*made, strict=True))
        part = path.with_suffix(".part.npz")
        np.savez(part, rgb=rgb, inverse=inverse.astype(np.float16), pitch=pitch.astype(np.float32))
        part.rename(path)


if __name__ == "__main__":
    main()
