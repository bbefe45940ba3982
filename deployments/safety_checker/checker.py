"""From bytes to verdicts: hash, look up, decode, classify, judge.

Fails closed: whatever goes wrong, for one picture or for a whole batch, reads as unsafe and says so, and is not
remembered. Knows neither Serve nor threads: its caller uses it from one thread.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import structlog

from deployments.images import decode_image
from deployments.safety_checker.contract import Assessment, SafetyBackend, Verdict, VerdictSource, judge, refuse
from protocol.errors import Fault, InvalidImageError

if TYPE_CHECKING:
    from PIL import Image

    from deployments.safety_checker.cache import VerdictCache

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

FAILED = "the safety check failed"


class Checker:
    """One classifier, its cache and the threshold."""

    def __init__(
        self, backend: SafetyBackend, cache: "VerdictCache | None", *, threshold: float, limit_pixels: int
    ) -> None:
        self._backend = backend
        self._cache = cache
        self._threshold = threshold
        self._limit_pixels = limit_pixels

    def check_batch(self, pictures: Sequence[bytes]) -> list[Verdict]:
        """One verdict to each file, in order. Equal files are classified once. Raises nothing."""
        digests = [digest(data) for data in pictures]
        verdicts: dict[str, Verdict] = {}
        decoded: dict[str, Image.Image] = {}
        for sha256, data in zip(digests, pictures, strict=True):
            if sha256 in verdicts or sha256 in decoded:
                continue
            known = self._cache.get(sha256) if self._cache else None
            if known is not None:
                verdicts[sha256] = judge(known, sha256, VerdictSource.CACHE, self._threshold)
                continue
            try:
                decoded[sha256] = _shrunk(decode_image(data, limit_pixels=self._limit_pixels))
            except InvalidImageError as error:
                verdicts[sha256] = refuse(sha256, str(error), Fault.CLIENT)
        verdicts |= self._classify(decoded)
        return [verdicts[sha256] for sha256 in digests]

    def _classify(self, pictures: "Mapping[str, Image.Image]") -> dict[str, Verdict]:
        """Verdicts by digest. If the batch fails each picture is tried alone, so that one cannot spoil the others."""
        if not pictures:
            return {}
        try:
            assessments = self._assess(pictures)
        except Exception as error:  # Model libraries raise whatever they like, and this must fail closed.
            if len(pictures) > 1:
                singly = (self._classify({sha256: image}) for sha256, image in pictures.items())
                return {sha256: verdict for verdicts in singly for sha256, verdict in verdicts.items()}
            log.exception("safety classifier failed", classifier=self._backend.fingerprint)
            return {sha256: refuse(sha256, f"{FAILED}: {error}", Fault.SERVER) for sha256 in pictures}
        if self._cache:
            self._cache.put(assessments)
        return {
            sha256: judge(assessment, sha256, VerdictSource.MODEL, self._threshold)
            for sha256, assessment in assessments.items()
        }

    def _assess(self, pictures: "Mapping[str, Image.Image]") -> dict[str, Assessment]:
        """Raises whatever the classifier raises, and `ValueError` if what it says makes no sense."""
        answers = self._backend.classify(list(pictures.values()))
        assessments = dict(zip(pictures, answers, strict=True))
        for assessment in assessments.values():
            if not all(math.isfinite(value) for value in (assessment.risk, *assessment.scores.values())):
                msg = f"the classifier's scores are not finite: {assessment}"
                raise ValueError(msg)
        return assessments


def _shrunk(image: "Image.Image") -> "Image.Image":
    """The picture with a short side below 2048, so that a batch of large ones does not fill the memory."""
    factor = min(image.size) // 1024
    return image.reduce(factor) if factor > 1 else image


def digest(data: bytes) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(data).hexdigest()
