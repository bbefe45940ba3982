"""Generated pictures as files: JPEG, with what they were made from in the comment segment.

Owns the properties and their form: one JSON object in plain ASCII. Decoding pictures is in `deployments.images`.
"""

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

if TYPE_CHECKING:
    from PIL.Image import Image

PROMPT_LIMIT_CHARS: Final = 5000
"""A comment segment holds 65533 bytes, and a character takes up to twelve of them in ASCII."""


class PictureProperties(BaseModel):
    """What a generated picture says of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    prompt: Annotated[str, StringConstraints(max_length=PROMPT_LIMIT_CHARS)]
    """The instruction that it was painted from."""
    model: str
    width: int = Field(ge=1)
    height: int = Field(ge=1)
    seed: int
    created: datetime


def describe(image: "Image", *, prompt: str, model: str, seed: int, now_s: float) -> PictureProperties:
    """The properties of a picture made at `now_s`, in seconds since the epoch."""
    return PictureProperties(
        prompt=prompt[:PROMPT_LIMIT_CHARS],
        model=model,
        width=image.width,
        height=image.height,
        seed=seed,
        created=datetime.fromtimestamp(round(now_s), UTC),
    )


def encode_picture(image: "Image", properties: PictureProperties, *, quality: int) -> bytes:
    """`image` as JPEG of `quality` 1 to 100, its properties in the COM segment."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, comment=properties.model_dump_json(ensure_ascii=True).encode("ascii"))
    return file.getvalue()


def read_properties(jpeg: bytes) -> PictureProperties | None:
    """The properties in a JPEG that `encode_picture` wrote; None if there are none.

    Raises pydantic's ValidationError for a comment of another make.
    """
    comment = _comment(jpeg)
    return None if comment is None else PictureProperties.model_validate_json(comment)


def _comment(jpeg: bytes) -> bytes | None:
    """The first COM segment (ITU-T T.81, B.2.4.5) before the first scan."""
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        length = int.from_bytes(jpeg[at + 2 : at + 4])
        if jpeg[at + 1] == 0xFE:
            return jpeg[at + 4 : at + 2 + length]
        at += 2 + length
    return None
