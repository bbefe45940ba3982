"""Settings of the world replicas: which engines they may run, what they hold at start, how they encode and connect.

What the engines do with them is theirs to say. Owns the form of a model id, since ids come from clients too.
"""

import re
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, model_validator

from configs.base import SettingsPath, StrictModel
from protocol.client import EngineBackend, Quant

LOCAL_PREFIX: Final = "local/"
"""Ids of models that no hub knows: engines of our own, and configured folders."""

POCKET_MODEL: Final = "local/pocket"
SYNTHETIC_MODEL: Final = "local/synthetic"

_WORD: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?"
_MODEL_ID: Final = re.compile(rf"{_WORD}/{_WORD}", re.ASCII)


def is_model_id(text: str) -> bool:
    """Whether `text` has the form `organisation/name` that the Hugging Face hub accepts: such an id is never a path."""
    return _MODEL_ID.fullmatch(text) is not None and ".." not in text and "--" not in text


EngineName: TypeAlias = Literal["pocket", "synthetic", "world_engine", "quark"]

OWN_MODELS: Final[dict[str, EngineName]] = {POCKET_MODEL: "pocket", SYNTHETIC_MODEL: "synthetic"}
"""Models that come with the project, and their engines."""


class PocketConfig(StrictModel):
    """The world that comes with the package."""

    seed: int = Field(default=0, ge=0, lt=2**31)
    """The same picture, seed and controls give the same frames."""


class SyntheticConfig(StrictModel):
    """The engine without weights, for development, tests and load."""

    frame_height: int = Field(default=360, ge=16, le=2160)
    frame_width: int = Field(default=640, ge=16, le=3840)
    sub_frames: int = Field(default=4, ge=1, le=16)
    """Perceptual frames per pass."""
    inference_fps: int = Field(default=60, ge=1, le=1000)
    """Perceptual frames per second at which the camera moves at its true speed, and which the cap allows."""
    generation_ms: float = Field(default=0.0, ge=0.0, le=60_000.0)
    """A pass takes at least this long."""
    n_frames: int = Field(default=4096, ge=3)


class WorldModelConfig(StrictModel):
    """What a world replica runs and how."""

    engines: Annotated[tuple[EngineName, ...], Field(strict=False, min_length=1)] = (
        "pocket",
        "synthetic",
        "world_engine",
        "quark",
    )
    """Engines that may run here. One whose package is not installed is left out by itself."""
    device: str = Field(default="cpu", pattern=r"^(cpu|mps|cuda(:\d+)?)$")
    """Where `world_engine` and `quark` run; `pocket` and `synthetic` need none."""
    local_models: dict[str, SettingsPath] = Field(default_factory=dict[str, SettingsPath])
    """Model folders on this machine by the id, `local/…`, under which clients ask for them."""

    preload: str | None = None
    """Model that a replica holds before its first session."""
    preload_quant: Annotated[Quant | None, Field(strict=False)] = None
    preload_backend: Annotated[EngineBackend, Field(strict=False)] = EngineBackend.WORLD_ENGINE
    fallback_model: str | None = None
    """Loaded in place of a model that this host cannot run. Clients are told its name."""

    pocket: PocketConfig = PocketConfig()
    synthetic: SyntheticConfig = SyntheticConfig()

    pass_timeout_s: float = Field(default=60.0, gt=0.0, le=3600.0)
    """A pass, or a start from a picture, that takes longer hangs: the replica is replaced, its player told."""
    warm_up_timeout_s: float = Field(default=1800.0, gt=0.0, le=86_400.0)
    """The same of whatever compiles: warming a model up, and the first pass after a device error."""
    load_timeout_s: float = Field(default=14_400.0, gt=0.0, le=604_800.0)
    """The same of loading a model. The first load may download it, and none that gets on should be cut off."""

    encoder_threads: int = Field(default=2, ge=1, le=64)
    """Threads that encode the sub-frames of one batch. On a host with no more cores, each stays on one of its own."""
    limit_pixels: int = Field(default=40_000_000, ge=1, le=150_000_000)
    """Larger seeds are refused before they are decoded."""

    link_host: str | None = None
    """Address where a leased replica listens; None means the node's own."""
    link_timeout_s: float = Field(default=10.0, gt=0.0, le=600.0)
    """How long a leased replica waits for its link before it is free again."""

    @model_validator(mode="after")
    def _names_are_usable(self) -> "WorldModelConfig":
        for name in self.local_models:
            if not name.startswith(LOCAL_PREFIX) or not is_model_id(name) or name in OWN_MODELS:
                msg = f"local_models: {name!r} must read local/<name> and not be one of ours: {', '.join(OWN_MODELS)}"
                raise ValueError(msg)
        for field, model in (("preload", self.preload), ("fallback_model", self.fallback_model)):
            if model is not None:
                self._check_model(field, model)
        if self.synthetic.generation_ms / 1e3 >= self.pass_timeout_s:
            msg = f"synthetic.generation_ms must be shorter than pass_timeout_s ({self.pass_timeout_s:g} s)"
            raise ValueError(msg)
        return self

    def _check_model(self, field: str, model: str) -> None:
        if not is_model_id(model):
            msg = f"{field}: {model!r} is not a model id; it must read organisation/name or local/<name>"
            raise ValueError(msg)
        engine = OWN_MODELS.get(model)
        if engine is not None and engine not in self.engines:
            msg = f"{field}: {model!r} needs {engine!r} among the engines"
            raise ValueError(msg)
        if model.startswith(LOCAL_PREFIX) and engine is None and model not in self.local_models:
            msg = f"{field}: {model!r} is neither an engine of ours nor one of local_models"
            raise ValueError(msg)
