"""Loading and reading Freepik's categories, on tiny random models that the tests save themselves."""

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from transformers import ViTConfig, ViTForImageClassification

from deployments.safety_checker.backends.freepik import CATEGORIES, FreepikBackend, assess
from deployments.safety_checker.backends.preprocessing import Preprocessing
from deployments.safety_checker.checker import Checker
from protocol.errors import StartupError
from tests.fakes import pictures

CFG = {"input_size": [3, 16, 16], "crop_mode": "squash", "crop_pct": 1.0, "interpolation": "bicubic"}


def save_model(folder: Path, labels: Mapping[int, str], pretrained_cfg: dict[str, object] | None = None) -> Path:
    """A vision transformer with a few hundred random weights."""
    torch.manual_seed(7)  # pyright: ignore[reportUnknownMemberType]
    config = ViTConfig(
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        image_size=16,
        patch_size=8,
        id2label=dict(labels),
        label2id={label: index for index, label in labels.items()},
    )
    ViTForImageClassification(config).save_pretrained(folder)  # pyright: ignore[reportUnknownMemberType]
    file = folder / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "pretrained_cfg": pretrained_cfg or CFG}))
    return folder


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("published"), dict(enumerate(CATEGORIES)))


def test_categories_are_cumulated_from_high_to_low() -> None:
    assessment = assess([0.4, 0.3, 0.2, 0.1])
    assert assessment.risk == pytest.approx(0.6)
    assert dict(assessment.scores) == pytest.approx({"neutral": 0.4, "low": 0.6, "medium": 0.3, "high": 0.1})


def test_a_risk_is_never_above_one() -> None:
    assert assess([0.0, 0.3, 0.3, 0.4000001]).risk == 1.0


def test_half_the_probability_on_low_or_worse_is_unsafe(published: Path) -> None:
    backend = FreepikBackend(str(published), device="cpu")
    (risk,) = (entry.risk for entry in backend.classify([pictures.noise()]))
    data = pictures.encoded(pictures.noise())
    (just_safe,) = Checker(backend, None, threshold=risk + 1e-6, limit_pixels=10_000).check_batch([data])
    (unsafe,) = Checker(backend, None, threshold=risk, limit_pixels=10_000).check_batch([data])
    assert (just_safe.is_safe, unsafe.is_safe) == (True, False)


def test_the_model_sees_what_its_preprocessing_says(published: Path) -> None:
    image = pictures.noise()
    model = ViTForImageClassification.from_pretrained(published)  # pyright: ignore[reportUnknownMemberType]
    inputs = torch.as_tensor(Preprocessing.model_validate(CFG).apply(image))[None]
    with torch.inference_mode():
        expected = torch.softmax(model(pixel_values=inputs).logits, dim=-1)[0]
    (assessment,) = FreepikBackend(str(published), device="cpu").classify([image])
    assert assessment.scores["neutral"] == pytest.approx(float(expected[0]), abs=1e-5)
    assert assessment.risk == pytest.approx(float(expected[1:].sum()), abs=1e-5)


def test_outputs_are_read_by_name_whatever_their_order(published: Path, tmp_path: Path) -> None:
    reversed_labels = dict(enumerate(reversed(CATEGORIES)))
    turned = FreepikBackend(str(save_model(tmp_path, reversed_labels)), device="cpu")
    straight = FreepikBackend(str(published), device="cpu")
    (one,), (other,) = turned.classify([pictures.noise()]), straight.classify([pictures.noise()])
    assert one.scores["high"] == pytest.approx(other.scores["neutral"], abs=1e-5)


def test_outputs_without_names_stand_in_the_published_order(published: Path, tmp_path: Path) -> None:
    nameless = FreepikBackend(str(save_model(tmp_path, {index: f"LABEL_{index}" for index in range(4)})), device="cpu")
    named = FreepikBackend(str(published), device="cpu")
    assert nameless.classify([pictures.noise()]) == named.classify([pictures.noise()])


def test_a_batch_scores_as_its_pictures_do_alone(published: Path) -> None:
    backend = FreepikBackend(str(published), device="cpu")
    images = [pictures.noise(seed=seed) for seed in range(3)]
    together = [entry.risk for entry in backend.classify(images)]
    assert together == pytest.approx([backend.classify([image])[0].risk for image in images], abs=1e-5)


def test_another_model_has_another_fingerprint(published: Path, tmp_path: Path) -> None:
    other = FreepikBackend(str(save_model(tmp_path, dict(enumerate(CATEGORIES)))), device="cpu")
    assert other.fingerprint != FreepikBackend(str(published), device="cpu").fingerprint


def test_a_model_with_other_categories_is_refused(tmp_path: Path) -> None:
    folder = save_model(tmp_path, dict(enumerate(["cat", "dog", "bird", "fish"])))
    with pytest.raises(StartupError, match="categories"):
        FreepikBackend(str(folder), device="cpu")


def test_an_unknown_preprocessing_is_refused(tmp_path: Path) -> None:
    folder = save_model(tmp_path, dict(enumerate(CATEGORIES)), {**CFG, "crop_mode": "border"})
    with pytest.raises(StartupError, match="preprocessing"):
        FreepikBackend(str(folder), device="cpu")


def test_a_folder_without_a_model_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="cannot be loaded on cpu"):
        FreepikBackend(str(tmp_path), device="cpu")


def test_a_device_that_is_not_there_is_refused_in_words(published: Path) -> None:
    with pytest.raises(StartupError, match="cannot be loaded on cuda:63"):
        FreepikBackend(str(published), device="cuda:63")


@pytest.mark.skipif(importlib.util.find_spec("timm") is not None, reason="timm is installed")
def test_a_timm_model_without_timm_says_what_to_install(tmp_path: Path) -> None:
    config = {
        "architectures": ["TimmWrapperForImageClassification"],
        "model_type": "timm_wrapper",
        "architecture": "eva02_base_patch14_448",
        "label_names": list(CATEGORIES),
        "num_classes": 4,
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    with pytest.raises(StartupError, match="pip install timm torchvision"):
        FreepikBackend(str(tmp_path), device="cpu")
