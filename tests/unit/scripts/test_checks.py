"""The steps of scripts/test.py: which there are, which are left out, and what the run's exit code is."""

import sys
from pathlib import Path

import pytest

from scripts.checks import (
    NO_TESTS_EXIT_CODE,
    Group,
    Outcome,
    Report,
    Step,
    all_steps,
    exit_code,
    pytest_steps,
    run_all,
    run_step,
    selected,
    summary,
    typescript_steps,
)

PYTHON = Path("python")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("unit", "contract", "integration"):
        (tmp_path / "tests" / folder).mkdir(parents=True)
    return tmp_path


def add_typescript_package(root: Path) -> Path:
    package = root / "protocol" / "typescript"
    package.mkdir(parents=True)
    (package / "package.json").write_text("{}")
    (package / "package-lock.json").write_text("{}")
    return package


def exiting(code: int, *, may_select_nothing: bool = False, marker: Path | None = None) -> Step:
    command = [sys.executable, "-c", f"raise SystemExit({code})"]
    return Step(
        "a step", Group.UNIT, command, may_select_nothing=may_select_nothing, done_marker=marker, done_text="hash"
    )


def report(outcome: Outcome) -> Report:
    return Report(Step("a step", Group.LINT), outcome)


def test_cheap_checks_come_before_types_and_the_slow_suite_comes_last(root: Path) -> None:
    groups = [step.group for step in all_steps(root, PYTHON, [], has_node=True)]
    assert groups == [Group.LINT, Group.LINT, Group.TYPES, Group.UNIT, Group.INTEGRATION]


def test_no_group_named_means_every_group(root: Path) -> None:
    steps = all_steps(root, PYTHON, [], has_node=True)
    assert selected(steps, []) == steps


def test_only_the_named_groups_run(root: Path) -> None:
    steps = selected(all_steps(root, PYTHON, [], has_node=True), [Group.LINT, Group.UNIT])
    assert [step.name for step in steps] == ["ruff check", "ruff format", "unit tests"]


def test_unit_and_contract_tests_share_a_run_and_integration_tests_have_their_own(root: Path) -> None:
    unit, integration = pytest_steps(root, PYTHON, [])
    assert unit.command == ["python", "-m", "pytest", "tests/unit", "tests/contract"]
    assert integration.command == ["python", "-m", "pytest", "tests/integration"]


def test_further_arguments_reach_both_suites(root: Path) -> None:
    assert all(step.command[-2:] == ["-k", "lease"] for step in pytest_steps(root, PYTHON, ["-k", "lease"]))


def test_named_test_files_replace_the_suites(root: Path) -> None:
    (only,) = pytest_steps(root, PYTHON, ["tests/unit/test_x.py::test_y", "-x"])
    assert only.command == ["python", "-m", "pytest", "tests/unit/test_x.py::test_y", "-x"]


def test_a_missing_suite_is_reported_as_skipped_with_the_reason(tmp_path: Path) -> None:
    assert [step.skip_reason for step in pytest_steps(tmp_path, PYTHON, [])] == ["there are none", "there are none"]


def test_an_empty_suite_fails_unless_arguments_narrowed_it(root: Path) -> None:
    assert not any(step.may_select_nothing for step in pytest_steps(root, PYTHON, []))
    assert all(step.may_select_nothing for step in pytest_steps(root, PYTHON, ["-k", "lease"]))


def test_generated_types_are_checked_even_without_node(root: Path) -> None:
    add_typescript_package(root)
    (root / "scripts").mkdir()
    (root / "scripts" / "codegen_ts.py").touch()
    generated, npm = typescript_steps(root, PYTHON, has_node=False)
    assert generated.command[-1] == "--check"
    assert npm.skip_reason == "node and npm are not installed"


def test_npm_packages_are_installed_before_the_first_test_and_after_a_lock_change(root: Path) -> None:
    package = add_typescript_package(root)
    install, _ = typescript_steps(root, PYTHON, has_node=True)
    assert install.command == ["npm", "ci"]
    assert install.done_marker is not None
    install.done_marker.parent.mkdir()
    install.done_marker.write_text(install.done_text)
    assert [step.name for step in typescript_steps(root, PYTHON, has_node=True)] == ["npm test"]
    (package / "package-lock.json").write_text("{ }")
    assert [step.name for step in typescript_steps(root, PYTHON, has_node=True)] == ["npm ci", "npm test"]


def test_a_step_passes_when_its_command_exits_with_zero(tmp_path: Path) -> None:
    assert run_step(exiting(0), tmp_path).outcome is Outcome.PASSED


def test_a_failed_step_names_its_exit_code(tmp_path: Path) -> None:
    failed = run_step(exiting(3), tmp_path)
    assert (failed.outcome, failed.reason) == (Outcome.FAILED, "exit code 3")


@pytest.mark.parametrize(("narrowed", "outcome"), [(True, Outcome.SKIPPED), (False, Outcome.FAILED)])
def test_selecting_no_test_is_no_failure_only_where_arguments_narrowed_the_run(
    tmp_path: Path, *, narrowed: bool, outcome: Outcome
) -> None:
    assert run_step(exiting(NO_TESTS_EXIT_CODE, may_select_nothing=narrowed), tmp_path).outcome is outcome


def test_a_step_leaves_its_marker_only_after_success(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    run_step(exiting(1, marker=marker), tmp_path)
    assert not marker.exists()
    run_step(exiting(0, marker=marker), tmp_path)
    assert marker.read_text() == "hash"


def test_a_step_with_a_skip_reason_runs_nothing(tmp_path: Path) -> None:
    skipped = run_step(Step("x", Group.UNIT, ["no-such-program"], skip_reason="no node"), tmp_path)
    assert (skipped.outcome, skipped.reason) == (Outcome.SKIPPED, "no node")


def test_every_step_runs_although_one_failed(tmp_path: Path) -> None:
    reports = run_all([exiting(1), exiting(0)], lambda step: run_step(step, tmp_path), fail_fast=False)
    assert [each.outcome for each in reports] == [Outcome.FAILED, Outcome.PASSED]


def test_fail_fast_stops_after_the_first_failure(tmp_path: Path) -> None:
    reports = run_all([exiting(1), exiting(0)], lambda step: run_step(step, tmp_path), fail_fast=True)
    assert [each.outcome for each in reports] == [Outcome.FAILED]


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
