"""What the safety checker says, and what it asks of a classifier. No logic beyond the threshold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from PIL import Image

from protocol.errors import Fault


class VerdictSource(StrEnum):
    """Where a verdict comes from."""

    MODEL = "model"
    CACHE = "cache"
    ERROR = "error"
    """Nothing was judged: the picture counts as unsafe."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a classifier makes of one picture, independent of any threshold."""

    risk: float
    """0 harmless to 1 certainly unsafe."""

    scores: Mapping[str, float]
    """The categories behind it, by the classifier's own names."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to "may this be shown?"."""

    is_safe: bool
    sha256: str
    """Hex digest of the bytes that were checked."""

    source: VerdictSource
    scores: Mapping[str, float]
    """Empty when nothing was judged."""

    reason: str | None = None
    """Why the picture is unsafe, in words; None when it is safe."""

    fault: Fault | None = None
    """Set when nothing was judged: `CLIENT` if the bytes are no picture, `SERVER` if the checker failed."""


def judge(assessment: Assessment, sha256: str, source: VerdictSource, threshold: float) -> Verdict:
    """Unsafe from `threshold` on. A risk that is not a number is unsafe too."""
    is_safe = assessment.risk < threshold
    reason = None if is_safe else f"risk {assessment.risk:.3f} reaches the threshold {threshold:.3f}"
    return Verdict(is_safe, sha256, source, assessment.scores, reason)


def refuse(sha256: str, reason: str, fault: Fault) -> Verdict:
    """The verdict when nothing could be judged."""
    return Verdict(is_safe=False, sha256=sha256, source=VerdictSource.ERROR, scores={}, reason=reason, fault=fault)


class SafetyBackend(Protocol):
    """A classifier. It is built and used on one thread, and may raise whatever its library raises."""

    @property
    def fingerprint(self) -> str:
        """Model and preprocessing; it changes whenever the same picture may get another assessment."""
        ...

    def classify(self, images: Sequence[Image.Image]) -> list[Assessment]:
        """Assess RGB pictures of any size, in order."""
        ...
