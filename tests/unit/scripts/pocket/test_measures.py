"""Measures of pictures, on pictures whose answers are known."""

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from scripts.pocket import measures

if TYPE_CHECKING:
    from deployments.images import Frame


def textured(seed: int = 1) -> "Frame":
    """Blobs of many sizes."""
    rng = np.random.default_rng(seed)
    picture = np.zeros((360, 640, 3), dtype=np.float32)
    for sigma in (2.0, 6.0, 18.0):
        layer = rng.normal(0.0, 1.0, picture.shape).astype(np.float32)
        blurred = cv2.GaussianBlur(layer, (0, 0), sigma)
        picture += blurred / blurred.std()
    return np.clip(128 + 30 * picture, 0, 255).astype(np.uint8)


def moved(frame: "Frame", scale: float = 1.0, right: float = 0.0, down: float = 0.0) -> "Frame":
    """Scaled about the centre, then shifted."""
    matrix = np.array(
        [[scale, 0, 319.5 * (1 - scale) + right], [0, scale, 179.5 * (1 - scale) + down]], dtype=np.float32
    )
    warped = cv2.warpAffine(frame, matrix, (640, 360), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(warped, dtype=np.uint8)


def test_ssim_of_a_picture_with_itself_is_one_and_with_another_is_low() -> None:
    assert measures.ssim(textured(), textured()) == pytest.approx(1.0)
    assert measures.ssim(textured(1), textured(2)) < 0.35


def test_ssim_of_flat_pictures_follows_the_formula() -> None:
    dark, light = np.full((360, 640, 3), 50, np.uint8), np.full((360, 640, 3), 100, np.uint8)
    floor = (0.01 * 255) ** 2
    assert measures.ssim(dark, light) == pytest.approx((2 * 50 * 100 + floor) / (50**2 + 100**2 + floor), rel=1e-3)


def test_psnr_of_a_known_error() -> None:
    grey = np.full((8, 8, 3), 100, np.uint8)
    assert math.isinf(measures.psnr(grey, grey))
    assert measures.psnr(grey, grey + np.uint8(5)) == pytest.approx(20 * math.log10(255 / 5))


def test_blur_lowers_sharpness() -> None:
    frame = textured()
    blurred = np.asarray(cv2.GaussianBlur(frame, (0, 0), 3.0), dtype=np.uint8)
    assert measures.sharpness(blurred) < 0.1 * measures.sharpness(frame)


@pytest.mark.parametrize(("right", "down"), [(8.0, 0.0), (-8.0, 0.0), (0.0, 6.0), (0.0, -6.0)])
def test_shift_is_what_the_picture_moved_by(right: float, down: float) -> None:
    motion = measures.flow(textured(), moved(textured(), right=right, down=down))
    assert measures.shift(motion) == pytest.approx((right / 2, down / 2), abs=0.4)


def test_expansion_is_positive_ahead_negative_back_and_nothing_at_rest() -> None:
    frame = textured()
    assert measures.expansion(measures.flow(frame, moved(frame, scale=1.03))) > 0.5
    assert measures.expansion(measures.flow(frame, moved(frame, scale=1 / 1.03))) < -0.5
    assert measures.expansion(measures.flow(frame, frame)) == pytest.approx(0.0, abs=0.01)


def test_a_still_picture_has_no_shift() -> None:
    assert measures.shift(measures.flow(textured(), textured())) == (0.0, 0.0)


def test_a_mirror_image_is_found_by_its_shapes() -> None:
    frame = textured()
    assert measures.shape_correlation(measures.flipped(frame), measures.flipped(frame)) == pytest.approx(1.0)
    assert abs(measures.shape_correlation(frame, measures.flipped(frame))) < 0.3


def test_bright_sky_over_dark_ground_correlates_plainly_and_not_by_shapes() -> None:
    slope = np.linspace(100, -100, 360, dtype=np.float32)[:, None, None]
    one, other = (np.clip(textured(seed) + slope, 0, 255).astype(np.uint8) for seed in (1, 2))
    assert measures.correlation(one, other) > 0.5
    assert abs(measures.shape_correlation(one, other)) < 0.3


def test_a_tiled_picture_repeats_and_a_random_one_does_not() -> None:
    tiled = np.ascontiguousarray(np.tile(textured()[:90, :160], (4, 4, 1)))
    assert measures.repetition(tiled) > 0.8
    assert measures.repetition(textured()) < 0.6


def test_trend_of_a_rising_series() -> None:
    rising = [float(value) for value in range(1, 31)]
    assert measures.slope(rising) > 1.0
    assert measures.thirds_ratio(rising) == pytest.approx(25.5 / 5.5)
    assert measures.slope([2.0] * 30) == pytest.approx(0.0, abs=1e-9)


def test_t_statistic_of_known_values() -> None:
    assert measures.t_statistic([1.0, 2.0, 3.0]) == pytest.approx(2 / (1 / math.sqrt(3)))
    assert measures.t_statistic([1.0]) == 0.0
