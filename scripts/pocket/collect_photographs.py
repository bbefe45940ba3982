"""Cut the free photographs that training may see out of Debian packages.

    apt-get download lomiri-wallpapers-16.04 lxqt-themes mate-backgrounds plasma-workspace-wallpapers gcompris-qt-data
    .venv/bin/python -m scripts.pocket.collect_photographs --packages . --out /tmp/pocket_photos

Owns reading packages and cutting; which photographs and which cuts is `photograph_list`'s to say.
"""

import argparse
import io
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

from PIL import Image

from scripts.pocket.photograph_list import PACKAGES, Cut, photographs
from scripts.pocket.qt_resources import stored_files

SIZE: Final = (1280, 720)
QUALITY: Final = 92


def main() -> None:
    """Write every cut of every photograph that the given packages hold, and say which are missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--packages",
        nargs="+",
        type=Path,
        required=True,
        help=f".deb files, unpacked packages, or folders of either: {', '.join(PACKAGES)}",
    )
    parser.add_argument("--out", type=Path, default=Path("/tmp/pocket_photos"))
    arguments = parser.parse_args()
    out = cast("Path", arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        roots = unpacked(cast("list[Path]", arguments.packages), Path(scratch))
        written, missing = collect(roots, out)
    print(f"{written} pictures in {out}")
    if missing:
        sys.exit(f"not in these packages: {', '.join(missing)}")


def unpacked(packages: list[Path], scratch: Path) -> list[Path]:
    """Folders that hold a package's files from `usr` on. Archives are unpacked into `scratch`."""
    roots: list[Path] = []
    for package in packages:
        if package.is_dir():
            roots += [package, *(folder for folder in sorted(package.iterdir()) if (folder / "usr").is_dir())]
        for archive in [package] if package.suffix == ".deb" else sorted(package.glob("*.deb")):
            if archive.name.partition("_")[0] in PACKAGES:
                root = scratch / archive.stem
                subprocess.run(["dpkg-deb", "-x", str(archive), str(root)], check=True)
                roots.append(root)
    return roots


def collect(roots: list[Path], out: Path) -> tuple[int, list[str]]:
    """How many pictures were written, and the names of photographs that no root holds."""
    written, missing = 0, list[str]()
    for photograph in photographs():
        path = next((root / photograph.path for root in roots if (root / photograph.path).is_file()), None)
        content = None if path is None else picture_bytes(path, photograph.member)
        if content is None:
            missing.append(photograph.name)
            continue
        with Image.open(io.BytesIO(content)) as opened:
            picture = opened.convert("RGB")
        for index, cut in enumerate(photograph.cuts):
            cut_out(picture, cut).save(out / f"{photograph.name}_{index}.jpg", quality=QUALITY)
            written += 1
    return written, missing


def picture_bytes(path: Path, member: str | None) -> bytes | None:
    """The file, or the named file inside the Qt resource at `path`; None if it holds no such file."""
    return path.read_bytes() if member is None else resource(path).get(member)


@lru_cache(maxsize=2)
def resource(path: Path) -> dict[str, bytes]:
    """The files of a Qt resource; the last two are kept, since one holds many photographs."""
    return stored_files(path.read_bytes())


def cut_out(picture: Image.Image, cut: Cut) -> Image.Image:
    """The window of `SIZE` that `cut` describes."""
    unit = min(picture.width / SIZE[0], picture.height / SIZE[1]) / cut.zoom
    width, height = SIZE[0] * unit, SIZE[1] * unit
    left, top = max(0.0, (picture.width - width) * cut.across), max(0.0, (picture.height - height) * cut.down)
    box = (left, top, min(left + width, picture.width), min(top + height, picture.height))
    return picture.resize(SIZE, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


if __name__ == "__main__":
    main()
