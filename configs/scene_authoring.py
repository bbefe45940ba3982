"""Settings of scene authoring: who writes the instruction, who paints it, and how long their models stay loaded."""

import re
from typing import Final, Literal

from pydantic import Field, model_validator

from configs.base import StrictModel
from configs.world_model import is_model_id

GEMMA_MODEL_ID: Final = "google/gemma-4-E4B-it"
KLEIN_MODEL_ID: Final = "black-forest-labs/FLUX.2-klein-4B"

_DEVICE: Final = r"^(cpu|mps|cuda(:\d+)?)$"
_HUB_FILE: Final = re.compile(r"([\w.-]+/[\w.-]+)/([\w./-]+\.gguf)", re.ASCII)


class ModelHoldingConfig(StrictModel):
    """What the author and the editor have in common: when their models are there, and how long a call may take."""

    device: str = Field(default="cpu", pattern=_DEVICE)
    """Where the models run. The procedural backends need none."""

    idle_unload_s: float | None = Field(default=600.0, gt=0.0)
    """Models that nobody has used for so long are freed; None keeps them."""

    load_timeout_s: float = Field(default=1800.0, gt=0.0)
    """How long a request waits for the models. The first load may download them."""

    timeout_s: float = Field(default=120.0, gt=0.0, le=3600.0)
    """How long one request may take once the models are there. A replica that overruns it twofold is replaced."""


class PromptAuthorConfig(ModelHoldingConfig):
    """Turns a player's words into an instruction."""

    # pydantic keeps names that begin with "model_" for itself, unless told otherwise.
    model_config = StrictModel.model_config | {"protected_namespaces": ()}

    backend: Literal["procedural", "vlm"] = "procedural"
    """`procedural` is a grammar of fixed vocabulary; `vlm` a vision language model, and wants a GPU."""

    model_id: str = Field(default=GEMMA_MODEL_ID, min_length=1)
    """Hugging Face id or local folder of an image-text-to-text chat model."""

    four_bit: bool = False
    """Whether its weights are held in 4 bits. Needs the package `bitsandbytes`."""

    max_new_tokens: int = Field(default=384, ge=96, le=4096)
    """Length of an answer. One that would be longer is closed in time, so that it parses."""

    temperature: float = Field(default=0.0, ge=0.0, le=2.0)
    """0 takes the likeliest word always, so that the same request gives the same instruction."""

    image_side_px: int = Field(default=384, ge=64, le=2048)
    """The frame is shown to the model with its longer side reduced to this."""

    @model_validator(mode="after")
    def _combination_is_possible(self) -> "PromptAuthorConfig":
        if self.backend == "procedural" and self.four_bit:
            msg = "the procedural author has no weights: leave four_bit out, or use backend 'vlm'"
            raise ValueError(msg)
        return self


class ImageEditorConfig(ModelHoldingConfig):
    """Turns an instruction into a picture."""

    model_config = StrictModel.model_config | {"protected_namespaces": ()}

    backend: Literal["procedural", "flux2_klein"] = "procedural"
    """`procedural` is classical image processing; `flux2_klein` a diffusion model, and wants a GPU."""

    model_id: str = Field(default=KLEIN_MODEL_ID, min_length=1)
    """Hugging Face id or local folder of a FLUX.2 klein pipeline."""

    gguf: str | None = Field(default=None, min_length=6)
    """The transformer's weights in another file, such as a Q8 quantisation: a local path, or
    organisation/repository/file.gguf on the Hugging Face hub. Needs the package `gguf`."""

    four_bit_text_encoder: bool = False
    """Whether the text encoder is held in 4 bits. Needs the package `bitsandbytes`."""

    steps: int = Field(default=4, ge=1, le=100)
    """Denoising steps. The distilled model is made for 4."""

    jpeg_quality: int = Field(default=92, ge=1, le=100)
    limit_pixels: int = Field(default=4_194_304, ge=4096, le=150_000_000)
    """Larger frames are refused before they are decoded."""

    @model_validator(mode="after")
    def _combination_is_possible(self) -> "ImageEditorConfig":
        if self.backend == "procedural" and (self.gguf is not None or self.four_bit_text_encoder):
            msg = "the procedural editor has no weights: leave gguf and four_bit_text_encoder out"
            raise ValueError(msg)
        return self

    @property
    def name(self) -> str:
        """What pictures and replies say that painted them."""
        return self.backend if self.backend == "procedural" else self.model_id

    def hub_gguf(self) -> tuple[str, str] | None:
        """Repository and file of `gguf` on the hub; None when it is a local path, or there is none."""
        found = _HUB_FILE.fullmatch(self.gguf or "")
        return (found[1], found[2]) if found is not None and is_model_id(found[1]) else None
