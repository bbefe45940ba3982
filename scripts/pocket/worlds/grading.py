"""From linear light to a picture, as cameras differ: exposure, tone curve, tint, saturation, vignette."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Grading:
    """One camera's manner, the same for all pictures of a world."""

    def __init__(self, rng: np.random.Generator, exposure: float) -> None:
        self.exposure = 1.3 * exposure * float(np.exp(rng.normal(0, 0.18)))
        self.tint = np.exp(rng.normal(0, 0.035, 3)).astype(np.float32)
        self.saturation = float(np.clip(rng.normal(1.05, 0.15), 0.55, 1.4))
        self.contrast = float(np.clip(rng.normal(1.05, 0.1), 0.8, 1.35))
        self.vignette = float(max(0.0, rng.normal(0.12, 0.12)))

    def developed(self, linear: "NDArray[np.float32]", *, vignetted: bool) -> "NDArray[np.uint8]":
        """sRGB bytes."""
        light = linear * (self.exposure * self.tint)
        if vignetted and self.vignette > 0:
            height, width = light.shape[:2]
            v, u = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
            light *= (1 - self.vignette * 0.5 * (u * u + v * v))[..., None].astype(np.float32)
        # A filmic curve (Hejl and Burgess-Dawson's, without its toe), then the display's gamma.
        toned = light * (1 + light / 6.25) / (1 + 0.9 * light)
        grey = toned @ np.array([0.3, 0.59, 0.11], dtype=np.float32)
        toned = grey[..., None] + (toned - grey[..., None]) * self.saturation
        shown = np.power(np.clip(toned, 0, 1), 1 / 2.2)
        shown = 0.45 + (shown - 0.45) * self.contrast
        return (np.clip(shown, 0, 1) * 255 + 0.5).astype(np.uint8)
