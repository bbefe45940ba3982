"""The command line: what it means, and how it is refused."""

from pathlib import Path

import pytest

from serve_app.launcher.errors import LaunchError
from serve_app.launcher.flags import DEFAULT_CONFIG, is_loopback, parse_flags


def test_defaults_are_the_local_profile_on_the_agreed_port() -> None:
    flags = parse_flags([], {})

    assert (flags.host, flags.port, flags.config) == ("127.0.0.1", 7987, DEFAULT_CONFIG)
    assert (flags.access_token, flags.parent_pid, flags.data_dir) == (None, None, None)
    assert not flags.launched_from_standalone
    assert not flags.dashboard


def test_the_desktop_app_is_understood() -> None:
    flags = parse_flags(
        ["--host", "127.0.0.1", "--port", "7990", "--launched-from-standalone", "--parent-pid", "4711"], {}
    )

    assert (flags.port, flags.parent_pid, flags.launched_from_standalone) == (7990, 4711, True)


def test_the_token_may_come_from_the_environment_and_the_flag_wins() -> None:
    environment = {"BIOME_ACCESS_TOKEN": "from the environment"}

    assert parse_flags([], environment).access_token == "from the environment"
    assert parse_flags(["--access-token", "flag"], environment).access_token == "flag"
    assert parse_flags([], {"BIOME_ACCESS_TOKEN": ""}).access_token is None


def test_the_data_directory_becomes_absolute() -> None:
    assert parse_flags(["--data-dir", "here"], {}).data_dir == Path.cwd() / "here"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--port", "http"], "--port"),
        (["--port", "0"], "--port"),
        (["--port", "65536"], "65536"),
        (["--parent-pid", "-1"], "--parent-pid"),
        (["--no-such-flag"], "--no-such-flag"),
        (["--config"], "--config"),
    ],
)
def test_a_wrong_flag_is_refused_in_one_line_that_names_it(arguments: list[str], named: str) -> None:
    with pytest.raises(LaunchError) as refusal:
        parse_flags(arguments, {})

    assert named in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"])
def test_loopback_hosts(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "example.com", ""])
def test_hosts_that_others_can_reach(host: str) -> None:
    assert not is_loopback(host)
