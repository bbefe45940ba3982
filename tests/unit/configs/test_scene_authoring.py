"""Settings of scene authoring: what is refused before anything starts, and how a weights file is named."""

from typing import Any

import pytest
from pydantic import ValidationError

from configs.scene_authoring import KLEIN_MODEL_ID, ImageEditorConfig, PromptAuthorConfig


def test_the_defaults_need_no_gpu() -> None:
    assert PromptAuthorConfig().backend == "procedural"
    assert ImageEditorConfig().name == "procedural"


def test_the_diffusion_editor_goes_by_its_models_name() -> None:
    assert ImageEditorConfig(backend="flux2_klein").name == KLEIN_MODEL_ID


@pytest.mark.parametrize("wrong", [{"gguf": "a/b/c.gguf"}, {"four_bit_text_encoder": True}])
def test_weights_for_the_procedural_editor_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="has no weights"):
        ImageEditorConfig(**wrong)


def test_a_procedural_author_in_four_bits_is_refused() -> None:
    with pytest.raises(ValidationError, match="use backend 'vlm'"):
        PromptAuthorConfig(four_bit=True)


def test_too_few_tokens_for_an_answer_are_refused() -> None:
    with pytest.raises(ValidationError, match="max_new_tokens"):
        PromptAuthorConfig(max_new_tokens=20)


@pytest.mark.parametrize(
    ("gguf", "expected"),
    [
        (
            "unsloth/FLUX.2-klein-4B-GGUF/flux-2-klein-4b-Q8_0.gguf",
            ("unsloth/FLUX.2-klein-4B-GGUF", "flux-2-klein-4b-Q8_0.gguf"),
        ),
        ("a/b/sub/c.gguf", ("a/b", "sub/c.gguf")),
        ("/models/c.gguf", None),
        ("./a/b/c.gguf", None),
        ("../a/b.gguf", None),
        (None, None),
    ],
)
def test_a_weights_file_is_on_the_hub_or_a_path(gguf: str | None, expected: tuple[str, str] | None) -> None:
    assert ImageEditorConfig(backend="flux2_klein", gguf=gguf).hub_gguf() == expected
