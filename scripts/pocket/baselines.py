"""What the pocket world must beat: a fixed-plane warp of the seed, and the feasibility study's hybrid.

Owns both as engines; their geometry is `warping`'s, their walker the pocket world's. They are not shipped.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.world_model.engine import Generated
from deployments.world_model.engines.pocket.geometry import FRAME_HEIGHT, FRAME_WIDTH, NEAREST
from deployments.world_model.engines.pocket.networks import Networks
from deployments.world_model.engines.pocket.walking import Pose
from protocol.link import WorldSpec
from scripts.pocket import warping

if TYPE_CHECKING:
    from deployments.images import Frame
    from deployments.world_model.engine import Engine, EngineInput, FrameStack, ReportStage

SUB_FRAMES: Final = 4
FRAMES_PER_S: Final = 60

REKEY_RAD: Final = 0.3
REKEY_LENGTH: Final = 0.8

Distances: TypeAlias = NDArray[np.float32]

DepthNetwork: TypeAlias = Callable[["Frame"], Distances]
"""Distances along the rays of `warping.GRID` cells of a frame, in eye heights."""


class NothingSeenError(RuntimeError):
    """A pass was asked for before any frame was appended."""

    def __init__(self) -> None:
        super().__init__("the baseline has seen no frame")


class _Baseline:
    """The contract of an engine around one question: what is seen from here?"""

    name: str = ""

    def __init__(self) -> None:
        self._pose = Pose()
        self._seed: Frame | None = None

    @property
    def spec(self) -> WorldSpec:
        return WorldSpec(
            model=self.name,
            model_type="baseline",
            frame_height=FRAME_HEIGHT,
            frame_width=FRAME_WIDTH,
            sub_frames=SUB_FRAMES,
            n_frames=4096,
            inference_fps=FRAMES_PER_S,
        )

    @property
    def uses_host_cores(self) -> bool:
        return True

    def warm_up(self, seed: "Frame", report: "ReportStage") -> None:
        """There is nothing to warm."""

    def reset(self) -> None:
        self._pose, self._seed = Pose(), None

    def append_frame(self, frame: "Frame") -> None:
        self._pose, self._seed = Pose(), frame

    def generate(self, controls: "EngineInput") -> Generated:
        if self._seed is None:
            raise NothingSeenError
        started_s = time.perf_counter()
        start, pass_s = self._pose, SUB_FRAMES / FRAMES_PER_S
        frames: FrameStack = np.empty((SUB_FRAMES, FRAME_HEIGHT, FRAME_WIDTH, 3), dtype=np.uint8)
        for index in range(SUB_FRAMES):
            self._pose = start.moved(controls, pass_s, (index + 1) / SUB_FRAMES)
            frames[index] = self._look(self._seed, self._pose)
        return Generated(frames, infer_ms=(time.perf_counter() - started_s) * 1e3, sync_ms=0.0)

    def recover(self) -> None:
        """There is no device."""

    def close(self) -> None:
        self.reset()

    def _look(self, seed: "Frame", pose: Pose) -> "Frame":
        raise NotImplementedError


class PlaneWarp(_Baseline):
    """The seed on level ground and a far round wall; beyond its edges it goes on as its mirror image."""

    name = "plane"

    def _look(self, seed: "Frame", pose: Pose) -> "Frame":
        return warping.draw(seed, warping.tiled_coordinates(warping.plane_points(pose)))


@dataclass(frozen=True, slots=True)
class Keyframe:
    """The one picture that the hybrid remembers."""

    pose: Pose
    picture: "Frame"
    distance: Distances
    confidence: Distances


class Hybrid(_Baseline):
    """The study's: one keyframe warped by its depth, faded into a mirror-tiled panorama where it is not known."""

    name = "hybrid"

    def __init__(self, depth: DepthNetwork) -> None:
        super().__init__()
        self._depth = depth
        self._key: Keyframe | None = None

    def reset(self) -> None:
        super().reset()
        self._key = None

    def append_frame(self, frame: "Frame") -> None:
        super().append_frame(frame)
        self._key = Keyframe(Pose(), frame, self._depth(frame), np.ones(warping.GRID, dtype=np.float32))

    def _look(self, seed: "Frame", pose: Pose) -> "Frame":
        if self._key is None:
            raise NothingSeenError
        key = self._key
        if pose == key.pose:
            return key.picture
        coordinates, reach = warping.key_coordinates(pose, key.pose, key.distance)
        there = warping.sample(key.distance, warping.in_cells(coordinates), smooth=False)
        # What comes twice as near shows half the detail.
        magnified = np.clip(1.6 - 0.6 * there / np.maximum(reach, NEAREST), 0.0, 1.0)
        confidence = (
            warping.inside(coordinates)
            * warping.sample(key.confidence, warping.in_cells(coordinates), smooth=False)
            * magnified
        ).astype(np.float32)
        panorama = warping.draw(seed, warping.tiled_coordinates(warping.world_rays(pose)))
        share = warping.enlarged(confidence)[..., None]
        warped = warping.draw(key.picture, coordinates)
        frame = np.clip(warped * share + panorama * (1.0 - share) + 0.5, 0, 255).astype(np.uint8)
        if self._is_away(key.pose, pose):
            distance = (0.5 * reach + 0.5 * self._depth(frame)).astype(np.float32)
            self._key = Keyframe(pose, frame, distance, confidence)
        return frame

    def _is_away(self, key: Pose, pose: Pose) -> bool:
        turned_rad = max(warping.angle_between(key.yaw_rad, pose.yaw_rad), abs(key.pitch_rad - pose.pitch_rad))
        return turned_rad > REKEY_RAD or float(np.hypot(key.x - pose.x, key.z - pose.z)) > REKEY_LENGTH


def learned_depth() -> DepthNetwork:
    """The pocket world's own distance network, so that what is compared is what is made of it."""
    networks = Networks()

    def distances(frame: "Frame") -> Distances:
        inverse, _ = networks.distance(frame)
        rows, columns = warping.GRID
        return (1.0 / cv2.resize(inverse, (columns, rows), interpolation=cv2.INTER_LINEAR)).astype(np.float32)

    return distances


BASELINES: Final[dict[str, Callable[[], "Engine"]]] = {
    "plane": PlaneWarp,
    "hybrid": lambda: Hybrid(learned_depth()),
}
"""By the name that the commands take."""
