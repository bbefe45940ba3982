"""One launch, from a plan to the exit code: start Ray and Serve, wait for a reason to stop, end everything.

Imports Ray, so its environment must be set before this module is imported. What ends when is decided in `stopping`,
what must be cleared up after a violent end is the reaper's business.
"""

import contextlib
import logging
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from deployments.logs import configure_logs, take_in_foreign_loggers
from serve_app.launcher.errors import USAGE_EXIT_CODE, LaunchError
from serve_app.launcher.local_ray import FullRay, LeanRay, LocalRay
from serve_app.launcher.log_files import remove_old_log_files
from serve_app.launcher.log_printer import LogPrinter, PrintedLines, choose_format, renderer
from serve_app.launcher.parent_watch import start_parent_watch
from serve_app.launcher.stopping import SignalWatch, Stopper, StopRequestedError
from serve_app.log_tail import LogTail

if TYPE_CHECKING:
    from ray.serve.schema import ApplicationStatusOverview

    from serve_app.launcher.local_serve import LocalServe
    from serve_app.launcher.plan import LaunchPlan
    from serve_app.launcher.reaper_link import ReaperLink

STARTING_INTERVAL_S: Final = 0.2
RUNNING_INTERVAL_S: Final = 2.0

DRAIN_LIMIT_S: Final = 3.5
SERVE_LIMIT_S: Final = 3.0
REAPER_LIMIT_S: Final = 4.0
PRINTER_LIMIT_S: Final = 1.0

FAILED_EXIT_CODE: Final = 1

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class ServerFailedError(Exception):
    """The server came to an end by itself."""


class RayEndedError(ServerFailedError):
    """One of Ray's own processes is gone."""

    def __init__(self) -> None:
        super().__init__("Ray ended by itself")


class FrontDoorError(ServerFailedError):
    """The deployment that clients connect to does not start."""

    def __init__(self, name: str, message: str) -> None:
        lines = message.strip().splitlines() or ["no reason given"]
        super().__init__(f"{name} did not start: {lines[-1]}")


