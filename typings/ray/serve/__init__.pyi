from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

from ray.serve.batching import _BatchDecorator
from ray.serve.config import AutoscalingConfig as AutoscalingConfig
from ray.serve.config import HTTPOptions as HTTPOptions
from ray.serve.context import ReplicaContext as _RealReplicaContext
from ray.serve.handle import DeploymentHandle
from ray.serve.schema import LoggingConfig, ServeStatus
from starlette.types import ASGIApp

_T = TypeVar("_T")

class Application: ...

class Deployment:
    """What `deployment(cls)` makes of a class."""

    @property
    def name(self) -> str: ...
    @property
    def func_or_class(self) -> type[Any]: ...
    # A nested Application reaches the constructor as a DeploymentHandle.
    def bind(self, *args: object, **kwargs: object) -> Application: ...
    def options(
        self,
        *,
        name: str = ...,
        num_replicas: int | Literal["auto"] | None = ...,
        ray_actor_options: Mapping[str, object] = ...,
        max_ongoing_requests: int = ...,
        max_queued_requests: int = ...,
        autoscaling_config: Mapping[str, object] | AutoscalingConfig | None = ...,
        graceful_shutdown_wait_loop_s: float = ...,
        graceful_shutdown_timeout_s: float = ...,
        health_check_period_s: float = ...,
        health_check_timeout_s: float = ...,
        logging_config: Mapping[str, object] | LoggingConfig | None = ...,
        max_constructor_retry_count: int = ...,
    ) -> Deployment: ...

class ReplicaContext(_RealReplicaContext):
    @property
    def servable_object(self) -> object: ...

# Called on a class, not used as a decorator with arguments: `deployment(WorldModel, name="WorldModel")`.
def deployment(
    _func_or_class: type[object],
    *,
    name: str = ...,
    num_replicas: int | Literal["auto"] | None = ...,
    ray_actor_options: Mapping[str, object] = ...,
    max_ongoing_requests: int = ...,
    max_queued_requests: int = ...,
    autoscaling_config: Mapping[str, object] | AutoscalingConfig | None = ...,
    graceful_shutdown_wait_loop_s: float = ...,
    graceful_shutdown_timeout_s: float = ...,
    health_check_period_s: float = ...,
    health_check_timeout_s: float = ...,
    logging_config: Mapping[str, object] | LoggingConfig | None = ...,
    max_constructor_retry_count: int = ...,
) -> Deployment: ...
def ingress(app: ASGIApp | Callable[[], ASGIApp]) -> Callable[[type[_T]], type[_T]]: ...
def batch(
    *,
    max_batch_size: int = 10,
    batch_wait_timeout_s: float = 0.01,
    max_concurrent_batches: int = 1,
    batch_size_fn: Callable[[Sequence[Any]], int] | None = None,
) -> _BatchDecorator: ...
def start(
    proxy_location: str | None = None,
    http_options: Mapping[str, object] | HTTPOptions | None = None,
    grpc_options: Mapping[str, object] | None = None,
    logging_config: Mapping[str, object] | LoggingConfig | None = None,
) -> None: ...
def run(
    target: Application,
    blocking: bool = False,
    name: str = "default",
    route_prefix: str | None = "/",
    logging_config: Mapping[str, object] | LoggingConfig | None = None,
) -> DeploymentHandle: ...
def delete(name: str, _blocking: bool = True) -> None: ...
def shutdown() -> None: ...
async def shutdown_async() -> None: ...
def status() -> ServeStatus: ...
def get_replica_context() -> ReplicaContext: ...
def get_app_handle(name: str) -> DeploymentHandle: ...
def get_deployment_handle(deployment_name: str, app_name: str | None = None) -> DeploymentHandle: ...
