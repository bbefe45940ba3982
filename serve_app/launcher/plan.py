"""All that can be judged before anything starts: the configuration, the address, the parent, the log file.

Owns the checks and their order. What passes them is a `LaunchPlan`; carrying it out is `launch`'s business.
"""

import copy
import errno
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from configs.app import AppConfig
from configs.serve_file import ConfigFileError, ServeFile, check_args, read_serve_file
from serve_app.launcher.errors import LaunchError
from serve_app.launcher.flags import ACCESS_TOKEN_VARIABLE, Flags, is_loopback
from serve_app.launcher.log_files import choose_log_file
from serve_app.launcher.parent_watch import identify_parent
from serve_app.launcher.processes import ProcessIdentity

_PORT_HINT: Final = "stop what listens there, or choose another with --port"


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """A launch that nothing speaks against."""

    flags: Flags
    file: ServeFile
    args: dict[str, Any]
    """What the application's builder gets: the file's `args` and what the flags add to them."""
    config: AppConfig
    """The same, checked."""
    log_file: Path
    parent: ProcessIdentity | None


def make_plan(flags: Flags, environment: Mapping[str, str], own_pid: int) -> LaunchPlan:
    """Check everything. Raises LaunchError with one line that says what to change."""
    try:
        file = read_serve_file(flags.config)
        args = merge_args(file.application.args, flags)
        config = check_args(flags.config, args)
    except ConfigFileError as error:
        raise LaunchError(str(error)) from None
    check_models(config)
    check_runtime_environments(file, flags)
    check_access(flags.host, config)
    check_address(flags.host, flags.port)
    parent = identify_parent(flags.parent_pid) if flags.parent_pid is not None else None
    log_file = choose_log_file(config.data_dir, environment, datetime.now(UTC), own_pid)
    return LaunchPlan(flags, file, args, config, log_file, parent)


def merge_args(args: dict[str, Any], flags: Flags) -> dict[str, Any]:
    """The file's `args` with what the flags say on top."""
    merged = copy.deepcopy(args)
    merged["launched_from_standalone"] = flags.launched_from_standalone
    if flags.data_dir is not None:
        merged["data_dir"] = str(flags.data_dir)
    if flags.access_token is not None:
        ingress: object = merged.setdefault("ingress", {})
        if isinstance(ingress, dict):
            ingress["access_token"] = flags.access_token
    return merged


def check_models(config: AppConfig) -> None:
    """Raise LaunchError when a model folder that the configuration names is not there."""
    for model, folder in config.world_model.local_models.items():
        if not folder.exists():
            msg = f"world_model.local_models: {model}: there is no {folder}"
            raise LaunchError(msg)


def check_runtime_environments(file: ServeFile, flags: Flags) -> None:
    """Raise LaunchError when a process would need an environment that the lean Ray cannot make."""
    actor_options = [deployment.ray_actor_options or {} for deployment in file.application.deployments]
    wanted = file.application.runtime_env or any(options.get("runtime_env") for options in actor_options)
    if wanted and not flags.dashboard:
        msg = f"{flags.config}: runtime_env needs all of Ray; start with --dashboard, or leave it out"
        raise LaunchError(msg)


def check_access(host: str, config: AppConfig) -> None:
    """Raise LaunchError when others than this machine could reach an open door."""
    if not is_loopback(host) and config.ingress.access_token is None:
        msg = f"--host {host} opens the server to the network: set a secret in ${ACCESS_TOKEN_VARIABLE} first"
        raise LaunchError(msg)


def check_address(host: str, port: int) -> None:
    """Raise LaunchError when nobody could listen there. What lies in TIME_WAIT does not count."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise LaunchError(_explain_address(host, port, error)) from None


def _explain_address(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use: {_PORT_HINT}"
    if error.errno == errno.EACCES:
        return f"port {port} needs more rights than this user has: choose one above 1023 with --port"
    return f"cannot listen on {host}, port {port} ({error.strerror}): choose another --host"
