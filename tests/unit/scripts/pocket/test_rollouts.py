"""Scripts of controls, and trials on the synthetic engine and the baselines."""

import math
from pathlib import Path

import numpy as np
import pytest

from configs.world_model import SYNTHETIC_MODEL
from scripts.pocket import rollouts, trials, verdicts

SEEDS = Path(rollouts.__file__).parent / "seeds"


def test_the_walk_ends_at_the_heading_of_its_start_after_300_frames() -> None:
    walk = rollouts.scripts()["walk"]
    assert walk.frames == 300
    assert walk.headings_rad()[-1] == pytest.approx(0.0, abs=1e-9)
    assert max(walk.headings_rad()) == pytest.approx(0.35, abs=0.01)


def test_there_and_back_reaches_90_degrees_and_takes_at_most_two_seconds() -> None:
    script = rollouts.scripts()["there_and_back_turn"]
    assert script.frames <= 2 * rollouts.FRAMES_PER_S
    assert max(script.headings_rad()) == pytest.approx(math.pi / 2)
    assert script.headings_rad()[-1] == pytest.approx(0.0, abs=1e-9)


def test_a_full_turn_is_a_full_turn_and_endurance_has_3000_frames() -> None:
    scripts = rollouts.scripts()
    assert scripts["full_turn"].headings_rad()[-1] == pytest.approx(2 * math.pi)
    assert scripts["endurance"].frames == 3000


def test_level_controls_neither_look_nor_hop() -> None:
    controls = rollouts.mixed(200, np.random.default_rng(1), level=True)
    assert not any(pressed.mouse_dy or 0x20 in pressed.buttons for pressed in controls)


@pytest.mark.parametrize("name", [SYNTHETIC_MODEL, "plane"])
def test_every_engine_begins_at_the_seed_and_moves_as_it_is_told(name: str) -> None:
    seed = rollouts.read_seed(SEEDS / "photo_picos_path.jpg")
    subject = trials.Subject(rollouts.load(name, seed), seed, lambda: None)
    assert trials.first_frame(subject) >= verdicts.FIRST_FRAME_DB
    cases, idle = trials.directions(subject, 1, np.random.default_rng(1))
    assert len(cases) == len(trials.DIRECTIONS)
    assert [case.direction for case in cases if case.motion_px <= 0] == []
    assert [case.moved for case in idle] == [0.0]


def test_the_hybrid_begins_at_the_seed_and_takes_a_new_key_when_it_has_turned() -> None:
    seed = rollouts.read_seed(SEEDS / "photo_picos_path.jpg")
    turn = rollouts.EngineInput(mouse_dx=0.35 / rollouts.LOOK_RAD_PER_PX)
    first, second = rollouts.roll(rollouts.load("hybrid", seed), seed, (rollouts.IDLE, turn))
    assert np.array_equal(first[0], seed)
    assert not np.array_equal(second[-1], seed)


def test_a_figure_passes_only_where_every_seed_does() -> None:
    assert verdicts.first_frame_figure({"a": 31.0, "b": 40.0}).verdict == "pass"
    assert verdicts.first_frame_figure({"a": 29.0, "b": 40.0}).verdict == "MISS"
