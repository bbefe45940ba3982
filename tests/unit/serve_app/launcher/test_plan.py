"""What is refused before anything starts. Each refusal is one line that says what and what to do."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from serve_app.launcher.errors import LaunchError
from serve_app.launcher.flags import Flags, parse_flags
from serve_app.launcher.plan import LaunchPlan, make_plan

GOOD = """
applications:
  - name: biome
    import_path: serve_app.app:build_app
    args: {}
"""


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Desk:
    """Makes plans from YAML text and flags."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port

    def flags(self, yaml_text: str, *extra: str) -> Flags:
        config = self.folder / "serve.yaml"
        config.write_text(dedent(yaml_text))
        arguments = ["--config", str(config), "--data-dir", str(self.folder / "data"), "--port", str(self.port)]
        return parse_flags([*arguments, *extra], {})

    def plan(self, yaml_text: str, *extra: str, environment: Mapping[str, str] | None = None) -> LaunchPlan:
        return make_plan(self.flags(yaml_text, *extra), environment or {}, os.getpid())

    def refusal(self, yaml_text: str, *extra: str, environment: Mapping[str, str] | None = None) -> str:
        with pytest.raises(LaunchError) as refused:
            self.plan(yaml_text, *extra, environment=environment)
        line = str(refused.value)
        assert "\n" not in line
        return line


@pytest.fixture
def desk(tmp_path: Path, free_port: int) -> Desk:
    return Desk(tmp_path, free_port)


def test_the_flags_reach_the_settings(desk: Desk) -> None:
    token = "a secret of some length, chosen well"
    plan = desk.plan(GOOD, "--launched-from-standalone", "--access-token", token)

    assert plan.config.launched_from_standalone
    assert plan.config.data_dir == desk.folder / "data"
    assert plan.config.ingress.access_token is not None
    assert plan.config.ingress.access_token.get_secret_value() == token


def test_the_profiles_of_this_repository_are_accepted(desk: Desk) -> None:
    shipped = Path(__file__).parents[4] / "serve_config.yaml"

    assert desk.plan(shipped.read_text("utf-8")).file.application.import_path == "serve_app.app:build_app"


@pytest.mark.parametrize("profile", ["serve_config.yaml", "configs/local_gpu.yaml", "configs/cluster.yaml"])
def test_what_a_profile_says_of_proxies_and_ports_is_no_obstacle(desk: Desk, profile: str) -> None:
    written = yaml.safe_load((Path(__file__).parents[4] / profile).read_text("utf-8"))
    general = {key: written[key] for key in ("proxy_location", "http_options")}

    assert desk.plan(GOOD + yaml.safe_dump(general)).file.http_options.options() == general["http_options"]


def test_options_without_which_serve_starts_no_grpc_server_either_are_accepted(desk: Desk) -> None:
    assert desk.plan(GOOD + "grpc_options: {port: 9000, grpc_servicer_functions: []}")


def test_a_server_with_a_certificate_is_reached_by_https(desk: Desk) -> None:
    plain, tls = desk.plan(GOOD), desk.plan(GOOD + "http_options: {ssl_certfile: a.pem, ssl_keyfile: b.pem}")

    assert (plain.file.http_options.scheme, tls.file.http_options.scheme) == ("http", "https")
    assert tls.file.http_options.options() == {"ssl_certfile": "a.pem", "ssl_keyfile": "b.pem"}


def test_each_launch_logs_to_a_new_file_of_the_data_directory(desk: Desk) -> None:
    assert desk.plan(GOOD).log_file.parent == desk.folder / "data" / "logs"


def test_the_desktop_app_names_the_log_file(desk: Desk) -> None:
    file = desk.folder / "app" / "server.log"

    assert desk.plan(GOOD, environment={"BIOME_SERVER_LOG_PATH": str(file)}).log_file == file
    assert file.exists()


