"""The Serve YAML as the launcher reads it: the part of Serve's own format that a server on one machine needs.

`serve run` and `serve deploy` read the same files with Serve's own schema. Nothing of Ray is imported here, so a broken
file is refused within milliseconds and before anything starts.
"""

from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from configs.app import AppConfig
from configs.base import StrictModel

Options: TypeAlias = dict[str, Any]
"""Options that Serve validates itself when they are applied."""


class ConfigFileError(Exception):
    """A configuration that cannot be used; `str(error)` is one line that says where and why."""


class DeploymentEntry(StrictModel):
    """Counts, resources and limits of one deployment. Names and meanings are those of Serve's schema."""

    name: str = Field(min_length=1)
    num_replicas: int | str | None = None
    max_ongoing_requests: int | None = Field(default=None, ge=1)
    max_queued_requests: int | None = None
    autoscaling_config: Options | None = None
    ray_actor_options: Options | None = None
    user_config: Options | None = None
    logging_config: Options | None = None
    request_router_config: Options | None = None
    graceful_shutdown_wait_loop_s: Annotated[float, Field(strict=False)] | None = None
    graceful_shutdown_timeout_s: Annotated[float, Field(strict=False)] | None = None
    health_check_period_s: Annotated[float, Field(strict=False)] | None = None
    health_check_timeout_s: Annotated[float, Field(strict=False)] | None = None
    max_constructor_retry_count: int | None = None
    placement_group_bundles: list[Options] | None = None
    placement_group_strategy: str | None = None
    max_replicas_per_node: int | None = None

    def options(self) -> Options:
        """What the file says, as arguments of `Deployment.options`."""
        return self.model_dump(exclude_unset=True, exclude={"name"})


class ApplicationEntry(StrictModel):
    """One application: where its builder is, and what it is given."""

    name: str = Field(min_length=1)
    route_prefix: str | None = "/"
    import_path: str = Field(pattern=r"^[\w.]+:[\w.]+$")
    args: Options = Field(default_factory=dict[str, Any])
    runtime_env: Options | None = None
    deployments: list[DeploymentEntry] = Field(default_factory=list[DeploymentEntry])


TLS_OPTIONS: Final = ("ssl_certfile", "ssl_keyfile", "ssl_keyfile_password", "ssl_ca_certs")
"""Of `http_options`; a certificate and its key make it whole."""
TLS_IS_HALF: Final = "TLS needs both ssl_certfile and ssl_keyfile"


def half_of_tls(options: object) -> str | None:
    """The option that asks for TLS where the certificate or its key is missing. `options` has all of them."""
    asked = [name for name in TLS_OPTIONS if getattr(options, name)]
    return asked[0] if asked and not {"ssl_certfile", "ssl_keyfile"} <= set(asked) else None


class HttpOptions(StrictModel):
    """How the port answers. Names and meanings are those of Serve's schema."""

    host: str | None = None
    """For `serve run` and `serve deploy`, as `port` is: the launcher listens where its flags say."""
    port: int | None = None
    root_path: str | None = None
    request_timeout_s: Annotated[float, Field(strict=False)] | None = None
    keep_alive_timeout_s: int | None = None
    ssl_certfile: str | None = None
    ssl_keyfile: str | None = None
    ssl_keyfile_password: str | None = None
    ssl_ca_certs: str | None = None

    @model_validator(mode="after")
    def _tls_is_whole(self) -> "HttpOptions":
        if half_of_tls(self) is not None:
            raise ValueError(TLS_IS_HALF)
        return self

    @property
    def scheme(self) -> str:
        """Of the server's URL."""
        return "https" if self.ssl_certfile else "http"

    def options(self) -> Options:
        """What the file says, as Serve takes it."""
        return self.model_dump(exclude_none=True)


class ServeFile(StrictModel):
    """A whole file. On one machine there is one application."""

    proxy_location: Literal["HeadOnly", "EveryNode"] | None = None
    """On one machine the same: clients connect to the application itself, and the launcher starts no proxy."""
    http_options: HttpOptions = HttpOptions()
    grpc_options: Options = Field(default_factory=dict[str, Any])
    """Without servicer functions they start nothing under `serve deploy` either."""
    logging_config: Options | None = None
    applications: list[ApplicationEntry] = Field(min_length=1, max_length=1)

    @field_validator("grpc_options")
    @classmethod
    def _nobody_speaks_grpc(cls, options: Options) -> Options:
        if options.get("grpc_servicer_functions"):
            msg = "the launcher starts no gRPC server: leave grpc_servicer_functions out"
            raise ValueError(msg)
        return options

    @property
    def application(self) -> ApplicationEntry:
        """The one application."""
        return self.applications[0]


def read_serve_file(path: Path) -> ServeFile:
    """The file's content, checked. Raises ConfigFileError."""
    try:
        document: Any = yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError:
        msg = f"{path}: there is no such file; name another one with --config"
        raise ConfigFileError(msg) from None
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read ({error})"
        raise ConfigFileError(msg) from None
    except yaml.YAMLError as error:
        msg = f"{path}: not valid YAML: {' '.join(str(error).split())}"
        raise ConfigFileError(msg) from None
    if not isinstance(document, dict):
        msg = f"{path}: must be a mapping with the key 'applications'"
        raise ConfigFileError(msg)
    try:
        return ServeFile.model_validate(document)
    except ValidationError as error:
        raise _refused(error, path) from None


def check_args(path: Path, args: Options) -> AppConfig:
    """The application's settings from a file's `args`. Raises ConfigFileError."""
    try:
        return AppConfig.model_validate(args)
    except ValidationError as error:
        raise _refused(error, path, "args: ") from None


def _refused(error: ValidationError, path: Path, part: str = "") -> ConfigFileError:
    return ConfigFileError(f"{path}: {part}{describe(error)}")


def describe(error: ValidationError) -> str:
    """All that is wrong, on one line: where, what, and what was there."""
    return "; ".join(_describe_one(item["type"], item["loc"], item["msg"]) for item in error.errors(include_url=False))


def _describe_one(kind: str, place: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(part) for part in place)
    if kind == "extra_forbidden":
        return f"{where} is not a known setting"
    return f"{where}: {message}" if where else message
