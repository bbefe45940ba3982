"""Check everything: `python3 scripts/test.py [--only GROUP] [--fail-fast] [pytest arguments]`.

Installs what is missing, then runs lint, types, the TypeScript checks and every test, and says how long each took.
"""

import argparse
import shutil
import sys

from bootstrap import ROOT, environment_or_exit
from checks import Group, all_steps, exit_code, run_all, run_step, selected, summary

INTERRUPTED_EXIT_CODE = 130


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Run lint, types, TypeScript checks and every test. Other arguments go to pytest.",
        allow_abbrev=False,
    )
    groups = [group.value for group in Group]
    parser.add_argument("--only", action="append", default=[], choices=groups, help="run this group; repeatable")
    parser.add_argument("--fail-fast", action="store_true", help="stop after the first step that fails")
    options, pytest_arguments = parser.parse_known_args()
    has_node = shutil.which("node") is not None and shutil.which("npm") is not None
    steps = all_steps(ROOT, environment_or_exit(), pytest_arguments, has_node=has_node)
    chosen = selected(steps, [Group(name) for name in options.only])
    reports = run_all(chosen, lambda step: run_step(step, ROOT), fail_fast=options.fail_fast)
    print(f"\n{summary(reports)}", flush=True)
    return exit_code(reports)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED_EXIT_CODE)
