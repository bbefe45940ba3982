"""The pocket world's compiled loops: which modules hold them, and bringing all of them in.

numba compiles a loop when its module is imported, about a minute for all of them, and keeps the machine code beside
the source, or in the user's cache folder where it may not write there. It compiles anew what is in a changed file, but
does not see that a constant or a loop from another file changed: `forget` is for that.
`python -m deployments.world_model.engines.pocket.kernels` forgets and compiles, which `scripts/bootstrap.py` does
before a player could have to wait for it.
"""

import os
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from numba.core.event import Event, Listener, install_listener

if TYPE_CHECKING:
    from collections.abc import Callable

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

FOLDER: Final = Path(__file__).parent
PACKAGE: Final = "deployments.world_model.engines.pocket"
MODULES: Final = (
    "angles",
    "backdrops",
    "caps",
    "composing",
    "cuts",
    "holes",
    "matching",
    "measuring",
    "outlines",
    "pricing",
    "quads",
    "quilting",
    "relief",
    "seams",
    "shading",
    "texels",
    "vertices",
)


_IMPORT: Final = "import sys, importlib; [importlib.import_module(name) for name in sys.argv[1:]]"


class _NotKeptError(Exception):
    """A loop that is imported has no machine code yet."""


class _RefuseToCompile(Listener):
    """Ends this thread's import of a loop that would be compiled; one that comes from the cache is not."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def on_start(self, event: Event) -> None:  # noqa: ARG002 - which one does not matter
        """A loop is not in the cache."""
        if threading.get_ident() == self._thread:
            raise _NotKeptError

    def on_end(self, event: Event) -> None:
        """Nothing was begun."""


def load_kernels(on_compiling: "Callable[[], None]") -> None:
    """Import every compiled loop. `on_compiling` is called once, before the first that the cache does not have.

    Another process compiles: a compiler takes 200 MB, which go when it does. What it could not keep is compiled here.
    """
    try:
        with install_listener("numba:compile", _RefuseToCompile()):
            _import_all()
    except _NotKeptError:
        on_compiling()
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", _IMPORT, *_names()]
        compiling = subprocess.run(command, env=environment, check=False)
        if compiling.returncode:
            log.warning("the process that compiles loops failed, so they are compiled here", code=compiling.returncode)
        _import_all()


def _names() -> list[str]:
    return [f"{PACKAGE}.{module}" for module in MODULES]


def _import_all() -> None:
    for name in _names():
        import_module(name)


def forget(folder: Path = FOLDER) -> None:
    """Remove the machine code that is kept beside the sources. Processes that run with it go on."""
    for kept in (folder / "__pycache__").glob("*.nb[ic]"):
        kept.unlink(missing_ok=True)


if __name__ == "__main__":
    forget()
    _import_all()
