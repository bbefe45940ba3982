"""The lock file: complete, exact, and nothing in it that belongs to one machine."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.lock import FORBIDDEN, SYSTEMS, needed_names, pin

ROOT = Path(__file__).resolve().parents[3]
PINS = [
    Requirement(line)
    for line in (ROOT / "requirements.lock").read_text(encoding="ascii").splitlines()
    if not line.startswith("#")
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED: list[str] = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]


@pytest.mark.parametrize("declared", DECLARED)
def test_every_declared_dependency_is_pinned_within_its_bounds(declared: str) -> None:
    wanted = Requirement(declared)
    (pinned,) = (each for each in PINS if canonicalize_name(each.name) == canonicalize_name(wanted.name))
    (specifier,) = pinned.specifier
    assert wanted.specifier.contains(specifier.version)


def test_every_pin_is_one_exact_public_version() -> None:
    assert [str(each) for each in PINS if not re.fullmatch(r"==[0-9a-z.]+", str(each.specifier))] == []


def test_packages_kept_out_on_purpose_are_not_pinned() -> None:
    assert FORBIDDEN.isdisjoint(canonicalize_name(each.name) for each in PINS)


def test_a_local_version_suffix_is_left_out_so_that_any_build_of_torch_will_do() -> None:
    assert pin("torch", list(SYSTEMS)) == "torch==2.13.0"


def test_a_package_that_not_every_system_needs_carries_a_marker() -> None:
    assert pin("uvloop", ["linux", "darwin"]).endswith(' ; sys_platform == "linux" or sys_platform == "darwin"')


def test_what_a_system_needs_follows_markers_and_extras() -> None:
    assert "uvloop" in needed_names("uvicorn[standard]", SYSTEMS["linux"])
    assert "uvloop" not in needed_names("uvicorn[standard]", SYSTEMS["win32"])
    assert "uvloop" not in needed_names("uvicorn", SYSTEMS["linux"])
