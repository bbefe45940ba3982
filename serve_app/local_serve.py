"""Serve on a local Ray: deploy one application, look at it, end it.

The application is built in this process, so what is wrong with it is known at once, and no process has to be started
for building it. The web deployment is placed first: it gets the first idle worker and answers while others still start.
"""

import dataclasses
import importlib
from typing import TYPE_CHECKING, Any, Final, cast

import ray
from ray import serve
from ray.exceptions import RayError
from ray.serve._private.api import serve_start
from ray.serve._private.build_app import build_app
from ray.serve.exceptions import RayServeException

from serve_app.launch_error import LaunchError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ray.serve import Application
    from ray.serve._private.build_app import BuiltApplication
    from ray.serve.schema import ApplicationStatusOverview

    from configs.serve_file import ApplicationEntry, ServeFile

DRAIN_METHOD: Final = "drain"
"""Of the web deployment: ends the sessions, politely, before Serve ends the replicas."""


class LocalServe:
    """One application on the Serve instance of this process's Ray."""

    def __init__(self, file: "ServeFile", host: str) -> None:
        self._entry = file.application
        options = {**file.http_options, "host": host}
        self._client = serve_start(
            http_options=options, proxy_location="HeadOnly", global_logging_config=file.logging_config
        )

    def deploy(self, application: "Application") -> None:
        """Deploy the application with the counts and resources of the file. Returns before it runs.

        Raises LaunchError: a deployment that the file names does not exist, or Serve refuses its options.
        """
        try:
            built = build_app(
                application,
                name=self._entry.name,
                route_prefix=self._entry.route_prefix,
                default_runtime_env=self._entry.runtime_env,
            )
            built = with_options(built, self._entry)
        except (ValueError, TypeError, RayServeException) as error:
            msg = f"application {self._entry.name}: {' '.join(str(error).split())}"
            raise LaunchError(msg) from error
        self._client.deploy_applications(
            [built], wait_for_ingress_deployment_creation=False, wait_for_applications_running=False
        )

    def status(self) -> "ApplicationStatusOverview | None":
        """How the application is, as Serve's controller sees it."""
        return serve.status().applications.get(self._entry.name)

    def drain(self, timeout_s: float) -> None:
        """Ask the web deployment to end its sessions, and wait for it. Raises one of DRAIN_ERRORS."""
        handle = serve.get_app_handle(self._entry.name)
        handle.options(method_name=DRAIN_METHOD).remote().result(timeout_s=timeout_s)

    def stop(self, timeout_s: float) -> None:
        """End every replica and the controller, politely, for so long."""
        self._client.shutdown(timeout_s=timeout_s)


def with_options(built: "BuiltApplication", entry: "ApplicationEntry") -> "BuiltApplication":
    """The application with the file's options applied, the web deployment first. Raises LaunchError."""
    options = {deployment.name: deployment.options() for deployment in entry.deployments}
    unknown = options.keys() - {deployment.name for deployment in built.deployments}
    if unknown:
        known = ", ".join(sorted(deployment.name for deployment in built.deployments))
        msg = f"deployments: there is no {', '.join(sorted(unknown))}; there are {known}"
        raise LaunchError(msg)
    deployments = [deployment.options(**options.get(deployment.name, {})) for deployment in built.deployments]
    deployments.sort(key=lambda deployment: deployment.name != built.ingress_deployment_name)
    return dataclasses.replace(built, deployments=deployments)


def check_resources(entry: "ApplicationEntry", resources: "Mapping[str, float]") -> None:
    """Raise LaunchError when a deployment asks for a resource that this machine does not have at all."""
    for deployment in entry.deployments:
        actor_options = deployment.ray_actor_options or {}
        custom: dict[str, float] = actor_options.get("resources") or {}
        wanted: dict[str, float] = {"GPU": actor_options.get("num_gpus") or 0, **custom}
        for name, amount in wanted.items():
            if amount > resources.get(name, 0):
                msg = (
                    f"{deployment.name} wants {amount:g} {name}, this machine has {resources.get(name, 0):g}; "
                    "choose another --config"
                )
                raise LaunchError(msg)


def load_builder(import_path: str) -> "Callable[[dict[str, Any]], Application]":
    """The application builder at `module:name`. Raises LaunchError."""
    module_name, _, attribute = import_path.partition(":")
    try:
        return cast("Callable[[dict[str, Any]], Application]", getattr(importlib.import_module(module_name), attribute))
    except (ImportError, AttributeError) as error:
        msg = f"import_path {import_path}: {error}"
        raise LaunchError(msg) from error


def read_resources() -> dict[str, float]:
    """What Ray found on this machine."""
    return ray.cluster_resources()


DRAIN_ERRORS: Final = (TimeoutError, RayError, RayServeException, AttributeError)
