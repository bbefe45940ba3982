"""The environment in which Ray and our processes run on one machine. Pure: settings in, variables out.

All of it must be set before Ray is imported: Ray and Serve read their variables once. On a cluster the same
`RAY_SERVE_…` variables belong into the environment of every node.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deployments.logs import LOG_FILE_VARIABLE
from serve_app.launcher.link import LAUNCHER_VARIABLE
from serve_app.launcher.processes import ProcessIdentity
from serve_app.launcher.reaper import LAUNCH_VARIABLE

RAY_TOKEN_VARIABLE: Final = "RAY_AUTH_TOKEN"
HANDLE_LIMIT_BYTES: Final = 64 * 2**20
"""More than `limits.seed_bytes` may be."""
PRELOADED_MODULE: Final = "ray.serve._private.replica"
"""Idle workers import it while the launcher is still busy: a second less until the first replica runs."""


@dataclass(frozen=True, slots=True)
class LaunchFacts:
    """What distinguishes this launch from any other on the machine."""

    launch_id: str
    launcher: ProcessIdentity
    port: int
    log_file: Path
    ray_token: str
    """Whoever lacks it cannot speak to this Ray, nor look at its dashboard."""
    import_roots: tuple[Path, ...]
    """Where the application's modules are found."""
    dashboard: bool


def choose_ray_token(environment: Mapping[str, str]) -> str:
    """The user's own, who then knows it and can open the dashboard with it, or a random one."""
    return environment.get(RAY_TOKEN_VARIABLE) or secrets.token_hex(32)


def ray_environment(facts: LaunchFacts) -> dict[str, str]:
    """Every variable that a launch sets; what the user has set on top of these is left alone."""
    return {
        LAUNCH_VARIABLE: facts.launch_id,
        LAUNCHER_VARIABLE: facts.launcher.to_text(),
        LOG_FILE_VARIABLE: str(facts.log_file),
        "PYTHONPATH": ":".join(str(root) for root in facts.import_roots),
        **_ray(facts),
        **_serve(facts),
    }


def _ray(facts: LaunchFacts) -> dict[str, str]:
    return {
        "RAY_AUTH_MODE": "token",
        RAY_TOKEN_VARIABLE: facts.ray_token,
        # Ray's own name for: everything on the loopback address, no cluster.
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_enable_metrics_collection": "1" if facts.dashboard else "0",
        "RAY_preload_python_modules": PRELOADED_MODULE,
        # Ray would start workers 15 steps less urgent than everything else: a busy desktop would starve the world.
        "RAY_worker_niceness": "0",
        # Workers run in this very environment, also under `uv run`.
        "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    }


def _serve(facts: LaunchFacts) -> dict[str, str]:
    return {
        "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1",
        # Seeds travel to the safety checker; the default of 4 MiB would refuse large ones.
        "RAY_SERVE_REPLICA_GRPC_MAX_MESSAGE_LENGTH": str(HANDLE_LIMIT_BYTES),
        # The range is half open: exactly one port.
        "RAY_SERVE_DIRECT_INGRESS_MIN_HTTP_PORT": str(facts.port),
        "RAY_SERVE_DIRECT_INGRESS_MAX_HTTP_PORT": str(facts.port + 1),
        # A killed ingress gives its port back at once, so that its successor answers there.
        "RAY_SERVE_PORT_QUARANTINE_S": "0",
        "RAY_SERVE_DIRECT_INGRESS_MIN_DRAINING_PERIOD_S": "0",
        "RAY_SERVE_CONTROLLER_CALLBACK_IMPORT_PATH": "serve_app.launcher.controller_setup:start_no_proxies",
    }
