"""The author behind `backend: vlm`: one question to a vision language model, one constrained answer.

Owns loading the model and asking it. What it is told is in `prompts`, what it may answer in `answers`, and how that is
enforced in `constrained`.
"""

import time
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

import structlog
import torch
from PIL import Image
from transformers import AutoModelForImageTextToText, BitsAndBytesConfig, LogitsProcessorList

from deployments.scene_authoring.vlm.answers import read_answer
from deployments.scene_authoring.vlm.constrained import AnswerConstraint, AnswerGrammar, GrammarError
from deployments.scene_authoring.vlm.processor import Message, Processor, load_processor
from deployments.scene_authoring.vlm.prompts import EDIT_SYSTEM, REQUEST, SCENE_SYSTEM
from protocol.errors import AuthoringLoadError

if TYPE_CHECKING:
    from configs.scene_authoring import PromptAuthorConfig
    from deployments.scene_authoring.contract import AuthorResult
    from deployments.scene_authoring.lazy_model import IsWanted

HURRY_SHARE: Final = 0.8
"""Past this share of the time that a request may take, an answer is brought to its end."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class _Ends(Protocol):
    eos_token_id: int | list[int] | None


class _TextConfig(Protocol):
    vocab_size: int


class _Config(Protocol):
    def get_text_config(self) -> _TextConfig: ...


class _Model(Protocol):
    config: _Config
    generation_config: _Ends | None

    def eval(self) -> "_Model": ...
    def generate(self, **inputs: object) -> torch.Tensor: ...


class VlmAuthor:
    """A `SceneAuthor`. Use it on one thread."""

    def __init__(self, config: "PromptAuthorConfig", is_wanted: "IsWanted") -> None:
        """Load `config.model_id`. Raises AuthoringLoadError that says what to do."""
        self._config = config
        self._is_wanted = is_wanted
        self._dtype = torch.float32 if config.device == "cpu" else torch.bfloat16
        if config.device == "cpu":
            # The other cores belong to the world's encoder and engine.
            torch.set_num_threads(1)
        try:
            self._processor: Processor = load_processor(config.model_id)
            self._model = _load_model(config, self._dtype)
            self._grammar = _grammar_of(self._model, self._processor)
        except ImportError as error:
            reason = f"the author's model {config.model_id} needs a package that is not installed: {error}"
            raise AuthoringLoadError(reason) from error
        except (OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError) as error:
            reason = (
                f"the author's model {config.model_id} cannot be loaded on {config.device}: check the id, the network "
                f"or the folder, and the free memory ({error})"
            )
            raise AuthoringLoadError(reason) from error
        self._reserved = _reserved_words(self._processor)
        # A model that thinks aloud would have to do it inside the grammar.
        has_switch = "enable_thinking" in str(self._processor.chat_template)
        self._template_words = {"enable_thinking": False} if has_switch else {}

    def author_edit(self, request: str, frame: Image.Image) -> "AuthorResult":
        """An instruction that changes `frame` as `request` says, or a refusal."""
        side = self._config.image_side_px
        shown = frame.copy()
        shown.thumbnail((side, side), Image.Resampling.LANCZOS)
        picture: Mapping[str, str | Image.Image] = {"type": "image", "image": shown}
        return self._ask(EDIT_SYSTEM, [picture, _said(REQUEST.format(request=self._cleaned(request)))])

    def author_scene(self, request: str) -> "AuthorResult":
        """An instruction for a whole new first-person scene, or a refusal."""
        return self._ask(SCENE_SYSTEM, [_said(REQUEST.format(request=self._cleaned(request)))])

    def _ask(self, system: str, question: Sequence[Mapping[str, str | Image.Image]]) -> "AuthorResult":
        answer = self._generate([{"role": "system", "content": [_said(system)]}, {"role": "user", "content": question}])
        log.info("author answered", answer=answer)
        return read_answer(answer)

    def _generate(self, conversation: Sequence[Message]) -> str:
        """The answer's text, valid under the grammar whatever the model would have liked to say."""
        hurry_at_s = time.monotonic() + self._config.timeout_s * HURRY_SHARE
        inputs = self._processor.apply_chat_template(
            conversation,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            **self._template_words,
        ).to(self._config.device, dtype=self._dtype)
        constraint = AnswerConstraint(
            self._grammar,
            max_new_tokens=self._config.max_new_tokens,
            must_hurry=lambda: time.monotonic() > hurry_at_s or not self._is_wanted(),
        )
        sampling = {"temperature": self._config.temperature} if self._config.temperature else {}
        with torch.inference_mode():
            tokens = self._model.generate(
                **inputs,
                max_new_tokens=self._config.max_new_tokens,
                do_sample=bool(sampling),
                **sampling,
                logits_processor=LogitsProcessorList([constraint]),
            )
        return self._grammar.text_of([int(token) for token in tokens[0, inputs["input_ids"].shape[1] :]])

    def _cleaned(self, request: str) -> str:
        """The request on one line, without what the chat template or the model would take for its own marks."""
        text = unicodedata.normalize("NFKC", request)
        for word in self._reserved:
            text = text.replace(word, " ")
        return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _said(text: str) -> Mapping[str, str]:
    return {"type": "text", "text": text}


def _load_model(config: "PromptAuthorConfig", dtype: torch.dtype) -> _Model:
    options: dict[str, Any] = {}
    if config.four_bit:
        options["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype
        )
    options |= {"dtype": dtype, "device_map": {"": config.device}}
    loaded = AutoModelForImageTextToText.from_pretrained(config.model_id, **options)  # pyright: ignore[reportUnknownMemberType]
    return cast("_Model", loaded).eval()


def _grammar_of(model: _Model, processor: Processor) -> AnswerGrammar:
    """The grammar over the model's logits. Its turn ends with any of the tokens that its makers say."""
    said = model.generation_config.eos_token_id if model.generation_config else None
    ends = [said] if isinstance(said, int) else list(said or [])
    if not ends and isinstance(processor.tokenizer.eos_token_id, int):
        ends = [processor.tokenizer.eos_token_id]
    if not ends:
        flaw = "the model has no token that ends its turn"
        raise GrammarError(flaw)
    vocabulary = model.config.get_text_config().vocab_size
    return AnswerGrammar(processor.tokenizer, vocabulary=vocabulary, ends=ends)


def _reserved_words(processor: Processor) -> tuple[str, ...]:
    """The tokenizer's special tokens as text, longest first."""
    added: Mapping[int, Any] = processor.tokenizer.added_tokens_decoder
    words = {str(token.content) for token in added.values() if token.special}
    return tuple(sorted(words, key=len, reverse=True))
