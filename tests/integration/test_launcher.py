"""The launcher owns the life of everything: however it ends, nothing of it is left.

A tiny application stands in for ours, so that a launch takes seconds. The real one is launched by the other modules.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psutil
import pytest

from tests.integration.server import (
    END_LIMIT_S,
    ROOT,
    START_LIMIT_S,
    RunningServer,
    free_port,
    launched_server,
    read_health,
    wait_for_end,
)

pytestmark = pytest.mark.integration

SAME_PORT_LIMIT_S: Final = 10.0


def tiny(profile: dict[str, Any]) -> None:
    """Put the tiny application in place of ours."""
    (application,) = profile["applications"]
    application["import_path"] = "tests.fakes.tiny_app:build_app"
    application["args"] = {}
    application["deployments"] = [{"name": "FrontDoor", "ray_actor_options": {"num_cpus": 0}}]


def ray_folders(server: RunningServer) -> set[str]:
    """The folders in which this server's Ray keeps its sockets."""
    arguments = [part for process in server.processes() for part in process.cmdline()]
    return {part for part in arguments if part.startswith("/tmp/biome-") and "/" not in part[5:]}


def answering_pid(server: RunningServer) -> int | None:
    """The process that answers on the server's port now."""
    try:
        with urllib.request.urlopen(f"{server.http_url}/who", timeout=2) as answer:
            return int(json.load(answer)["pid"])
    except OSError:
        return None


def wait_until(condition: Callable[[], bool], limit_s: float) -> bool:
    """Whether the condition holds within the limit."""
    deadline_s = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def some_parent() -> Generator["subprocess.Popen[bytes]"]:
    """A process that a server can be told to end with."""
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as parent:
        try:
            yield parent
        finally:
            parent.kill()


def refused(tmp_path: Path, *flags: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """What the launcher says when it does not start."""
    return subprocess.run(
        [sys.executable, "-m", "serve_app", "--data-dir", str(tmp_path / "data"), *flags],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=END_LIMIT_S,
        check=False,
    )


def test_sigterm_ends_everything_in_order(tmp_path: Path) -> None:
    with launched_server(tmp_path, tiny) as server:
        folders = ray_folders(server)
        assert len(server.processes()) >= 4
        server.process.send_signal(signal.SIGTERM)

        assert wait_for_end(server) == []
        assert server.process.returncode == 0
        assert folders
        assert not any(Path(folder).exists() for folder in folders)
        events = [record["event"] for record in server.log_records()]
        assert events[0] == "starting"
        assert events[-1] == "stopped"
        lines = server.output.read_text("utf-8").splitlines()
        assert len(events) == len(lines), "standard output holds records only"


def test_a_killed_front_door_is_replaced_on_the_same_port_and_shutdown_still_works(tmp_path: Path) -> None:
    with launched_server(tmp_path, tiny) as server:
        killed = answering_pid(server)
        assert killed is not None
        psutil.Process(killed).kill()

        assert wait_until(lambda: answering_pid(server) not in {None, killed}, SAME_PORT_LIMIT_S)
        request = urllib.request.Request(f"{server.http_url}/shutdown", method="POST")
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert json.load(answer) == {"asked": True}
        assert wait_for_end(server) == []
        assert server.process.returncode == 0


def test_of_two_servers_one_ends_with_its_parent_and_the_other_stays(tmp_path: Path) -> None:
    with (
        some_parent() as parent,
        launched_server(tmp_path / "a", tiny, "--parent-pid", str(parent.pid)) as orphan,
        launched_server(tmp_path / "b", tiny) as other,
    ):
        parent.kill()
        parent.wait()

        assert wait_for_end(orphan) == []
        assert orphan.process.returncode == 0
        assert read_health(other) is not None


def test_a_killed_launcher_takes_everything_with_it(tmp_path: Path) -> None:
    with launched_server(tmp_path, tiny) as server:
        folders = ray_folders(server)
        server.process.kill()

        assert wait_for_end(server) == []
        assert not any(Path(folder).exists() for folder in folders)


def test_a_killed_process_group_takes_everything_with_it(tmp_path: Path) -> None:
    with launched_server(tmp_path, tiny) as server:
        os.killpg(server.process.pid, signal.SIGKILL)

        assert wait_for_end(server) == []


def test_a_stop_while_starting_leaves_nothing(tmp_path: Path) -> None:
    output = tmp_path / "stdout.log"
    with output.open("wb") as stdout:
        process = subprocess.Popen(
            [sys.executable, "-m", "serve_app", "--port", str(free_port()), "--data-dir", str(tmp_path / "data")],
            cwd=ROOT,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            env={**os.environ, "BIOME_TEST_SERVER": str(tmp_path / "data")},
            start_new_session=True,
        )
    server = RunningServer(process, 0, tmp_path / "data", output)
    assert wait_until(lambda: "starting" in output.read_text("utf-8"), START_LIMIT_S)
    process.send_signal(signal.SIGTERM)

    assert wait_for_end(server) == []
    assert process.returncode == 0


def test_whoever_reads_our_output_sees_its_end_when_the_launcher_is_killed(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "serve_app", "--port", str(free_port()), "--data-dir", str(tmp_path / "data")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "BIOME_TEST_SERVER": str(tmp_path / "data")},
        start_new_session=True,
    )
    assert process.stdout is not None
    assert b"starting" in process.stdout.readline()
    process.kill()

    process.communicate(timeout=END_LIMIT_S)
    assert wait_for_end(RunningServer(process, 0, tmp_path / "data", tmp_path)) == []


def test_a_port_in_use_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    with taken_port() as port:
        done = refused(tmp_path, "--port", str(port))

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"port {port} on 127.0.0.1 is in use" in line
    record = json.loads(done.stdout)
    assert record["level"] == "critical"
    assert record["event"] in line


@contextmanager
def taken_port() -> Generator[int]:
    """A port on which somebody listens already."""

    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize(
    ("yaml_text", "said"),
    [
        ("applications: [", "not valid YAML"),
        ("applications: [{name: a, import_path: 'serve_app.app:build_app', args: {ingres: {}}}]", "ingres"),
    ],
    ids=["broken", "unknown key"],
)
def test_a_bad_file_is_one_line_and_exit_code_2(tmp_path: Path, yaml_text: str, said: str) -> None:
    config = tmp_path / "bad.yaml"
    config.write_text(yaml_text)

    done = refused(tmp_path, "--config", str(config), BIOME_LOG_FORMAT="text")

    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert said in line


def test_an_application_that_cannot_be_built_is_one_line(tmp_path: Path) -> None:
    config = tmp_path / "missing.yaml"
    config.write_text("applications: [{name: a, import_path: 'serve_app.nowhere:build_app'}]")

    done = refused(tmp_path, "--config", str(config), "--port", str(free_port()))

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "serve_app.nowhere" in line
