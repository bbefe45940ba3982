"""Serve on a local Ray: deploy one application, look at it, end it.

The application is built in this process, so what is wrong with it is known at once, and no process has to be started
for building it. The web deployment is placed first: it gets the first idle worker and answers while others still start.
"""

import asyncio
import dataclasses
import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

import ray
import structlog
from ray import serve
from ray.exceptions import RayError
from ray.serve._private.api import serve_start
from ray.serve._private.build_app import build_app
from ray.serve.exceptions import RayServeException

from serve_app.launcher.errors import LaunchError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ray.serve import Application
    from ray.serve._private.build_app import BuiltApplication
    from ray.serve.schema import ApplicationStatusOverview

    from configs.serve_file import ApplicationEntry, ServeFile

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

LOCAL_OPTIONS: Final[Mapping[str, object]] = {"graceful_shutdown_wait_loop_s": 0.1}
"""On one machine no load balancer has to notice first: a replica looks ten times a second whether it may end."""

DRAIN_METHOD: Final = "drain"
"""Of the web deployment: ends the sessions, politely, before Serve ends the replicas."""


class LocalServe:
    """One application on the Serve instance of this process's Ray."""

    def __init__(self, file: "ServeFile", host: str) -> None:
        """Start Serve. Raises LaunchError when the machine lacks what the file asks for."""
        self._entry = file.application
        check_resources(self._entry, ray.cluster_resources())
        self.web_deployment = ""
        self._client = serve_start(
            http_options={**file.http_options.options(), "host": host},
            proxy_location="HeadOnly",
            global_logging_config=file.logging_config,
        )

    def deploy(self, args: dict[str, Any]) -> None:
        """Build the application and deploy it with the file's counts and resources. Returns before it runs.

        Raises LaunchError: the builder refuses `args`, or the file names a deployment or an option that does not exist.
        """
        try:
            built = build_app(
                load_builder(self._entry.import_path)(args),
                name=self._entry.name,
                route_prefix=self._entry.route_prefix,
                default_runtime_env=self._entry.runtime_env,
            )
            built = with_options(built, self._entry)
        except (ValueError, TypeError, RayServeException) as error:
            msg = f"application {self._entry.name}: {' '.join(str(error).split())}"
            raise LaunchError(msg) from error
        self.web_deployment = built.ingress_deployment_name
        self._client.deploy_applications(
            [built], wait_for_ingress_deployment_creation=False, wait_for_applications_running=False
        )

    def status(self) -> "ApplicationStatusOverview | None":
        """How the application is, as Serve's controller sees it; None while nobody knows, as after its crash."""
        try:
            return serve.status().applications.get(self._entry.name)
        except (RayError, RayServeException) as error:
            log.warning("Serve's controller does not answer", reason=str(error).partition("\n")[0])
            return None

    def stop(self, *, drain_s: float, end_s: float) -> None:
        """End the sessions, then every replica and the controller; each politely, for so long."""
        asyncio.run(self._stop(drain_s, end_s))

    async def _stop(self, drain_s: float, end_s: float) -> None:
        try:
            handle = serve.get_app_handle(self._entry.name)
            await asyncio.wait_for(handle.options(method_name=DRAIN_METHOD).remote(), drain_s)
        except (TimeoutError, AttributeError, RayError, RayServeException) as error:
            log.warning("sessions were not drained", reason=str(error).partition("\n")[0] or "no answer")
        try:
            await self._client.shutdown_async(timeout_s=end_s)
        except RayError as error:
            log.warning("Serve did not stop in order", reason=str(error))


def with_options(built: "BuiltApplication", entry: "ApplicationEntry") -> "BuiltApplication":
    """The application with the file's options applied, the web deployment first. Raises LaunchError."""
    options = {deployment.name: deployment.options() for deployment in entry.deployments}
    unknown = options.keys() - {deployment.name for deployment in built.deployments}
    if unknown:
        known = ", ".join(sorted(deployment.name for deployment in built.deployments))
        msg = f"deployments: there is no {', '.join(sorted(unknown))}; there are {known}"
        raise LaunchError(msg)
    deployments = [
        deployment.options(**{**LOCAL_OPTIONS, **options.get(deployment.name, {})}) for deployment in built.deployments
    ]
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
