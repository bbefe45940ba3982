"""Contact sheets as JPEG and films as MP4, within the size that a repository bears.

Owns layout, captions and encoding; knows nothing of engines.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import av
import numpy as np
from av.video.frame import VideoFrame
from PIL import Image, ImageDraw, ImageFont

from deployments.recorder import pyav

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from deployments.images import Frame

SHEET_LIMIT_BYTES: Final = 600_000
FILM_LIMIT_BYTES: Final = 1_200_000
FILM_FPS: Final = 30
"""Half of the engine's: every second frame is taken."""

_LABEL_PX: Final = 118
_CAPTION_PX: Final = 22
_TITLE_PX: Final = 30
_GROUND: Final = (18, 20, 24)
_INK: Final = (225, 228, 232)
_QUALITIES: Final = range(90, 44, -5)
_SHRINK: Final = (1.0, 0.85, 0.7)


@dataclass(frozen=True, slots=True)
class Row:
    """A label and pictures to the right of it."""

    label: str
    pictures: "list[Frame]"


def save_sheet(title: str, captions: "Sequence[str]", rows: "Sequence[Row]", path: "Path") -> None:
    """Save rows of pictures under captions, as large and as well as the size limit allows."""
    width_px = 240 if len(rows) <= 8 else 176
    for shrink in _SHRINK:
        sheet = drawn(title, captions, rows, int(width_px * shrink))
        for quality in _QUALITIES:
            sheet.save(path, quality=quality, optimize=True)
            if path.stat().st_size <= SHEET_LIMIT_BYTES:
                print(f"{path.name}: {sheet.width} x {sheet.height}, {path.stat().st_size} bytes")
                return


def drawn(title: str, captions: "Sequence[str]", rows: "Sequence[Row]", width_px: int) -> Image.Image:
    """The sheet, its pictures `width_px` wide."""
    height_px = width_px * 9 // 16
    columns = max(len(row.pictures) for row in rows)
    size = (_LABEL_PX + columns * (width_px + 2), _TITLE_PX + _CAPTION_PX + len(rows) * (height_px + 2))
    sheet = Image.new("RGB", size, _GROUND)
    draw, small, large = ImageDraw.Draw(sheet), ImageFont.load_default(size=13), ImageFont.load_default(size=18)
    draw.text((8, 5), title, fill=_INK, font=large)
    for column, caption in enumerate(captions):
        draw.text((_LABEL_PX + column * (width_px + 2) + 4, _TITLE_PX + 2), caption, fill=_INK, font=small)
    for index, row in enumerate(rows):
        top = _TITLE_PX + _CAPTION_PX + index * (height_px + 2)
        draw.multiline_text((8, top + 6), _wrapped(row.label), fill=_INK, font=small, spacing=3)
        for column, picture in enumerate(row.pictures):
            cell = Image.fromarray(picture).resize((width_px, height_px), Image.Resampling.LANCZOS, reducing_gap=3.0)
            sheet.paste(cell, (_LABEL_PX + column * (width_px + 2), top))
    return sheet


def save_film(frames: "Iterable[Frame]", path: "Path") -> None:
    """Encode every second frame with H.264, as well as the size limit allows."""
    kept = [np.array(frame) for index, frame in enumerate(frames) if index % 2 == 1]
    for quality in range(23, 42, 3):
        _encode(kept, path, quality)
        if path.stat().st_size <= FILM_LIMIT_BYTES:
            break
    print(f"{path.name}: {len(kept)} frames, {path.stat().st_size} bytes")


def _encode(frames: "Sequence[Frame]", path: "Path", quality: int) -> None:
    height, width = frames[0].shape[:2]
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = pyav.add_video(container, "libx264", FILM_FPS, {"crf": str(quality)})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for frame in frames:
            pyav.encode(container, stream, VideoFrame.from_ndarray(frame, format="rgb24"))
        pyav.encode(container, stream, None)


def _wrapped(label: str) -> str:
    """Lines of about 15 letters."""
    lines: list[str] = []
    for part in label.split("\n"):
        line = ""
        for word in part.split(" "):
            if line and len(line) + len(word) >= 15:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        lines.append(line)
    return "\n".join(lines)
