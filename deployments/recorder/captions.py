"""Captions of scene edits: when one shows, how strong, and how it looks.

Owns the timeline and the drawing, white text on a dark box at the bottom centre. Painted straight into luma and
chroma, since text and box have no colour.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from deployments.recorder.fonts import Font, find_font
from deployments.recorder.frames import BLACK_LUMA, NEUTRAL_CHROMA, WHITE_LUMA, plane_pixels

LINES_LIMIT: Final = 3
WIDTH_SHARE: Final = 0.84
"""Of the frame's width, at most."""
FONT_SHARE: Final = 0.042
"""Of the frame's height."""
FONT_MIN_PX: Final = 13
BOX_OPACITY: Final = 0.66
ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True)
class CaptionTiming:
    """How long a caption shows, and over which last part of that it fades."""

    shown_s: float
    fade_s: float

    def opacity(self, age_s: float) -> float:
        """Of a caption that has been there for `age_s`: 1 at first, 0 when it is over."""
        left_s = self.shown_s - age_s
        if left_s <= 0:
            return 0.0
        return 1.0 if left_s >= self.fade_s else left_s / self.fade_s


@dataclass(frozen=True, slots=True)
class CaptionBox:
    """A drawn caption: where its corner lies (even numbers) and its pixels, even in size."""

    left: int
    top: int
    luma: NDArray[np.float32]
    """Limited range."""
    opacity: NDArray[np.float32]
    """0 to 1."""

    def paint(self, frame: VideoFrame, strength: float) -> None:
        """Blend into a yuv420p `frame`; a strength of 1 is the caption as drawn."""
        height, width = self.luma.shape
        opacity = self.opacity * strength
        coarse = opacity.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
        luma, *chroma = map(plane_pixels, frame.planes)
        _blend(luma[self.top : self.top + height, self.left : self.left + width], self.luma, opacity)
        top, left = self.top // 2, self.left // 2
        for pixels in chroma:
            area = pixels[top : top + height // 2, left : left + width // 2]
            _blend(area, np.float32(NEUTRAL_CHROMA), coarse)


class CaptionDrawer:
    """Draws captions for frames of one size."""

    def __init__(self, width: int, height: int, font_file: Path | None) -> None:
        self._width = width
        self._height = height
        self._font_file = font_file
        self._size_px = max(FONT_MIN_PX, round(height * FONT_SHARE))

    def draw(self, prompt: str) -> CaptionBox:
        """The caption of an edit. Long text is wrapped, and cut off after three lines."""
        text = "Edit: " + " ".join(prompt.split())
        font = find_font(text, self._size_px, self._font_file)
        padding = round(self._size_px * 0.6)
        limit_px = self._width * WIDTH_SHARE - 2 * padding
        lines = shorten_lines(list(wrap(text, font, limit_px)), font, limit_px)
        return self._place(lines, font, padding)

    def _place(self, lines: list[str], font: Font, padding: int) -> CaptionBox:
        line_px = round(self._size_px * 1.3)
        text_px = math.ceil(max(font.getlength(line) for line in lines))
        width = min(self._width, _even_up(text_px + 2 * padding))
        height = min(self._height, _even_up(line_px * len(lines) + padding))
        box = Image.new("L", (width, height))
        ImageDraw.Draw(box).rounded_rectangle((0, 0, width - 1, height - 1), self._size_px // 3, fill=255)
        text = Image.new("L", (width, height))
        draw = ImageDraw.Draw(text)
        for number, line in enumerate(lines):
            middle = padding / 2 + line_px * (number + 0.5)
            draw.text((width / 2, middle), line, fill=255, font=font, anchor="mm")
        ink = np.asarray(text, dtype=np.float32) / 255
        shade = np.asarray(box, dtype=np.float32) / 255 * BOX_OPACITY
        opacity = ink + shade * (1 - ink)
        # Ink over shade as one layer: what is seen of the layer is ink's share white, the rest black.
        white = np.divide(ink, opacity, out=np.zeros_like(ink), where=opacity > 0)
        return CaptionBox(
            left=(self._width - width) // 4 * 2,
            top=max(0, (self._height - height - round(self._height * 0.05)) // 2 * 2),
            luma=BLACK_LUMA + (WHITE_LUMA - BLACK_LUMA) * white,
            opacity=opacity.astype(np.float32),
        )


def wrap(text: str, font: Font, limit_px: float) -> Iterator[str]:
    """`text` in lines of at most `limit_px`: broken between words, inside a word only if it is too long alone."""
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if font.getlength(longer) <= limit_px:
            line = longer
            continue
        if line:
            yield line
        line = word
        while len(line) > 1 and font.getlength(line) > limit_px:
            fitting = _fitting_chars(line, font, limit_px)
            yield line[:fitting]
            line = line[fitting:]
    if line:
        yield line


def shorten_lines(lines: list[str], font: Font, limit_px: float) -> list[str]:
    """The first three lines; where more were left out, the last one ends in an ellipsis."""
    if len(lines) <= LINES_LIMIT:
        return lines
    last = lines[LINES_LIMIT - 1]
    if font.getlength(last + ELLIPSIS) > limit_px:
        last = last[: _fitting_chars(last, font, limit_px - font.getlength(ELLIPSIS))]
    return [*lines[: LINES_LIMIT - 1], last.rstrip() + ELLIPSIS]


def _fitting_chars(text: str, font: Font, limit_px: float) -> int:
    """How many characters of `text` fit, at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.getlength(text[:middle]) <= limit_px else (low, middle - 1)
    return low


def _even_up(size: int) -> int:
    return size + size % 2


def _blend(pixels: NDArray[np.uint8], value: NDArray[np.float32] | np.float32, opacity: NDArray[np.float32]) -> None:
    pixels[...] = (pixels + (value - pixels) * opacity + 0.5).astype(np.uint8)
