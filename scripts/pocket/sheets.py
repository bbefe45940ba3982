"""Draw contact sheets and films of what a world engine shows under the scripts.

    .venv/bin/python -m scripts.pocket.sheets --engine local/pocket
    .venv/bin/python -m scripts.pocket.sheets --engine local/pocket --only walk beside

Owns what is drawn into docs/pocket: a sheet for each script (a row for each seed), one of eight headings, those beside
the baselines, and a film for each script. Laying out and encoding are `layout`'s.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from tqdm import tqdm

from scripts.pocket import layout, rollouts
from scripts.pocket.evaluate import SEEDS, seed_paths

if TYPE_CHECKING:
    from deployments.images import Frame
    from deployments.world_model.engine import Engine, EngineInput
    from scripts.pocket.layout import Row

OUT: Final = Path(__file__).resolve().parent.parent.parent / "docs" / "pocket"
SCRIPTS: Final = (
    "forward",
    "back",
    "strafe_left",
    "strafe_right",
    "turn_left",
    "turn_right",
    "look_up",
    "look_down",
    "walk",
    "there_and_back_turn",
    "ten_steps",
    "endurance",
)
TURNS: Final = "headings"
BESIDE: Final = "beside"
BESIDE_SEEDS: Final = ("photo_picos_path", "photo_lake_pagoda", "scene_castle", "scene_library")
BASELINES: Final = ("hybrid", "plane")

_COLUMN_FRAMES: Final = 30
_COLUMNS: Final = 11
_HEADINGS: Final = 8
_FILM_FRAMES: Final = 360


@dataclass(frozen=True, slots=True)
class Bench:
    """What sheets are drawn from and to."""

    name: str
    engine: "Engine"
    seeds: "tuple[tuple[str, Frame], ...]"
    film_seed: str
    out: Path


def main() -> None:
    """Draw the sheets that are asked for."""
    known = (*SCRIPTS, TURNS, BESIDE)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", default="local/pocket")
    parser.add_argument("--seeds", type=Path, default=SEEDS)
    parser.add_argument("--only-seeds", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--only", nargs="+", default=list(known), choices=known, metavar="SHEET", help=", ".join(known))
    parser.add_argument("--film-seed", default=BESIDE_SEEDS[0], help="the seed of the films")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    paths = seed_paths(cast("Path", arguments.seeds), cast("list[str]", arguments.only_seeds))
    seeds = tuple((path.stem, rollouts.read_seed(path)) for path in paths)
    name, out = cast("str", arguments.engine), cast("Path", arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    bench = Bench(name, rollouts.load(name, seeds[0][1]), seeds, cast("str", arguments.film_seed), out)
    for sheet in cast("list[str]", arguments.only):
        if sheet == TURNS:
            headings_sheet(bench)
        elif sheet == BESIDE:
            beside_sheet(bench)
        else:
            script_sheet(bench, sheet)
    bench.engine.close()


def script_sheet(bench: Bench, name: str) -> None:
    """A row for each seed, a column for every 30 frames (more for a long script), and the film of one seed."""
    script = rollouts.scripts()[name]
    step = max(_COLUMN_FRAMES, script.frames // (_COLUMNS - 1))
    rows: list[Row] = []
    for seed_name, seed in tqdm(bench.seeds, desc=name, unit="seed"):
        frames = every(bench.engine, seed, script.controls, step)
        rows.append(layout.Row(plain(seed_name), frames))
    captions = [f"frame {index * step}" for index in range(len(rows[0].pictures))]
    layout.save_sheet(f"{bench.name}: {plain(name)}", captions, rows, bench.out / f"{name}.jpg")
    seed = dict(bench.seeds).get(bench.film_seed, bench.seeds[0][1])
    passes = script.controls[: _FILM_FRAMES // rollouts.FRAMES_PER_PASS]
    film = (frame for stack in rollouts.roll(bench.engine, seed, passes) for frame in stack)
    layout.save_film(film, bench.out / f"{name}.mp4")


def headings_sheet(bench: Bench) -> None:
    """A row for each seed, a column for each of eight headings of a full turn."""
    script = rollouts.scripts()["full_turn"]
    stride = len(script.controls) // _HEADINGS
    rows: list[Row] = []
    for seed_name, seed in tqdm(bench.seeds, desc=TURNS, unit="seed"):
        last = [stack[-1].copy() for stack in rollouts.roll(bench.engine, seed, script.controls)]
        rows.append(layout.Row(plain(seed_name), [seed, *last[stride - 1 :: stride]]))
    captions = [f"{round(360 * index / _HEADINGS)} degrees" for index in range(_HEADINGS + 1)]
    layout.save_sheet(f"{bench.name}: a full turn", captions, rows, bench.out / f"{TURNS}.jpg")


def beside_sheet(bench: Bench) -> None:
    """The same seeds and controls through the engine and the baselines: walking, then turning."""
    chosen = [(name, seed) for name, seed in bench.seeds if name in BESIDE_SEEDS] or list(bench.seeds[:4])
    engines = [(bench.name, bench.engine), *((name, rollouts.load(name, chosen[0][1])) for name in BASELINES)]
    for script_name in ("walk", "turn_right"):
        script = rollouts.scripts()[script_name]
        rows: list[Row] = []
        for seed_name, seed in tqdm(chosen, desc=f"{BESIDE} {script_name}", unit="seed"):
            rows += [
                layout.Row(f"{engine_name}\n{plain(seed_name)}", every(engine, seed, script.controls, _COLUMN_FRAMES))
                for engine_name, engine in engines
            ]
        captions = [f"frame {index * _COLUMN_FRAMES}" for index in range(len(rows[0].pictures))]
        title = f"{plain(script_name)}: {bench.name} beside the baselines"
        layout.save_sheet(title, captions, rows, bench.out / f"{BESIDE}_{script_name}.jpg")


def every(engine: "Engine", seed: "Frame", controls: "tuple[EngineInput, ...]", step: int) -> "list[Frame]":
    """The seed and every `step`-th frame after it."""
    kept: list[Frame] = [seed]
    count = 0
    for stack in rollouts.roll(engine, seed, controls):
        for frame in stack:
            count += 1
            if count % step == 0:
                kept.append(np.array(frame))
    return kept


def plain(name: str) -> str:
    """A file's name as words."""
    return name.replace("_", " ")


if __name__ == "__main__":
    main()
