"""What the fake packages `world_engine` and `quark` have in common: a scripted engine with their surface.

A test writes the script before it loads a model: what instantiating and passes raise, and what the model says of
itself. The engine keeps what it was given, so that a test can look.
"""

import importlib
import sys
import weakref
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import torch

PACKAGES: Final = Path(__file__).parent / "packages"
OUT_OF_MEMORY: Final = "CUDA out of memory. Tried to allocate 2.00 GiB."


@dataclass(frozen=True)
class CtrlInput:
    """Controls, as the packages take them."""

    button: set[int]
    mouse: tuple[float, float]
    scroll_wheel: int


@dataclass
class Script:
    """What happens to engines, in which order. An exception is raised once; None lets a call pass."""

    model_cfg: object = field(default_factory=dict[str, object])
    on_load: deque[Exception | None] = field(default_factory=deque[Exception | None])
    on_pass: deque[Exception | None] = field(default_factory=deque[Exception | None])
    on_reset: deque[Exception | None] = field(default_factory=deque[Exception | None])
    engines: list["weakref.ref[FakeEngine]"] = field(default_factory=list["weakref.ref[FakeEngine]"])
    loads: list[tuple[str, str, str | None, torch.dtype]] = field(
        default_factory=list[tuple[str, str, str | None, torch.dtype]]
    )
    """Uri, device, quant and dtype of every attempt."""
    living_at_load: list[int] = field(default_factory=list[int])
    """How many engines there were already, at every attempt."""

    @property
    def engine(self) -> "FakeEngine":
        """The last engine, which must still be there."""
        engine = self.engines[-1]()
        assert engine is not None, "the engine is gone"
        return engine


script = Script()


@contextmanager
def installed() -> Generator[Script]:
    """Put both packages on `sys.path`, with a clean script."""
    _forget_imports()
    script.__dict__.update(Script().__dict__)
    sys.path.insert(0, str(PACKAGES))
    try:
        yield script
    finally:
        sys.path.remove(str(PACKAGES))
        _forget_imports()


def _forget_imports() -> None:
    importlib.invalidate_caches()
    for package in PACKAGES.iterdir():
        sys.modules.pop(package.name, None)


class FakeEngine:
    """An engine whose passes count: frame k since the last reset is filled with k, modulo 256."""

    def __init__(self, uri: str, *, device: str, quant: str | None, dtype: torch.dtype) -> None:
        script.living_at_load.append(sum(engine() is not None for engine in script.engines))
        script.loads.append((uri, device, quant, dtype))
        self.weights = torch.zeros(16)
        script.engines.append(weakref.ref(self))
        _raise_next(script.on_load)
        self.model_cfg = script.model_cfg
        self.calls: list[str] = []
        self.appended: list[torch.Tensor] = []
        self.controls: list[CtrlInput] = []
        self._frames = 0

    def reset(self) -> None:
        """Forget everything."""
        _raise_next(script.on_reset)
        self.calls.append("reset")
        self._frames = 0

    def append_frame(self, frame: torch.Tensor) -> None:
        """See HWC or THWC."""
        assert frame.dtype == torch.uint8
        self.calls.append("append_frame")
        self.appended.append(frame)

    def gen_frame(self, *, ctrl: object) -> torch.Tensor:
        """HWC after HWC was appended, THWC after THWC."""
        assert isinstance(ctrl, CtrlInput)
        _raise_next(script.on_pass)
        self.calls.append("gen_frame")
        self.controls.append(ctrl)
        seen = self.appended[-1]
        count = 1 if seen.ndim == 3 else len(seen)
        frames = torch.stack([torch.full(seen.shape[-3:], (self._frames + k) % 256) for k in range(count)])
        self._frames += count
        stack = frames.to(torch.uint8)
        return stack[0] if seen.ndim == 3 else stack


def _raise_next(failures: deque[Exception | None]) -> None:
    failure = failures.popleft() if failures else None
    if failure is not None:
        raise failure
