"""Scripted controls, and what an engine shows under them.

Owns the scripts by name and the driving; any `Engine` will do. Looks at no picture.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from PIL import Image

from configs.world_model import WorldModelConfig
from deployments.world_model.engine import EngineInput, EngineRequest
from deployments.world_model.engines.catalog import load_engine
from protocol.client import EngineBackend
from protocol.keymap import button_codes
from scripts.pocket.baselines import BASELINES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployments.images import Frame
    from deployments.world_model.engine import Engine, FrameStack
    from protocol.stages import Stage

LOOK_RAD_PER_PX: Final = 1 / 720
FRAMES_PER_PASS: Final = 4
FRAMES_PER_S: Final = 60

_TURN_PX: Final = 20.0
"""Mouse movement of one pass: 1.7 rad/s."""
_LOOK_PX: Final = 12.0
_GENTLE_RAD: Final = 0.35
_FULL_TURN_PASSES: Final = 160
_QUARTER_TURN_PASSES: Final = 15

IDLE: Final = EngineInput()
FORWARD: Final = EngineInput(buttons=button_codes("W"))
BACK: Final = EngineInput(buttons=button_codes("S"))
STRAFE_LEFT: Final = EngineInput(buttons=button_codes("A"))
STRAFE_RIGHT: Final = EngineInput(buttons=button_codes("D"))
TURN_LEFT: Final = EngineInput(mouse_dx=-_TURN_PX)
TURN_RIGHT: Final = EngineInput(mouse_dx=_TURN_PX)
LOOK_UP: Final = EngineInput(mouse_dy=-_LOOK_PX)
LOOK_DOWN: Final = EngineInput(mouse_dy=_LOOK_PX)


@dataclass(frozen=True, slots=True)
class Script:
    """Controls pass by pass."""

    name: str
    controls: tuple[EngineInput, ...]

    @property
    def frames(self) -> int:
        """How many perceptual frames it lasts."""
        return len(self.controls) * FRAMES_PER_PASS

    def headings_rad(self) -> tuple[float, ...]:
        """Heading after each pass, to the right of the seed's."""
        turned = np.cumsum([controls.mouse_dx for controls in self.controls]) * LOOK_RAD_PER_PX
        return tuple(float(heading) for heading in turned)


def scripts() -> dict[str, Script]:
    """All of them by name."""
    made = (
        Script("forward", (FORWARD,) * 75),
        Script("back", (BACK,) * 75),
        Script("strafe_left", (STRAFE_LEFT,) * 75),
        Script("strafe_right", (STRAFE_RIGHT,) * 75),
        Script("turn_left", (TURN_LEFT,) * 75),
        Script("turn_right", (TURN_RIGHT,) * 75),
        Script("look_up", (LOOK_UP,) * 30),
        Script("look_down", (LOOK_DOWN,) * 30),
        Script("idle", (IDLE,) * 15),
        Script("walk", _walk(75)),
        Script("full_turn", (EngineInput(mouse_dx=2 * math.pi / LOOK_RAD_PER_PX / _FULL_TURN_PASSES),) * 160),
        Script("there_and_back_turn", _there_and_back()),
        Script("ten_steps", (FORWARD,) * 10 + (BACK,) * 10),
        Script("endurance", mixed(750, np.random.default_rng(3000))),
    )
    return {script.name: script for script in made}


def mixed(passes: int, rng: np.random.Generator, *, level: bool = False) -> tuple[EngineInput, ...]:
    """Stretches of a quarter to two seconds: mostly ahead, with turns, looks, strafes, rests, runs and hops.

    On the `level` one neither looks up or down nor hops.
    """
    controls: list[EngineInput] = []
    pitch_px = 0.0
    while len(controls) < passes:
        stretch = int(rng.integers(4, 30))
        keys = str(rng.choice(["W", "W", "W", "W", "WA", "WD", "A", "D", "S", ""]))
        run = ["SHIFT"] if rng.random() < 0.15 else []
        buttons = button_codes([*keys, *run])
        turn_px = float(rng.normal(0.0, 14.0)) if rng.random() < 0.7 else 0.0
        look_px = (float(rng.normal(0.0, 60.0)) - pitch_px) / stretch if not level and rng.random() < 0.4 else 0.0
        pitch_px += look_px * stretch
        hop = button_codes(["SPACE"] if not level and rng.random() < 0.1 else [])
        for index in range(stretch):
            pressed = buttons | hop if index < 2 else buttons
            controls.append(EngineInput(buttons=pressed, mouse_dx=turn_px, mouse_dy=look_px))
    return tuple(controls[:passes])


def roll(engine: "Engine", seed: "Frame", controls: "tuple[EngineInput, ...]") -> "Iterator[FrameStack]":
    """The frames pass by pass. Forgets what was before and begins at `seed`."""
    engine.reset()
    engine.append_frame(seed)
    for pressed in controls:
        yield engine.generate(pressed).frames


def load(name: str, seed: "Frame") -> "Engine":
    """The baseline of that name, or the engine that the server would load for it; warmed up on `seed`.

    Raises ModelUnavailableError.
    """
    baseline = BASELINES.get(name)
    if baseline is not None:
        return baseline()
    engine = load_engine(EngineRequest(name, None, EngineBackend.WORLD_ENGINE), WorldModelConfig(), _unheard)
    engine.warm_up(seed, _unheard)
    return engine


def read_seed(path: "Path", width: int = 640, height: int = 360) -> "Frame":
    """A picture file as a frame."""
    with Image.open(path) as opened:
        frame = np.array(opened.convert("RGB"), dtype=np.uint8)
    if frame.shape[:2] == (height, width):
        return frame
    return np.asarray(cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _unheard(_stage: "Stage") -> None:
    """Stages interest nobody here."""


def _walk(passes: int) -> tuple[EngineInput, ...]:
    """Ahead on a wave, to the right and then to the left, ending at the heading of the start."""
    headings = [_GENTLE_RAD * math.sin(2 * math.pi * index / passes) for index in range(passes + 1)]
    return tuple(
        EngineInput(buttons=FORWARD.buttons, mouse_dx=(after - before) / LOOK_RAD_PER_PX)
        for before, after in pairwise(headings)
    )


def _there_and_back() -> tuple[EngineInput, ...]:
    step_px = math.pi / 2 / LOOK_RAD_PER_PX / _QUARTER_TURN_PASSES
    return (EngineInput(mouse_dx=step_px),) * _QUARTER_TURN_PASSES + (
        EngineInput(mouse_dx=-step_px),
    ) * _QUARTER_TURN_PASSES
