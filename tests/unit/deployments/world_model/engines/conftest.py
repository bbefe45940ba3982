"""Fixtures of the engines."""

from collections.abc import Iterator

import pytest

from tests.fakes import package_engine


@pytest.fixture
def packages() -> Iterator[package_engine.Script]:
    """Fake packages `world_engine` and `quark` are installed; the value is their script."""
    with package_engine.installed() as script:
        yield script
