"""Bootstrap: when `.venv` is current, how it is made and repaired, what is compiled, and who is refused.

Nothing is installed or compiled here."""

import ast
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts.bootstrap import (
    ROOT,
    BootstrapError,
    Layout,
    ensure_environment,
    ensure_kernels,
    fingerprint,
    install_commands,
    is_current,
    kernel_sources,
    module_command,
    python_refusal,
)

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"


class FakePrograms:
    """Stands for `python -m venv` and pip: notes what they were asked and leaves the files they would."""

    def __init__(self, layout: Layout, *, has_pip: bool = True, can_create: bool = True, failing: str = "") -> None:
        self.asked: list[str] = []
        self._layout = layout
        self._has_pip = has_pip
        self._can_create = can_create
        self._failing = failing

    def __call__(self, command: Sequence[str]) -> int:
        kind = self._kind(command)
        self.asked.append(kind)
        if kind == "create" and self._can_create:
            self._layout.python.parent.mkdir(parents=True, exist_ok=True)
            self._layout.python.touch()
            self._has_pip = True
        if kind == "probe":
            return 0 if self._has_pip else 1
        return 1 if kind == self._failing else 0

    def _kind(self, command: Sequence[str]) -> str:
        if "venv" in command:
            return "create"
        if "-c" in command:
            return "probe"
        if any(part.endswith(".kernels") for part in command):
            return "kernels"
        return "project" if "--editable" in command else "packages"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    (tmp_path / "requirements.lock").write_text("torch==2.13.0\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return Layout(tmp_path, windows=False)


def make_python(layout: Layout) -> None:
    layout.python.parent.mkdir(parents=True)
    layout.python.touch()


def test_a_fresh_checkout_gets_an_environment_then_packages_then_the_project(layout: Layout) -> None:
    programs = FakePrograms(layout)
    assert ensure_environment(layout, programs) == layout.python
    assert programs.asked == ["create", "packages", "project"]


def test_a_second_run_asks_nothing_of_anybody(layout: Layout) -> None:
    ensure_environment(layout, FakePrograms(layout))
    programs = FakePrograms(layout)
    ensure_environment(layout, programs)
    assert programs.asked == []


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_file_is_installed_into_the_existing_environment(layout: Layout, changed: str) -> None:
    ensure_environment(layout, FakePrograms(layout))
    (layout.root / changed).write_text("# changed\n")
    programs = FakePrograms(layout)
    ensure_environment(layout, programs)
    assert programs.asked == ["probe", "packages", "project"]


def test_a_moved_checkout_is_installed_again_because_an_editable_install_holds_its_path(layout: Layout) -> None:
    ensure_environment(layout, FakePrograms(layout))
    moved = Layout(layout.root.rename(layout.root.with_name("moved")), windows=False)
    assert not is_current(moved, fingerprint(moved))


def test_an_environment_without_pip_is_made_anew(layout: Layout) -> None:
    make_python(layout)
    programs = FakePrograms(layout, has_pip=False)
    ensure_environment(layout, programs)
    assert programs.asked == ["probe", "create", "packages", "project"]


def test_an_environment_whose_python_vanished_is_made_anew_although_it_is_stamped(layout: Layout) -> None:
    ensure_environment(layout, FakePrograms(layout))
    layout.python.unlink()
    programs = FakePrograms(layout)
    ensure_environment(layout, programs)
    assert programs.asked == ["create", "packages", "project"]


@pytest.mark.parametrize("failing", ["packages", "project"])
def test_a_failed_installation_leaves_no_stamp_and_keeps_the_environment(layout: Layout, failing: str) -> None:
    ensure_environment(layout, FakePrograms(layout))
    layout.lock.write_text("torch==2.14.0\n")
    with pytest.raises(BootstrapError, match="pip could not install"):
        ensure_environment(layout, FakePrograms(layout, failing=failing))
    assert layout.python.exists()
    assert not layout.stamp.exists()


def test_the_run_after_a_failed_installation_tries_again(layout: Layout) -> None:
    with pytest.raises(BootstrapError):
        ensure_environment(layout, FakePrograms(layout, failing="packages"))
    programs = FakePrograms(layout)
    ensure_environment(layout, programs)
    assert programs.asked == ["probe", "packages", "project"]


def test_a_machine_that_cannot_make_environments_is_told_what_to_install(layout: Layout) -> None:
    with pytest.raises(BootstrapError, match="python3-venv"):
        ensure_environment(layout, FakePrograms(layout, can_create=False))


def test_a_checkout_without_its_lock_file_is_named_incomplete(layout: Layout) -> None:
    layout.lock.unlink()
    with pytest.raises(BootstrapError, match=r"requirements\.lock.*checkout"):
        fingerprint(layout)


def test_a_stamp_of_other_bytes_is_not_current(layout: Layout) -> None:
    make_python(layout)
    layout.stamp.write_bytes(b"\xff\xfe")
    assert not is_current(layout, fingerprint(layout))


def test_the_project_is_installed_without_asking_an_index_for_its_build_tools(layout: Layout) -> None:
    _, project = install_commands(layout)
    assert {"--no-deps", "--no-build-isolation"} <= set(project)


POCKET = Path("deployments", "world_model", "engines", "pocket")


@pytest.fixture
def with_loops(layout: Layout) -> Layout:
    """A checkout whose `loops` imports `geometry`, and whose `engine` has nothing to compile."""
    folder = layout.root / POCKET
    folder.mkdir(parents=True)
    package = ".".join(POCKET.parts)
    (folder / "loops.py").write_text(f"from {package}.geometry import TOP\n@njit\ndef draw(): ...\n")
    (folder / "geometry.py").write_text("TOP = 1\n")
    (folder / "engine.py").write_text(f"from {package} import loops\n")
    make_python(layout)
    return layout


def test_loops_are_compiled_once(with_loops: Layout) -> None:
    programs = FakePrograms(with_loops)
    for _ in range(2):
        ensure_kernels(with_loops, programs)
    assert programs.asked == ["kernels"]


@pytest.mark.parametrize(
    ("changed", "asked"), [("loops.py", ["kernels"]), ("geometry.py", ["kernels"]), ("engine.py", [])]
)
def test_they_are_compiled_again_when_what_they_are_made_from_changes(
    with_loops: Layout, changed: str, asked: list[str]
) -> None:
    ensure_kernels(with_loops, FakePrograms(with_loops))
    source = with_loops.root / POCKET / changed
    source.write_text(source.read_text() + "# changed\n")
    programs = FakePrograms(with_loops)
    ensure_kernels(with_loops, programs)
    assert programs.asked == asked


def test_they_are_compiled_again_for_other_packages(with_loops: Layout) -> None:
    ensure_kernels(with_loops, FakePrograms(with_loops))
    with_loops.lock.write_text("numba==1\n")
    programs = FakePrograms(with_loops)
    ensure_kernels(with_loops, programs)
    assert programs.asked == ["kernels"]


def test_a_failed_compilation_is_told_and_tried_again_the_next_time(
    with_loops: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    ensure_kernels(with_loops, FakePrograms(with_loops, failing="kernels"))
    assert "the server will try again" in capsys.readouterr().err
    programs = FakePrograms(with_loops)
    ensure_kernels(with_loops, programs)
    assert programs.asked == ["kernels"]


def test_what_the_pocket_worlds_loops_are_made_from_is_found() -> None:
    names = {path.stem for path in kernel_sources(Layout(ROOT))}
    assert {"quads", "shading", "relief", "quilting", "matching", "composing", "geometry", "widths"} <= names
    assert not {"engine", "walk", "networks"} & names


def test_windows_keeps_its_python_elsewhere(tmp_path: Path) -> None:
    assert Layout(tmp_path, windows=True).python == tmp_path / ".venv" / "Scripts" / "python.exe"


def test_arguments_reach_the_server_unchanged_and_in_order() -> None:
    command = module_command(Path("python"), "serve_app", ["--port", "7987", "--", "a b", ""])
    assert command == ["python", "-P", "-m", "serve_app", "--port", "7987", "--", "a b", ""]


def test_the_command_takes_over_the_process_so_signals_and_exit_code_need_no_passing_on() -> None:
    successor = "import os, sys; print(os.getpid()); sys.exit(7)"
    code = f"import sys; from scripts.bootstrap import become; become([sys.executable, '-c', {successor!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=SCRIPTS.parent, stdout=subprocess.PIPE, text=True
    ) as process:
        printed, _ = process.communicate()
    assert process.returncode == 7
    assert sys.platform == "win32" or int(printed) == process.pid


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1), (4, 0, 0)])
def test_a_python_that_can_run_us_is_not_refused(version: tuple[int, ...]) -> None:
    assert python_refusal(version) is None


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 8, 18), (3, 10, 13)])
def test_an_old_python_is_refused_in_one_line_that_names_both_versions(version: tuple[int, ...]) -> None:
    reason = python_refusal(version)
    assert reason is not None
    assert "\n" not in reason
    assert "3.11" in reason
    assert ".".join(str(part) for part in version) in reason


@pytest.mark.parametrize("name", ["run.py", "test.py", "bootstrap.py", "checks.py", "check_runs.py"])
def test_what_runs_before_the_environment_is_understood_by_pythons_it_refuses(name: str) -> None:
    ast.parse((SCRIPTS / name).read_text(encoding="utf-8"), feature_version=(3, 7))
