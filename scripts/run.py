"""Start the server: `python3 scripts/run.py [options]`, installing what is missing first.

Every option goes to `python -m serve_app`; `--help` lists them.
"""

import sys

from bootstrap import become, environment_or_exit, module_command

if __name__ == "__main__":
    become(module_command(environment_or_exit(), "serve_app", sys.argv[1:]))
