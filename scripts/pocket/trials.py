"""The trials that an engine goes through on one seed, and what each measured.

Owns how a trial is driven and what is compared with what; thresholds are `verdicts`'s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from deployments.world_model.engines.pocket.geometry import FIELD_OF_VIEW_RAD
from scripts.pocket import measures, rollouts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployments.images import Frame
    from deployments.world_model.engine import Engine, EngineInput, FrameStack

CASE_PASSES: Final = 5
"""20 frames."""
_BETWEEN_PASSES: Final = 8
_SAMPLE_PASSES: Final = 5
_REPETITION_PASSES: Final = 15

DIRECTIONS: Final[dict[str, "EngineInput"]] = {
    "forward": rollouts.FORWARD,
    "back": rollouts.BACK,
    "strafe left": rollouts.STRAFE_LEFT,
    "strafe right": rollouts.STRAFE_RIGHT,
    "turn left": rollouts.TURN_LEFT,
    "turn right": rollouts.TURN_RIGHT,
    "look up": rollouts.LOOK_UP,
    "look down": rollouts.LOOK_DOWN,
}


@dataclass(frozen=True, slots=True)
class DirectionCase:
    """20 frames in one direction: motion of the picture, positive as it should be."""

    direction: str
    motion_px: float
    is_still: bool
    """Nothing moved at all: the way was blocked, or the input ignored."""


@dataclass(frozen=True, slots=True)
class IdleCase:
    """20 frames without input: mean absolute difference of the worst from the frame before, 0 to 1."""

    moved: float


@dataclass(frozen=True, slots=True)
class Arrival:
    """After the walk, at the seed's heading, and on the way."""

    ssim: float
    ssim_half_way: float
    mirror_ssim: float
    """Of the seed with its own mirror image: about what another place in the same style has."""
    sharpness: float
    """Of frames on the way, mean by the seed's; likewise the next."""
    colour_variance: float


@dataclass(frozen=True, slots=True)
class Turning:
    """The most that any view outside the seed's sector has of the mirrored seed."""

    shape_correlation: float
    correlation: float
    pair_correlation: float
    """Of shapes, between any view and any other view's mirror image, at 24 headings."""
    closing_ssim: float
    """After the full turn, with the seed."""


@dataclass(frozen=True, slots=True)
class Return:
    """Median similarity of the views on the way back with those at the same places on the way out, and at the end."""

    turn: float
    turn_end: float
    steps: float
    steps_end: float


@dataclass(frozen=True, slots=True)
class Endurance:
    """A long rollout. Series have one value per pass, by the seed's."""

    sharpness: tuple[float, ...]
    contrast: tuple[float, ...]
    repetition: float
    """The highest of any frame."""
    seed_repetition: float


Tick = Callable[[], None]
"""Called after every pass."""


@dataclass(frozen=True, slots=True)
class Subject:
    """An engine before a seed."""

    engine: "Engine"
    seed: "Frame"
    tick: Tick

    def passes(self, controls: "tuple[EngineInput, ...]") -> "Iterator[FrameStack]":
        """Begin at the seed."""
        for frames in rollouts.roll(self.engine, self.seed, controls):
            self.tick()
            yield frames

    def last_frames(self, controls: "tuple[EngineInput, ...]") -> "list[Frame]":
        """The last frame of each pass, beginning at the seed."""
        return [frames[-1].copy() for frames in self.passes(controls)]


def first_frame(subject: Subject) -> float:
    """PSNR of the very first frame with the seed, in dB."""
    return measures.psnr(next(subject.passes((rollouts.IDLE,)))[0], subject.seed)


def directions(subject: Subject, rounds: int, rng: np.random.Generator) -> tuple[list[DirectionCase], list[IdleCase]]:
    """`rounds` cases of each direction and of none, in random order, with a little walk before every round."""
    order = [*DIRECTIONS, "idle"]
    plan: list[tuple[str, EngineInput]] = []
    for index in range(rounds):
        lead = rollouts.mixed(_BETWEEN_PASSES, rng, level=True) if index else (rollouts.IDLE,)
        plan += [("", controls) for controls in lead]
        for name in rng.permutation(order):
            plan += [(str(name), DIRECTIONS.get(str(name), rollouts.IDLE))] * CASE_PASSES
    cases: list[DirectionCase] = []
    idle: list[IdleCase] = []
    window: list[Frame] = [subject.seed]
    stills: list[Frame] = []
    for (name, _), frames in zip(plan, subject.passes(tuple(controls for _, controls in plan)), strict=True):
        if name == "":
            window = [frames[-1].copy()]
            continue
        window.append(frames[-1].copy())
        if name == "idle":
            stills += list(frames)
        if len(window) > CASE_PASSES:
            if name == "idle":
                idle.append(IdleCase(max(measures.difference(window[0], frame) for frame in stills)))
                stills = []
            else:
                cases.append(_direction_case(name, window))
            window = window[-1:]
    return cases, idle


