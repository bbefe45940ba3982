"""How a picture becomes the input of a timm image classifier, on Pillow and numpy alone.

The image processors that transformers has for these models want torchvision.
"""

import math
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from pydantic import BaseModel, ConfigDict

_FILTERS: Final = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


class Preprocessing(BaseModel):
    """Resize, crop, normalise. Keys and meaning are those of `pretrained_cfg` in a timm model's config.

    The defaults are timm's for `eva02_base_patch14_448.mim_in22k_ft_in22k_in1k`, on which Freepik's model is built.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    input_size: tuple[Literal[3], int, int] = (3, 448, 448)
    """Channels, height, width."""

    interpolation: Literal["bilinear", "bicubic", "lanczos"] = "bicubic"
    crop_pct: float = 1.0
    """The crop's share of the resized picture's edge."""

    crop_mode: Literal["squash", "center"] = "squash"
    """`squash` changes the aspect ratio so that the whole picture is seen; `center` keeps it and loses the edges."""

    mean: tuple[float, float, float] = (0.48145466, 0.4578275, 0.40821073)
    std: tuple[float, float, float] = (0.26862954, 0.26130258, 0.27577711)

    def apply(self, image: Image.Image) -> NDArray[np.float32]:
        """Channels x height x width of an RGB picture, normalised."""
        _, height, width = self.input_size
        outer = (math.floor(width / self.crop_pct), math.floor(height / self.crop_pct))
        resampling = _FILTERS[self.interpolation]
        if self.crop_mode == "squash":
            resized = image.resize(outer, resampling)
        else:
            resized = ImageOps.fit(image, outer, resampling)
        left, top = (outer[0] - width) // 2, (outer[1] - height) // 2
        pixels = np.asarray(resized.crop((left, top, left + width, top + height)), dtype=np.float32) / 255
        normalised = (pixels - np.array(self.mean)) / np.array(self.std)
        return np.ascontiguousarray(normalised.transpose(2, 0, 1), dtype=np.float32)
