"""A package with the surface of `quark`, on `sys.path` while a test runs."""

from tests.fakes.package_engine import CtrlInput, FakeEngine

__all__ = ["CtrlInput", "Engine"]


class Engine(FakeEngine):
    """The engine under the package's own name."""
