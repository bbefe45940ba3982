"""`python -m serve_app`: start the server on this machine, and own every process of it until it ends.

Checks first and starts afterwards: what is wrong with flags, configuration or address is one line and exit code 2.
"""

import os
import sys
import tempfile
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deployments.log_records import iso_timestamp, to_json_line
from serve_app.launcher.errors import USAGE_EXIT_CODE, LaunchError
from serve_app.launcher.flags import parse_flags
from serve_app.launcher.log_printer import LogFormat, choose_format
from serve_app.launcher.plan import make_plan
from serve_app.launcher.processes import ProcessIdentity, read_creation_time
from serve_app.launcher.ray_environment import LaunchFacts, choose_ray_token, ray_environment
from serve_app.launcher.reaper import TEMP_PREFIX
from serve_app.launcher.reaper_link import PROJECT_ROOT, ReaperLink

if TYPE_CHECKING:
    from serve_app.launcher.plan import LaunchPlan

SOCKET_SAFE_FOLDER: Final = "/tmp"
"""Ray's sockets lie 60 characters deeper, and a socket's path may have 107: macOS's `$TMPDIR` is too long."""


def main(arguments: list[str]) -> int:
    """Run the server. Returns the exit code."""
    try:
        plan = make_plan(parse_flags(arguments, os.environ), os.environ, os.getpid())
    except LaunchError as error:
        _refuse(str(error), os.environ)
        return USAGE_EXIT_CODE
    folder = Path(tempfile.mkdtemp(prefix=TEMP_PREFIX, dir=SOCKET_SAFE_FOLDER))
    launch_id = uuid.uuid4().hex
    reaper = ReaperLink(launch_id, folder, os.environ)
    os.environ.update(ray_environment(_facts(plan, launch_id)))
    # Ray reads its environment when it is imported.
    from serve_app.launcher.launch import Launch

    return Launch(plan, reaper, folder).run()


def _facts(plan: "LaunchPlan", launch_id: str) -> LaunchFacts:
    inherited = [Path(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    return LaunchFacts(
        launch_id=launch_id,
        launcher=ProcessIdentity(os.getpid(), read_creation_time(os.getpid()) or 0.0),
        port=plan.flags.port,
        log_file=plan.log_file,
        ray_token=choose_ray_token(os.environ),
        import_roots=(PROJECT_ROOT, *inherited),
        dashboard=plan.flags.dashboard,
    )


def _refuse(reason: str, environment: Mapping[str, str]) -> None:
    """Say why nothing was started: to a person on standard error, and to the desktop app as a log record."""
    sys.stderr.write(f"biome-serve: {reason}\n")
    if choose_format(environment, is_terminal=sys.stdout.isatty()) is LogFormat.JSON:
        record = {
            "timestamp": iso_timestamp(datetime.now(UTC)),
            "level": "critical",
            "event": reason,
            "logger": "serve_app",
            "role": "launcher",
        }
        sys.stdout.write(to_json_line(record).decode())


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        # Signals were not the launch's yet: there is nothing to stop but the reaper, which sees us go.
        sys.exit(0)
