"""What an author and an editor of scenes promise, whichever backend stands behind them.

Owns the one value on the arrow between them: an instruction in plain English. Loading, placement and
replicas are the deployments' business; whether the picture is safe is the safety checker's.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from PIL.Image import Image

CAPTION_LIMIT_CHARS: Final = 80


@dataclass(frozen=True, slots=True)
class Instruction:
    """What an editor is told to do.

    `text` is complete English sentences; any editor must be able to work from them alone.
    `caption` is a short title for recordings and logs, at most `CAPTION_LIMIT_CHARS` long.
    """

    text: str
    caption: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a request leads to no picture, in words for the person who made it."""

    reason: str
    because: Literal["policy", "not_understood"]


AuthorResult: TypeAlias = Instruction | Rejected


class InstructionNotUnderstoodError(Exception):
    """An editor was handed an instruction that names nothing it can paint. The author's fault, not the user's."""


class SceneAuthor(Protocol):
    """Turns a user's words into an instruction, or says why not."""

    def author_edit(self, request: str, frame: "Image") -> AuthorResult:
        """An instruction that changes `frame`, the picture the user sees, as `request` says."""
        ...

    def author_scene(self, request: str) -> AuthorResult:
        """An instruction that describes a whole new first-person scene."""
        ...


class SceneEditor(Protocol):
    """Turns an instruction into a picture."""

    def edit(self, image: "Image", instruction: Instruction) -> "Image":
        """A changed copy of `image`, RGB and of the same size. Raises `InstructionNotUnderstoodError`."""
        ...

    def generate(self, instruction: Instruction, size: tuple[int, int]) -> "Image":
        """A new RGB picture of `size` (width, height) in pixels. Raises `InstructionNotUnderstoodError`."""
        ...
