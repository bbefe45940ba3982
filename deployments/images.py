"""Pictures from outside: the only place where foreign bytes become pixels.

Owns what is accepted (still PNG, JPEG and WebP within a pixel limit), what the pixels then look like (RGB, upright,
no transparency), and how a picture becomes a frame. Whether a picture is safe to show is the safety checker's to say.
Imports no model library, so that every process can afford it.
"""

import base64
import binascii
import io
import re
import struct
import zlib
from typing import Final, Literal, TypeAlias

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from protocol.errors import ImageDefect, InvalidImageError

Frame: TypeAlias = NDArray[np.uint8]
"""Height x width x 3, RGB."""

_Kind: TypeAlias = Literal["PNG", "JPEG", "WEBP"]

_JPEG_SCAN: Final = re.compile(rb"\xff\xda\x00(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)")
"""The header of a scan with one to four components (ITU-T T.81, B.2.3). A video behind the picture has none."""

_JPEG_SCANS_LIMIT: Final = 100
"""Each scan costs a pass over the whole picture, however few bytes it has: about 1.3 ns a pixel on an AMD EPYC."""

_JPEG_SCANS_AT_PIXEL_LIMIT: Final = 12
"""Progressive encoders write about ten. A picture below the pixel limit may have more in proportion."""

_JPEG_ARITHMETIC: Final = re.compile(rb"\xff[\xc9\xca]\x00[\x0b\x0e\x11\x14]\x08")
"""The frame header of arithmetic coding (B.2.2). No browser reads it, and a pass costs about five times as much."""

_DECODER_FAILURES: Final = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    Warning,
    struct.error,
    zlib.error,
)
"""What Pillow's decoders raise on broken files. Warnings are here for processes that turn them into errors."""

_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by its EXIF orientation (EXIF 2.32, tag 0x0112)."""

_DATA_URL: Final = re.compile(r"data:image/[a-z0-9.+-]{1,32};base64,")


def decode_base64(text: str, *, limit_bytes: int) -> bytes:
    """The bytes of strict base64 `text`: no white space, padding required. A `data:image/…;base64,` prefix is dropped.

    Raises `InvalidImageError` for anything else, for nothing at all, and for more than `limit_bytes`, which is
    checked before decoding.
    """
    prefix = _DATA_URL.match(text)
    encoded = text[prefix.end() :] if prefix else text
    if len(encoded) > 4 * ((limit_bytes + 2) // 3):
        raise InvalidImageError(ImageDefect.TOO_MANY_BYTES, f"more than {limit_bytes}")
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidImageError(ImageDefect.NOT_BASE64) from error
    if not data:
        raise InvalidImageError(ImageDefect.EMPTY)
    if len(data) > limit_bytes:
        raise InvalidImageError(ImageDefect.TOO_MANY_BYTES, f"more than {limit_bytes}")
    return data


def decode_image(data: bytes, *, limit_pixels: int) -> Image.Image:
    """Decode a still PNG, JPEG or WebP into an upright RGB picture without metadata.

    The size that the file claims is checked before anything of that size is allocated. Transparency is flattened on
    black, as a browser does when it turns a transparent canvas into a JPEG. Colour profiles are ignored; of several
    pictures in one JPEG (as telephones write them) the first is taken. A file that only lacks its end marker passes.

    Raises `InvalidImageError` for other formats, animations, more than `limit_pixels`, and damaged or truncated files.
    """
    kind = _kind_of(data)
    try:
        if kind == "WEBP":
            _check_size(_webp_size(data), limit_pixels)
        with Image.open(io.BytesIO(data), formats=(kind,)) as image:
            _check_size(image.size, limit_pixels)
            if kind == "JPEG":
                _check_jpeg_work(data, image.size, limit_pixels)
            if kind != "JPEG" and getattr(image, "is_animated", False):
                raise InvalidImageError(ImageDefect.ANIMATED)
            orientation = _orientation(image)
            picture = _flatten(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        # Pillow's own limit, far above ours, applies while it opens a file.
        raise InvalidImageError(ImageDefect.TOO_MANY_PIXELS, f"more than {limit_pixels} in all") from error
    except _DECODER_FAILURES as error:
        raise InvalidImageError(ImageDefect.DAMAGED, f"{kind}, {error}") from error
    picture.info = {}
    return picture.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else picture


def fit_frame(image: Image.Image, height: int, width: int) -> Frame:
    """How a seed becomes a frame: the largest centred part of the right aspect ratio, resampled with Lanczos."""
    fitted = ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
    return np.array(fitted, dtype=np.uint8)


def encode_jpeg(frame: Frame, quality: int) -> bytes:
    """JPEG of an RGB frame with halved chroma, `quality` 1 to 100."""
    return simplejpeg.encode_jpeg(np.ascontiguousarray(frame), quality, "RGB", "420")


def _kind_of(data: bytes) -> _Kind:
    if not data:
        raise InvalidImageError(ImageDefect.EMPTY)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    raise InvalidImageError(ImageDefect.UNKNOWN_FORMAT)


def _check_size(size: tuple[int, int], limit_pixels: int) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise InvalidImageError(ImageDefect.DAMAGED, "no pixels")
    if width * height > limit_pixels:
        raise InvalidImageError(ImageDefect.TOO_MANY_PIXELS, f"{width}x{height}, more than {limit_pixels} in all")


def _check_jpeg_work(data: bytes, size: tuple[int, int], limit_pixels: int) -> None:
    """Refuse what takes far longer to decode than its pixels and bytes let expect."""
    width, height = size
    scans = sum(1 for _ in _JPEG_SCAN.finditer(data))
    if scans > _JPEG_SCANS_LIMIT or scans * width * height > _JPEG_SCANS_AT_PIXEL_LIMIT * limit_pixels:
        raise InvalidImageError(ImageDefect.DAMAGED, "JPEG, too many scans")
    if _JPEG_ARITHMETIC.search(data):
        raise InvalidImageError(ImageDefect.DAMAGED, "JPEG, arithmetic coding")


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height from the first chunk (RFC 9649): Pillow allocates the canvas as soon as it opens a WebP."""
    chunk, payload = data[12:16], data[20:30]
    if chunk == b"VP8X" and len(payload) == 10:
        if payload[0] & 0x02:
            raise InvalidImageError(ImageDefect.ANIMATED)
        return 1 + int.from_bytes(payload[4:7], "little"), 1 + int.from_bytes(payload[7:10], "little")
    if chunk == b"VP8L" and len(payload) >= 5:
        bits = int.from_bytes(payload[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 " and len(payload) == 10:
        width, height = struct.unpack("<HH", payload[6:10])
        return width & 0x3FFF, height & 0x3FFF
    raise InvalidImageError(ImageDefect.DAMAGED, "WEBP, unknown first chunk")


def _orientation(image: Image.Image) -> int:
    """EXIF orientation, 1 (upright) when there is none or the metadata is broken."""
    try:
        value: object = image.getexif().get(ExifTags.Base.Orientation, 1)
    except _DECODER_FAILURES:
        return 1
    return value if isinstance(value, int) else 1


def _flatten(image: Image.Image) -> Image.Image:
    """Read all pixels as 8-bit RGB over black."""
    if image.mode.startswith("I"):
        sixteen_bit = np.asarray(image, dtype=np.uint16)
        image = Image.fromarray((sixteen_bit >> 8).astype(np.uint8))
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    picture = Image.new("RGB", layer.size)
    picture.paste(layer, mask=layer.getchannel("A"))
    return picture
