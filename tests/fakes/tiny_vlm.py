"""Tiny vision language models with random weights, saved as a model folder, with tokenizers built on the spot.

Owns two architectures and two kinds of vocabulary: the default author's own (Gemma 4, byte fallback) and another one
(LLaVA, byte level). They know nothing; what they say is chance.
"""

import json
from pathlib import Path
from typing import Any, Final

import tokenizers
import torch
import transformers

from deployments.scene_authoring.vlm.prompts import EDIT_SYSTEM, SCENE_SYSTEM

hf: Any = transformers
tk: Any = tokenizers
"""These builders take what their own documentation says, and their annotations say less."""

CHAT_TEMPLATE: Final = (
    "{{ bos_token }}{% for message in messages %}<turn>{{ message['role'] }}\n"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}<end>\n{% endfor %}{% if add_generation_prompt %}<turn>assistant\n{% endif %}"
)
SPECIAL: Final = (
    *("<pad>", "<eos>", "<bos>", "<unk>", "<turn>", "<end>"),
    *("<image>", "<boi>", "<eoi>", "<audio>", "<boa>", "<eoa>", "<|video|>"),
)
JSON_PIECES: Final = ('"}', '": "', '", "', '{"', "}}") * 50
VOCABULARY: Final = 1500
EXTRA_LOGITS: Final = 23
"""Real models have wider logits than vocabularies."""


def save_tiny_gemma(folder: Path, seed: int = 0) -> Path:
    """A Gemma 4 of two layers. Its real processor has a video part, which needs torchvision."""
    tokenizer = _tokenizer(_byte_fallback())
    width = len(tokenizer) + EXTRA_LOGITS
    ids = {
        name: tokenizer.convert_tokens_to_ids(f"<{name}>") for name in ("image", "boi", "eoi", "audio", "boa", "eoa")
    }
    text = hf.Gemma4TextConfig(
        vocab_size=width,
        vocab_size_per_layer_input=width,
        hidden_size=64,
        hidden_size_per_layer_input=64,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=32,
        global_head_dim=32,
        layer_types=["sliding_attention", "full_attention"],
        sliding_window=64,
        **_ends(tokenizer),
    )
    vision = hf.Gemma4VisionConfig(
        hidden_size=64,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=32,
        position_embedding_size=256,
    )
    config = hf.Gemma4Config(
        text_config=text,
        vision_config=vision,
        audio_config=None,
        image_token_id=ids["image"],
        boi_token_id=ids["boi"],
        eoi_token_id=ids["eoi"],
        audio_token_id=ids["audio"],
        boa_token_id=ids["boa"],
        eoa_token_index=ids["eoa"],
        video_token_id=tokenizer.convert_tokens_to_ids("<|video|>"),
    )
    torch.manual_seed(seed)  # pyright: ignore[reportUnknownMemberType]
    _save(folder, hf.Gemma4ForConditionalGeneration(config), tokenizer)
    hf.Gemma4ImageProcessorPil(max_soft_tokens=70).save_pretrained(folder)
    hf.Gemma4AudioFeatureExtractor().save_pretrained(folder / "audio")
    _merge_processor_config(folder, "Gemma4Processor")
    return folder


def save_tiny_llava(folder: Path, seed: int = 0) -> Path:
    """A LLaVA of two layers."""
    tokenizer = _tokenizer(_byte_level())
    text = hf.LlamaConfig(
        vocab_size=len(tokenizer) + EXTRA_LOGITS,
        hidden_size=64,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        **_ends(tokenizer),
    )
    vision = hf.CLIPVisionConfig(
        hidden_size=64, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, image_size=56, patch_size=14
    )
    config = hf.LlavaConfig(
        vision_config=vision,
        text_config=text,
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-2,
    )
    torch.manual_seed(seed)  # pyright: ignore[reportUnknownMemberType]
    _save(folder, hf.LlavaForConditionalGeneration(config), tokenizer)
    hf.CLIPImageProcessorPil(size={"shortest_edge": 56}, crop_size=56).save_pretrained(folder)
    _merge_processor_config(
        folder, "LlavaProcessor", patch_size=14, vision_feature_select_strategy="default", num_additional_image_tokens=1
    )
    return folder


