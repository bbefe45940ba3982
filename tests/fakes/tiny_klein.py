"""A tiny FLUX.2 klein pipeline with random weights, saved as a model folder. What it paints is noise."""

from pathlib import Path
from typing import Any, Final

import tokenizers
import torch
import transformers
from diffusers.models.autoencoders.autoencoder_kl_flux2 import AutoencoderKLFlux2
from diffusers.models.transformers.transformer_flux2 import Flux2Transformer2DModel
from diffusers.pipelines.flux2.pipeline_flux2_klein import Flux2KleinPipeline
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler

hf: Any = transformers
tk: Any = tokenizers
"""These builders take what their own documentation says, and their annotations say less."""

TEXT_WIDTH: Final = 64
TEXT_LAYERS: Final = 27
"""The pipeline reads what the text encoder has after its layers 9, 18 and 27."""

CHAT_TEMPLATE: Final = "{% for message in messages %}{{ message['content'] }}{% endfor %}"


def save_tiny_klein(folder: Path) -> Path:
    """Write the pipeline to `folder`."""
    torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType]
    vae = AutoencoderKLFlux2(
        block_out_channels=(4, 4, 4, 4),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=1,
        sample_size=64,
    )
    transformer = Flux2Transformer2DModel(
        patch_size=1,
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=3 * TEXT_WIDTH,
        timestep_guidance_channels=32,
        axes_dims_rope=(4, 4, 4, 4),
        guidance_embeds=False,
    )
    tokenizer = _tokenizer()
    text_encoder = hf.Qwen3ForCausalLM(
        hf.Qwen3Config(
            vocab_size=len(tokenizer),
            hidden_size=TEXT_WIDTH,
            intermediate_size=TEXT_WIDTH,
            num_hidden_layers=TEXT_LAYERS,
            num_attention_heads=2,
            num_key_value_heads=1,
            head_dim=32,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    pipeline = Flux2KleinPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=vae,
        text_encoder=text_encoder,
        tokenizer=tokenizer,
        transformer=transformer,
        is_distilled=True,
    )
    pipeline.save_pretrained(folder)  # pyright: ignore[reportUnknownMemberType]
    return folder


def _tokenizer() -> Any:
    letters = sorted(tk.pre_tokenizers.ByteLevel.alphabet())
    backend = tk.Tokenizer(tk.models.BPE(vocab={letter: index for index, letter in enumerate(letters)}, merges=[]))
    backend.pre_tokenizer = tk.pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = tk.decoders.ByteLevel()
    tokenizer = hf.Qwen2TokenizerFast(tokenizer_object=backend, pad_token="<pad>", eos_token="<eos>", unk_token=None)
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer
