"""The pocket world's two networks at play: distance from a frame, and a panorama's sketch completed.

Owns the runtime and the scaling of what goes in and out. The graphs and weights are in `weights/`; how they came about
is in `scripts/pocket`. Any thread may run them, two at once as well.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph, InvalidProtobuf, NoSuchFile

from deployments.world_model.engines.pocket.geometry import FARTHEST, NEAREST, SKETCH_HEIGHT, SKETCH_WIDTH
from deployments.world_model.engines.pocket.spreading import spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS: Final = Path(__file__).parent / "weights"
PICTURE_SIZE: Final = (256, 144)
"""Width and height of what the distance network looks at."""
NOISE_PX: Final = 16
ROOT_SCALE: Final = np.float32(1.5)
"""A root of inverse distance r enters and leaves the completer as 1.5 r - 1."""

_DAMAGED: Final = (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf, NoSuchFile)


class WeightsError(RuntimeError):
    """A network's file is missing, or not what it should be."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """A panorama in few cells: colours 80 x 256 x 3 (0 to 255) and inverse distances 80 x 256 (1 / eye heights)."""

    colours: "NDArray[np.float32]"
    inverse_distance: "NDArray[np.float32]"


@dataclass(frozen=True, slots=True)
class Start:
    """Where a flow starts: part of the way from noise to a sketch (SDEdit: Meng et al., ICLR 2022)."""

    sketch: Sketch
    time: float
    """0 is noise alone and 1 the sketch."""


class Networks:
    """Both networks, loaded. Raises WeightsError."""

    def __init__(self, folder: Path = WEIGHTS, threads: int = 1) -> None:
        self._distance = _session(folder / "depth.onnx", threads)
        self._completer = _session(folder / "completer.onnx", threads)

    def distance(self, frame: "NDArray[np.uint8]") -> "tuple[NDArray[np.float32], float]":
        """Inverse radial distances (72 x 128) of what a frame shows, and the pitch in radians it was seen with.

        Means of what the frame and its mirror image look like: their errors differ.
        """
        small = cv2.resize(frame, PICTURE_SIZE, interpolation=cv2.INTER_AREA)
        picture = (small.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[None]
        root, pitch = self._distance.run(None, {"picture": np.ascontiguousarray(picture)})
        mirrored, other_pitch = self._distance.run(None, {"picture": np.ascontiguousarray(picture[..., ::-1])})
        mean = (root[0, 0] + mirrored[0, 0, :, ::-1]) / 2
        return np.clip(mean**2, 1 / FARTHEST, 1 / NEAREST), float(pitch[0] + other_pitch[0]) / 2

    def complete(
        self, sketch: Sketch, known: "NDArray[np.float32]", steps: int, seed: int, start: Start | None = None
    ) -> Sketch:
        """The sketch with its unknown cells dreamt. `known`, 80 x 256, is 1 where the sketch is to be believed.

        The flow is integrated by Euler's method in `steps` steps, from noise or from `start`; the same arguments give
        the same dream.
        """
        whole = _scaled(sketch)
        given = {"known": spread(whole, known)[None], "sureness": known[None, None].astype(np.float32)}
        state, begun = _noise(seed), 0.0
        if start is not None:
            begun = start.time
            state += (_scaled(start.sketch) - state) * np.float32(begun)
        for step in range(steps):
            moment = np.array([begun + (1.0 - begun) * step / steps], np.float32)
            (end,) = self._completer.run(None, {**given, "state": state, "time": moment})
            state = state + (end - state) * np.float32(1 / (steps - step))
        dreamt = np.where(known > 0.5, whole, state[0])
        root = np.maximum((dreamt[3] + 1.0) / ROOT_SCALE, 0.0)
        colours = np.clip((dreamt[:3].transpose(1, 2, 0) + 1.0) * 127.5, 0.0, 255.0)
        return Sketch(
            np.ascontiguousarray(colours, np.float32),
            np.clip(root**2, 1 / FARTHEST, 1 / NEAREST).astype(np.float32),
        )


def _scaled(sketch: Sketch) -> "NDArray[np.float32]":
    """The sketch as the completer has it, 4 x 80 x 256."""
    colours = sketch.colours.transpose(2, 0, 1) / 127.5 - 1.0
    root = np.sqrt(sketch.inverse_distance) * ROOT_SCALE - 1.0
    return np.concatenate([colours, root[None]]).astype(np.float32)


def _noise(seed: int) -> "NDArray[np.float32]":
    """Normal noise less its means over squares: what is coarser follows from what is known."""
    noise = np.random.default_rng(seed).standard_normal((SKETCH_HEIGHT, SKETCH_WIDTH, 4), dtype=np.float32)
    means = cv2.resize(noise, (SKETCH_WIDTH // NOISE_PX, SKETCH_HEIGHT // NOISE_PX), interpolation=cv2.INTER_AREA)
    noise -= cv2.resize(means, (SKETCH_WIDTH, SKETCH_HEIGHT), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(noise.transpose(2, 0, 1))[None]


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Its arena keeps some 40 MB between two dreams.
    options.enable_cpu_mem_arena = False
    # A waiting thread that spins takes the core from the one that draws.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.use_device_allocator_for_initializers", "1")
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except _DAMAGED as error:
        raise WeightsError(str(error)) from error
