"""Draw the contact sheets of scene authoring without a GPU, and print what each picture took.

    .venv/bin/python scripts/contact_sheets.py

Writes docs/scene-authoring-edits.jpg (twelve edits of two photographs) and docs/scene-authoring-scenes.jpg
(eight generated scenes). Every caption is the request as a user would type it; it passes the embedded author.
"""

import sys
import time
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image, ImageDraw, ImageFont

from deployments.scene_authoring.contract import AuthorResult, Instruction
from deployments.scene_authoring.procedural.author import ProceduralAuthor
from deployments.scene_authoring.procedural.editor import ProceduralEditor

ROOT: Final = Path(__file__).resolve().parent.parent
PHOTOGRAPHS: Final = ROOT / "tests" / "fakes" / "photos"
FRAME: Final = (640, 360)
SHOWN: Final = (480, 270)
CAPTION_PX: Final = 26
LIMIT_BYTES: Final = 600_000

EDITS: Final = {
    "lake_pagoda.jpg": (
        "make it night with a full moon",
        "golden sunset",
        "thick fog",
        "let it snow",
        "a thunderstorm",
        "turn it into autumn",
    ),
    "picos_path.jpg": (
        "night, northern lights, and a torch in my hand",
        "dawn with a rainbow",
        "heavy snow, and give me a lantern",
        "replace the ground with lava",
        "add two pine trees and a treasure chest",
        "dusk, add a campfire and hold a sword",
    ),
}
SCENES: Final = (
    "snowy mountain village with a wooden bridge at dusk",
    "a city street at night in the rain",
    "a castle in autumn, holding a sword",
    "a harbour at dawn",
    "a dungeon corridor with a treasure chest",
    "the corridor of a space station",
    "a tropical beach with palm trees",
    "an old library",
)


def main() -> None:
    """Write both sheets."""
    author, editor = ProceduralAuthor(), ProceduralEditor()
    cells: list[tuple[Image.Image, str]] = []
    for name, requests in EDITS.items():
        photograph = Image.open(PHOTOGRAPHS / name).convert("RGB").resize(FRAME, Image.Resampling.LANCZOS)
        for request in requests:
            instruction = accepted(author.author_edit(request, photograph))
            started_s = time.process_time()
            cells.append((editor.edit(photograph, instruction), request))
            report("edit", request, time.process_time() - started_s)
    write(cells, columns=4, path=ROOT / "docs" / "scene-authoring-edits.jpg")
    scenes: list[tuple[Image.Image, str]] = []
    for request in SCENES:
        instruction = accepted(author.author_scene(request))
        started_s = time.process_time()
        scenes.append((editor.generate(instruction, FRAME), request))
        report("scene", request, time.process_time() - started_s)
    write(scenes, columns=2, path=ROOT / "docs" / "scene-authoring-scenes.jpg")


def accepted(result: AuthorResult) -> Instruction:
    """The instruction; a request on the sheets that is refused is a mistake in this script."""
    if isinstance(result, Instruction):
        return result
    raise SystemExit(result.reason)


def report(kind: str, request: str, took_s: float) -> None:
    """One line about one picture: processor seconds at 640 x 360."""
    print(f"{took_s:5.2f} s  {kind:5}  {request}")


def write(cells: list[tuple[Image.Image, str]], columns: int, path: Path) -> None:
    """Lay pictures out with a caption under each and save them below the size limit."""
    rows = -(-len(cells) // columns)
    width, height = SHOWN[0], SHOWN[1] + CAPTION_PX
    sheet = Image.new("RGB", (columns * width, rows * height), (18, 20, 24))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=15)
    for index, (picture, caption) in enumerate(cells):
        left, top = index % columns * width, index // columns * height
        sheet.paste(picture.resize(SHOWN, Image.Resampling.LANCZOS), (left, top))
        draw.text((left + 8, top + SHOWN[1] + 4), caption, fill=(225, 228, 232), font=font)
    path.parent.mkdir(exist_ok=True)
    for quality in range(90, 40, -4):
        sheet.save(path, quality=quality, optimize=True)
        if path.stat().st_size < LIMIT_BYTES:
            break
    print(f"{path.relative_to(ROOT)}: {sheet.width} x {sheet.height}, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
