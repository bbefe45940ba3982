"""The environment of a launch."""

from dataclasses import replace
from pathlib import Path

from configs.ingress import LimitsConfig
from serve_app.launcher.processes import ProcessIdentity
from serve_app.launcher.ray_environment import LaunchFacts, choose_ray_token, ray_environment

FACTS = LaunchFacts(
    launch_id="abc",
    launcher=ProcessIdentity(42, 1000.0),
    port=7987,
    log_file=Path("/data/logs/server.log"),
    ray_token="secret",
    import_roots=(Path("/project"), Path("/more")),
    dashboard=False,
)


def test_exactly_the_port_of_the_launch_is_served() -> None:
    environment = ray_environment(FACTS)

    assert environment["RAY_SERVE_DIRECT_INGRESS_MIN_HTTP_PORT"] == "7987"
    assert environment["RAY_SERVE_DIRECT_INGRESS_MAX_HTTP_PORT"] == "7988"
    assert environment["RAY_SERVE_THROUGHPUT_OPTIMIZED"] == "1"


def test_the_largest_seed_fits_on_its_way_to_the_safety_checker() -> None:
    limit_bytes = int(ray_environment(FACTS)["RAY_SERVE_REPLICA_GRPC_MAX_MESSAGE_LENGTH"])
    assert limit_bytes >= 2 * LimitsConfig().seed_bytes


def test_a_killed_ingress_finds_its_port_free_at_once() -> None:
    assert ray_environment(FACTS)["RAY_SERVE_PORT_QUARANTINE_S"] == "0"


def test_ray_stays_on_this_machine_behind_a_token_of_its_own() -> None:
    environment = ray_environment(FACTS)

    assert environment["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] == "0"
    assert (environment["RAY_AUTH_MODE"], environment["RAY_AUTH_TOKEN"]) == ("token", "secret")


def test_the_token_is_random_unless_the_user_has_set_one() -> None:
    assert choose_ray_token({"RAY_AUTH_TOKEN": "the user's"}) == "the user's"
    one, other = choose_ray_token({}), choose_ray_token({"RAY_AUTH_TOKEN": ""})
    assert len(one) == len(other) == 64
    assert one != other


def test_workers_know_their_launch_their_launcher_and_their_log() -> None:
    environment = ray_environment(FACTS)

    assert environment["BIOME_LAUNCH_ID"] == "abc"
    assert environment["BIOME_LAUNCHER"] == "42@1000.000"
    assert environment["BIOME_LOG_FILE"] == "/data/logs/server.log"
    assert environment["PYTHONPATH"] == "/project:/more"


def test_metrics_come_with_the_dashboard() -> None:
    assert ray_environment(FACTS)["RAY_enable_metrics_collection"] == "0"
    assert ray_environment(replace(FACTS, dashboard=True))["RAY_enable_metrics_collection"] == "1"


def test_two_launches_share_nothing_that_must_differ() -> None:
    first = ray_environment(FACTS)
    second = ray_environment(
        replace(FACTS, launch_id="def", port=7990, ray_token="other", log_file=Path("/data/logs/other.log"))
    )

    differing = {name for name, value in first.items() if second[name] != value}
    assert {
        "BIOME_LAUNCH_ID",
        "RAY_AUTH_TOKEN",
        "RAY_SERVE_DIRECT_INGRESS_MIN_HTTP_PORT",
        "BIOME_LOG_FILE",
    } <= differing


def test_the_world_runs_at_the_priority_of_the_launcher() -> None:
    assert ray_environment(FACTS)["RAY_worker_niceness"] == "0"
