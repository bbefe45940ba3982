"""Write the TypeScript side of the wire contract: `.venv/bin/python scripts/codegen_ts.py [--check]`.

Owns which modules are the contract, and the file. Finding and writing what they define is the `codegen` package's.
"""

import argparse
import difflib
import sys
from pathlib import Path
from typing import Final

import protocol.client
import protocol.frame
import protocol.http
import protocol.keymap
import protocol.server
import protocol.stages
import protocol.version
from protocol.rpc import RESPONSE_DATA
from scripts.codegen.render import render

ROOT: Final = Path(__file__).resolve().parent.parent
OUTPUT: Final = ROOT / "protocol" / "typescript" / "src" / "protocol.generated.ts"
STALE_EXIT_CODE: Final = 1

# Message ids come in from `protocol.errors` because messages refer to them; the rest of it is Python's.
MODULES: Final = (
    protocol.version,
    protocol.keymap,
    protocol.stages,
    protocol.client,
    protocol.frame,
    protocol.server,
    protocol.http,
)


def generate() -> str:
    """The text that the file should have."""
    return render(MODULES, RESPONSE_DATA.items())


def difference(path: Path, wanted: str) -> str:
    """What would change in the file, as a unified diff; empty if it is up to date."""
    present = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = difflib.unified_diff(
        present.splitlines(keepends=True), wanted.splitlines(keepends=True), "in the file", "in the models"
    )
    return "".join(lines)


def run(path: Path, wanted: str, *, check: bool) -> int:
    """Write the file, or with `check` only say whether it is stale. The result is the exit code."""
    changes = difference(path, wanted)
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted, encoding="utf-8", newline="\n")
        print(f"{path.name}: {'written' if changes else 'unchanged'}")
        return 0
    if not changes:
        return 0
    print(changes)
    print(f"{path.name} is stale: run scripts/codegen_ts.py", file=sys.stderr)
    return STALE_EXIT_CODE


def main() -> int:
    parser = argparse.ArgumentParser(description="Generate the TypeScript side of the wire contract.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the file is stale")
    return run(OUTPUT, generate(), check=parser.parse_args().check)


if __name__ == "__main__":
    sys.exit(main())
