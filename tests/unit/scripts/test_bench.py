"""The bench's own parts: its profile, its players against the fake server, its command line."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml
from pydantic import ValidationError

from configs.app import AppConfig
from configs.world_model import SYNTHETIC_MODEL
from scripts.bench import options_of, parsed
from scripts.bench_load import LAUNCH_TAG, ServerProcesses
from scripts.bench_player import PlaySpec, UnevenJpegsError, checked_size
from scripts.bench_players import PlayerFailedError, play_round
from scripts.bench_runs import SEED, Options
from scripts.bench_server import ENGINE, PROFILE, derived_profile, is_healthy
from tests.fakes.pictures import encoded, noise
from tests.fakes.wire_server import fake_server
from tests.fakes.wire_session import FakeSettings

SMALL = FakeSettings(frame_height=32, frame_width=48, inference_fps=400, pass_s=0.001, capacity=2)


@pytest.fixture(scope="module")
def profile() -> dict[str, Any]:
    return yaml.safe_load(PROFILE.read_text(encoding="utf-8"))


def test_the_derived_profile_is_valid_and_holds_the_engine_of_the_stated_figures(
    profile: dict[str, Any], tmp_path: Path
) -> None:
    (application,) = derived_profile(profile, tmp_path, sessions=3)["applications"]
    config = AppConfig.model_validate(application["args"])
    assert config.world_model.synthetic.model_dump().items() >= ENGINE.items()
    assert config.world_model.preload == SYNTHETIC_MODEL
    assert config.data_dir == tmp_path
    worlds = [each["num_replicas"] for each in application["deployments"] if each["name"] == "WorldModel"]
    assert worlds == [3]


def test_deriving_a_profile_leaves_the_original_alone(profile: dict[str, Any], tmp_path: Path) -> None:
    before = yaml.safe_dump(profile)
    derived_profile(profile, tmp_path, sessions=3)
    assert yaml.safe_dump(profile) == before


async def test_players_play_at_once_and_report_what_they_got() -> None:
    async with fake_server(SMALL) as server:
        spec = PlaySpec(
            url=server.url,
            seed_path=SEED,
            warm_up_s=0.1,
            duration_s=0.4,
            ask_every_s=0.1,
            edit_every_s=0.1,
            check_jpegs=True,
        )
        played = await play_round([spec, spec], ServerProcesses(os.getpid()))
    assert [report.frame_size for report in played.reports] == [(32, 48), (32, 48)]
    assert all(answer.is_as_expected for report in played.reports for answer in report.answers)
    assert all(edit.replied_ms >= edit.asked_ms for report in played.reports for edit in report.edits)
    assert all(report.edits for report in played.reports)
    assert all(figures.fps > 0 for figures in played.figures)
    assert played.load.rss_bytes[0] > 0


async def test_a_player_that_is_turned_away_says_why() -> None:
    async with fake_server(FakeSettings(frame_height=16, frame_width=16, capacity=0)) as server:
        with pytest.raises(PlayerFailedError, match="serverBusy"):
            await play_round([PlaySpec(url=server.url, seed_path=SEED)], ServerProcesses(None))


async def test_health_is_asked_over_http() -> None:
    async with fake_server(FakeSettings(frame_height=16, frame_width=16)) as server:
        assert await asyncio.to_thread(is_healthy, server.url)
    assert not await asyncio.to_thread(is_healthy, server.url)


def test_pictures_of_one_session_have_one_size() -> None:
    assert checked_size([encoded(noise(64, 48), "JPEG"), encoded(noise(64, 48, seed=1), "JPEG")]) == (48, 64)
    with pytest.raises(UnevenJpegsError):
        checked_size([encoded(noise(64, 48), "JPEG"), encoded(noise(48, 64), "JPEG")])
    with pytest.raises(ValueError, match="JPEG"):
        checked_size([b"no JPEG"])


@contextmanager
def waiting_process(**environment: str) -> Generator[int]:
    """A process that does nothing until the end of the block."""
    command = [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()"]
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield process.pid
    finally:
        process.communicate()


def test_processes_with_the_same_launch_tag_belong_to_the_server_wherever_they_hang() -> None:
    with (
        waiting_process(**{LAUNCH_TAG: "one"}) as root,
        waiting_process(**{LAUNCH_TAG: "one"}) as relative,
        waiting_process(**{LAUNCH_TAG: "another"}) as stranger,
    ):
        pids = {process.pid for process in ServerProcesses(root).now()}
    assert {root, relative} <= pids
    assert stranger not in pids


def test_a_server_that_is_gone_costs_nothing() -> None:
    with waiting_process() as pid:
        pass
    assert not psutil.pid_exists(pid)
    assert ServerProcesses(pid).cpu_s() == {}


def test_the_command_line_says_the_same_as_the_defaults() -> None:
    assert options_of(parsed(["capped"])) == Options()


def test_an_unknown_field_of_a_play_is_refused() -> None:
    with pytest.raises(ValidationError):
        PlaySpec.model_validate({"url": "ws://h", "seed_path": "x", "speed": 3})
