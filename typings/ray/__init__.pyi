from collections.abc import Mapping
from typing import TypedDict

from ray import exceptions as exceptions
from ray import serve as serve
from ray import util as util

class _Node(TypedDict):
    NodeID: str
    Alive: bool
    NodeManagerAddress: str
    Resources: dict[str, float]

class _RuntimeContext:
    @property
    def gcs_address(self) -> str: ...
    def get_node_id(self) -> str: ...
    def get_actor_id(self) -> str | None: ...
    def get_accelerator_ids(self) -> dict[str, list[str]]: ...

class _BaseContext:
    dashboard_url: str | None
    address_info: Mapping[str, object]

__version__: str

def init(
    address: str | None = None,
    *,
    num_cpus: int | None = None,
    num_gpus: int | None = None,
    resources: Mapping[str, float] | None = None,
    object_store_memory: int | None = None,
    ignore_reinit_error: bool = False,
    include_dashboard: bool | None = None,
    dashboard_host: str = ...,
    dashboard_port: int | None = None,
    configure_logging: bool = True,
    logging_level: int = ...,
    logging_format: str | None = None,
    log_to_driver: bool | None = None,
    namespace: str | None = None,
    runtime_env: Mapping[str, object] | None = None,
    _temp_dir: str | None = None,
    _node_ip_address: str | None = None,
    _system_config: Mapping[str, object] | None = None,
) -> _BaseContext: ...
def shutdown() -> None: ...
def is_initialized() -> bool: ...
def nodes() -> list[_Node]: ...
def cluster_resources() -> dict[str, float]: ...
def available_resources() -> dict[str, float]: ...
def get_gpu_ids() -> list[int | str]: ...
def get_runtime_context() -> _RuntimeContext: ...
