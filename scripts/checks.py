"""The steps of `scripts/test.py`: what is checked, with which commands, and what is left out here and why.

Owns the list of steps, and which may run beside which. Knows nothing of running them (check_runs).
Standard library only.
"""

from __future__ import annotations

import enum
import hashlib
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import TypeAlias

    Stage: TypeAlias = "list[list[Step]]"
    """Lanes that run beside each other, of steps that run one after another. Stages run one after another."""

LOOPS = "compiled loops"
NPM_CI = "npm ci"


class Group(enum.Enum):
    """What `--only` selects by."""

    LINT = "lint"
    TYPES = "types"
    TYPESCRIPT = "typescript"
    UNIT = "unit"
    INTEGRATION = "integration"


class Lane(enum.Enum):
    """Steps of one lane run one after another, and the first two lanes, of about the same length, beside each other."""

    CHECKS = "checks"
    TESTS = "tests"
    ALONE = "alone"
    """After the other two: what it tests has to do with time."""


class Step(NamedTuple):
    """One command of the run. With a `skip_reason` it is only reported.

    It is selected by its `group`, or by another one that it `serves`, and waits for the steps that it `needs`.
    `done_marker` is written with `done_text` after success: how an installation remembers what it installed.
    """

    name: str
    group: Group
    command: Sequence[str] = ()
    lane: Lane = Lane.CHECKS
    directory: Path | None = None
    skip_reason: str | None = None
    may_select_nothing: bool = False
    serves: Group | None = None
    needs: tuple[str, ...] = ()
    """Names; those that are not part of the run are not waited for."""
    done_marker: Path | None = None
    done_text: str = ""


def all_steps(root: Path, python: Path, pytest_arguments: Sequence[str], *, has_node: bool) -> list[Step]:
    """Every step for the checkout at `root`: cheap and telling ones first."""
    module = [str(python), "-m"]
    return [
        Step("ruff check", Group.LINT, [*module, "ruff", "check", "."]),
        Step("ruff format", Group.LINT, [*module, "ruff", "format", "--check", "."]),
        *typescript_steps(root, python, has_node=has_node),
        Step("basedpyright", Group.TYPES, [*module, "basedpyright"]),
        loops_step(root, python),
        *pytest_steps(root, python, pytest_arguments),
    ]


def typescript_steps(root: Path, python: Path, *, has_node: bool) -> list[Step]:
    """Generated types are up to date; the TypeScript package is installed if its lock changed, and tested."""
    generator = root / "scripts" / "codegen_ts.py"
    package = root / "protocol" / "typescript"
    steps: list[Step] = []
    if generator.exists():
        steps.append(Step("generated types", Group.TYPESCRIPT, [str(python), str(generator), "--check"]))
    if not (package / "package.json").exists():
        return steps
    if not has_node:
        reason = "node and npm are not installed"
        return [*steps, Step("npm test", Group.TYPESCRIPT, skip_reason=reason)]
    lock_hash = hashlib.sha256((package / "package-lock.json").read_bytes()).hexdigest()
    marker = package / "node_modules" / ".installed-lock"
    if not (marker.exists() and marker.read_text(encoding="ascii") == lock_hash):
        command = ["npm", "ci"]
        steps.append(
            Step(NPM_CI, Group.TYPESCRIPT, command, directory=package, done_marker=marker, done_text=lock_hash)
        )
    return [*steps, Step("npm test", Group.TYPESCRIPT, ["npm", "test"], directory=package)]


def loops_step(root: Path, python: Path) -> Step:
    """Compile the pocket world's loops anew if they have changed, before any test comes across the old ones."""
    command = [str(python), str(root / "scripts" / "bootstrap.py")]
    return Step(LOOPS, Group.UNIT, command, Lane.TESTS, serves=Group.INTEGRATION)


def pytest_steps(root: Path, python: Path, pytest_arguments: Sequence[str]) -> list[Step]:
    """The suites, one pytest run each; a single run instead if the arguments name paths.

    The tests of the scripts run apart: in a fresh checkout they compile the generator of worlds for half a minute.
    """
    pytest = [str(python), "-m", "pytest"]
    if any(PurePath(argument).parts[:1] == ("tests",) for argument in pytest_arguments):
        named = [*pytest, *pytest_arguments]
        return [Step("pytest", Group.UNIT, named, Lane.TESTS, serves=Group.INTEGRATION, needs=(LOOPS, NPM_CI))]

    def suite(name: str, group: Group, lane: Lane, folders: Sequence[str], *options: str) -> Step:
        paths = [f"tests/{folder}" for folder in folders if (root / "tests" / folder).exists()]
        if not paths:
            return Step(name, group, lane=lane, skip_reason="there are none")
        command = [*pytest, *paths, *options, *pytest_arguments]
        return Step(name, group, command, lane, may_select_nothing=bool(pytest_arguments), needs=(LOOPS, NPM_CI))

    return [
        suite("unit tests", Group.UNIT, Lane.TESTS, ["unit", "contract"], "--ignore=tests/unit/scripts"),
        suite("script tests", Group.UNIT, Lane.CHECKS, ["unit/scripts"]),
        suite("integration tests", Group.INTEGRATION, Lane.ALONE, ["integration"]),
    ]


def selected(steps: Iterable[Step], groups: Sequence[Group]) -> list[Step]:
    """The steps of these groups; all of them if none is named."""
    return [step for step in steps if not groups or step.group in groups or step.serves in groups]


def staged(steps: Sequence[Step], *, one_by_one: bool) -> list[Stage]:
    """What runs when. `one_by_one` is for whoever wants to stop at the first failure."""
    if one_by_one:
        return [[[step]] for step in steps]
    *beside, alone = ([step for step in steps if step.lane is lane] for lane in Lane)
    stages = [[lane for lane in beside if lane], [alone] if alone else []]
    return [stage for stage in stages if stage]
