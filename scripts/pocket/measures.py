"""What pictures and rollouts measure: similarity, sharpness, motion, repetition, trends.

Pure functions of uint8 RGB frames or numbers. Owns no thresholds: those are `verdicts`'s.
"""

import math
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployments.images import Frame

FLOW_SIZE: Final = (320, 180)
"""Width and height at which motion is measured."""
MOTION_PX: Final = 0.15
"""Slower pixels say nothing of a direction. At `FLOW_SIZE`, from one pass to the next."""

_TEXTURE_SHARE: Final = 0.5
"""The part of a picture, by strength of its gradients, where flow is believed: a blank sky has none."""
_COARSE: Final = (160, 90)
_SHAPE_SIGMA_PX: Final = 6.0
"""At `_COARSE`: shapes wider than about a sixth of the picture, such as a bright sky, are taken out."""
_SSIM_SIGMA_PX: Final = 1.5
_SSIM_WINDOW: Final = (11, 11)


def luminance(frame: "Frame") -> "NDArray[np.float32]":
    """Luma of ITU-R BT.601, 0 to 255."""
    return cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)


def ssim(one: "Frame", other: "Frame") -> float:
    """Mean structural similarity of the luminance, Gaussian window of 11 x 11 with sigma 1.5, K = 0.01 and 0.03.

    Wang, Bovik, Sheikh, Simoncelli: "Image quality assessment: from error visibility to structural similarity",
    IEEE Transactions on Image Processing 13 (2004). Only whole windows count, as in the authors' code.
    """
    x, y = luminance(one), luminance(other)
    floor_mean, floor_spread = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mean_x, mean_y = _windowed(x), _windowed(y)
    spread_x = _windowed(x * x) - mean_x * mean_x
    spread_y = _windowed(y * y) - mean_y * mean_y
    shared = _windowed(x * y) - mean_x * mean_y
    similarity = (2 * mean_x * mean_y + floor_mean) * (2 * shared + floor_spread)
    similarity /= (mean_x * mean_x + mean_y * mean_y + floor_mean) * (spread_x + spread_y + floor_spread)
    return float(similarity[5:-5, 5:-5].mean())


def psnr(one: "Frame", other: "Frame") -> float:
    """Peak signal-to-noise ratio over all channels in dB; infinite for equal pictures."""
    error = float(np.mean((one.astype(np.float32) - other.astype(np.float32)) ** 2))
    return math.inf if error == 0.0 else 10.0 * math.log10(255.0**2 / error)


def difference(one: "Frame", other: "Frame") -> float:
    """Mean absolute difference over all channels, 0 to 1."""
    return float(np.mean(cv2.absdiff(one, other))) / 255.0


def sharpness(frame: "Frame") -> float:
    """Variance of the Laplacian of the luminance.

    Pech-Pacheco et al.: "Diatom autofocusing in brightfield microscopy: a comparative study", ICPR 2000.
    """
    return float(cv2.Laplacian(luminance(frame), cv2.CV_32F).var())


def contrast(frame: "Frame") -> float:
    """Standard deviation of the luminance."""
    return float(luminance(frame).std())


def colour_variance(frame: "Frame") -> float:
    """Sum of the variances of the three channels."""
    return float(frame.reshape(-1, 3).astype(np.float32).var(axis=0).sum())