def arrival(subject: Subject) -> Arrival:
    """Walk 300 frames with gentle turns that cancel out."""
    script = rollouts.scripts()["walk"]
    frames = subject.last_frames(script.controls)
    half_way = int(np.argmin(np.abs(np.array(script.headings_rad()[20:60])))) + 20
    sampled = frames[_SAMPLE_PASSES - 1 :: _SAMPLE_PASSES]
    return Arrival(
        ssim=measures.ssim(frames[-1], subject.seed),
        ssim_half_way=measures.ssim(frames[half_way], subject.seed),
        mirror_ssim=measures.ssim(measures.flipped(subject.seed), subject.seed),
        sharpness=_by(
            float(np.mean([measures.sharpness(frame) for frame in sampled])), measures.sharpness(subject.seed)
        ),
        colour_variance=_by(
            float(np.mean([measures.colour_variance(frame) for frame in sampled])),
            measures.colour_variance(subject.seed),
        ),
    )


def turning(subject: Subject) -> Turning:
    """Turn once round."""
    script = rollouts.scripts()["full_turn"]
    frames = subject.last_frames(script.controls)
    mirrored = measures.flipped(subject.seed)
    away = [
        frame
        for frame, heading_rad in zip(frames, script.headings_rad(), strict=True)
        if FIELD_OF_VIEW_RAD / 2 < heading_rad < 2 * np.pi - FIELD_OF_VIEW_RAD / 2
    ]
    views = frames[:: max(1, len(frames) // 24)]
    return Turning(
        shape_correlation=max(measures.shape_correlation(frame, mirrored) for frame in away),
        correlation=max(measures.correlation(frame, mirrored) for frame in away),
        pair_correlation=max(
            measures.shape_correlation(one, measures.flipped(other))
            for index, one in enumerate(views)
            for other in views[:index]
        ),
        closing_ssim=measures.ssim(frames[-1], subject.seed),
    )


def returning(subject: Subject) -> Return:
    """Turn 90 degrees away and back within two seconds; go ten steps ahead and ten back."""
    turn, turn_end = _out_and_back(subject, "there_and_back_turn")
    steps, steps_end = _out_and_back(subject, "ten_steps")
    return Return(turn, turn_end, steps, steps_end)


def endurance(subject: Subject) -> Endurance:
    """3,000 frames of everything."""
    seed_sharpness, seed_contrast = measures.sharpness(subject.seed), measures.contrast(subject.seed)
    sharpness: list[float] = []
    contrast: list[float] = []
    repetition = 0.0
    for index, frames in enumerate(subject.passes(rollouts.scripts()["endurance"].controls)):
        sharpness.append(_by(measures.sharpness(frames[-1]), seed_sharpness))
        contrast.append(_by(measures.contrast(frames[-1]), seed_contrast))
        if index % _REPETITION_PASSES == 0:
            repetition = max(repetition, measures.repetition(frames[-1]))
    return Endurance(tuple(sharpness), tuple(contrast), repetition, measures.repetition(subject.seed))


def passes_of_directions(rounds: int) -> int:
    """How many passes `directions` takes."""
    return 1 + (rounds - 1) * _BETWEEN_PASSES + rounds * CASE_PASSES * (len(DIRECTIONS) + 1)


def _direction_case(name: str, window: "list[Frame]") -> DirectionCase:
    motions = [measures.flow(before, after) for before, after in pairwise(window)]
    if name in {"forward", "back"}:
        motion_px = sum(measures.expansion(motion) for motion in motions)
    else:
        axis = 1 if name.startswith("look") else 0
        motion_px = sum(measures.shift(motion)[axis] for motion in motions)
    # The picture moves against the eye, and expands ahead.
    sign = 1.0 if name in {"forward", "strafe left", "turn left", "look up"} else -1.0
    return DirectionCase(name, sign * motion_px, is_still=bool(np.array_equal(window[0], window[-1])))


def _out_and_back(subject: Subject, name: str) -> tuple[float, float]:
    frames = [subject.seed, *subject.last_frames(rollouts.scripts()[name].controls)]
    half = len(frames) // 2
    pairs = [(frames[half - step], frames[half + step]) for step in range(1, half + 1)]
    similar = [measures.ssim(before, after) for before, after in pairs]
    return float(np.median(similar)), similar[-1]


def _by(value: float, reference: float) -> float:
    return value / reference if reference else float("inf")
