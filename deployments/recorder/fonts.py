"""Which font shows a text: the first of the known ones that has all of its letters."""

from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

import structlog
from PIL import Image, ImageDraw, ImageFont

Font: TypeAlias = ImageFont.FreeTypeFont

KNOWN_FONTS: Final = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "Arial.ttf",
    "segoeui.ttf",
    "NotoSansCJK-Regular.ttc",
    "Arial Unicode.ttf",
    "msyh.ttc",
    "meiryo.ttc",
    "malgun.ttf",
)
"""Pillow looks for these in the system's font folders. Its own font has ASCII and little else."""

_UNASSIGNED: Final = "\uffff"
"""No font has a glyph for it, so it shows what a missing one looks like."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def find_font(text: str, size_px: int, preferred: Path | None) -> Font:
    """A font for `text`; letters that no font has are drawn as boxes."""
    own = ImageFont.load_default(size_px)
    assert isinstance(own, ImageFont.FreeTypeFont), "Pillow is built without FreeType"
    fonts = [own]
    if preferred is not None:
        chosen = _load(str(preferred), size_px)
        if chosen is None:
            log.warning("caption font cannot be loaded", font=str(preferred))
        else:
            fonts.insert(0, chosen)
    for font in fonts:
        if has_letters(font, text):
            return font
    for name in KNOWN_FONTS:
        font = _load(name, size_px)
        if font is not None and has_letters(font, text):
            return font
    return fonts[0]


def has_letters(font: Font, text: str) -> bool:
    """Whether `font` has a glyph for every character that shows."""
    missing = _drawn(font, _UNASSIGNED)
    return all(_drawn(font, letter) != missing for letter in set(text) if not letter.isspace())


def _drawn(font: Font, letter: str) -> bytes:
    size_px = int(2 * font.size)
    image = Image.new("L", (size_px, size_px))
    ImageDraw.Draw(image).text((0, 0), letter, fill=255, font=font)
    return image.tobytes()


@lru_cache(maxsize=16)
def _load(name: str, size_px: int) -> Font | None:
    try:
        return ImageFont.truetype(name, size_px)
    except OSError:
        return None
