"""The engine without weights: a camera moves over the seed. For development, tests and load; it dreams nothing.

W and S go ahead and back, A and D sideways, the mouse looks, SHIFT runs; hands off, the picture stands still.
Deterministic: the same seed and controls give the same frames, bit for bit.
"""

import time
from typing import TYPE_CHECKING

from configs.world_model import SYNTHETIC_MODEL, SyntheticConfig
from deployments.world_model.engine import EngineInput, Frame, FrameStack, Generated, ReportStage
from deployments.world_model.engines.camera import Camera
from deployments.world_model.engines.known import SYNTHETIC_TYPE
from deployments.world_model.engines.panorama import Panorama
from protocol.link import WorldSpec
from protocol.stages import Stage

if TYPE_CHECKING:
    from configs.world_model import WorldModelConfig
    from deployments.world_model.engine import EngineRequest


class NothingSeenError(RuntimeError):
    """A pass was asked for before any frame was appended."""

    def __init__(self) -> None:
        super().__init__("the synthetic engine has seen no frame")


class SyntheticEngine:
    """The `Engine` contract over `Panorama` and `Camera`."""

    def __init__(self, config: SyntheticConfig) -> None:
        self._generation_s = config.generation_ms / 1e3
        self._pass_s = config.sub_frames / config.inference_fps
        self._spec = WorldSpec(
            model=SYNTHETIC_MODEL,
            model_type=SYNTHETIC_TYPE,
            frame_height=config.frame_height,
            frame_width=config.frame_width,
            sub_frames=config.sub_frames,
            n_frames=config.n_frames,
            inference_fps=config.inference_fps,
        )
        self._panorama: Panorama | None = None
        self._camera = Camera()

    @property
    def spec(self) -> WorldSpec:
        """What the configuration made of it."""
        return self._spec

    @property
    def uses_host_cores(self) -> bool:
        """It sleeps where a model would wait for its device."""
        return False

    def warm_up(self, seed: Frame, report: ReportStage) -> None:
        """Draw one pass, so that the first one that counts finds its memory mapped."""
        report(Stage.WARMUP_RESET)
        self.reset()
        report(Stage.WARMUP_SEED)
        self.append_frame(seed)
        report(Stage.WARMUP_COMPILE)
        self._draw(EngineInput())

    def reset(self) -> None:
        """Forget the seed and where the camera stood."""
        self._panorama = None
        self._camera = Camera()

    def append_frame(self, frame: Frame) -> None:
        """Stand before `frame`, at its centre."""
        self._panorama = Panorama(frame)
        self._camera = Camera()

    def generate(self, controls: EngineInput) -> Generated:
        """The next `sub_frames` frames; takes `generation_ms`, unless drawing took longer.

        Raises NothingSeenError.
        """
        started_s = time.perf_counter()
        frames = self._draw(controls)
        drawn_s = time.perf_counter()
        if drawn_s - started_s < self._generation_s:
            time.sleep(self._generation_s - (drawn_s - started_s))
        return Generated(frames, infer_ms=(time.perf_counter() - started_s) * 1e3, sync_ms=0.0)

    def recover(self) -> None:
        """There is no device to recover."""

    def close(self) -> None:
        """Forget everything."""
        self.reset()

    def _draw(self, controls: EngineInput) -> FrameStack:
        if self._panorama is None:
            raise NothingSeenError
        parts = self._spec.sub_frames
        cameras = [self._camera.moved(controls, self._pass_s, part / parts) for part in range(1, parts + 1)]
        self._camera = cameras[-1]
        return self._panorama.draw(cameras)


def load(_request: "EngineRequest", config: "WorldModelConfig", report: ReportStage) -> SyntheticEngine:
    """Make the engine that `config` describes. There is nothing to read and nothing to quantise."""
    report(Stage.LOADING_MODEL_LOAD)
    report(Stage.LOADING_MODEL_INSTANTIATE)
    return SyntheticEngine(config.synthetic)
