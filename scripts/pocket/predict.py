"""How well engines foresee a world whose truth is known: error after 1, 4, 8 and 16 frames on held-out worlds.

    .venv/bin/python -m scripts.pocket.predict --engines copy plane hybrid local/pocket --worlds 24 --json errors.json

Every engine gets a picture of a procedural world and true controls; the truth is drawn at the poses that the pocket
world's walker takes. Owns the clips and the comparison; the worlds are `worlds`'s.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np
from tqdm import tqdm

from deployments.world_model.engines.pocket.geometry import FIELD_OF_VIEW_RAD, FRAME_HEIGHT, FRAME_WIDTH
from deployments.world_model.engines.pocket.walking import Pose
from scripts.pocket import measures, rollouts
from scripts.pocket.worlds import World, make_world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployments.images import Frame
    from deployments.world_model.engine import Engine, EngineInput

HELD_OUT: Final = 9_000_000
"""Worlds from this seed on are in no training."""
AFTER_FRAMES: Final = (1, 4, 8, 16)
COPY: Final = "copy"
CLIPS_PER_WORLD: Final = 2

_TRUTH: Final = (180, 320)
"""Height and width at which the truth is drawn and compared: ray casting a whole frame takes long."""
_PASSES: Final = AFTER_FRAMES[-1] // rollouts.FRAMES_PER_PASS
_PASS_S: Final = rollouts.FRAMES_PER_PASS / rollouts.FRAMES_PER_S
_ROOM: Final = 2.0
"""Eye heights that must be free around a clip's beginning, so that nobody walks through a wall."""
_TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class Clip:
    """A picture, controls, and what is truly seen afterwards."""

    world: int
    kind: str
    seed: "Frame"
    controls: "tuple[EngineInput, ...]"
    truth: "tuple[Frame, ...]"
    """After each of `AFTER_FRAMES`."""


def main() -> None:
    """Print one line for each engine, and write every clip's errors where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", nargs="+", default=[COPY, "plane", "hybrid", "local/pocket"])
    parser.add_argument("--worlds", type=int, default=24)
    parser.add_argument("--first", type=int, default=HELD_OUT, help="seed of the first world")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    worlds = range(cast("int", arguments.first), cast("int", arguments.first) + cast("int", arguments.worlds))
    clips = [clip for world in tqdm(worlds, desc="worlds", unit="world") for clip in clips_of(world)]
    names = cast("list[str]", arguments.engines)
    errors = {name: errors_of(name, clips) for name in names}
    print(f"\nmean absolute difference, {len(clips)} clips of {len(worlds)} worlds")
    print("  ".join([f"{'':16}", *(f"t+{after:<4}" for after in AFTER_FRAMES)]))
    for name, of_clips in errors.items():
        print("  ".join([f"{name:16}", *(f"{error:.4f}" for error in np.mean(of_clips, axis=0))]))
    target = cast("Path | None", arguments.json)
    if target is not None:
        kinds = [{"world": clip.world, "kind": clip.kind} for clip in clips]
        target.write_text(json.dumps({"clips": kinds, "errors": errors}, indent=1) + "\n", encoding="utf-8")


def clips_of(world_seed: int) -> list[Clip]:
    """Clips of one world; fewer where its walks are too narrow."""
    world = make_world(world_seed)
    rng = np.random.default_rng(world_seed)
    clips: list[Clip] = []
    for _ in range(_TRIES):
        start = world.path(8)[int(rng.integers(8))]
        if len(clips) < CLIPS_PER_WORLD and has_room(world, start):
            clips.append(clip_from(world, start, rollouts.mixed(_PASSES, rng, level=True)))
    return clips


def has_room(world: World, start: "Sequence[float]") -> bool:
    """Whether nothing at the height of a body is near, all around."""
    x, y, z, _ = start
    _, inverse = world.panorama(x, y, z, 20, 48, 1)
    body = inverse[9:13]
    return float(body.max()) < 1.0 / _ROOM


def clip_from(world: World, start: "Sequence[float]", controls: "tuple[EngineInput, ...]") -> Clip:
    """The truth at the poses that the walker takes from `start`."""
    poses = walked(controls)
    return Clip(
        world=world.seed,
        kind=world.kind,
        seed=seen(world, start, Pose(), FRAME_HEIGHT, FRAME_WIDTH),
        controls=controls,
        truth=tuple(seen(world, start, poses[after - 1], *_TRUTH) for after in AFTER_FRAMES),
    )


def walked(controls: "tuple[EngineInput, ...]") -> list[Pose]:
    """Poses after every frame, from the origin."""
    poses: list[Pose] = []
    pose = Pose()
    for pressed in controls:
        shares = [(index + 1) / rollouts.FRAMES_PER_PASS for index in range(rollouts.FRAMES_PER_PASS)]
        poses += [pose.moved(pressed, _PASS_S, share) for share in shares]
        pose = poses[-1]
    return poses


def seen(world: World, start: "Sequence[float]", pose: Pose, height: int, width: int) -> "Frame":
    """The world at `pose`, which is relative to `start`."""
    x, y, z, yaw = start
    sin, cos = float(np.sin(yaw)), float(np.cos(yaw))
    picture, _ = world.view(
        x + pose.x * cos + pose.z * sin,
        y + pose.y,
        z - pose.x * sin + pose.z * cos,
        yaw + pose.yaw_rad,
        pose.pitch_rad,
        FIELD_OF_VIEW_RAD,
        height,
        width,
    )
    return picture


def errors_of(name: str, clips: "Sequence[Clip]") -> list[list[float]]:
    """Errors of each clip after each of `AFTER_FRAMES`."""
    if name == COPY:
        return [[difference(clip.seed, truth) for truth in clip.truth] for clip in clips]
    engine = rollouts.load(name, clips[0].seed)
    errors = [errors_on(engine, clip) for clip in tqdm(clips, desc=name, unit="clip")]
    engine.close()
    return errors


def errors_on(engine: "Engine", clip: Clip) -> list[float]:
    """The engine's errors on one clip."""
    frames = [frame for stack in rollouts.roll(engine, clip.seed, clip.controls) for frame in stack]
    return [difference(frames[after - 1], truth) for after, truth in zip(AFTER_FRAMES, clip.truth, strict=True)]


def difference(frame: "Frame", truth: "Frame") -> float:
    """Mean absolute difference at the truth's size, 0 to 1."""
    height, width = truth.shape[:2]
    return measures.difference(
        np.asarray(cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8), truth
    )


if __name__ == "__main__":
    main()
