"""Decoding under a grammar: of every next token, only those stay possible that lead to a valid answer.

Owns the mask. llguidance knows which tokens the grammar allows. When the tokens or the time run out, only what closes
the answer is left of them, so that even a model that rambles ends with something that parses.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from llguidance import LLMatcher, LLTokenizer
from llguidance.hf import from_tokenizer
from transformers import LogitsProcessor

from deployments.scene_authoring.vlm.answers import CLOSING, GRAMMAR

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from transformers import PreTrainedTokenizerFast

CLOSING_TOKENS: Final = 6
"""Tokens kept back for the end of an answer: a quotation mark, a brace, the end of the turn, and some to spare."""


class GrammarError(RuntimeError):
    """llguidance refuses the grammar, or a token that it allowed itself."""


class AnswerGrammar:
    """The grammar over one model's vocabulary. Building it takes about a second for a large vocabulary."""

    def __init__(self, tokenizer: "PreTrainedTokenizerFast", *, vocabulary: int, ends: Sequence[int]) -> None:
        """`vocabulary` is the width of the model's logits, `ends` are the tokens that end its turn."""
        self._tokenizer: LLTokenizer = from_tokenizer(
            tokenizer, n_vocab=max(vocabulary, len(tokenizer)), eos_token=list(ends)
        )
        self._grammar = LLMatcher.grammar_from_lark(GRAMMAR)
        flaw = LLMatcher.validate_grammar(self._grammar, self._tokenizer)
        if flaw:
            raise GrammarError(flaw)
        self.closing = self._closing(ends)
        """Which tokens do nothing but end the text or the turn."""

    def matcher(self) -> LLMatcher:
        """A fresh matcher, at the beginning of an answer."""
        return LLMatcher(self._tokenizer, self._grammar)

    def text_of(self, tokens: Sequence[int]) -> str:
        """The text of generated tokens, without those that end the turn."""
        return self._tokenizer.decode_bytes([token for token in tokens if token not in self._ends]).decode()

    def _closing(self, ends: Sequence[int]) -> "NDArray[np.bool_]":
        self._ends = frozenset(ends)
        marks = {mark.encode() for mark in CLOSING}
        size = self._tokenizer.vocab_size
        return np.fromiter(
            (token in self._ends or self._tokenizer.decode_bytes([token]) in marks for token in range(size)),
            dtype=np.bool_,
            count=size,
        )


class AnswerConstraint(LogitsProcessor):
    """The logits processor of one answer, for one sequence at a time."""

    def __init__(self, grammar: AnswerGrammar, *, max_new_tokens: int, must_hurry: Callable[[], bool]) -> None:
        self._grammar = grammar
        self._matcher = grammar.matcher()
        self._left = max_new_tokens
        self._must_hurry = must_hurry
        self._seen: int | None = None

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """`scores` (1 x vocabulary) with everything set to -inf that cannot come next. Raises GrammarError."""
        if self._seen is not None:
            news = [int(token) for token in input_ids[0, self._seen :]]
            if not self._matcher.consume_tokens(news):
                raise GrammarError(self._matcher.get_error())
        self._seen = input_ids.shape[1]
        allowed = torch.as_tensor(self._allowed(scores.shape[-1]), device=scores.device)
        self._left -= 1
        return torch.where(allowed, scores, torch.full_like(scores, float("-inf")))

    def _allowed(self, width: int) -> "NDArray[np.bool_]":
        packed = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        allowed = np.unpackbits(packed, bitorder="little").astype(np.bool_)[: self._grammar.closing.size]
        if self._left <= CLOSING_TOKENS or self._must_hurry():
            closing = allowed & self._grammar.closing
            allowed = closing if closing.any() else allowed
        return allowed[:width] if allowed.size >= width else np.pad(allowed, (0, width - allowed.size))
