from collections.abc import Mapping, Sequence

from ray.serve._private.build_app import BuiltApplication

class ServeControllerClient:
    def deploy_applications(
        self,
        built_apps: Sequence[BuiltApplication],
        *,
        wait_for_ingress_deployment_creation: bool = True,
        wait_for_applications_running: bool = True,
    ) -> object: ...
    async def shutdown_async(self, timeout_s: float = 30.0) -> None: ...

def serve_start(
    http_options: Mapping[str, object] | None = None,
    grpc_options: Mapping[str, object] | None = None,
    global_logging_config: Mapping[str, object] | None = None,
    *,
    proxy_location: str | None = None,
) -> ServeControllerClient: ...
