"""`Freepik/nsfw_image_detector` through transformers: four categories, for profiles with a GPU.

Owns loading and the reading of the categories. The published model is an EVA-02 that transformers takes from `timm`,
which in turn wants torchvision; both are optional packages. Any other image classifier of transformers with the same
four labels works without them.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, cast

import numpy as np
import torch
from PIL import Image
from pydantic import ValidationError
from transformers import AutoModelForImageClassification

from deployments.safety_checker.backends.preprocessing import Preprocessing
from deployments.safety_checker.contract import Assessment
from protocol.errors import StartupError

CATEGORIES: Final = ("neutral", "low", "medium", "high")
"""In the order of the published model's outputs."""


class _Config(Protocol):
    id2label: Mapping[int, str]


class _Output(Protocol):
    logits: torch.Tensor


class _Model(Protocol):
    config: _Config

    def to(self, device: str) -> "_Model": ...
    def eval(self) -> "_Model": ...
    def __call__(self, *, pixel_values: torch.Tensor) -> _Output: ...


class FreepikBackend:
    """The risk of a picture is its probability of being at least `low`."""

    def __init__(self, model_id: str, *, device: str) -> None:
        """Load `model_id`, a Hugging Face id or a local folder. Raises `StartupError` that says what to do."""
        if device == "cpu":
            # The other cores belong to the world's encoder and engine.
            torch.set_num_threads(1)
        self._device = device
        self._dtype = torch.bfloat16 if device.startswith("cuda") else torch.float32
        self._model = _load(model_id, self._dtype, device)
        self._order = _order_of(self._model.config.id2label, model_id)
        self._preprocessing = _preprocessing_of(self._model.config, model_id)
        self._fingerprint = f"freepik/1 {model_id} {_revision_of(self._model.config, model_id)} {self._dtype}"

    @property
    def fingerprint(self) -> str:
        """Names the model, its revision and the arithmetic."""
        return self._fingerprint

    def classify(self, images: Sequence[Image.Image]) -> list[Assessment]:
        """Assess RGB pictures of any size, in order."""
        inputs = torch.as_tensor(np.stack([self._preprocessing.apply(image) for image in images]))
        with torch.inference_mode():
            logits = self._model(pixel_values=inputs.to(self._device, self._dtype)).logits
            probabilities = torch.softmax(logits.float(), dim=-1)[:, self._order].cpu().numpy()
        return [assess([float(value) for value in row]) for row in probabilities]


def assess(probabilities: Sequence[float]) -> Assessment:
    """Cumulate the probabilities of `CATEGORIES` from `high` down to `low`, as the model's own package does."""
    neutral, low, medium, high = probabilities
    scores = {"neutral": neutral, "low": low + medium + high, "medium": medium + high, "high": high}
    return Assessment(min(scores["low"], 1.0), scores)


def _load(model_id: str, dtype: torch.dtype, device: str) -> _Model:
    try:
        loaded = cast("_Model", AutoModelForImageClassification.from_pretrained(model_id, dtype=dtype))  # pyright: ignore[reportUnknownMemberType]
        return loaded.to(device).eval()
    except ImportError as error:
        reason = (
            f"the safety model {model_id} needs packages that are not installed: `pip install timm torchvision` "
            f"in the version that fits torch {torch.__version__}, or use the backend open_nsfw ({error})"
        )
        raise StartupError(reason) from error
    except (OSError, ValueError, RuntimeError, AssertionError) as error:
        reason = (
            f"the safety model {model_id} cannot be loaded on {device}: check the id, the network or the folder, "
            f"or use the backend open_nsfw ({error})"
        )
        raise StartupError(reason) from error


def _order_of(id2label: Mapping[int, str], model_id: str) -> list[int]:
    """Which output stands for which category. Outputs without names stand in the published order."""
    names = {index: name.lower() for index, name in id2label.items()}
    if names == {index: f"label_{index}" for index in range(len(CATEGORIES))}:
        return list(range(len(CATEGORIES)))
    if sorted(names.values()) != sorted(CATEGORIES):
        reason = f"the safety model {model_id} has the categories {sorted(names.values())}, not {list(CATEGORIES)}"
        raise StartupError(reason)
    indexes = {name: index for index, name in names.items()}
    return [indexes[category] for category in CATEGORIES]


def _preprocessing_of(config: _Config, model_id: str) -> Preprocessing:
    stated: Any = getattr(config, "pretrained_cfg", None) or {}
    try:
        return Preprocessing.model_validate(stated)
    except ValidationError as error:
        reason = f"the safety model {model_id} wants a preprocessing that is not known here: {error}"
        raise StartupError(reason) from error


def _revision_of(config: _Config, model_id: str) -> str:
    """The commit on Hugging Face; for a local folder the time of its last change."""
    folder = Path(model_id)
    if folder.is_dir():
        return str(max(file.stat().st_mtime_ns for file in folder.iterdir()))
    return str(getattr(config, "_commit_hash", None))
