"""The steps of scripts/test.py: which there are, which are left out, and which run beside which."""

from pathlib import Path

import pytest

from scripts.checks import Group, Lane, Step, all_steps, pytest_steps, selected, staged, typescript_steps

PYTHON = Path("python")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("unit/scripts", "contract", "integration"):
        (tmp_path / "tests" / folder).mkdir(parents=True)
    return tmp_path


def add_typescript_package(root: Path) -> Path:
    package = root / "protocol" / "typescript"
    package.mkdir(parents=True)
    (package / "package.json").write_text("{}")
    (package / "package-lock.json").write_text("{}")
    return package


def names(steps: list[Step]) -> list[str]:
    return [step.name for step in steps]


def test_cheap_checks_come_before_types_and_the_slow_suite_comes_last(root: Path) -> None:
    assert names(all_steps(root, PYTHON, [], has_node=True)) == [
        *("ruff check", "ruff format", "basedpyright"),
        *("compiled loops", "unit tests", "script tests", "integration tests"),
    ]


def test_no_group_named_means_every_group(root: Path) -> None:
    steps = all_steps(root, PYTHON, [], has_node=True)
    assert selected(steps, []) == steps


def test_only_the_named_groups_run(root: Path) -> None:
    steps = selected(all_steps(root, PYTHON, [], has_node=True), [Group.LINT, Group.UNIT])
    assert names(steps) == ["ruff check", "ruff format", "compiled loops", "unit tests", "script tests"]


def test_loops_are_compiled_before_whatever_tests_run(root: Path) -> None:
    steps = all_steps(root, PYTHON, [], has_node=True)
    assert names(selected(steps, [Group.INTEGRATION])) == ["compiled loops", "integration tests"]
    assert "compiled loops" not in names(selected(steps, [Group.TYPES]))
    assert all("compiled loops" in step.needs for step in pytest_steps(root, PYTHON, []))
    assert all("compiled loops" in step.needs for step in pytest_steps(root, PYTHON, ["tests/unit/test_x.py"]))


def test_unit_and_contract_tests_share_a_run_and_those_of_scripts_and_integration_have_their_own(root: Path) -> None:
    unit, scripts, integration = pytest_steps(root, PYTHON, [])
    assert unit.command == ["python", "-m", "pytest", "tests/unit", "tests/contract", "--ignore=tests/unit/scripts"]
    assert scripts.command == ["python", "-m", "pytest", "tests/unit/scripts"]
    assert integration.command == ["python", "-m", "pytest", "tests/integration"]


def test_further_arguments_reach_every_suite(root: Path) -> None:
    assert all(step.command[-2:] == ["-k", "lease"] for step in pytest_steps(root, PYTHON, ["-k", "lease"]))


def test_named_test_files_replace_the_suites(root: Path) -> None:
    (only,) = pytest_steps(root, PYTHON, ["tests/unit/test_x.py::test_y", "-x"])
    assert only.command == ["python", "-m", "pytest", "tests/unit/test_x.py::test_y", "-x"]


@pytest.mark.parametrize("group", [Group.UNIT, Group.INTEGRATION])
def test_a_named_test_file_runs_with_whichever_kind_of_tests_is_asked_for(root: Path, group: Group) -> None:
    steps = all_steps(root, PYTHON, ["tests/integration/test_x.py"], has_node=False)
    assert "pytest" in [step.name for step in selected(steps, [group])]
    assert "pytest" not in [step.name for step in selected(steps, [Group.LINT])]


def test_a_missing_suite_is_reported_as_skipped_with_the_reason(tmp_path: Path) -> None:
    assert {step.skip_reason for step in pytest_steps(tmp_path, PYTHON, [])} == {"there are none"}


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
    assert names(typescript_steps(root, PYTHON, has_node=True)) == ["npm test"]
    (package / "package-lock.json").write_text("{ }")
    assert names(typescript_steps(root, PYTHON, has_node=True)) == ["npm ci", "npm test"]
    assert all("npm ci" in step.needs for step in pytest_steps(root, PYTHON, [])), "some tests run a compiler of it"


def test_tests_run_beside_the_checks_and_what_has_to_do_with_time_alone(root: Path) -> None:
    (checks, tests), (alone,) = staged(all_steps(root, PYTHON, [], has_node=True), one_by_one=False)
    assert names(checks) == ["ruff check", "ruff format", "basedpyright", "script tests"]
    assert names(tests) == ["compiled loops", "unit tests"]
    assert names(alone) == ["integration tests"]


def test_steps_run_one_by_one_for_whoever_stops_at_the_first_failure(root: Path) -> None:
    steps = all_steps(root, PYTHON, [], has_node=True)
    assert staged(steps, one_by_one=True) == [[[step]] for step in steps]


def test_lanes_and_stages_without_a_step_are_left_out() -> None:
    step = Step("a step", Group.INTEGRATION, lane=Lane.ALONE)
    assert staged([step], one_by_one=False) == [[[step]]]
    assert staged([], one_by_one=False) == []
