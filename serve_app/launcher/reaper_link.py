"""The launcher's end of the pipe to its reaper."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from serve_app.launcher.reaper import LAUNCH_VARIABLE

PROJECT_ROOT: Final = Path(__file__).parents[2]


class ReaperLink:
    """A running reaper. It acts when `release` is called, or when this process dies."""

    def __init__(self, launch_id: str, folder: Path, environment: Mapping[str, str]) -> None:
        reading, self._writing = os.pipe()
        # Not part of the launch it clears up, not in our group or session, and without our pipes: it must outlive us,
        # and whoever waits for the end of our output must not wait for it.
        without_tag = {name: value for name, value in environment.items() if name != LAUNCH_VARIABLE}
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "serve_app.launcher.reaper", launch_id, str(folder)],
                stdin=reading,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=PROJECT_ROOT,
                env=without_tag,
                start_new_session=True,
            )
        finally:
            os.close(reading)

    def release(self, timeout_s: float) -> bool:
        """Let it clear up, and wait. Whether it finished in time; it goes on by itself if not. Idempotent."""
        writing, self._writing = self._writing, -1
        if writing >= 0:
            with contextlib.suppress(OSError):
                os.close(writing)
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True
