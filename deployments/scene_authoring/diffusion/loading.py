"""A FLUX.2 klein pipeline from its files, as small as the configuration wants it.

Owns which parts come from where and in how many bits. What is painted with it is `editor`'s business.
"""

from typing import TYPE_CHECKING, Any, Protocol, cast

import torch
from diffusers.models.transformers.transformer_flux2 import Flux2Transformer2DModel
from diffusers.pipelines.flux2.pipeline_flux2_klein import Flux2KleinPipeline
from diffusers.quantizers.quantization_config import GGUFQuantizationConfig
from huggingface_hub import hf_hub_download  # pyright: ignore[reportUnknownVariableType]
from transformers import BitsAndBytesConfig, Qwen3ForCausalLM

from protocol.errors import AuthoringLoadError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PIL import Image

    from configs.scene_authoring import ImageEditorConfig


class Painted(Protocol):
    """What a pipeline returns."""

    images: "Sequence[Image.Image]"


class Pipeline(Protocol):
    """What is used of the pipeline."""

    def __call__(
        self,
        *,
        image: "Image.Image",
        prompt: str,
        height: int,
        width: int,
        num_inference_steps: int,
        guidance_scale: float,
        generator: torch.Generator,
        callback_on_step_end: "Callable[..., Mapping[str, object]]",
    ) -> Painted:
        """Paint `prompt` over `image`; sizes in pixels, divisible by 16."""
        ...

    def to(self, device: str) -> "Pipeline": ...
    def set_progress_bar_config(self, *, disable: bool) -> None: ...


def load_pipeline(config: "ImageEditorConfig") -> Pipeline:
    """The pipeline that the configuration names, on its device. Raises AuthoringLoadError that says what to do."""
    if config.device == "cpu":
        # The other cores belong to the world's encoder and engine.
        torch.set_num_threads(1)
    dtype = torch.float32 if config.device == "cpu" else torch.bfloat16
    try:
        parts: dict[str, Any] = {}
        if config.gguf is not None:
            parts["transformer"] = _gguf_transformer(config, dtype)
        if config.four_bit_text_encoder:
            parts["text_encoder"] = _four_bit_text_encoder(config, dtype)
        loaded = Flux2KleinPipeline.from_pretrained(config.model_id, dtype=dtype, **parts)  # pyright: ignore[reportUnknownMemberType]
        pipeline = cast("Pipeline", loaded).to(config.device)
    except ImportError as error:
        reason = f"the editor's model {config.model_id} needs a package that is not installed: {error}"
        raise AuthoringLoadError(reason) from error
    except (OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError) as error:
        reason = (
            f"the editor's model {config.model_id} cannot be loaded on {config.device}: check the id, the network or "
            f"the folder, and the free memory ({error})"
        )
        raise AuthoringLoadError(reason) from error
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _gguf_transformer(config: "ImageEditorConfig", dtype: torch.dtype) -> object:
    """The transformer with the weights of a GGUF file and the shape that the pipeline's folder says."""
    hub = config.hub_gguf()
    path = hf_hub_download(*hub) if hub is not None else config.gguf
    return cast(
        "object",
        Flux2Transformer2DModel.from_single_file(  # pyright: ignore[reportUnknownMemberType]
            path,
            config=config.model_id,
            subfolder="transformer",
            quantization_config=GGUFQuantizationConfig(compute_dtype=dtype),
            dtype=dtype,
        ),
    )


def _four_bit_text_encoder(config: "ImageEditorConfig", dtype: torch.dtype) -> object:
    quantization = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype)
    return cast(
        "object",
        Qwen3ForCausalLM.from_pretrained(  # pyright: ignore[reportUnknownMemberType]
            config.model_id,
            subfolder="text_encoder",
            quantization_config=quantization,
            dtype=dtype,
            device_map={"": config.device},
        ),
    )
