"""What the ImageEditor asks of a backend: an editor that says what chance it used.

Owns that protocol, and how the procedural editor keeps it.
"""

import zlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL.Image import Image

    from deployments.scene_authoring.contract import Instruction, SceneEditor


class Painter(Protocol):
    """A `SceneEditor` whose chance can be written down and repeated."""

    def draw_seed(self, instruction: "Instruction") -> int:
        """The seed to paint this instruction with."""
        ...

    def edit(self, image: "Image", instruction: "Instruction", seed: int) -> "Image":
        """A changed copy of `image`, RGB and of the same size. Raises `InstructionNotUnderstoodError`."""
        ...

    def generate(self, instruction: "Instruction", size: tuple[int, int], seed: int) -> "Image":
        """A new RGB picture of `size` (width, height) in pixels. Raises `InstructionNotUnderstoodError`."""
        ...


class RepeatingPainter:
    """A `Painter` around an editor that draws its chance from the instruction's text alone."""

    def __init__(self, editor: "SceneEditor") -> None:
        self._editor = editor

    def draw_seed(self, instruction: "Instruction") -> int:
        """The CRC-32 of the text, which the procedural editor seeds itself with."""
        return zlib.crc32(instruction.text.encode())

    def edit(self, image: "Image", instruction: "Instruction", seed: int) -> "Image":  # noqa: ARG002 - see `draw_seed`
        """A changed copy of `image`."""
        return self._editor.edit(image, instruction)

    def generate(self, instruction: "Instruction", size: tuple[int, int], seed: int) -> "Image":  # noqa: ARG002 - see `draw_seed`
        """A new picture of `size` (width, height)."""
        return self._editor.generate(instruction, size)
