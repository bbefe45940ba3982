"""The server of this folder."""

from collections.abc import Generator
from typing import Any

import pytest

from tests.integration.server import RunningServer, launched_server


@pytest.fixture(scope="package")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningServer]:
    """The default profile as it is shipped, but for a second world behind its front door."""
    with launched_server(tmp_path_factory.mktemp("shared"), two_worlds, is_world_real=True) as running:
        yield running


def two_worlds(profile: dict[str, Any]) -> None:
    """The settings of `shared_server`: who finds both taken is told soon."""
    (application,) = profile["applications"]
    (world,) = [entry for entry in application["deployments"] if entry["name"] == "WorldModel"]
    world["num_replicas"] = 2
    application["args"]["ingress"]["timing"] = {"admission_s": 1.0}
