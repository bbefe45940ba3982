from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ray.serve import Application

class BuiltDeployment:
    """A deployment within a built application; the real one is the public class."""

    @property
    def name(self) -> str: ...
    def options(self, **options: Any) -> BuiltDeployment: ...

@dataclass(frozen=True)
class BuiltApplication:
    name: str
    ingress_deployment_name: str
    deployments: list[BuiltDeployment]

def build_app(
    app: Application,
    *,
    name: str,
    route_prefix: str | None = None,
    default_runtime_env: Mapping[str, Any] | None = None,
) -> BuiltApplication: ...
