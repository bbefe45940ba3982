"""The engine over the Waypoint models, which the packages `world_engine` and `quark` run.

Owns warming up, passes, recovery and freeing, and turns tensors into frames and what a device raises into our errors.
Loading is in `waypoint_loading`, the packages' surface in `packages`, what a model is in `model_facts`.
"""

import gc
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import numpy as np
import structlog
import torch

from deployments.world_model.engine import (
    DeviceError,
    EngineInput,
    EngineRequest,
    Frame,
    FrameStack,
    Generated,
    ReportStage,
)
from deployments.world_model.engines.device_errors import is_device_error, is_quant_unsupported
from deployments.world_model.engines.model_facts import context_limit_frames, read_spec
from deployments.world_model.engines.packages import quant_unsupported
from protocol.link import WorldSpec
from protocol.stages import Stage

if TYPE_CHECKING:
    from deployments.world_model.engines.packages import CtrlInputClass, PackageEngine

WARM_UP_PASSES: Final = 3
"""A compiled model traces in its first pass, captures its graph in the second, and replays it in the third."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class WaypointEngine:
    """The `Engine` contract over a package's engine. Every method runs on the thread that made it."""

    def __init__(
        self, engine: "PackageEngine", ctrl_input: "CtrlInputClass", request: EngineRequest, device: str
    ) -> None:
        self._engine: PackageEngine | None = engine
        self._ctrl_input = ctrl_input
        self._quant = request.quant
        self._device = device
        self._spec = read_spec(request.model, engine.model_cfg)
        self._context_limit_frames = context_limit_frames(self._spec)
        self._frames_since_seed = 0
        self._seed: torch.Tensor | None = None

    @property
    def spec(self) -> WorldSpec:
        """What the model says of itself, and the table where it says nothing."""
        return self._spec

    @property
    def uses_host_cores(self) -> bool:
        """A device other than these has cores of its own."""
        return self._device == "cpu"

    def warm_up(self, seed: Frame, report: ReportStage) -> None:
        """Compile the model and record its graphs. Raises DeviceError or QuantUnsupportedError."""
        report(Stage.WARMUP_RESET)
        self.reset()
        report(Stage.WARMUP_SEED)
        self.append_frame(seed)
        report(Stage.WARMUP_COMPILE)
        for _ in range(WARM_UP_PASSES):
            self.generate(EngineInput())

    def reset(self) -> None:
        """Forget everything. Raises DeviceError."""
        with self._device_errors():
            self._held().reset()
        self._frames_since_seed = 0
        self._seed = None

    def append_frame(self, frame: Frame) -> None:
        """See `frame` as the present; a multi-frame model sees it as a whole pass. Raises DeviceError."""
        with self._device_errors():
            seen = torch.as_tensor(np.ascontiguousarray(frame), device=self._device)
            if self._spec.sub_frames > 1:
                seen = seen.unsqueeze(0).repeat(self._spec.sub_frames, 1, 1, 1)
            self._held().append_frame(seen)
        self._seed = seen

    def generate(self, controls: EngineInput) -> Generated:
        """Dream one pass. A single-frame model at its context's end first starts again from its seed.

        Raises DeviceError, or QuantUnsupportedError in the passes that compile.
        """
        ctrl = self._ctrl_input(
            button=set(controls.buttons), mouse=(controls.mouse_dx, controls.mouse_dy), scroll_wheel=0
        )
        with self._device_errors():
            self._start_anew_if_full()
            called_s = time.perf_counter()
            dreamt = self._held().gen_frame(ctrl=ctrl)
            returned_s = time.perf_counter()
            frames = _host_frames(dreamt)
            copied_s = time.perf_counter()
        self._frames_since_seed += len(frames)
        return Generated(frames, infer_ms=(returned_s - called_s) * 1e3, sync_ms=(copied_s - returned_s) * 1e3)

    def recover(self) -> None:
        """Drop compiled graphs and cached memory; the next pass compiles again. Raises DeviceError."""
        with self._device_errors():
            free_memory(self._device)

    def close(self) -> None:
        """Let go of the model and give its memory back to the device. Raises DeviceError."""
        self._engine = self._seed = None
        with self._device_errors():
            free_memory(self._device)

    def _start_anew_if_full(self) -> None:
        if self._context_limit_frames is None or self._frames_since_seed < self._context_limit_frames:
            return
        log.info("context is full, starting again from the seed", frames=self._frames_since_seed)
        engine = self._held()
        engine.reset()
        if self._seed is not None:
            engine.append_frame(self._seed)
        self._frames_since_seed = 0

    def _held(self) -> "PackageEngine":
        assert self._engine is not None, "no call follows close()"
        return self._engine

    @contextmanager
    def _device_errors(self) -> Generator[None]:
        try:
            yield
        except RuntimeError as error:
            if self._quant is not None and is_quant_unsupported(error):
                raise quant_unsupported(self._quant, str(error)) from error
            if is_device_error(error):
                raise DeviceError(str(error)) from error
            raise


def free_memory(device: str) -> None:
    """Drop compiled graphs, collect what is unreachable, and give cached memory back to the device."""
    if "torch._dynamo" in sys.modules:
        torch.compiler.reset()
    gc.collect()
    if device.startswith("cuda"):
        torch.cuda.empty_cache()
    elif device == "mps":
        torch.mps.empty_cache()


def _host_frames(dreamt: torch.Tensor) -> FrameStack:
    """Frames in memory of their own; a single-frame model's HWC becomes a stack of one."""
    stack = dreamt if dreamt.ndim == 4 else dreamt.unsqueeze(0)
    return stack.detach().to("cpu", copy=True).contiguous().numpy()
