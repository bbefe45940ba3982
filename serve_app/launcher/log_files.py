"""Which file the server of this launch logs to."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from serve_app.launcher.errors import LaunchError

GIVEN_FILE_VARIABLE: Final = "BIOME_SERVER_LOG_PATH"
"""Set by the desktop app."""

KEPT_FILES: Final = 10


def choose_log_file(data_dir: Path, environment: Mapping[str, str], now: datetime, pid: int) -> Path:
    """The file to log to: the one that whoever launched us names, else a new one in the data directory.

    Raises LaunchError when its folder cannot be made.
    """
    given = environment.get(GIVEN_FILE_VARIABLE)
    folder = data_dir / "logs"
    file = Path(given).absolute() if given else folder / f"server-{now:%Y%m%dT%H%M%S}-{pid}.log"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab"):
            pass
    except OSError as error:
        msg = f"cannot write the log file {file}: {error.strerror}; choose another place with --data-dir"
        raise LaunchError(msg) from error
    return file


def remove_old_log_files(data_dir: Path, *, kept: int = KEPT_FILES) -> None:
    """Remove all but the newest files that earlier launches left in the data directory."""
    files = sorted((data_dir / "logs").glob("server-*.log"), key=lambda file: file.name, reverse=True)
    for file in files[kept:]:
        file.unlink(missing_ok=True)
