"""Check everything: `python3 scripts/test.py [--only GROUP] [--fail-fast] [pytest arguments]`.

Installs what is missing, then runs lint, types, the TypeScript checks and every test, and says how long each took.
"""

import argparse
import asyncio
import shutil
import sys

from bootstrap import ROOT, environment_or_exit
from check_runs import exit_code, run_all, run_step, summary
from checks import Group, all_steps, selected, staged

INTERRUPTED_EXIT_CODE = 130


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Run lint, types, TypeScript checks and every test. Other arguments go to pytest.",
        allow_abbrev=False,
    )
    groups = [group.value for group in Group]
    parser.add_argument("--only", action="append", default=[], choices=groups, help="run this group; repeatable")
    parser.add_argument(
        "--fail-fast", action="store_true", help="run the steps one by one, and stop after the first that fails"
    )
    options, pytest_arguments = parser.parse_known_args()
    has_node = shutil.which("node") is not None and shutil.which("npm") is not None
    python = environment_or_exit(has_loops=False)
    steps = all_steps(ROOT, python, pytest_arguments, has_node=has_node)
    chosen = selected(steps, [Group(name) for name in options.only])
    stages = staged(chosen, one_by_one=options.fail_fast)
    reports = asyncio.run(
        run_all(stages, lambda step, is_alone: run_step(step, ROOT, is_alone=is_alone), fail_fast=options.fail_fast)
    )
    print(f"\n{summary(reports)}", flush=True)
    return exit_code(reports)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED_EXIT_CODE)
