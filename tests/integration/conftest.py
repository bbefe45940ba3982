"""The suite's one server: started before the first integration test, stopped after the last, nothing left behind."""

from collections.abc import Generator

import pytest

from tests.integration.server import RunningServer, launched_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningServer]:
    """The default profile on a free port. Tests share it, so each leaves it as it found it."""
    with launched_server(tmp_path_factory.mktemp("server")) as running:
        yield running
