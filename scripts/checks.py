"""The steps of `scripts/test.py`: what is checked, with which commands, and what is left out here and why.

Owns the list of steps and how one is run and reported. Knows nothing of the environment's making (bootstrap).
Standard library only.
"""

from __future__ import annotations

import enum
import hashlib
import os
import shutil
import subprocess
import time
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

NO_TESTS_EXIT_CODE = 5  # pytest's own

QUIET_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DIFFUSERS_VERBOSITY": "error",
    "npm_config_audit": "false",
    "npm_config_fund": "false",
    "npm_config_update_notifier": "false",
}


class Group(enum.Enum):
    """What `--only` selects by."""

    LINT = "lint"
    TYPES = "types"
    TYPESCRIPT = "typescript"
    UNIT = "unit"
    INTEGRATION = "integration"


class Outcome(enum.Enum):
    """How a step ended."""

    PASSED = "passed"
    FAILED = "FAILED"
    SKIPPED = "skipped"


class Step(NamedTuple):
    """One command of the run. With a `skip_reason` it is only reported.

    `done_marker` is written with `done_text` after success: how an installation remembers what it installed.
    """

    name: str
    group: Group
    command: Sequence[str] = ()
    directory: Path | None = None
    skip_reason: str | None = None
    may_select_nothing: bool = False
    done_marker: Path | None = None
    done_text: str = ""


class Report(NamedTuple):
    """A line of the summary."""

    step: Step
    outcome: Outcome
    duration_s: float = 0.0
    reason: str = ""


def all_steps(root: Path, python: Path, pytest_arguments: Sequence[str], *, has_node: bool) -> list[Step]:
    """Every step for the checkout at `root`, in the order in which they run: cheap and telling ones first."""
    module = [str(python), "-m"]
    return [
        Step("ruff check", Group.LINT, [*module, "ruff", "check", "."]),
        Step("ruff format", Group.LINT, [*module, "ruff", "format", "--check", "."]),
        Step("basedpyright", Group.TYPES, [*module, "basedpyright"]),
        *typescript_steps(root, python, has_node=has_node),
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
        install = Step("npm ci", Group.TYPESCRIPT, ["npm", "ci"], package, done_marker=marker, done_text=lock_hash)
        steps.append(install)
    return [*steps, Step("npm test", Group.TYPESCRIPT, ["npm", "test"], package)]


def pytest_steps(root: Path, python: Path, pytest_arguments: Sequence[str]) -> list[Step]:
    """The suites, one pytest run each; a single run instead if the arguments name paths."""
    pytest = [str(python), "-m", "pytest"]
    if any(PurePath(argument).parts[:1] == ("tests",) for argument in pytest_arguments):
        return [Step("pytest", Group.UNIT, [*pytest, *pytest_arguments])]
    suites = [
        ("unit tests", Group.UNIT, ["unit", "contract"]),
        ("integration tests", Group.INTEGRATION, ["integration"]),
    ]
    steps: list[Step] = []
    for name, group, folders in suites:
        paths = [f"tests/{folder}" for folder in folders if (root / "tests" / folder).exists()]
        if paths:
            command = [*pytest, *paths, *pytest_arguments]
            steps.append(Step(name, group, command, may_select_nothing=bool(pytest_arguments)))
        else:
            steps.append(Step(name, group, skip_reason="there are none"))
    return steps


def selected(steps: Iterable[Step], groups: Sequence[Group]) -> list[Step]:
    """The steps of these groups; all of them if none is named."""
    return [step for step in steps if not groups or step.group in groups]


def run_step(step: Step, root: Path) -> Report:
    """Run one step with its output visible, measure it, and leave its marker if it succeeded."""
    if step.skip_reason is not None:
        return Report(step, Outcome.SKIPPED, reason=step.skip_reason)
    print(f"\n── {step.name}", flush=True)
    program = shutil.which(step.command[0]) or step.command[0]
    started_s = time.monotonic()
    completed = subprocess.run(
        [program, *step.command[1:]],
        cwd=step.directory or root,
        env={**QUIET_ENVIRONMENT, **os.environ},
        check=False,
    )
    duration_s = time.monotonic() - started_s
    if step.may_select_nothing and completed.returncode == NO_TESTS_EXIT_CODE:
        return Report(step, Outcome.SKIPPED, duration_s, "the arguments select none of them")
    if completed.returncode != 0:
        return Report(step, Outcome.FAILED, duration_s, f"exit code {completed.returncode}")
    if step.done_marker is not None:
        step.done_marker.write_text(step.done_text, encoding="ascii")
    return Report(step, Outcome.PASSED, duration_s)


def run_all(steps: Iterable[Step], run: Callable[[Step], Report], *, fail_fast: bool) -> list[Report]:
    """Run the steps in order: all of them, or with `fail_fast` up to the first that fails."""
    reports: list[Report] = []
    for step in steps:
        reports.append(run(step))
        if fail_fast and reports[-1].outcome is Outcome.FAILED:
            break
    return reports


def summary(reports: Sequence[Report]) -> str:
    """A table: step, outcome, seconds, and why it was skipped or failed."""
    width = max((len(report.step.name) for report in reports), default=0)
    return "\n".join(
        f"{report.step.name:{width}}  {report.outcome.value:7}  {report.duration_s:6.1f} s  {report.reason}".rstrip()
        for report in reports
    )


def exit_code(reports: Sequence[Report]) -> int:
    """1 if a step failed or none ran, else 0: a run that checked nothing has not passed."""
    outcomes = {report.outcome for report in reports}
    return 0 if Outcome.PASSED in outcomes and Outcome.FAILED not in outcomes else 1
