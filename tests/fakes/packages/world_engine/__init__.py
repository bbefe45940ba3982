"""A package with the surface of `world_engine`, on `sys.path` while a test runs."""

from tests.fakes.package_engine import CtrlInput, FakeEngine

__all__ = ["CtrlInput", "WorldEngine"]


class WorldEngine(FakeEngine):
    """The engine under the package's own name."""
