"""The profiles that are shipped: each is what Serve, the launcher and the graph take, and its numbers fit together."""

from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from ray.serve._private.build_app import build_app as build_graph
from ray.serve.schema import ServeDeploySchema

from configs.app import AppConfig
from configs.serve_file import read_serve_file
from serve_app.app import SettingsError, build_app

ROOT: Final = Path(__file__).parents[3]
TOKEN: Final = "a-token-of-a-test-only"

Deployments = dict[str, dict[str, Any]]


def document(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return loaded


PROFILES: Final = sorted(
    path for path in [*ROOT.glob("*.yaml"), *(ROOT / "configs").glob("*.yaml")] if "applications" in document(path)
)
LOCAL: Final = [path for path in PROFILES if path.stem != "cluster"]
each_profile = pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)


def application(path: Path) -> dict[str, Any]:
    (found,) = document(path)["applications"]
    return found


def arguments(path: Path) -> dict[str, Any]:
    """A profile's `args`, with a token where the operator has to choose one."""
    args: dict[str, Any] = application(path)["args"]
    if "access_token" in args["ingress"]:
        args["ingress"]["access_token"] = TOKEN
    return args


def deployments(path: Path) -> Deployments:
    return {entry["name"]: entry for entry in application(path)["deployments"]}


def most_replicas(entry: dict[str, Any]) -> int:
    scaling = entry.get("autoscaling_config")
    return scaling["max_replicas"] if scaling else entry["num_replicas"]


def test_there_are_profiles_for_one_machine_for_one_gpu_and_for_a_cluster() -> None:
    assert [path.stem for path in PROFILES] == ["cluster", "local_gpu", "serve_config"]


@each_profile
def test_serve_takes_it(path: Path) -> None:
    schema = ServeDeploySchema.model_validate(document(path))
    assert [app.import_path for app in schema.applications] == ["serve_app.app:build_app"]


@each_profile
def test_the_launcher_takes_it(path: Path) -> None:
    assert read_serve_file(path).application.name == "biome"


@each_profile
def test_its_settings_are_valid_once_a_token_is_chosen(path: Path) -> None:
    assert AppConfig.model_validate(arguments(path))


@each_profile
def test_it_names_every_deployment_of_the_graph_and_no_other(path: Path) -> None:
    graph = build_graph(build_app(arguments(path)), name="biome", default_runtime_env=None)
    assert {deployment.name for deployment in graph.deployments} == set(deployments(path))


@each_profile
def test_a_world_has_one_session_at_a_time(path: Path) -> None:
    assert deployments(path)["WorldModel"]["max_ongoing_requests"] == 1


@each_profile
def test_the_safety_checker_may_be_asked_for_a_whole_batch_at_once(path: Path) -> None:
    config = AppConfig.model_validate(arguments(path)).safety
    assert deployments(path)["SafetyChecker"]["max_ongoing_requests"] >= config.batch_size


@each_profile
def test_every_session_can_be_recorded(path: Path) -> None:
    recorder = deployments(path)["Recorder"]
    places = most_replicas(recorder) * recorder["max_ongoing_requests"]
    assert places >= most_replicas(deployments(path)["WorldModel"])


@each_profile
def test_the_front_door_takes_more_clients_than_there_are_worlds(path: Path) -> None:
    ingress = deployments(path)["Ingress"]
    assert most_replicas(ingress) * ingress["max_ongoing_requests"] > most_replicas(deployments(path)["WorldModel"])


@pytest.mark.parametrize("path", LOCAL, ids=lambda path: path.stem)
def test_one_machine_has_one_port_so_one_front_door_and_listens_to_itself_only(path: Path) -> None:
    assert deployments(path)["Ingress"]["num_replicas"] == 1
    assert document(path)["http_options"]["host"] == "127.0.0.1"
    settings = AppConfig.model_validate(arguments(path))
    assert settings.world_model.link_host == settings.recorder.link_host == "127.0.0.1"


@pytest.mark.parametrize("path", LOCAL, ids=lambda path: path.stem)
def test_the_owner_of_one_machine_sees_the_recordings(path: Path) -> None:
    assert AppConfig.model_validate(arguments(path)).ingress.serve_recordings


def test_everything_fits_on_one_gpu() -> None:
    shares = [
        entry.get("ray_actor_options", {}).get("num_gpus", 0) * most_replicas(entry)
        for entry in deployments(ROOT / "configs" / "local_gpu.yaml").values()
    ]
    assert 0 < sum(shares) <= 1


def test_the_default_needs_no_gpu() -> None:
    for entry in deployments(ROOT / "serve_config.yaml").values():
        assert "num_gpus" not in entry.get("ray_actor_options", {})


def test_a_cluster_does_not_start_with_the_token_that_is_shipped() -> None:
    with pytest.raises(SettingsError) as refused:
        build_app(application(ROOT / "configs" / "cluster.yaml")["args"])
    assert str(refused.value) == (
        "args: ingress.access_token: Value error, choose a secret of at least 16 characters, "
        "for example with: openssl rand -hex 24"
    )


def test_a_cluster_trusts_no_client_with_its_disks() -> None:
    settings = AppConfig.model_validate(arguments(ROOT / "configs" / "cluster.yaml"))
    assert not settings.recorder.honour_client_dir
    assert not settings.ingress.allow_model_deletion
    assert not settings.ingress.serve_recordings
    assert not settings.ingress.server_logs_to_client
