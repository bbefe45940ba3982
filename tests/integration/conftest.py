"""The servers of the suite: started before the first test that asks, stopped after the last, nothing left behind."""

from collections.abc import Generator
from typing import Any

import pytest

from tests.integration.server import RunningServer, launched_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningServer]:
    """The default profile on a free port, but for its world. Tests share it, so each leaves it as it found it."""
    with launched_server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="session")
def spare_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningServer]:
    """Finds plain colours unsafe, notices a silent client soon and tries a refused disk again soon.

    Its replicas may be killed: Serve replaces them."""
    with launched_server(tmp_path_factory.mktemp("spare"), wary) as running:
        yield running


def wary(profile: dict[str, Any]) -> None:
    """The settings of `spare_server`."""
    (application,) = profile["applications"]
    application["args"]["safety"] = {"threshold": 0.01}
    application["args"]["ingress"]["timing"] = {"ping_interval_s": 1.0, "ping_timeout_s": 2.0}
    application["args"]["recorder"]["rescan_s"] = 2.0
