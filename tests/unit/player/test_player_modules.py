"""The player page's modules that need no browser, run by Node's own test runner, and their types."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[2]
TSC: Final = ROOT / "protocol" / "typescript" / "node_modules" / ".bin" / "tsc"
LIMIT_S: Final = 120


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command here and keep what it says."""
    return subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=LIMIT_S, check=False)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed: `apt-get install nodejs`")
def test_modules_of_the_player_page_pass_their_own_tests() -> None:
    files = sorted(str(path) for path in HERE.glob("*.test.js"))
    assert files
    outcome = run("node", "--test", *files)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.skipif(not TSC.exists(), reason="no TypeScript compiler: `npm ci` in protocol/typescript")
def test_modules_of_the_player_page_have_the_types_they_claim() -> None:
    outcome = run(str(TSC), "-p", "tsconfig.json")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
