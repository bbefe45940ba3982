from collections.abc import Mapping

class RayParams:
    def __init__(
        self,
        *,
        num_cpus: int | None = None,
        object_store_memory: int | None = None,
        resources: Mapping[str, float] | None = None,
        temp_dir: str | None = None,
        include_dashboard: bool | None = None,
        include_log_monitor: bool | None = None,
        no_monitor: bool | None = False,
    ) -> None: ...
