"""The contract between a world and whatever dreams it.

Owns the types on that arrow. Engines are in `engines`, one module each; which of them a host can run is decided in
`engines.catalog`. Every call is made from the replica's one device thread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from deployments.images import Frame
from protocol.client import EngineBackend, Quant
from protocol.link import WorldSpec
from protocol.stages import Stage

FrameStack: TypeAlias = npt.NDArray[np.uint8]
"""The perceptual frames of one pass, uint8, sub-frames x height x width x 3."""

ReportStage: TypeAlias = Callable[[Stage], None]
"""Called from the device thread when a stage of loading or warming up begins."""


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """Which model to hold, as the client asked for it."""

    model: str
    quant: Quant | None
    backend: EngineBackend


@dataclass(frozen=True, slots=True)
class EngineInput:
    """The controls of one pass: codes of the buttons that are down, mouse movement in pixels since the last pass."""

    buttons: frozenset[int] = frozenset()
    mouse_dx: float = 0.0
    mouse_dy: float = 0.0


@dataclass(frozen=True, slots=True)
class Generated:
    """One pass. The frames are in host memory and belong to the caller."""

    frames: FrameStack
    infer_ms: float
    """From the call of the model until it returned."""
    sync_ms: float
    """Waiting for the device and copying to host memory."""


class Engine(Protocol):
    """A loaded world model. Raises `DeviceError` for what `engines.device_errors` recognises as one."""

    @property
    def spec(self) -> WorldSpec:
        """What the model is; constant while it is loaded."""
        ...

    @property
    def uses_host_cores(self) -> bool:
        """Whether a pass is computed on the host's cores, not on a device of its own; constant."""
        ...

    def warm_up(self, seed: Frame, report: ReportStage) -> None:
        """Compile and cache whatever the first pass would otherwise wait for. Called once, before the first seed."""
        ...

    def reset(self) -> None:
        """Forget everything seen."""
        ...

    def append_frame(self, frame: Frame) -> None:
        """See one frame of `spec.frame_height` x `spec.frame_width` as the present."""
        ...

    def generate(self, controls: EngineInput) -> Generated:
        """Dream the next `spec.sub_frames` frames. A model that must forget at its context's end re-seeds itself."""
        ...

    def recover(self) -> None:
        """After a device error: drop caches and compiled state, so that `reset` and `append_frame` may work again."""
        ...

    def close(self) -> None:
        """Free the device's memory. No call follows."""
        ...


class DeviceError(Exception):
    """The device failed in a way that clearing caches and re-seeding may repair."""
