"""Pictures become what a timm model was trained on."""

import numpy as np
import pytest
from PIL import Image

from deployments.safety_checker.backends.preprocessing import Preprocessing
from tests.fakes import pictures

PLAIN = {"mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0), "input_size": (3, 8, 8)}


def test_the_defaults_are_those_of_the_published_model() -> None:
    inputs = Preprocessing().apply(pictures.plain("white", 100, 50))
    assert (inputs.shape, inputs.dtype) == ((3, 448, 448), np.float32)
    # (1 - mean) / std of OpenAI's CLIP
    assert inputs[:, 0, 0].tolist() == pytest.approx([1.9303, 2.0749, 2.1459], abs=1e-4)


def test_keys_that_do_not_matter_here_are_ignored() -> None:
    stated = {"tag": "mim_in22k_ft_in22k_in1k", "num_classes": 4, "input_size": [3, 16, 24], "classifier": "head"}
    assert Preprocessing.model_validate(stated).apply(pictures.noise()).shape == (3, 16, 24)


@pytest.mark.parametrize("crop_mode", ["squash", "center"])
def test_a_picture_of_the_right_size_is_only_normalised(crop_mode: str) -> None:
    image = pictures.noise(8, 8)
    inputs = Preprocessing.model_validate({**PLAIN, "crop_mode": crop_mode}).apply(image)
    assert np.allclose(inputs, np.asarray(image).transpose(2, 0, 1) / 255)


def halves() -> Image.Image:
    image = pictures.plain("black", 400, 100)
    image.paste("white", (0, 0, 100, 100))
    image.paste("white", (300, 0, 400, 100))
    return image


def test_squash_sees_the_edges_of_a_wide_picture() -> None:
    inputs = Preprocessing.model_validate({**PLAIN, "crop_mode": "squash"}).apply(halves())
    assert inputs.mean() == pytest.approx(0.5, abs=0.05)


def test_center_does_not_see_the_edges_of_a_wide_picture() -> None:
    inputs = Preprocessing.model_validate({**PLAIN, "crop_mode": "center"}).apply(halves())
    assert inputs.max() < 0.05


def test_a_crop_share_below_one_loses_the_border() -> None:
    image = pictures.plain("white", 80, 80)
    image.paste("black", (10, 10, 70, 70))
    whole, cropped = (
        Preprocessing.model_validate({**PLAIN, "crop_pct": share}).apply(image)[0, 4, 0] for share in (1.0, 0.5)
    )
    assert (whole > 0.8, cropped < 0.1) == (True, True)
