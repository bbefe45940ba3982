"""How `scripts/test.py` runs its steps and reports them.

Owns processes, their output and the summary. The output of steps that run beside others is shown whole when they end,
that of a step which runs by itself at once. Knows nothing of what the steps check (checks). Standard library only.
"""

from __future__ import annotations

import asyncio
import enum
import os
import shutil
import tempfile
import time
from asyncio.subprocess import STDOUT
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from pathlib import Path

    from scripts.checks import Stage, Step

NO_TESTS_EXIT_CODE = 5  # pytest's own

QUIET_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DIFFUSERS_VERBOSITY": "error",
    "npm_config_audit": "false",
    "npm_config_fund": "false",
    "npm_config_update_notifier": "false",
}

INTERRUPTED_LIMIT_S = 10.0
"""Ctrl-C reaches the steps too, and tests have servers to stop."""


class Outcome(enum.Enum):
    """How a step ended."""

    PASSED = "passed"
    FAILED = "FAILED"
    SKIPPED = "skipped"


class Report(NamedTuple):
    """A line of the summary."""

    step: Step
    outcome: Outcome
    duration_s: float = 0.0
    reason: str = ""


async def run_step(step: Step, root: Path, *, is_alone: bool) -> Report:
    """Run one step, show its output, measure it, and leave its marker if it succeeded."""
    if step.skip_reason is not None:
        return Report(step, Outcome.SKIPPED, reason=step.skip_reason)
    title, started_s = f"\n── {step.name}", time.monotonic()
    if is_alone:
        print(title, flush=True)
        code = await _exit_code(step, root, None)
    else:
        with tempfile.TemporaryFile() as output:
            code = await _exit_code(step, root, output)
            output.seek(0)
            text = output.read().decode("utf-8", errors="replace")
        print(f"{title}\n{text.rstrip()}", flush=True)
    duration_s = time.monotonic() - started_s
    if step.may_select_nothing and code == NO_TESTS_EXIT_CODE:
        return Report(step, Outcome.SKIPPED, duration_s, "the arguments select none of them")
    if code != 0:
        return Report(step, Outcome.FAILED, duration_s, f"exit code {code}")
    if step.done_marker is not None:
        step.done_marker.write_text(step.done_text, encoding="ascii")
    return Report(step, Outcome.PASSED, duration_s)


async def _exit_code(step: Step, root: Path, output: IO[bytes] | None) -> int:
    process = await asyncio.create_subprocess_exec(
        shutil.which(step.command[0]) or step.command[0],
        *step.command[1:],
        cwd=step.directory or root,
        env={**QUIET_ENVIRONMENT, **os.environ},
        stdout=output,
        stderr=None if output is None else STDOUT,
    )
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            try:
                await asyncio.wait_for(process.wait(), INTERRUPTED_LIMIT_S)
            except TimeoutError:
                process.kill()
                await process.wait()


async def run_all(
    stages: Iterable[Stage], run: Callable[[Step, bool], Awaitable[Report]], *, fail_fast: bool
) -> list[Report]:
    """Run the stages in order: all of them, or with `fail_fast` up to the first in which a step fails.

    `run` is told whether its step runs by itself.
    """
    reports: list[Report] = []
    for lanes in stages:
        if len(lanes) > 1:
            names = (", ".join(step.name for step in lane) for lane in lanes)
            print("\n── beside each other:", *names, sep="\n   ", flush=True)
        ended = {step.name: asyncio.Event() for lane in lanes for step in lane}
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_run_lane(lane, run, ended, is_alone=len(lanes) == 1)) for lane in lanes]
        reports += [report for task in tasks for report in task.result()]
        if fail_fast and _has_failed(reports):
            break
    return reports


async def _run_lane(
    lane: Sequence[Step],
    run: Callable[[Step, bool], Awaitable[Report]],
    ended: dict[str, asyncio.Event],
    *,
    is_alone: bool,
) -> list[Report]:
    reports: list[Report] = []
    for step in lane:
        for name in step.needs:
            if name in ended:
                await ended[name].wait()
        reports.append(await run(step, is_alone))
        ended[step.name].set()
    return reports


def _has_failed(reports: Iterable[Report]) -> bool:
    return any(report.outcome is Outcome.FAILED for report in reports)


def summary(reports: Sequence[Report]) -> str:
    """A table: step, outcome, seconds, and why it was skipped or failed."""
    width = max((len(report.step.name) for report in reports), default=0)
    return "\n".join(
        f"{report.step.name:{width}}  {report.outcome.value:7}  {report.duration_s:6.1f} s  {report.reason}".rstrip()
        for report in reports
    )


def exit_code(reports: Sequence[Report]) -> int:
    """1 if a step failed or none ran, else 0: a run that checked nothing has not passed."""
    return 0 if any(report.outcome is Outcome.PASSED for report in reports) and not _has_failed(reports) else 1
