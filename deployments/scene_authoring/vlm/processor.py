"""A model's processor without torchvision: its chat template, its tokenizer, and its pictures prepared by Pillow.

Owns how the parts are put together. `AutoProcessor` insists on a video processor where a model has one, and those want
torchvision; still pictures need none of it.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

import torch
from transformers import AutoConfig, AutoFeatureExtractor, AutoImageProcessor, AutoTokenizer
from transformers.models.auto.processing_auto import PROCESSOR_MAPPING

if TYPE_CHECKING:
    from PIL import Image
    from transformers import PreTrainedTokenizerFast

Part: TypeAlias = Mapping[str, "str | Image.Image"]
Message: TypeAlias = Mapping[str, "str | Sequence[Part]"]
"""A chat message: its role, and its content as parts of text or picture."""


class Inputs(Protocol):
    """What a model is called with; a mapping of tensors."""

    def to(self, device: str, dtype: object = None) -> "Inputs":
        """Move all tensors to a device, and the floating ones to a type."""
        ...

    def keys(self) -> Collection[str]: ...
    def __getitem__(self, key: str) -> torch.Tensor: ...


class Processor(Protocol):
    """What is used of a transformers processor."""

    tokenizer: "PreTrainedTokenizerFast"
    chat_template: str | None

    def apply_chat_template(
        self,
        conversation: Sequence[Message],
        *,
        add_generation_prompt: bool,
        tokenize: bool,
        return_dict: bool,
        return_tensors: str,
        **template_words: object,
    ) -> Inputs:
        """The conversation as a model's inputs, a batch of one."""
        ...


class NoChatModelError(ValueError):
    """The model is not one that is shown pictures and talked to."""

    def __init__(self, model_id: str, lacks: str) -> None:
        super().__init__(f"{model_id} is no image-text-to-text chat model: it has no {lacks}")


class _Kind(Protocol):
    """A processor's class."""

    def get_attributes(self) -> Sequence[str]: ...
    def get_processor_dict(self, pretrained_model_name_or_path: str) -> tuple[dict[str, object], object]: ...


def load_processor(model_id: str) -> Processor:
    """The processor of `model_id`, an id on the hub or a folder.

    Raises NoChatModelError, and OSError or ValueError for files that are missing or make no sense.
    """
    config = cast("object", AutoConfig.from_pretrained(model_id))  # pyright: ignore[reportUnknownMemberType]
    known = cast("Mapping[object, Any]", PROCESSOR_MAPPING)
    if type(config) not in known:
        raise NoChatModelError(model_id, "processor")
    processor_class = known[type(config)]
    kind = cast("_Kind", processor_class)
    settings, _ = kind.get_processor_dict(model_id)
    parts = [_load_part(name, model_id) for name in kind.get_attributes()]
    processor = cast("Processor", _without_videos(processor_class).from_args_and_dict(parts, settings))
    if not getattr(processor, "chat_template", None):
        processor.chat_template = cast("str | None", processor.tokenizer.chat_template)
    if not processor.chat_template:
        raise NoChatModelError(model_id, "chat template")
    return processor


def _without_videos(processor_class: Any) -> Any:
    """The class, allowed to have no part for videos."""

    class StillsProcessor(processor_class):
        def check_argument_for_proper_class(self, argument_name: str, argument: object) -> object:
            if argument_name == "video_processor" and argument is None:
                return None
            inherited: Any = super()
            return inherited.check_argument_for_proper_class(argument_name, argument)

    return StillsProcessor


def _load_part(name: str, model_id: str) -> object:
    """One part of a processor; None for what still pictures do not need."""
    match name:
        case "tokenizer":
            return cast("object", AutoTokenizer.from_pretrained(model_id))  # pyright: ignore[reportUnknownMemberType]
        case "image_processor":
            return cast("object", AutoImageProcessor.from_pretrained(model_id, backend="pil"))  # pyright: ignore[reportUnknownMemberType]
        case "feature_extractor":
            return cast("object", AutoFeatureExtractor.from_pretrained(model_id))  # pyright: ignore[reportUnknownMemberType]
        case "video_processor":
            return None
        case _:
            raise NoChatModelError(model_id, f"{name} that is known here")
