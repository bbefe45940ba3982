"""The packages `world_engine` and `quark`, as far as we use them.

Owns their names, their surface as types, and their import: nothing else of ours names them. They are optional and
heavy, so they are imported when a model is asked for.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from deployments.world_model.engines.known import CannotLoadError
from protocol.client import EngineBackend, Quant
from protocol.errors import QuantUnsupportedError

if TYPE_CHECKING:
    import torch


class PackageEngine(Protocol):
    """An instance of a package's engine class. To be used from one thread only."""

    model_cfg: object

    def reset(self) -> object:
        """Forget everything."""
        ...

    def append_frame(self, frame: "torch.Tensor", /) -> object:
        """See uint8 HWC, or THWC with T of the model's temporal compression."""
        ...

    def gen_frame(self, *, ctrl: object) -> "torch.Tensor":
        """Dream uint8 HWC or THWC."""
        ...


class PackageEngineClass(Protocol):
    """A package's engine class."""

    def __call__(self, uri: str, /, *, device: str, quant: str | None, dtype: "torch.dtype") -> PackageEngine:
        """Load a model by Hugging Face id or folder."""
        ...


class CtrlInputClass(Protocol):
    """A package's class of controls."""

    def __call__(self, *, button: set[int], mouse: tuple[float, float], scroll_wheel: int) -> object:
        """The controls of one pass."""
        ...


@dataclass(frozen=True, slots=True)
class Package:
    """An imported package."""

    engine: PackageEngineClass
    ctrl_input: CtrlInputClass


@dataclass(frozen=True, slots=True)
class _Names:
    package: str
    engine: str
    quants: dict[Quant, str]
    """How the package spells the quantisations it has."""


_NAMES: Final = {
    EngineBackend.WORLD_ENGINE: _Names(
        "world_engine", "WorldEngine", {Quant.FP8W8A8: "fp8w8a8", Quant.INTW8A8: "intw8a8"}
    ),
    EngineBackend.QUARK: _Names("quark", "Engine", {Quant.FP8W8A8: "fp8"}),
}


def import_package(backend: EngineBackend) -> Package:
    """Import the package of a backend. Raises CannotLoadError when it is missing, broken or another one."""
    names = _NAMES[backend]
    try:
        module = import_module(names.package)
        return Package(
            engine=cast("PackageEngineClass", getattr(module, names.engine)),
            ctrl_input=cast("CtrlInputClass", module.CtrlInput),
        )
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        reason = f"the package {names.package!r} cannot be imported ({error})"
        raise CannotLoadError(reason) from error


def quant_name(backend: EngineBackend, quant: Quant | None) -> str | None:
    """How a package spells a quantisation. Raises QuantUnsupportedError when it has none like it."""
    if quant is None:
        return None
    names = _NAMES[backend]
    if quant not in names.quants:
        raise quant_unsupported(quant, f"{names.package} does not have it")
    return names.quants[quant]


def quant_unsupported(quant: Quant, reason: str) -> QuantUnsupportedError:
    """The error for a quantisation that cannot be had here."""
    message = f"the quantisation {quant.value} is not supported here: {reason}"
    return QuantUnsupportedError(message, params={"quant": quant.value})
