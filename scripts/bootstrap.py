"""The environment behind every command: a `.venv` that holds exactly what the lock file says.

Owns making and repairing `.venv`, having the pocket world's loops compiled, deciding whether either is current, and
handing over to its Python.
Leaves to the callers what they run in it. Standard library only, and importable by old Pythons, so that
one which cannot run the project is told so in a sentence.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from typing import NoReturn

if sys.platform == "win32":
    import msvcrt

    def _wait_for_lock(descriptor: int) -> None:
        while True:  # one call waits for ten seconds
            with contextlib.suppress(OSError):
                return msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _wait_for_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)


MIN_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
USAGE_ERROR_EXIT_CODE = 2

# Part of the fingerprint: raise it when the way the environment is built changes.
RECIPE = "1"

KERNELS = "deployments.world_model.engines.pocket.kernels"
"""Compiles the pocket world's loops when it is run."""


class BootstrapError(Exception):
    """The environment cannot be made here; the message says why and what to do. The user's to solve."""


class Layout(NamedTuple):
    """Where one checkout keeps its environment and what defines it."""

    root: Path
    windows: bool = sys.platform == "win32"

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "Scripts" / "python.exe" if self.windows else self.venv / "bin" / "python"

    @property
    def stamp(self) -> Path:
        """Written last, so that its presence says that an installation ended well, and which."""
        return self.venv / "biome-serve.stamp"

    @property
    def kernel_stamp(self) -> Path:
        """Says from which sources the pocket world's loops were compiled."""
        return self.venv / "biome-kernels.stamp"

    @property
    def lock(self) -> Path:
        return self.root / "requirements.lock"

    @property
    def pyproject(self) -> Path:
        return self.root / "pyproject.toml"


def python_refusal(version: tuple[int, ...]) -> str | None:
    """Why a Python of this version cannot run the project, or None if it can."""
    if version >= MIN_PYTHON:
        return None
    wanted, found = (".".join(str(part) for part in parts[:3]) for parts in (MIN_PYTHON, version))
    return f"Biome Serve needs Python {wanted} or newer, and this is Python {found}: use a newer python3."


def fingerprint(layout: Layout) -> str:
    """What the environment is made from, as one hash: recipe, place, lock file and project file.

    The place counts because an editable installation holds the path of its sources.
    Raises BootstrapError if a file is missing.
    """
    digest = hashlib.sha256(f"{RECIPE}\n{layout.root}\n".encode())
    for path in (layout.lock, layout.pyproject):
        try:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        except OSError as error:
            message = f"cannot read {path}: {error.strerror}; is the checkout complete?"
            raise BootstrapError(message) from error
    return digest.hexdigest()


def is_current(layout: Layout, wanted: str) -> bool:
    """Whether an earlier installation from the same files ended well and its Python is still there."""
    return layout.python.exists() and _says(layout.stamp, wanted)


def _says(stamp: Path, wanted: str) -> bool:
    try:
        return stamp.read_text(encoding="ascii") == wanted
    except (OSError, UnicodeDecodeError):
        return False


def probe_command(layout: Layout) -> list[str]:
    """Ask whether an existing environment has pip; one whose making was cut short has not."""
    return [str(layout.python), "-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('pip') is None)"]


def create_command(layout: Layout) -> list[str]:
    """Make an empty environment, whatever stands there now."""
    return [sys.executable, "-m", "venv", "--clear", str(layout.venv)]


