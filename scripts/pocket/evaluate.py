"""Judge a world engine by numbers, on many seeds.

    .venv/bin/python -m scripts.pocket.evaluate --engine local/pocket --json figures.json
    .venv/bin/python -m scripts.pocket.evaluate --engine hybrid --quick --only turning return

Owns the command, the order of trials and the table. Trials are `trials`'s, thresholds `verdicts`'s.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from tqdm import tqdm

from scripts.pocket import rollouts, trials, verdicts
from scripts.pocket.trials import Arrival, DirectionCase, Endurance, IdleCase, Return, Subject, Turning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.pocket.verdicts import Figure

SEEDS: Final = Path(__file__).resolve().parent / "seeds"
TRIALS: Final = ("first_frame", "directions", "arrival", "turning", "return", "endurance")
CASES: Final = 200
"""Per direction, over all seeds."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run. `endurance_seeds` is how many of the seeds are walked for 3,000 frames."""

    only: tuple[str, ...]
    rounds: int
    endurance_seeds: int

    def passes(self, seeds: int) -> int:
        """How many passes that takes."""
        scripts = rollouts.scripts()
        by_trial = {
            "first_frame": 1,
            "directions": trials.passes_of_directions(self.rounds),
            "arrival": len(scripts["walk"].controls),
            "turning": len(scripts["full_turn"].controls),
            "return": len(scripts["there_and_back_turn"].controls) + len(scripts["ten_steps"].controls),
        }
        total = seeds * sum(passes for trial, passes in by_trial.items() if trial in self.only)
        if "endurance" in self.only:
            total += min(seeds, self.endurance_seeds) * len(scripts["endurance"].controls)
        return total


@dataclass(slots=True)
class Results:
    """What the trials measured, by the seed's name."""

    first_frame: dict[str, float] = field(default_factory=dict[str, float])
    directions: dict[str, list[DirectionCase]] = field(default_factory=dict[str, list[DirectionCase]])
    idle: dict[str, list[IdleCase]] = field(default_factory=dict[str, list[IdleCase]])
    arrival: dict[str, Arrival] = field(default_factory=dict[str, Arrival])
    turning: dict[str, Turning] = field(default_factory=dict[str, Turning])
    returning: dict[str, Return] = field(default_factory=dict[str, Return])
    endurance: dict[str, Endurance] = field(default_factory=dict[str, Endurance])

    def figures(self) -> "list[Figure]":
        """The table's lines."""
        lines: list[Figure] = []
        if self.first_frame:
            lines.append(verdicts.first_frame_figure(self.first_frame))
        if self.directions:
            cases = [case for of_seed in self.directions.values() for case in of_seed]
            lines += verdicts.direction_figures(cases, [case for of_seed in self.idle.values() for case in of_seed])
        if self.arrival:
            lines += verdicts.arrival_figures(self.arrival)
        if self.turning:
            lines += verdicts.turning_figures(self.turning)
        if self.returning:
            lines += verdicts.return_figures(self.returning)
        if self.endurance:
            lines += verdicts.endurance_figures(self.endurance)
        return lines


def main() -> None:
    """Run the trials that are asked for, print the table, and write every number where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", default="local/pocket", help="local/pocket, local/synthetic, hybrid or plane")
    parser.add_argument("--seeds", type=Path, default=SEEDS, help="a folder of JPEG or PNG pictures")
    parser.add_argument("--only", nargs="+", default=list(TRIALS), choices=TRIALS, metavar="TRIAL", help=str(TRIALS))
    parser.add_argument("--only-seeds", nargs="+", default=[], metavar="NAME", help="names without their suffix")
    parser.add_argument("--endurance-seeds", type=int, default=8, help="how many seeds are walked for 3,000 frames")
    parser.add_argument("--quick", action="store_true", help="every fifth seed and few cases, for a first look")
    parser.add_argument("--json", type=Path, help="where to write every number")
    arguments = parser.parse_args()
    paths = seed_paths(cast("Path", arguments.seeds), cast("list[str]", arguments.only_seeds))
    quick = cast("bool", arguments.quick)
    paths = paths[2::5] or paths if quick else paths
    plan = Plan(
        only=tuple(cast("list[str]", arguments.only)),
        rounds=2 if quick else -(-CASES // len(paths)),
        endurance_seeds=1 if quick else cast("int", arguments.endurance_seeds),
    )
    name = cast("str", arguments.engine)
    started_s = time.monotonic()
    results = run(name, paths, plan)
    lines = results.figures()
    print(f"\n{name}, {len(paths)} seeds, {time.monotonic() - started_s:.0f} s")
    print(table(lines))
    target = cast("Path | None", arguments.json)
    if target is not None:
        numbers = {"engine": name, "figures": [asdict(line) for line in lines], **asdict(results)}
        target.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")


def seed_paths(folder: Path, only: "Sequence[str]" = ()) -> list[Path]:
    """The pictures of a folder by name. Exits if there are none."""
    paths = [path for path in sorted(folder.iterdir()) if path.suffix in {".jpg", ".jpeg", ".png"}]
    paths = [path for path in paths if not only or path.stem in only]
    if not paths:
        sys.exit(f"no seeds in {folder}")
    return paths


def run(name: str, paths: "Sequence[Path]", plan: Plan) -> Results:
    """Every trial of the plan on every seed."""
    results = Results()
    engine = rollouts.load(name, rollouts.read_seed(paths[0]))
    long_ones = set(np.linspace(0, len(paths) - 1, min(len(paths), plan.endurance_seeds)).astype(int).tolist())
    with tqdm(total=plan.passes(len(paths)), unit="pass", mininterval=2.0, dynamic_ncols=True) as bar:

        def tick() -> None:
            bar.update()

        for index, path in enumerate(paths):
            seed = rollouts.read_seed(path, engine.spec.frame_width, engine.spec.frame_height)
            bar.set_description(path.stem)
            subject = Subject(engine, seed, tick)
            try_out(subject, path.stem, plan, results, index)
            if "endurance" in plan.only and index in long_ones:
                results.endurance[path.stem] = trials.endurance(subject)
    engine.close()
    return results


def try_out(subject: Subject, seed: str, plan: Plan, results: Results, index: int) -> None:
    """The short trials on one seed."""
    if "first_frame" in plan.only:
        results.first_frame[seed] = trials.first_frame(subject)
    if "directions" in plan.only:
        rng = np.random.default_rng(200 + index)
        results.directions[seed], results.idle[seed] = trials.directions(subject, plan.rounds, rng)
    if "arrival" in plan.only:
        results.arrival[seed] = trials.arrival(subject)
    if "turning" in plan.only:
        results.turning[seed] = trials.turning(subject)
    if "return" in plan.only:
        results.returning[seed] = trials.returning(subject)


def table(lines: "Sequence[Figure]") -> str:
    """The figures in columns."""
    rows = [("figure", "measured", "wanted", ""), *((x.name, x.measured, x.wanted, x.verdict) for x in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


if __name__ == "__main__":
    main()
