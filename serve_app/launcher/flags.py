"""The command line of the launcher, and what of it can be judged without looking at the machine."""

import argparse
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from serve_app.launcher.errors import LaunchError

DEFAULT_CONFIG: Final = Path(__file__).parents[2] / "serve_config.yaml"
DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 7987
ACCESS_TOKEN_VARIABLE: Final = "BIOME_ACCESS_TOKEN"


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line and the environment ask for."""

    config: Path
    host: str
    port: int
    data_dir: Path | None
    access_token: str | None
    parent_pid: int | None
    launched_from_standalone: bool
    dashboard: bool


def parse_flags(arguments: Sequence[str], environment: Mapping[str, str]) -> Flags:
    """The flags. Raises LaunchError; `--help` ends the process as usual."""
    parser = _Parser(prog="python -m serve_app", description="Start Biome Serve on this machine.")
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG, metavar="PATH", help="Serve YAML (%(default)s)")
    parser.add_argument("--host", default=DEFAULT_HOST, help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=_port, default=DEFAULT_PORT, help="port to listen on (%(default)s)")
    parser.add_argument("--data-dir", type=Path, metavar="PATH", help="where recordings, verdicts and logs go")
    parser.add_argument(
        "--access-token", metavar="SECRET", help=f"required of every client; better in ${ACCESS_TOKEN_VARIABLE}"
    )
    parser.add_argument("--parent-pid", type=int, metavar="PID", help="end when this process is gone")
    parser.add_argument("--launched-from-standalone", action="store_true", help="the desktop app started this server")
    parser.add_argument("--dashboard", action="store_true", help="start Ray's dashboard and metrics too")
    parsed = parser.parse_args(arguments)
    flags = Flags(
        config=parsed.config,
        host=parsed.host,
        port=parsed.port,
        data_dir=parsed.data_dir.resolve() if parsed.data_dir else None,
        access_token=parsed.access_token or environment.get(ACCESS_TOKEN_VARIABLE) or None,
        parent_pid=parsed.parent_pid,
        launched_from_standalone=parsed.launched_from_standalone,
        dashboard=parsed.dashboard,
    )
    if flags.parent_pid is not None and flags.parent_pid <= 0:
        msg = f"--parent-pid {flags.parent_pid}: a process id is a positive number"
        raise LaunchError(msg)
    return flags


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        msg = f"{message} (see python -m serve_app --help)"
        raise LaunchError(msg)


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        msg = f"{port} is not between 1 and 65535"
        raise argparse.ArgumentTypeError(msg)
    return port