def flow(before: "Frame", after: "Frame") -> "NDArray[np.float32]":
    """Motion of the picture's content at `FLOW_SIZE` in pixels, right and down positive; NaN where it has no texture.

    Kroeger et al.: "Fast optical flow using dense inverse search", ECCV 2016, as OpenCV implements it.
    """
    first, second = _small_grey(before), _small_grey(after)
    motion = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(
        first, second, np.zeros((*first.shape, 2), dtype=np.float32)
    )
    motion = np.array(motion, dtype=np.float32)
    texture = cv2.blur(np.abs(cv2.Sobel(first, cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(first, cv2.CV_32F, 0, 1)), (9, 9))
    motion[texture < np.quantile(texture, 1.0 - _TEXTURE_SHARE)] = np.nan
    return motion


def shift(motion: "NDArray[np.float32]") -> tuple[float, float]:
    """Median motion right and down of what moves at all; zeros when next to nothing does."""
    seen = _moving(motion)
    if len(seen) < 0.01 * motion.shape[0] * motion.shape[1]:
        return 0.0, 0.0
    right, down = np.median(seen, axis=0)
    return float(right), float(down)


def expansion(motion: "NDArray[np.float32]") -> float:
    """Mean motion away from the picture's centre; each pixel counts at most 8 px, so that no blunder outweighs all."""
    height, width = motion.shape[:2]
    x = np.arange(width, dtype=np.float32)[None, :] - (width - 1) / 2
    y = np.arange(height, dtype=np.float32)[:, None] - (height - 1) / 2
    outward = (motion[..., 0] * x + motion[..., 1] * y) / np.maximum(np.hypot(x, y), 1.0)
    seen = outward[np.isfinite(outward)]
    return float(np.clip(seen, -8.0, 8.0).mean()) if seen.size else 0.0


def correlation(one: "Frame", other: "Frame") -> float:
    """Pearson correlation of the luminance, -1 to 1; 0 if either picture is blank."""
    return _pearson(_coarse(one), _coarse(other))


def shape_correlation(one: "Frame", other: "Frame") -> float:
    """The same of what stands out from its surroundings.

    Two open landscapes correlate by a bright sky over dark ground alone; their shapes do not.
    """
    return _pearson(_shapes(one), _shapes(other))


def flipped(frame: "Frame") -> "Frame":
    """The mirror image."""
    return np.ascontiguousarray(frame[:, ::-1])


def repetition(frame: "Frame") -> float:
    """Highest autocorrelation of the picture's shapes away from no shift at all: near 1 for a repeating texture.

    By the Wiener-Khinchin theorem, on a picture that is faded out to its edges and padded.
    """
    shapes = _shapes(frame)
    height, width = shapes.shape
    shapes = shapes * np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    spectrum = np.fft.rfft2(shapes, (2 * height, 2 * width))
    by_shift = np.fft.irfft2(np.abs(spectrum) ** 2, (2 * height, 2 * width))
    weight = np.outer(np.hanning(height), np.hanning(width))
    overlap = np.fft.irfft2(np.abs(np.fft.rfft2(weight, (2 * height, 2 * width))) ** 2, (2 * height, 2 * width))
    if by_shift[0, 0] <= 0.0:
        return 1.0
    scaled = (by_shift / by_shift[0, 0]) / np.maximum(overlap / overlap[0, 0], 0.2)
    down, across = _distances(2 * height)[:, None], _distances(2 * width)[None, :]
    near = np.hypot(down, across) < 2.5 * _SHAPE_SIGMA_PX
    far = (down > height // 2) | (across > width // 2)
    return float(scaled[~near & ~far].max())


def slope(values: "Sequence[float]") -> float:
    """Change from beginning to end by least squares, as a part of the mean."""
    if len(values) < 2:
        return 0.0
    series = np.asarray(values, dtype=np.float64)
    mean = float(series.mean())
    return float(np.polyfit(np.linspace(0.0, 1.0, len(series)), series, 1)[0]) / mean if mean else 0.0


def thirds_ratio(values: "Sequence[float]") -> float:
    """Mean of the last third over that of the first."""
    third = max(1, len(values) // 3)
    first = float(np.mean(values[:third]))
    return float(np.mean(values[-third:])) / first if first else math.inf


def t_statistic(values: "Sequence[float]") -> float:
    """Student's t of the hypothesis that the mean is zero; 0 for fewer than two values."""
    if len(values) < 2:
        return 0.0
    spread = float(np.std(values, ddof=1))
    mean = float(np.mean(values))
    if spread == 0.0:
        return 0.0 if mean == 0.0 else math.copysign(math.inf, mean)
    return mean / (spread / math.sqrt(len(values)))


def _windowed(values: "NDArray[np.float32]") -> "NDArray[np.float32]":
    return np.asarray(cv2.GaussianBlur(values, _SSIM_WINDOW, _SSIM_SIGMA_PX), dtype=np.float32)


def _small_grey(frame: "Frame") -> NDArray[np.uint8]:
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, FLOW_SIZE, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _moving(motion: "NDArray[np.float32]") -> "NDArray[np.float32]":
    seen = motion[np.isfinite(motion[..., 0])]
    return seen[np.hypot(seen[:, 0], seen[:, 1]) > MOTION_PX]


def _coarse(frame: "Frame") -> "NDArray[np.float32]":
    return np.asarray(cv2.resize(luminance(frame), _COARSE, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _shapes(frame: "Frame") -> "NDArray[np.float32]":
    coarse = _coarse(frame)
    return coarse - np.asarray(cv2.GaussianBlur(coarse, (0, 0), _SHAPE_SIGMA_PX), dtype=np.float32)


def _distances(length: int) -> "NDArray[np.int64]":
    """How far the places of a ring are from its first."""
    places = np.arange(length)
    return np.minimum(places, length - places)


def _pearson(one: "NDArray[np.float32]", other: "NDArray[np.float32]") -> float:
    x, y = one - one.mean(), other - other.mean()
    scale = math.sqrt(float((x * x).sum()) * float((y * y).sum()))
    return float((x * y).sum()) / scale if scale else 0.0
