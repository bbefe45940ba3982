"""The server under test: starting and stopping one, what its profile is, and when it answers.

Owns the launched process. What its processes cost is in `bench_load`, what the players do in `bench_players`.
"""

import copy
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psutil
import yaml

from configs.world_model import SYNTHETIC_MODEL
from scripts.bench_load import ServerProcesses

ROOT: Final = Path(__file__).resolve().parent.parent
PROFILE: Final = ROOT / "serve_config.yaml"

HEALTH_TIMEOUT_S: Final = 120.0
STOP_TIMEOUT_S: Final = 20.0
POLL_S: Final = 0.02
LOG_TAIL_CHARS: Final = 3000

ENGINE: Final = {
    "frame_height": 720,
    "frame_width": 1280,
    "sub_frames": 4,
    "inference_fps": 60,
    "generation_ms": 30.0,
}
"""The engine for which the figures to reach are stated."""


class ServerFailedError(RuntimeError):
    """The server did not come up."""

    def __init__(self, exit_code: int | None, log_tail: str) -> None:
        how = "does not answer" if exit_code is None else f"ended with exit code {exit_code}"
        super().__init__(f"the server {how}:\n{log_tail}")


@dataclass(frozen=True, slots=True)
class ServerUnderTest:
    """A running server. What is not known of one that we did not start is None."""

    url: str
    processes: ServerProcesses
    launched_at_s: float | None = None
    """On the monotonic clock."""
    health_s: float | None = None
    """From launch to the first answer of `/health`."""
    recordings_dir: Path | None = None


def derived_profile(
    profile: dict[str, Any], data_dir: Path, sessions: int, model: str = SYNTHETIC_MODEL
) -> dict[str, Any]:
    """The default profile with the engine of the stated figures, its own data directory, and room for `sessions`.

    `model` is loaded at the start: with that engine figures of the start and of memory are those of the server alone.
    """
    derived = copy.deepcopy(profile)
    (application,) = derived["applications"]
    args: dict[str, Any] = application.setdefault("args", {})
    args["data_dir"] = str(data_dir)
    args.setdefault("world_model", {}).update(preload=model, synthetic=dict(ENGINE))
    for deployment in application["deployments"]:
        if deployment["name"] == "WorldModel":
            deployment["num_replicas"] = sessions
    return derived


def is_healthy(url: str, timeout_s: float = 1.0) -> bool:
    """Whether `/health` of the server at `url` (`ws://host:port`) answers 200 now."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=timeout_s)
    try:
        connection.request("GET", "/health")
        response = connection.getresponse()
        return response.status == http.client.OK and json.loads(response.read())["status"] == "ok"
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


@contextmanager
def launched(sessions: int = 1, model: str = SYNTHETIC_MODEL) -> Generator[ServerUnderTest]:
    """Start `python -m serve_app` with the derived profile on a free port and stop it at the end of the block.

    Raises ServerFailedError when it does not answer in time. Says on stderr what it left behind.
    """
    with tempfile.TemporaryDirectory(prefix="biome-bench-") as folder:
        data_dir, port = Path(folder) / "data", _free_port()
        config, log = Path(folder) / "serve_config.yaml", Path(folder) / "server.log"
        profile = yaml.safe_load(PROFILE.read_text(encoding="utf-8"))
        config.write_text(yaml.safe_dump(derived_profile(profile, data_dir, sessions, model)), encoding="utf-8")
        url = f"ws://127.0.0.1:{port}"
        launched_at_s = time.monotonic()
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "serve_app", "--config", str(config), "--port", str(port)],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "HF_HUB_OFFLINE": "1"},
            )
        processes = ServerProcesses(process.pid)
        try:
            _await_health(url, process, log)
            yield ServerUnderTest(
                url=url,
                processes=processes,
                launched_at_s=launched_at_s,
                health_s=time.monotonic() - launched_at_s,
                recordings_dir=data_dir / "recordings",
            )
        finally:
            _stop(process, processes)


def _await_health(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline_s = time.monotonic() + HEALTH_TIMEOUT_S
    while not is_healthy(url):
        if process.poll() is not None or time.monotonic() > deadline_s:
            raise ServerFailedError(process.poll(), log.read_text("utf-8", errors="replace")[-LOG_TAIL_CHARS:])
        time.sleep(POLL_S)


def _stop(process: subprocess.Popen[bytes], processes: ServerProcesses) -> None:
    """Ask it to end; end what is left of it after a while."""
    all_of_it = processes.now()
    process.send_signal(signal.SIGTERM)
    _, alive = psutil.wait_procs(all_of_it, timeout=STOP_TIMEOUT_S)
    for survivor in alive:
        survivor.kill()
    process.wait()
    if alive:
        names = ", ".join(str(survivor.pid) for survivor in alive)
        print(f"after SIGTERM these processes of the server were left and had to be killed: {names}", file=sys.stderr)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
