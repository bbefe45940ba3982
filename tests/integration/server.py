"""A real server for the integration suite: launcher, Ray and every deployment, on a port and in a folder of its own.

Owns its processes from launch to the last one's end, and says which of them are left.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil
import yaml

from configs.world_model import SYNTHETIC_MODEL
from protocol.http import HealthResponse
from tests.integration.playing import on_this_machine

ROOT: Final = Path(__file__).parents[2]
PROFILE: Final = ROOT / "serve_config.yaml"
START_LIMIT_S: Final = 120.0
"""On a quiet machine."""
END_LIMIT_S: Final = 10.0
"""No process of ours outlives its launcher by more."""

Change = Callable[[dict[str, Any]], None]
"""Changes the parsed profile in place."""


class NotStartedError(AssertionError):
    """The server ended, or does not get ready."""

    def __init__(self, exit_code: int | None, output: str) -> None:
        super().__init__(f"the server did not start (exit code {exit_code}):\n{output}")


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that has started."""

    process: subprocess.Popen[bytes]
    port: int
    data_dir: Path
    output: Path

    @property
    def ws_url(self) -> str:
        """Where clients connect; the path and the version are theirs to add."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def http_url(self) -> str:
        """Where the routes are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def recordings(self) -> Path:
        """Folder of finished recordings."""
        return self.data_dir / "recordings"

    @property
    def spool(self) -> Path:
        """Folder of what is not encoded yet."""
        return self.recordings / ".spool"

    def processes(self) -> list[psutil.Process]:
        """Every process of this server, by the tag in its environment, wherever it hangs in the process tree."""
        return [process for process in psutil.process_iter() if _data_dir_of(process) == str(self.data_dir)]

    def replica(self, deployment: str) -> psutil.Process:
        """The process of a deployment's replica."""
        (found,) = self.replicas(deployment)
        return found

    def replicas(self, deployment: str) -> list[psutil.Process]:
        """The processes of a deployment's replicas; none while a dead one is being replaced."""
        title = f"ray::ServeReplica:biome:{deployment}"
        return [each for each in self.processes() if _title_of(each).startswith(title)]

    def log_records(self) -> list[dict[str, Any]]:
        """What the launcher has printed so far."""
        lines = self.output.read_text("utf-8", errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


def unchanged(_profile: dict[str, Any]) -> None:
    """The default profile as it is."""


def _with_a_cheap_world(profile: dict[str, Any]) -> None:
    (application,) = profile["applications"]
    application["args"]["world_model"].update(preload=SYNTHETIC_MODEL, fallback_model=SYNTHETIC_MODEL)


@contextmanager
def launched_server(
    folder: Path, change: Change = unchanged, *flags: str, is_world_real: bool = False
) -> Generator[RunningServer]:
    """Launch the default profile, changed, and wait until every part is up; stop it at the block's end.

    Unless the world is to be the real one it is the synthetic one, which costs the suite no time.
    Raises NotStartedError, and AssertionError when a process is left after it has stopped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    profile: dict[str, Any] = yaml.safe_load(PROFILE.read_text("utf-8"))
    if not is_world_real:
        _with_a_cheap_world(profile)
    change(profile)
    config, output, port = folder / "serve_config.yaml", folder / "stdout.log", free_port()
    config.write_text(yaml.safe_dump(profile), "utf-8")
    data_dir = folder / "data"
    with output.open("wb") as stdout:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "serve_app", "--config", str(config), "--port", str(port)),
                *("--data-dir", str(data_dir), *flags),
            ],
            cwd=ROOT,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HF_HUB_OFFLINE": "1", TAG: str(data_dir)},
            start_new_session=True,
        )
    server = RunningServer(process, port, data_dir, output)
    try:
        wait_until_ready(server)
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        left = wait_for_end(server)
        assert not left, f"left behind: {left}"


TAG: Final = "BIOME_TEST_SERVER"
"""Environment variable that marks a server's processes: all of them inherit it."""


def wait_until_ready(server: RunningServer) -> None:
    """Return when `/health` says that every part is up."""
    deadline_s = time.monotonic() + on_this_machine(START_LIMIT_S)
    while True:
        health = read_health(server)
        if health is not None and health.startup_complete:
            return
        ended = server.process.poll()
        if ended is not None or time.monotonic() > deadline_s:
            raise NotStartedError(ended, server.output.read_text("utf-8", errors="replace")[-4000:])
        time.sleep(0.1)


def read_health(server: RunningServer) -> HealthResponse | None:
    """What `/health` answers now; None when nobody does."""
    try:
        with urllib.request.urlopen(f"{server.http_url}/health", timeout=2) as answer:
            return HealthResponse.model_validate_json(answer.read())
    except (urllib.error.URLError, OSError):
        return None


def wait_for_end(server: RunningServer) -> list[str]:
    """Wait until the launcher and all processes of the server are gone; what is left is killed and named."""
    with suppress(subprocess.TimeoutExpired):
        server.process.wait(END_LIMIT_S)
    deadline_s = time.monotonic() + END_LIMIT_S
    while (left := server.processes()) and time.monotonic() < deadline_s:
        time.sleep(0.1)
    names = [f"{process.pid} {_title_of(process)}" for process in left]
    for process in left:
        process.kill()
    server.process.wait()
    return names


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def _data_dir_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(TAG)
    except psutil.Error:
        return None


def _title_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline()) or process.name()
    except psutil.Error:
        return "gone"
