"""What a Waypoint model is, from its own configuration and the contract's table.

Pure. The configuration wins; the table fills in what it does not say. Packages keep it as an object, a mapping, or
something that is both, so it is read by name, and what has no usable value counts as not said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from protocol.link import WorldSpec

SMALLEST_FRAME_PX: Final = 128
"""A `height` and `width` below it are those of a latent grid, not of a frame."""


@dataclass(frozen=True, slots=True)
class _Row:
    temporal_compression: int
    frame_size: tuple[int, int]
    n_frames: int
    inference_fps: int


_TABLE: Final = {
    "waypoint-1": _Row(temporal_compression=1, frame_size=(360, 640), n_frames=4096, inference_fps=60),
    "waypoint-1.5": _Row(temporal_compression=4, frame_size=(720, 1280), n_frames=4096, inference_fps=60),
}
"""The models that the wire contract knows."""

_SIZE_NAMES: Final = (("frame_height", "frame_width"), ("image_height", "image_width"), ("height", "width"))


def read_spec(model: str, config: object) -> WorldSpec:
    """The spec of the model called `model`, whose engine holds `config`."""
    model_type = _model_type(model, config)
    row = _TABLE[model_type if model_type in _TABLE else "waypoint-1"]
    height, width = _frame_size(config) or row.frame_size
    return WorldSpec(
        model=model,
        model_type=model_type,
        frame_height=height,
        frame_width=width,
        sub_frames=_count(config, "temporal_compression") or row.temporal_compression,
        n_frames=_count(config, "n_frames") or row.n_frames,
        inference_fps=_count(config, "inference_fps") or row.inference_fps,
        has_prompt_conditioning=_said(config, "prompt_conditioning") not in (None, False, "", "none"),
    )


def context_limit_frames(spec: WorldSpec) -> int | None:
    """After so many perceptual frames a model must start anew; None when it need not."""
    return (spec.n_frames - 2) * spec.sub_frames if spec.sub_frames == 1 else None


def _model_type(model: str, config: object) -> str:
    said = _said(config, "model_type")
    if isinstance(said, str) and said:
        return said
    return "waypoint-1.5" if "waypoint-1.5" in model.lower() else "waypoint-1"


def _frame_size(config: object) -> tuple[int, int] | None:
    for names in _SIZE_NAMES:
        height, width = (_count(config, name) for name in names)
        if height is not None and width is not None and min(height, width) >= SMALLEST_FRAME_PX:
            return height, width
    pair = _said(config, "seed_target_size")
    if not isinstance(pair, Iterable) or isinstance(pair, str):
        return None
    match tuple(cast("Iterable[object]", pair)):
        case (int() as height, int() as width) if min(height, width) > 0:
            return height, width
        case _:
            return None


def _count(config: object, name: str) -> int | None:
    """A whole number above zero."""
    said = _said(config, name)
    if isinstance(said, bool) or not isinstance(said, int | float) or said < 1:
        return None
    return int(said)


def _said(config: object, name: str) -> object:
    if isinstance(config, Mapping):
        return cast("Mapping[str, object]", config).get(name)
    return cast("object", getattr(config, name, None))