class Launch:
    """Owns every process of one server."""

    def __init__(self, plan: "LaunchPlan", reaper: "ReaperLink", folder: Path) -> None:
        self._plan = plan
        self._reaper = reaper
        self._folder = folder
        self._stopper = Stopper(self._cut_short)
        self._signals = SignalWatch(self._stopper.on_signal)
        self._ray: LocalRay | None = None
        self._serve: LocalServe | None = None
        self._printer = _make_printer(plan.log_file)
        self._statuses: dict[str, str] = {}
        self._exit_code = 0

    def run(self) -> int:
        """Serve until there is a reason to stop. Returns the exit code."""
        configure_logs("launcher")
        self._printer.start()
        sys.stdout = PrintedLines(self._record_printed)
        self._signals.start()
        parent = self._plan.parent
        if parent is not None:
            start_parent_watch(parent, lambda: self._stopper.request("parent gone"), self._stopper.wait)
        with contextlib.ExitStack() as owned:
            owned.callback(self._stopper.finish)
            owned.callback(self._printer.stop, PRINTER_LIMIT_S)
            owned.callback(self._clear_up)
            self._serve_until_stopped(owned)
            log.info("stopping", reason=self._stopper.reason)
        return self._exit_code

    def _serve_until_stopped(self, owned: contextlib.ExitStack) -> None:
        try:
            self._start(owned)
            self._wait()
        except (StopRequestedError, SystemExit):
            # Until its signals are ours again, Ray answers SIGTERM by SystemExit.
            self._stopper.request("signal")
        except LaunchError as error:
            self._fail(str(error), USAGE_EXIT_CODE)
        except ServerFailedError as error:
            self._fail(str(error), FAILED_EXIT_CODE)
        except Exception as error:
            log.critical("unforeseen error", exc_info=error)
            self._fail(f"unforeseen error: {error!r}; see {self._plan.log_file}", FAILED_EXIT_CODE)

    def _fail(self, reason: str, exit_code: int) -> None:
        self._exit_code = exit_code
        self._stopper.request("failed")
        log.critical("the server failed", reason=reason)
        sys.stderr.write(f"biome-serve: {reason}\n")

    def _start(self, owned: contextlib.ExitStack) -> None:
        plan = self._plan
        log.info("starting", config=str(plan.flags.config), log_file=str(plan.log_file), pid=os.getpid())
        remove_old_log_files(plan.config.data_dir)
        # Most of Ray's start is waiting, and importing Serve and the application is not.
        with ThreadPoolExecutor(1) as helper:
            imported = helper.submit(_import_serve, plan.file.application.import_path)
            self._ray = FullRay(self._folder) if plan.flags.dashboard else LeanRay(self._folder)
            owned.callback(self._ray.stop)
            self._signals.take_signals()
            local_serve = imported.result()
        self._stopper.check()
        self._serve = local_serve(plan.file, plan.flags.host)
        owned.callback(self._serve.stop, drain_s=DRAIN_LIMIT_S, end_s=SERVE_LIMIT_S)
        self._stopper.check()
        self._serve.deploy(plan.args)
        if isinstance(self._ray, FullRay):
            log.info("dashboard", url=f"http://{self._ray.dashboard_url}")

    def _wait(self) -> None:
        interval_s = STARTING_INTERVAL_S
        while not self._stopper.wait(interval_s):
            assert self._ray is not None
            assert self._serve is not None
            if not self._ray.is_alive():
                raise RayEndedError
            status = self._serve.status()
            if status is None:
                continue
            self._report(status, self._serve.web_deployment)
            if status.status == "RUNNING":
                interval_s = RUNNING_INTERVAL_S

    def _report(self, status: "ApplicationStatusOverview", web: str) -> None:
        """Log what changed. Raises ServerFailedError when the front door cannot be opened."""
        for name, overview in status.deployments.items():
            new = overview.status.value
            if self._statuses.get(name) == new:
                continue
            self._statuses[name] = new
            if new in {"DEPLOY_FAILED", "UNHEALTHY"}:
                log.error("deployment failed", deployment=name, status=new, reason=overview.message)
            else:
                log.info("deployment", deployment=name, status=new)
            if name == web and new == "DEPLOY_FAILED":
                raise FrontDoorError(name, overview.message)
            if name == web and new == "HEALTHY":
                host = f"[{self._plan.flags.host}]" if ":" in self._plan.flags.host else self._plan.flags.host
                log.info("serving", url=f"{self._plan.file.http_options.scheme}://{host}:{self._plan.flags.port}")

    def _record_printed(self, line: str) -> None:
        """Ray prints what its scheduler reports; that replicas die is news only while they should live."""
        level = logging.DEBUG if self._stopper.is_requested else logging.WARNING
        log.log(level, "ray reports", text=line)

    def _clear_up(self) -> None:
        is_clear = self._reaper.release(REAPER_LIMIT_S)
        log.info("stopped", all_processes_ended=is_clear)

    def _cut_short(self) -> None:
        """End at once, from whichever thread: the reaper does what is left."""
        log.warning("stopping took too long or was asked for again: ending everything at once")
        self._reaper.release(REAPER_LIMIT_S)
        self._printer.stop(PRINTER_LIMIT_S)
        os._exit(self._exit_code)


def _import_serve(import_path: str) -> "type[LocalServe]":
    """Import Serve and the application. Here and not above, so that it happens while Ray starts."""
    from serve_app.launcher.local_serve import LocalServe, load_builder

    load_builder(import_path)
    take_in_foreign_loggers(alone=True)
    return LocalServe


def _make_printer(log_file: Path) -> LogPrinter:
    is_terminal = sys.stdout.isatty()
    render = renderer(choose_format(os.environ, is_terminal=is_terminal), colors=is_terminal)
    return LogPrinter(LogTail(log_file, start_bytes=log_file.stat().st_size), sys.stdout, render)
