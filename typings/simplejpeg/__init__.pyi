from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

_Colorspace: TypeAlias = Literal[
    "RGB", "BGR", "RGBX", "BGRX", "XBGR", "XRGB", "GRAY", "RGBA", "BGRA", "ABGR", "ARGB", "CMYK"
]
_Subsampling: TypeAlias = Literal["444", "422", "420", "440", "411", "Gray"]

def decode_jpeg_header(
    data: bytes | bytearray | memoryview,
    min_height: int = 0,
    min_width: int = 0,
    min_factor: float = 1,
    strict: bool = True,
) -> tuple[int, int, str, str]: ...
def decode_jpeg(
    data: bytes | bytearray | memoryview,
    colorspace: _Colorspace = "RGB",
    fastdct: bool = False,
    fastupsample: bool = False,
    min_height: int = 0,
    min_width: int = 0,
    min_factor: float = 1,
    buffer: NDArray[np.uint8] | bytearray | memoryview | None = None,
    strict: bool = True,
) -> NDArray[np.uint8]: ...
def encode_jpeg(
    image: NDArray[np.uint8],
    quality: int = 85,
    colorspace: _Colorspace = "RGB",
    colorsubsampling: _Subsampling = "444",
    fastdct: bool = False,
) -> bytes: ...
