"""Base models of the contract: how strict each direction is.

Owns the pydantic settings that every message shares. Knows no message.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict


class InboundModel(BaseModel):
    """What a client sends: exact types, finite numbers, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class OutboundModel(BaseModel):
    """What a client receives. Absent optional fields are left out of the JSON, never sent as null."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def to_json(self) -> str:
        """The JSON text of this message as it goes over the wire."""
        return self.model_dump_json(exclude_none=True)

    def to_jsonable(self) -> dict[str, Any]:
        """The same as plain Python values, for embedding into another JSON document."""
        return self.model_dump(mode="json", exclude_none=True)


class LinkModel(BaseModel):
    """What the parts of the server tell each other: trusted, but typed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