def _ends(tokenizer: Any) -> dict[str, Any]:
    names = {"pad_token_id": "<pad>", "bos_token_id": "<bos>"}
    ends = [tokenizer.convert_tokens_to_ids(name) for name in ("<eos>", "<end>")]
    return {key: tokenizer.convert_tokens_to_ids(name) for key, name in names.items()} | {"eos_token_id": ends}


def _save(folder: Path, model: Any, tokenizer: Any) -> None:
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(torch.randn_like(weight) * 0.3)
    model.generation_config.eos_token_id = _ends(tokenizer)["eos_token_id"]
    model.generation_config.pad_token_id = _ends(tokenizer)["pad_token_id"]
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _merge_processor_config(folder: Path, name: str, **settings: object) -> None:
    (folder / "processor_config.json").write_text(json.dumps({"processor_class": name, **settings}))
    audio = folder / "audio" / "preprocessor_config.json"
    if audio.exists():
        main = folder / "preprocessor_config.json"
        merged = json.loads(audio.read_text()) | json.loads(main.read_text())
        main.write_text(json.dumps(merged))


def _tokenizer(tokenizer: Any) -> Any:
    tokenizer.add_special_tokens([tk.AddedToken(name, special=True, normalized=False) for name in SPECIAL])
    fast = hf.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="<eos>",
        bos_token="<bos>",
        unk_token="<unk>",
        extra_special_tokens={
            "image_token": "<image>",
            "boi_token": "<boi>",
            "eoi_token": "<eoi>",
            "audio_token": "<audio>",
            "boa_token": "<boa>",
            "eoa_token": "<eoa>",
        },
    )
    fast.chat_template = CHAT_TEMPLATE
    return fast


def _byte_level() -> Any:
    """As GPT-2 and Qwen have it: every byte is a printable character."""
    tokenizer = tk.Tokenizer(tk.models.BPE())
    tokenizer.pre_tokenizer = tk.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tk.decoders.ByteLevel()
    _train(tokenizer, sorted(tk.pre_tokenizers.ByteLevel.alphabet()))
    return tokenizer


def _byte_fallback() -> Any:
    """As Gemma has it: a low line for a space, and `<0x41>` for bytes that have no token."""
    normalizer = tk.normalizers.Replace(" ", "▁")
    trained = tk.Tokenizer(tk.models.BPE())
    trained.normalizer = normalizer
    trained.pre_tokenizer = tk.pre_tokenizers.Split("▁", "merged_with_next")
    _train(trained, ["▁", *map(chr, range(33, 127))])
    model = json.loads(trained.to_str())["model"]
    tokens = [*SPECIAL[:4], *(f"<0x{byte:02X}>" for byte in range(256)), *model["vocab"]]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    merges = [tuple(pair) for pair in model["merges"]]
    tokenizer = tk.Tokenizer(
        tk.models.BPE(vocab=vocabulary, merges=merges, byte_fallback=True, fuse_unk=True, unk_token="<unk>")
    )
    tokenizer.normalizer = normalizer
    decoders = [tk.decoders.Replace("▁", " "), tk.decoders.ByteFallback(), tk.decoders.Fuse()]
    tokenizer.decoder = tk.decoders.Sequence(decoders)
    return tokenizer


def _train(tokenizer: Any, letters: list[str]) -> None:
    """Words of the prompts as tokens, so that a prompt is short, and pieces of JSON that real vocabularies have."""
    trainer = tk.trainers.BpeTrainer(vocab_size=VOCABULARY, initial_alphabet=letters, show_progress=False)
    tokenizer.train_from_iterator([EDIT_SYSTEM, SCENE_SYSTEM, *JSON_PIECES], trainer)