def install_commands(layout: Layout) -> list[list[str]]:
    """Fill the environment: the locked packages, then the project itself, editable."""
    pip = [str(layout.python), "-m", "pip", "install", "--disable-pip-version-check"]
    return [
        [*pip, "--requirement", str(layout.lock)],
        [*pip, "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(layout.root)],
    ]


def run_command(command: Sequence[str]) -> int:
    """Run a command with its output visible; its exit code."""
    return subprocess.run(command, check=False).returncode


def ensure_environment(layout: Layout, run: Callable[[Sequence[str]], int] = run_command) -> Path:
    """Make or update `.venv` if it is not current; the path of its Python.

    An environment without a working pip is half-made, and made anew. One that pip fails to update, say offline,
    is kept. Raises BootstrapError on failure; the stamp is then absent, so the next run tries again.
    """
    wanted = fingerprint(layout)
    if is_current(layout, wanted):
        return layout.python
    with _one_at_a_time(layout):
        if not is_current(layout, wanted):
            layout.stamp.unlink(missing_ok=True)
            print(f"Installing the locked packages into {layout.venv}", file=sys.stderr, flush=True)
            _fill(layout, run)
            layout.stamp.write_text(wanted, encoding="ascii")
    return layout.python


def _fill(layout: Layout, run: Callable[[Sequence[str]], int]) -> None:
    usable = layout.python.exists() and run(probe_command(layout)) == 0
    if not usable and (run(create_command(layout)) != 0 or not layout.python.exists()):
        message = f"cannot make {layout.venv}; Debian and Ubuntu have what it needs in the package python3-venv."
        raise BootstrapError(message)
    if any(run(command) != 0 for command in install_commands(layout)):
        message = "pip could not install the locked packages; its message is above."
        raise BootstrapError(message)


def kernel_sources(layout: Layout) -> list[Path]:
    """What the pocket world's loops are compiled from: modules that hold them, and what those import beside them."""
    *parts, _ = KERNELS.split(".")
    folder = layout.root.joinpath(*parts)
    texts = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.py")}
    imported = re.compile(rf"^ *from {re.escape('.'.join(parts))}(?:\.(\w+) import| import (\w+))", re.MULTILINE)
    found: set[str] = set()
    waiting = [name for name, text in texts.items() if "@njit" in text]
    while waiting:
        name = waiting.pop()
        if name in texts and name not in found:
            found.add(name)
            waiting += [submodule or module for submodule, module in imported.findall(texts[name])]
    return [folder / f"{name}.py" for name in sorted(found)]


def ensure_kernels(layout: Layout, run: Callable[[Sequence[str]], int] = run_command) -> None:
    """Compile the pocket world's loops if they, or the packages, have changed since: a player should not wait for it.

    A failure is not the end: the server compiles by itself what it does not find.
    """
    digest = hashlib.sha256(fingerprint(layout).encode())
    for path in kernel_sources(layout):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    wanted = digest.hexdigest()
    if _says(layout.kernel_stamp, wanted):
        return
    with _one_at_a_time(layout):
        if not _says(layout.kernel_stamp, wanted):
            print("Compiling the pocket world's loops, once: about a minute", file=sys.stderr, flush=True)
            if run(module_command(layout.python, KERNELS, [])) == 0:
                layout.kernel_stamp.write_text(wanted, encoding="ascii")
            else:
                print("They could not be compiled; the server will try again.", file=sys.stderr)


@contextlib.contextmanager
def _one_at_a_time(layout: Layout) -> Generator[None]:
    """Hold off a second command started meanwhile: two pips in one environment would spoil it."""
    with (layout.root / ".venv.lock").open("w", encoding="ascii") as file:
        _wait_for_lock(file.fileno())
        yield


def module_command(python: Path, module: str, arguments: Sequence[str]) -> list[str]:
    """Run a module of ours: `-P`, so that a directory `configs` where the user happens to stand is not imported."""
    return [str(python), "-P", "-m", module, *arguments]


def become(command: list[str]) -> NoReturn:
    """Turn this process into that command: same process id, so signals and the exit code need no passing on.

    Windows has no such thing: there a child runs, which receives Ctrl-C from the console itself.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    if sys.platform != "win32":
        os.execv(command[0], command)
    with subprocess.Popen(command) as child:
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                sys.exit(child.wait())


def environment_or_exit(*, has_loops: bool = True) -> Path:
    """The Python of this checkout's environment; on failure one line to stderr and exit code 2.

    Without `has_loops` the pocket world's loops are left as they are.
    """
    refusal = python_refusal(tuple(sys.version_info[:3]))
    if refusal is not None:
        _refuse(refusal)
    layout = Layout(ROOT)
    try:
        python = ensure_environment(layout)
        if has_loops:
            ensure_kernels(layout)
    except BootstrapError as error:
        _refuse(str(error))
    except KeyboardInterrupt:
        _refuse("interrupted; the next run goes on with the installation.")
    return python


def _refuse(reason: str) -> NoReturn:
    print(reason, file=sys.stderr)
    sys.exit(USAGE_ERROR_EXIT_CODE)


if __name__ == "__main__":
    environment_or_exit()
