"""What a session borrows from its replica, as one value."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployments.world_model.batches import CountsPasses, ReadsLoad
    from deployments.world_model.encoder import JpegEncoder
    from deployments.world_model.engine import Frame
    from deployments.world_model.holder import EngineHolder
    from protocol.server import Snapshot, SystemInfo


@dataclass(frozen=True, slots=True)
class WorldParts:
    """Made once per replica; they outlive every session."""

    holder: "EngineHolder"
    encoder: "JpegEncoder"
    still_encoder: "Callable[[Frame], bytes]"
    """One frame as a JPEG good enough to edit."""
    meter: "ReadsLoad"
    metrics: "CountsPasses"
    system_info: "SystemInfo"
    snapshot: "Callable[[], Snapshot]"
    limit_pixels: int
