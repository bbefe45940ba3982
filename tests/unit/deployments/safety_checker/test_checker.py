"""Verdicts on pictures, and that every trouble reads as unsafe."""

import hashlib
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.safety_checker.cache import VerdictCache
from deployments.safety_checker.checker import Checker
from deployments.safety_checker.contract import VerdictSource
from protocol.errors import Fault
from tests.fakes import pictures
from tests.fakes.safety_backend import BrightnessBackend

DARK = pictures.encoded(pictures.plain("#202020"))
GREY = pictures.encoded(pictures.plain("#808080"))
BRIGHT = pictures.encoded(pictures.plain("#f0f0f0"))
POISON = pictures.encoded(pictures.plain("#202020", 13, 13))


@pytest.fixture
def backend() -> BrightnessBackend:
    return BrightnessBackend()


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[VerdictCache]:
    cache = VerdictCache(tmp_path / "verdicts.sqlite3", classifier="brightness/1", limit_entries=100)
    yield cache
    cache.close()


def checker(backend: BrightnessBackend, cache: VerdictCache | None = None, threshold: float = 0.7) -> Checker:
    return Checker(backend, cache, threshold=threshold, limit_pixels=10_000)


def test_a_picture_below_the_threshold_is_safe(backend: BrightnessBackend) -> None:
    (verdict,) = checker(backend).check_batch([DARK])
    assert (verdict.is_safe, verdict.source, verdict.reason, verdict.fault) == (True, VerdictSource.MODEL, None, None)
    assert verdict.sha256 == hashlib.sha256(DARK).hexdigest()
    assert verdict.scores["bright"] == pytest.approx(32 / 255)


def test_a_lower_threshold_makes_the_same_picture_unsafe(backend: BrightnessBackend) -> None:
    (verdict,) = checker(backend, threshold=0.1).check_batch([DARK])
    assert (verdict.is_safe, verdict.source, verdict.fault) == (False, VerdictSource.MODEL, None)
    assert verdict.reason == "risk 0.125 reaches the threshold 0.100"


def test_a_risk_equal_to_the_threshold_is_unsafe(backend: BrightnessBackend) -> None:
    (verdict,) = checker(backend, threshold=1.0).check_batch([pictures.encoded(pictures.plain("white"))])
    assert not verdict.is_safe


def test_verdicts_come_in_the_order_of_the_pictures(backend: BrightnessBackend) -> None:
    verdicts = checker(backend).check_batch([BRIGHT, DARK, b"nothing", GREY])
    assert [verdict.is_safe for verdict in verdicts] == [False, True, False, True]
    assert backend.batches == [3]


def test_equal_files_are_classified_once(backend: BrightnessBackend) -> None:
    first, second, third = checker(backend).check_batch([DARK, DARK, BRIGHT])
    assert first == second != third
    assert backend.batches == [2]


def test_no_pictures_need_no_classifier(backend: BrightnessBackend) -> None:
    assert checker(backend).check_batch([]) == []
    assert backend.batches == []


def test_a_file_that_is_no_picture_is_unsafe_by_the_clients_fault(backend: BrightnessBackend) -> None:
    (verdict,) = checker(backend).check_batch([DARK[:40]])
    assert (verdict.is_safe, verdict.source, verdict.fault) == (False, VerdictSource.ERROR, Fault.CLIENT)
    assert verdict.reason is not None
    assert "damaged" in verdict.reason
    assert backend.batches == []


def test_too_many_pixels_are_unsafe_without_being_decoded(backend: BrightnessBackend) -> None:
    (verdict,) = checker(backend).check_batch([pictures.png_claiming(60_000, 60_000)])
    assert (verdict.is_safe, verdict.fault) == (False, Fault.CLIENT)


@pytest.mark.parametrize(("width", "height"), [(2047, 2048), (2048, 2048), (9000, 2048), (3, 9000)])
def test_the_classifier_never_holds_a_batch_of_huge_pictures(
    backend: BrightnessBackend, width: int, height: int
) -> None:
    data = pictures.encoded(pictures.plain("#404040", width, height))
    (verdict,) = Checker(backend, None, threshold=0.7, limit_pixels=20_000_000).check_batch([data])
    assert min(backend.sizes[0]) < 2048
    assert verdict.scores["bright"] == pytest.approx(64 / 255)


def test_a_picture_that_chokes_the_classifier_does_not_spoil_the_others(backend: BrightnessBackend) -> None:
    backend.poison = (13, 13)
    dark, poison, bright = checker(backend).check_batch([DARK, POISON, BRIGHT])
    assert (dark.is_safe, dark.source) == (True, VerdictSource.MODEL)
    assert (bright.is_safe, bright.source) == (False, VerdictSource.MODEL)
    assert (poison.is_safe, poison.source, poison.fault) == (False, VerdictSource.ERROR, Fault.SERVER)


def test_a_classifier_that_answers_too_little_is_not_believed(backend: BrightnessBackend) -> None:
    backend.answers_missing = 1
    verdicts = checker(backend).check_batch([DARK, GREY])
    assert [(verdict.is_safe, verdict.fault) for verdict in verdicts] == [(False, Fault.SERVER)] * 2


@pytest.mark.parametrize("offset", [math.nan, math.inf, -math.inf])
def test_scores_that_are_not_finite_are_not_believed(
    backend: BrightnessBackend, cache: VerdictCache, offset: float
) -> None:
    backend.risk_offset = offset
    (verdict,) = checker(backend, cache).check_batch([DARK])
    assert (verdict.is_safe, verdict.fault) == (False, Fault.SERVER)
    assert cache.get(verdict.sha256) is None


def test_a_known_picture_is_not_classified_again(backend: BrightnessBackend, cache: VerdictCache) -> None:
    (first,) = checker(backend, cache).check_batch([DARK])
    (second,) = checker(backend, cache).check_batch([DARK])
    assert (first.source, second.source) == (VerdictSource.MODEL, VerdictSource.CACHE)
    assert (first.is_safe, first.sha256, first.scores) == (second.is_safe, second.sha256, second.scores)
    assert backend.batches == [1]


def test_a_changed_threshold_takes_effect_on_known_pictures(backend: BrightnessBackend, cache: VerdictCache) -> None:
    checker(backend, cache).check_batch([DARK])
    (verdict,) = checker(backend, cache, threshold=0.1).check_batch([DARK])
    assert (verdict.is_safe, verdict.source) == (False, VerdictSource.CACHE)


def test_failures_are_not_remembered(backend: BrightnessBackend, cache: VerdictCache) -> None:
    backend.poison = (13, 13)
    (failed,) = checker(backend, cache).check_batch([POISON])
    backend.poison = None
    (judged,) = checker(backend, cache).check_batch([POISON])
    assert (failed.is_safe, judged.is_safe, judged.source) == (False, True, VerdictSource.MODEL)
