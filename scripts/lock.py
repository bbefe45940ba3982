"""Regenerate requirements.lock: `.venv/bin/python scripts/lock.py [--upgrade]`.

Installs what pyproject.toml asks for into `.venv` (`--upgrade`: the newest its bounds allow), then writes down with
exact versions what the project and its `dev` extra need. Packages that not every system needs carry a marker; those
that this system does not need are left to pip on the systems that do.
"""

import argparse
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = "biome-serve[dev]"
FORBIDDEN = frozenset({"torchvision"})  # its wheel does not import beside the pinned torch
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "darwin": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "win32": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}
HEADER = "# Written by scripts/lock.py from pyproject.toml: edit that and run the script.\n"


def needed_names(root: str, environment: dict[str, str]) -> set[str]:
    """Installed packages that requirement `root` leads to where the marker variables have these values."""
    names: set[str] = set()
    visited: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(root)]
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in visited:
            continue
        visited.add(key)
        try:
            declared = distribution(requirement.name).requires or []
        except PackageNotFoundError:
            continue
        names.add(key[0])
        extras = [*requirement.extras] or [""]
        waiting.extend(
            child
            for child in map(Requirement, declared)
            if child.marker is None or any(child.marker.evaluate({**environment, "extra": e}) for e in extras)
        )
    return names


def pin(name: str, systems: list[str]) -> str:
    """One line of the lock: version without a local suffix (`+cpu`), and a marker unless every system needs it."""
    public_version = version(name).partition("+")[0]
    if len(systems) == len(SYSTEMS):
        return f"{name}=={public_version}"
    marker = " or ".join(f'sys_platform == "{system}"' for system in systems)
    return f"{name}=={public_version} ; {marker}"


def lock_lines() -> list[str]:
    """The pins of the installed closure, sorted by name. Exits if it holds a package that is kept out on purpose."""
    needed = {system: needed_names(PROJECT, environment) for system, environment in SYSTEMS.items()}
    names = set[str]().union(*needed.values()) - {canonicalize_name(Requirement(PROJECT).name)}
    if names & FORBIDDEN:
        sys.exit(f"kept out on purpose, but now required by something: {', '.join(names & FORBIDDEN)}")
    return [pin(name, [system for system in SYSTEMS if name in needed[system]]) for name in sorted(names)]


def main() -> None:
    parser = argparse.ArgumentParser(description="Regenerate requirements.lock from pyproject.toml.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that pyproject.toml allows")
    upgrade = ["--upgrade", "--upgrade-strategy", "eager"] if parser.parse_args().upgrade else []
    install = [sys.executable, "-m", "pip", "install", "--quiet", *upgrade, "--editable", f"{ROOT}[dev]"]
    subprocess.run(install, check=True)
    (ROOT / "requirements.lock").write_text(HEADER + "\n".join(lock_lines()) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
