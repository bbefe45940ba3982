"""What the encoder's process tells the recorder: the one line it prints, and its exit codes."""

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

TRY_LATER_CODE: Final = 75
"""EX_TEMPFAIL of sysexits(3): the disk refused, and trying again later makes sense."""


class Ending(StrEnum):
    """What became of the recording."""

    GOES_ON = "goes_on"
    """Its complete chunks are encoded; more will come."""
    FINISHED = "finished"
    """Its files are where they belong."""
    TOO_SHORT = "too_short"
    """It is not worth keeping."""


class EncodeReport(BaseModel):
    """What one run did."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ending: Ending
    frames: int = 0
    """Encoded by this run."""
    total_frames: int = 0
    damaged: int = 0
    """Frames that could not be decoded, and were shown as the one before."""
    encoder: str | None = None
    fallback_reason: str | None = None
    """Why a preferred encoder was not used."""
