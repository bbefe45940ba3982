"""What a process of ours writes, seen from outside: each test logs in a process of its own, as the server does."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deployments.log_records import parse_record
from deployments.logs import read_level

ROOT = Path(__file__).parents[3]
PREAMBLE = """
import structlog
from deployments.logs import configure_logs
configure_logs("tester")
log = structlog.get_logger("some.module")
"""


def run(code: str, log_file: Path | None = None, **environment: str) -> "subprocess.CompletedProcess[str]":
    if log_file is not None:
        environment["BIOME_LOG_FILE"] = str(log_file)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BIOME_")}
    return subprocess.run(
        [sys.executable, "-c", PREAMBLE + code],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def records(text: str) -> list[dict[str, Any]]:
    return [parse_record(line) for line in text.splitlines()]


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    return tmp_path / "server.log"


def test_without_a_launcher_records_go_to_standard_output_as_json() -> None:
    done = run("log.info('hello', n=1)")

    record = json.loads(done.stdout)
    assert (record["event"], record["n"], record["level"]) == ("hello", 1, "info")
    assert (record["logger"], record["role"]) == ("some.module", "tester")
    assert record["timestamp"].endswith("Z")


def test_with_a_launcher_records_go_to_its_file_and_nowhere_else(log_file: Path) -> None:
    done = run("log.info('hello')", log_file)

    assert (done.stdout, done.stderr) == ("", "")
    assert [record["event"] for record in records(log_file.read_text())] == ["hello"]


def test_bound_context_reaches_threads_that_copy_it(log_file: Path) -> None:
    run(
        """
import contextvars, threading
with structlog.contextvars.bound_contextvars(session_id="s1"):
    thread = threading.Thread(target=contextvars.copy_context().run, args=(log.info, "in the thread"))
    thread.start(); thread.join()
""",
        log_file,
    )

    assert records(log_file.read_text())[0]["session_id"] == "s1"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_costs_records_and_nothing_else() -> None:
    done = run("log.info('hello'); print('went on')", Path("/dev/full"))

    assert done.returncode == 0
    assert (done.stdout, done.stderr) == ("went on\n", "")


def test_lines_of_processes_that_write_at_once_never_mix(log_file: Path) -> None:
    code = PREAMBLE + "for n in range(300): log.info('x' * 5000, n=n)"
    environment = {**os.environ, "BIOME_LOG_FILE": str(log_file)}
    writers = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment) for _ in range(3)]

    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    lines = log_file.read_text().splitlines()
    assert len(lines) == 900
    assert all(json.loads(line)["event"] == "x" * 5000 for line in lines)


def test_warnings_of_the_standard_library_come_along_once(log_file: Path) -> None:
    run(
        """
import logging
logging.getLogger("uvicorn.error").info("not this")
logging.getLogger("ray.serve").warning("but %s", "this")
""",
        log_file,
    )

    assert [(record["event"], record["logger"]) for record in records(log_file.read_text())] == [
        ("but this", "ray.serve")
    ]


def test_exceptions_that_nobody_caught_are_in_the_log(log_file: Path) -> None:
    run(
        """
import threading
thread = threading.Thread(target=lambda: 1 / 0, name="worker")
thread.start(); thread.join()
raise ValueError("at the top")
""",
        log_file,
    )

    in_thread, at_top = records(log_file.read_text())
    assert in_thread["thread"] == "worker"
    assert "ZeroDivisionError" in in_thread["exception"]
    assert at_top["level"] == "critical"
    assert "ValueError: at the top" in at_top["exception"]


ON_A_LOOP = """
import asyncio
async def main():
    configure_logs("tester")
    loop = asyncio.get_running_loop()
    passed = asyncio.Event()
    loop.call_soon(fail)
    loop.call_soon(passed.set)
    await passed.wait()
asyncio.run(main())
"""


def test_what_a_callback_raises_is_in_the_log_of_a_process_configured_on_its_event_loop(log_file: Path) -> None:
    run("def fail(): 1 / 0" + ON_A_LOOP, log_file)

    (record,) = records(log_file.read_text())
    assert (record["event"], record["level"]) == ("exception in the event loop", "error")
    assert "ZeroDivisionError" in record["exception"]


def test_what_a_task_raises_that_nobody_awaits_is_in_the_log(log_file: Path) -> None:
    run(
        """
import asyncio, gc
async def fail():
    raise ZeroDivisionError
async def main():
    configure_logs("tester")
    task = asyncio.create_task(fail())
    await asyncio.wait({task})
    del task
    gc.collect()
asyncio.run(main())
""",
        log_file,
    )

    (record,) = records(log_file.read_text())
    assert record["event"] == "exception in the event loop"
    assert "ZeroDivisionError" in record["exception"]


def test_the_poller_of_grpc_that_is_woken_for_nothing_is_not(log_file: Path) -> None:
    run(
        """
class PollerCompletionQueue:
    def _handle_events(self):
        raise BlockingIOError(11, "Resource temporarily unavailable")
fail = PollerCompletionQueue()._handle_events
"""
        + ON_A_LOOP,
        log_file,
    )

    assert log_file.read_text() == ""


def test_a_fatal_signal_leaves_its_dump_in_the_log(log_file: Path) -> None:
    done = run("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", log_file)

    assert done.returncode == -signal.SIGSEGV
    assert "Segmentation fault" in log_file.read_text()


def test_level_comes_from_the_environment(log_file: Path) -> None:
    run("log.info('quiet'); log.warning('loud')", log_file, BIOME_LOG_LEVEL="warning")

    assert [record["event"] for record in records(log_file.read_text())] == ["loud"]


@pytest.mark.parametrize(("name", "level"), [(None, 20), ("debug", 10), ("ERROR", 40), ("nonsense", 20)])
def test_an_unknown_level_means_info(name: str | None, level: int) -> None:
    assert read_level(name) == level


def test_a_log_file_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    done = run("", tmp_path / "missing" / "server.log")

    assert done.returncode == 1
    assert "cannot write the log file" in done.stderr
