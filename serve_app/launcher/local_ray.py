"""Ray on this one machine, with no more processes than a server needs.

`ray.init` alone starts eleven of them and takes most of the time until a server answers. Without the dashboard only
the two that Ray is made of are started here: the control store and the node's scheduler. The scheduler insists on two
agents; idle stand-ins take their places. What is private to Ray 2.60 and used here, is used only here.
"""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import ray
from ray import _raylet
from ray._private import services, utils
from ray._private.node import Node
from ray._private.parameter import RayParams

LOGICAL_CPUS: Final = 64
"""Deployments reserve CPUs so that a cluster spreads them; one machine runs all of them, however small it is."""

OBJECT_STORE_BYTES: Final = 256 * 2**20
NAMESPACE: Final = "serve"

_UNUSED_PORT: Final = -1
"""What an agent without a server writes into its port file."""

_AGENT_PORTS: Final = (
    _raylet.METRICS_AGENT_PORT_NAME,
    _raylet.METRICS_EXPORT_PORT_NAME,
    _raylet.DASHBOARD_AGENT_LISTEN_PORT_NAME,
    _raylet.RUNTIME_ENV_AGENT_PORT_NAME,
)
_AGENT_OPTIONS: Final = ("--dashboard_agent_command=", "--runtime_env_agent_command=")
_FOREVER_S: Final = 10**9


class LocalRay(Protocol):
    """A Ray of ours."""

    def is_alive(self) -> bool:
        """Whether its own processes run."""
        ...

    def stop(self) -> None:
        """End it and everything that runs on it."""
        ...


class LeanRay:
    """Ray without dashboard, metrics, log monitor and autoscaler."""

    def __init__(self, folder: Path) -> None:
        self._node = _LeanNode(
            RayParams(
                num_cpus=LOGICAL_CPUS,
                object_store_memory=OBJECT_STORE_BYTES,
                temp_dir=str(folder),
                include_dashboard=False,
                include_log_monitor=False,
                no_monitor=True,
                resources={},
            ),
            head=True,
            shutdown_at_exit=False,
        )
        try:
            ray.init(address=self._node.address, namespace=NAMESPACE, log_to_driver=False, configure_logging=False)
        except BaseException:
            self._kill()
            raise

    def is_alive(self) -> bool:
        """Whether both of its processes run."""
        return self._node.remaining_processes_alive()

    def stop(self) -> None:
        """Leave it, and end its processes."""
        ray.shutdown()
        self._kill()

    def _kill(self) -> None:
        self._node.kill_all_processes(check_alive=False, allow_graceful=False)


class FullRay:
    """Ray with everything: dashboard, metrics, runtime environments."""

    def __init__(self, folder: Path) -> None:
        context = ray.init(
            address="local",
            num_cpus=LOGICAL_CPUS,
            object_store_memory=OBJECT_STORE_BYTES,
            include_dashboard=True,
            namespace=NAMESPACE,
            log_to_driver=False,
            configure_logging=False,
            _temp_dir=str(folder),
        )
        self.dashboard_url = context.dashboard_url

    def is_alive(self) -> bool:
        """Whether the driver is still connected."""
        return ray.is_initialized()

    def stop(self) -> None:
        """End it."""
        ray.shutdown()


class _LeanNode(Node):
    """A head node of two processes. On Linux the kernel ends both with the thread that started them."""

    def start_api_server(self, *, include_dashboard: bool | None, raise_on_failure: bool) -> None:
        """Start none."""
        del include_dashboard, raise_on_failure
        self._webui_url = None

    def start_raylet(self, plasma_directory: str, fallback_directory: str, object_store_memory: int) -> None:
        """Start the scheduler as usual, but with stand-ins for its agents."""
        for name in _AGENT_PORTS:
            _raylet.persist_port(self._session_dir, self._node_id, name, _UNUSED_PORT)
        with _idle_agents():
            super().start_raylet(plasma_directory, fallback_directory, object_store_memory)


@contextmanager
def _idle_agents() -> Generator[None]:
    start_process, find_missing = services.start_ray_process, utils.get_dashboard_dependency_error
    # A shell, because the scheduler adds options of its own, which `sleep` would refuse.
    idle = subprocess.list2cmdline(["/bin/sh", "-c", f"exec sleep {_FOREVER_S}"])

    def start_with_idle_agents(command: list[str], *args: Any, **kwargs: Any) -> object:
        return start_process([_idle(part, idle) for part in command], *args, **kwargs)

    services.start_ray_process = start_with_idle_agents
    # Ray imports all that its agents need, for half a second, only to see whether they could run.
    utils.get_dashboard_dependency_error = ImportError
    try:
        yield
    finally:
        services.start_ray_process, utils.get_dashboard_dependency_error = start_process, find_missing


def _idle(part: str, idle: str) -> str:
    option = next((option for option in _AGENT_OPTIONS if part.startswith(option)), None)
    return part if option is None else option + idle
