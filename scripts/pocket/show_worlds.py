"""Draw a contact sheet of the kinds of worlds, rgb over depth: `python -m scripts.pocket.show_worlds OUT.png`."""

import argparse
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scripts.pocket.worlds import RECIPES, make_world

if TYPE_CHECKING:
    from numpy.typing import NDArray


def depth_picture(inverse: "NDArray[np.float32]") -> "NDArray[np.uint8]":
    """Square root of inverse distance as colours, near ones bright."""
    level = (np.sqrt(np.clip(inverse, 0, 1)) * 255).astype(np.uint8)
    return cv2.cvtColor(cv2.applyColorMap(level, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB).astype(np.uint8)


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--kinds", nargs="*", default=list(RECIPES))
    parser.add_argument("--columns", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--panorama", action="store_true")
    parser.add_argument("--height", type=int, default=144)
    arguments = parser.parse_args()
    rows: list[NDArray[np.uint8]] = []
    for kind in arguments.kinds:
        pictures: list[NDArray[np.uint8]] = []
        for column in range(arguments.columns):
            began = time.perf_counter()
            world = make_world(arguments.seed + column, kind)
            made = time.perf_counter()
            x, y, z, yaw = world.path(1)[0]
            height = arguments.height
            if arguments.panorama:
                colours, inverse = world.panorama(x, y, z, height, height * 16 // 5)
            else:
                colours, inverse = world.view(x, y, z, yaw, -0.05, math.radians(75), height, height * 16 // 9)
            drawn = time.perf_counter()
            print(
                f"{kind} {arguments.seed + column} {world.time}: made {made - began:.3f} s, drawn {drawn - made:.3f} s"
            )
            pictures.append(np.concatenate([colours, depth_picture(inverse)]))
        rows.append(np.concatenate(pictures, axis=1))
    sheet = np.concatenate(rows)
    cv2.imwrite(str(arguments.out), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()
