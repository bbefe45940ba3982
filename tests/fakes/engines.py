"""A world model that does what a test tells it, and notes what it was told."""

import threading
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from deployments.images import Frame
from deployments.world_model.engine import EngineInput, EngineRequest, Generated, ReportStage
from protocol.link import WorldSpec
from protocol.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

SPEC = WorldSpec(model="scripted", frame_height=8, frame_width=16, sub_frames=4, n_frames=64, inference_fps=60)


class ScriptedEngine:
    """Its passes show the number of the pass as brightness. What is in a deque is raised, one by one; None lets a
    pass be."""

    def __init__(self, spec: WorldSpec = SPEC) -> None:
        self._spec = spec
        self.calls: list[str] = []
        self.inputs: list[EngineInput] = []
        self.pass_errors: deque[Exception | None] = deque()
        self.seed_errors: deque[Exception] = deque()
        self.recovery_errors: deque[Exception] = deque()
        self.pass_began = threading.Event()
        self.may_pass = threading.Event()
        """Clear it, and passes hang until it is set."""
        self.may_pass.set()
        self.hangs_in: str | None = None
        """A call of that name hangs until `may_go_on` is set."""
        self.hang_began = threading.Event()
        self.may_go_on = threading.Event()
        self.uses_host_cores = False
        self.is_inside = False
        self.was_entered_twice = False

    @property
    def spec(self) -> WorldSpec:
        """What it claims to be."""
        return self._spec

    def warm_up(self, seed: Frame, report: ReportStage) -> None:
        """Report one stage."""
        self._note("warm_up")
        assert seed.shape == (self._spec.frame_height, self._spec.frame_width, 3)
        report(Stage.WARMUP_COMPILE)

    def reset(self) -> None:
        """Note it."""
        self._note("reset")

    def append_frame(self, frame: Frame) -> None:
        """Note it, or raise."""
        assert frame.shape == (self._spec.frame_height, self._spec.frame_width, 3)
        self._note("append_frame")
        if self.seed_errors:
            raise self.seed_errors.popleft()

    def generate(self, controls: EngineInput) -> Generated:
        """One pass, as soon as the test lets it."""
        self._note("generate")
        self.inputs.append(controls)
        self.is_inside = True
        self.pass_began.set()
        assert self.may_pass.wait(30)
        self.is_inside = False
        error = self.pass_errors.popleft() if self.pass_errors else None
        if error is not None:
            raise error
        shape = (self._spec.sub_frames, self._spec.frame_height, self._spec.frame_width, 3)
        return Generated(np.full(shape, len(self.inputs) % 256, np.uint8), infer_ms=1.0, sync_ms=0.5)

    def recover(self) -> None:
        """Note it, or raise."""
        self._note("recover")
        if self.recovery_errors:
            raise self.recovery_errors.popleft()

    def close(self) -> None:
        """Note it."""
        self._note("close")

    def _note(self, call: str) -> None:
        self.was_entered_twice |= self.is_inside
        self.calls.append(call)
        if call == self.hangs_in:
            self.hang_began.set()
            assert self.may_go_on.wait(30)


class EngineShelf:
    """Where engines come from. Loading reports its stages, raises what it is told to, and hangs when it is told to."""

    def __init__(self) -> None:
        self.engines: list[ScriptedEngine] = []
        self.requests: list[EngineRequest] = []
        self.errors: deque[Exception] = deque()
        self.load_began = threading.Event()
        self.may_load = threading.Event()
        self.may_load.set()
        self.prepare: Callable[[ScriptedEngine], None] = lambda _engine: None
        """Called with every new engine before anybody else has it."""

    @property
    def engine(self) -> ScriptedEngine:
        """The latest."""
        return self.engines[-1]

    def load(self, request: EngineRequest, report: ReportStage) -> ScriptedEngine:
        """Another engine, of the model that was asked for."""
        self.requests.append(request)
        report(Stage.LOADING_MODEL_LOAD)
        self.load_began.set()
        assert self.may_load.wait(30)
        if self.errors:
            raise self.errors.popleft()
        report(Stage.LOADING_MODEL_INSTANTIATE)
        engine = ScriptedEngine(SPEC.model_copy(update={"model": request.model}))
        self.prepare(engine)
        self.engines.append(engine)
        return engine
