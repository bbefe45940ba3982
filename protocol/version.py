"""The version of the wire contract and the extensions a client may ask for."""

from enum import StrEnum
from typing import Final

PROTOCOL_VERSION: Final = 5
"""Raised for whatever an old client cannot parse or would misread; never for additions it can ignore."""


class Feature(StrEnum):
    """An extension, off until the client names it in `&features=a,b`."""

    RECORDING_STATUS = "recording_status"
    """Recordings report themselves: a warning when one fails."""
    IDLE_LIMIT = "idle_limit"
    """A session that ends since nobody played says so by an id; other clients get the words alone."""


def parse_features(text: str | None) -> frozenset[Feature]:
    """The extensions named in the URL's `features`; unknown names are ignored."""
    named = {name.strip() for name in (text or "").split(",")}
    return frozenset(feature for feature in Feature if feature.value in named)


def speaks_our_version(claimed: str | None) -> bool:
    """Whether the URL's `protocol_version` is ours. ASCII digits only: `int` alone lets `5_0` through."""
    return claimed is not None and claimed.isascii() and claimed.isdigit() and int(claimed[:9]) == PROTOCOL_VERSION
