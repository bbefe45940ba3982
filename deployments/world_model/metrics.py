"""What an operator sees of a world replica."""

from typing import TYPE_CHECKING, Final

from ray.util.metrics import Counter, Gauge, Histogram

if TYPE_CHECKING:
    from deployments.world_model.batches import Pass

PASS_MS_BOUNDARIES: Final = [5.0, 10.0, 20.0, 30.0, 40.0, 60.0, 80.0, 120.0, 250.0, 500.0, 1000.0]


class WorldMetrics:
    """Ray metrics of one replica; Ray adds the replica and the node as tags."""

    def __init__(self) -> None:
        self._sessions = Gauge("biome_world_sessions", "Sessions on this replica: 0 or 1.")
        self._frames = Counter("biome_world_frames", "Perceptual frames generated.")
        self._pass_ms = Histogram(
            "biome_world_pass_ms", "Duration of an inference pass in milliseconds.", boundaries=PASS_MS_BOUNDARIES
        )
        self._device_errors = Counter("biome_world_device_errors", "Device errors, recovered or not.")
        self._dropped_logs = Counter("biome_world_dropped_logs", "Log records that a slow link did not take.")

    def session_began(self) -> None:
        """A session holds this replica."""
        self._sessions.set(1)

    def session_ended(self, dropped_logs: int) -> None:
        """The replica is free again."""
        self._sessions.set(0)
        if dropped_logs:
            self._dropped_logs.inc(dropped_logs)

    def pass_done(self, finished: "Pass") -> None:
        """One pass is over."""
        self._frames.inc(len(finished.generated.frames))
        self._pass_ms.observe((finished.done_s - finished.started_s) * 1e3)

    def device_failed(self) -> None:
        """A device error came up."""
        self._device_errors.inc()
