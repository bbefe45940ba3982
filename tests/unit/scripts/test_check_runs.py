"""How scripts/test.py runs its steps: what is shown of them and when, what fails, and what the run's exit code is."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from scripts.check_runs import NO_TESTS_EXIT_CODE, Outcome, Report, exit_code, run_all, run_step, summary
from scripts.checks import Group, Step

ROOT = Path(__file__).parents[3]
LIMIT_S = 60.0


def exiting(code: int, *, may_select_nothing: bool = False, marker: Path | None = None) -> Step:
    command = [sys.executable, "-c", f"raise SystemExit({code})"]
    return Step(
        "a step", Group.UNIT, command, may_select_nothing=may_select_nothing, done_marker=marker, done_text="hash"
    )


def named(name: str, *needs: str) -> Step:
    return Step(name, Group.UNIT, needs=needs)


def report(outcome: Outcome) -> Report:
    return Report(Step("a step", Group.LINT), outcome)


async def passing(step: Step, _is_alone: bool) -> Report:  # noqa: FBT001 - as `run_all` calls it
    return Report(step, Outcome.FAILED if step.name.startswith("bad") else Outcome.PASSED)


# --- one step


async def test_a_step_passes_when_its_command_exits_with_zero(tmp_path: Path) -> None:
    assert (await run_step(exiting(0), tmp_path, is_alone=True)).outcome is Outcome.PASSED


@pytest.mark.parametrize("is_alone", [True, False])
async def test_a_failed_step_names_its_exit_code(tmp_path: Path, *, is_alone: bool) -> None:
    failed = await run_step(exiting(3), tmp_path, is_alone=is_alone)
    assert (failed.outcome, failed.reason) == (Outcome.FAILED, "exit code 3")


@pytest.mark.parametrize(("narrowed", "outcome"), [(True, Outcome.SKIPPED), (False, Outcome.FAILED)])
async def test_selecting_no_test_is_no_failure_only_where_arguments_narrowed_the_run(
    tmp_path: Path, *, narrowed: bool, outcome: Outcome
) -> None:
    step = exiting(NO_TESTS_EXIT_CODE, may_select_nothing=narrowed)
    assert (await run_step(step, tmp_path, is_alone=True)).outcome is outcome


async def test_a_step_leaves_its_marker_only_after_success(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    await run_step(exiting(1, marker=marker), tmp_path, is_alone=True)
    assert not marker.exists()
    await run_step(exiting(0, marker=marker), tmp_path, is_alone=True)
    assert marker.read_text() == "hash"


async def test_a_step_with_a_skip_reason_runs_nothing(tmp_path: Path) -> None:
    step = Step("x", Group.UNIT, ["no-such-program"], skip_reason="no node")
    skipped = await run_step(step, tmp_path, is_alone=True)
    assert (skipped.outcome, skipped.reason) == (Outcome.SKIPPED, "no node")


async def test_beside_others_a_step_shows_all_that_it_said_under_its_name_when_it_has_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    talking = "import sys; print('out', flush=True); print('err', file=sys.stderr, flush=True); print('ä'.encode())"
    await run_step(Step("talk", Group.UNIT, [sys.executable, "-c", talking]), tmp_path, is_alone=False)
    shown = capsys.readouterr()
    assert shown.out == "\n── talk\nout\nerr\nb'\\xc3\\xa4'\n"
    assert shown.err == ""


async def test_a_step_by_itself_writes_where_the_run_does(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    await run_step(Step("talk", Group.UNIT, [sys.executable, "-c", "print('live')"]), tmp_path, is_alone=True)
    assert capfd.readouterr().out.split() == ["──", "talk", "live"]


# --- all of them


async def test_every_step_runs_although_one_failed() -> None:
    reports = await run_all([[[named("bad"), named("a")], [named("b")]], [[named("c")]]], passing, fail_fast=False)
    assert [(each.step.name, each.outcome) for each in reports] == [
        ("bad", Outcome.FAILED),
        *((name, Outcome.PASSED) for name in "abc"),
    ]


async def test_fail_fast_stops_after_the_first_stage_that_fails() -> None:
    reports = await run_all([[[named("bad")]], [[named("a")]]], passing, fail_fast=True)
    assert [each.outcome for each in reports] == [Outcome.FAILED]


async def test_lanes_run_beside_each_other_and_the_next_stage_after_both() -> None:
    running, seen = set[str](), dict[str, set[str]]()
    meeting = asyncio.Event()

    async def run(step: Step, is_alone: bool) -> Report:  # noqa: FBT001
        running.add(step.name)
        if not is_alone:
            if len(running) == 2:
                meeting.set()
            await asyncio.wait_for(meeting.wait(), LIMIT_S)
        seen[step.name] = set(running)
        running.discard(step.name)
        return Report(step, Outcome.PASSED)

    await run_all([[[named("a")], [named("b")]], [[named("alone")]]], run, fail_fast=False)
    assert seen["a"] | seen["b"] == {"a", "b"}
    assert seen["alone"] == {"alone"}


async def test_a_step_waits_for_those_that_it_needs_in_another_lane() -> None:
    order: list[str] = []

    async def run(step: Step, _is_alone: bool) -> Report:  # noqa: FBT001
        await asyncio.sleep(0)
        order.append(step.name)
        return Report(step, Outcome.PASSED)

    tests = [named("tests", "loops", "npm ci"), named("more", "what is not part of the run")]
    await run_all([[tests, [named("loops"), named("npm ci")]]], run, fail_fast=False)
    assert order == ["loops", "npm ci", "tests", "more"]


WAITING_STEP = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
try: print('up', flush=True); signal.pause()
except KeyboardInterrupt: print('down')
"""
RUN = f"""
import asyncio, pathlib, signal, sys
from scripts.check_runs import run_step
from scripts.checks import Group, Step
signal.signal(signal.SIGINT, signal.default_int_handler)
step = Step('x', Group.UNIT, [sys.executable, '-c', {WAITING_STEP!r}])
asyncio.run(run_step(step, pathlib.Path(), is_alone=True))
"""
"""Both take the signal even where whoever started the tests ignores it, as a shell's background jobs do."""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_an_interrupted_run_waits_until_its_steps_have_ended() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RUN],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as run:
        try:
            assert run.stdout is not None
            assert "up\n" in iter(run.stdout.readline, "")
            os.killpg(run.pid, signal.SIGINT)
            said, _ = run.communicate(timeout=LIMIT_S)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
    assert said == "down\n"
    assert run.returncode != 0


# --- what comes of it


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([Outcome.PASSED, Outcome.SKIPPED], 0),
        ([Outcome.PASSED, Outcome.FAILED], 1),
        ([Outcome.SKIPPED], 1),
        ([], 1),
    ],
)
def test_a_run_passes_when_something_passed_and_nothing_failed(outcomes: list[Outcome], code: int) -> None:
    assert exit_code([report(outcome) for outcome in outcomes]) == code


def test_the_summary_has_one_line_for_each_step_with_its_reason() -> None:
    text = summary(
        [report(Outcome.PASSED), Report(Step("npm test", Group.TYPESCRIPT), Outcome.SKIPPED, 0.0, "no node")]
    )
    assert text.splitlines() == ["a step    passed      0.0 s", "npm test  skipped     0.0 s  no node"]
