"""The pocket world's compiled loops: which modules hold them, and bringing all of them in.

numba compiles a loop when its module is imported, about a minute for all of them, and keeps the machine code beside
the source, or in the user's cache folder where it may not write there. It compiles anew what is in a changed file, but
does not see that a constant or a loop from another file changed: `forget` is for that.
`python -m deployments.world_model.engines.pocket.kernels` forgets and compiles, which `scripts/bootstrap.py` does
before a player could have to wait for it.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from numba.core.event import Event, Listener, install_listener

if TYPE_CHECKING:
    from collections.abc import Callable

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


class _FirstCompilation(Listener):
    """Tells when the first loop is compiled; one that comes from the cache is not."""

    def __init__(self, tell: "Callable[[], None]") -> None:
        self._tell = tell
        self._has_told = False

    def on_start(self, event: Event) -> None:  # noqa: ARG002 - which one does not matter
        """A loop is not in the cache."""
        if not self._has_told:
            self._has_told = True
            self._tell()

    def on_end(self, event: Event) -> None:
        """It is now."""


def load_kernels(on_compiling: "Callable[[], None]") -> None:
    """Import every compiled loop. `on_compiling` is called once, before the first that the cache does not have."""
    with install_listener("numba:compile", _FirstCompilation(on_compiling)):
        for module in MODULES:
            import_module(f"{PACKAGE}.{module}")


def forget(folder: Path = FOLDER) -> None:
    """Remove the machine code that is kept beside the sources. Processes that run with it go on."""
    for kept in (folder / "__pycache__").glob("*.nb[ic]"):
        kept.unlink(missing_ok=True)


if __name__ == "__main__":
    forget()
    load_kernels(lambda: None)
