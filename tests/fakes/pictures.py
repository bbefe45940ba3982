"""Pictures made on the spot, whole and broken ones."""

import io
import struct
import zlib

import numpy as np
from PIL import Image


def noise(width: int = 64, height: int = 48, seed: int = 0) -> Image.Image:
    """A colourful RGB picture in which no two parts look alike."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height // 8 + 1, width // 8 + 1, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC)


def plain(colour: str, width: int = 8, height: int = 8) -> Image.Image:
    """A picture of one colour."""
    return Image.new("RGB", (width, height), colour)


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    """The file of `image` in a format of Pillow's: PNG, JPEG, WEBP, GIF, BMP, TIFF."""
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def animation(kind: str) -> bytes:
    """A file of two frames."""
    buffer = io.BytesIO()
    plain("red").save(buffer, kind, save_all=True, append_images=[plain("blue")], duration=100)
    return buffer.getvalue()


def png_chunk(name: bytes, payload: bytes) -> bytes:
    """One chunk with a correct checksum."""
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims a size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(b"")) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def webp_claiming(width: int, height: int) -> bytes:
    """A WebP of a few bytes whose header claims a canvas."""
    payload = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBP" + b"VP8X" + struct.pack("<I", len(payload)) + payload
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_claiming(width: int, height: int) -> bytes:
    """A whole JPEG whose header is changed to claim a size."""
    data = bytearray(encoded(noise(), "JPEG"))
    start_of_frame = data.index(b"\xff\xc0")
    data[start_of_frame + 5 : start_of_frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)