def test_a_log_file_that_cannot_be_made(desk: Desk) -> None:
    (desk.folder / "file").write_text("")

    line = desk.refusal(GOOD, environment={"BIOME_SERVER_LOG_PATH": str(desk.folder / "file" / "x.log")})
    assert "cannot write the log file" in line


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="there is no such file; name another one with --config"):
        make_plan(parse_flags(["--config", str(tmp_path / "no.yaml")], {}), {}, os.getpid())


@pytest.mark.parametrize(
    ("yaml_text", "said"),
    [
        ("applications: [", "not valid YAML"),
        ("- 1", "must be a mapping"),
        ("", "must be a mapping"),
        ("applications: []", "applications: "),
        ("application: []", "application is not a known setting"),
        ("applications: [{name: a, import_path: x}]", "import_path"),
        (GOOD.replace("args: {}", "arguments: {}"), "arguments is not a known setting"),
        (GOOD.replace("args: {}", "args: {ingres: {}}"), "args: ingres is not a known setting"),
        (GOOD.replace("args: {}", "args: {ingress: 5}"), "args: ingress: "),
        (GOOD.replace("args: {}", "args: {world_model: {synthetic: {inference_fps: fast}}}"), "inference_fps"),
        (GOOD.replace("args: {}", "args: {safety: {backend: open_nsfw, device: cuda}}"), "open_nsfw runs on the CPU"),
        (GOOD + "    deployments: [{name: Ingress, num_replica: 2}]", "num_replica is not a known setting"),
        (GOOD + "http_options: {prot: 7987}", "http_options.prot is not a known setting"),
        (GOOD + "http_options: {ssl_certfile: a.pem}", "TLS needs both ssl_certfile and ssl_keyfile"),
        (GOOD + "http_options: {ssl_ca_certs: a.pem}", "TLS needs both ssl_certfile and ssl_keyfile"),
        (GOOD + "proxy_location: Disabled", "proxy_location: Input should be 'HeadOnly' or 'EveryNode'"),
        (GOOD + "grpc_options: {grpc_servicer_functions: [a:b]}", "the launcher starts no gRPC server"),
        (GOOD + "    deployments: [{name: Ingress, max_ongoing_requests: many}]", "max_ongoing_requests"),
        (GOOD + "    deployments: [{name: A, ray_actor_options: {runtime_env: {pip: [x]}}}]", "--dashboard"),
    ],
)
def test_a_file_that_cannot_be_used(desk: Desk, yaml_text: str, said: str) -> None:
    assert said in desk.refusal(yaml_text)


def test_a_model_folder_that_is_not_there(desk: Desk) -> None:
    yaml_text = GOOD.replace("args: {}", "args: {world_model: {local_models: {local/forest: /nowhere/forest}}}")

    assert desk.refusal(yaml_text) == "world_model.local_models: local/forest: there is no /nowhere/forest"


def test_an_open_host_needs_an_access_token(desk: Desk) -> None:
    assert "BIOME_ACCESS_TOKEN" in desk.refusal(GOOD, "--host", "0.0.0.0")

    token = "a secret of some length, chosen well"
    assert desk.plan(GOOD, "--host", "0.0.0.0", "--access-token", token).flags.host == "0.0.0.0"


def test_a_port_in_use(desk: Desk) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", desk.port))
        other.listen()

        line = desk.refusal(GOOD)

    assert f"port {desk.port} on 127.0.0.1 is in use" in line
    assert "--port" in line


def test_connections_in_time_wait_do_not_make_a_port_used(desk: Desk) -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", desk.port))
        listener.listen()
        with socket.create_connection(("127.0.0.1", desk.port)) as client:
            listener.accept()[0].close()
            assert client.recv(1) == b""

    assert desk.plan(GOOD).flags.port == desk.port


def test_a_host_that_is_none_of_ours(desk: Desk) -> None:
    token = "a secret of some length, chosen well"

    line = desk.refusal(GOOD, "--host", "203.0.113.7", "--access-token", token)
    assert "cannot listen on 203.0.113.7" in line


def test_a_parent_that_is_gone_already(desk: Desk) -> None:
    assert "no such process" in desk.refusal(GOOD, "--parent-pid", str(2**22 + 1))
