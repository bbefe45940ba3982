"""What an operator sees of an ingress: who is admitted, what sessions do, how frames reach their clients.

Owns the Ray metrics of one ingress replica. What a single session contributes is kept in `session_meter`.
"""

from collections import Counter as Tally
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ray.util.metrics import Counter, Gauge, Histogram

from serve_app.phases import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from serve_app.admission import Outcome

ADMISSION_BOUNDARIES_MS: Final = [5.0, 10.0, 20.0, 50.0, 100.0, 500.0, 2000.0, 10_000.0, 30_000.0, 60_000.0]
LATENCY_BOUNDARIES_MS: Final = [5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 80.0, 120.0, 250.0, 500.0, 1000.0, 5000.0]


@dataclass(frozen=True, slots=True)
class SessionLoad:
    """What one session holds now."""

    phase: Phase
    queued_messages: int
    """Messages and batches that its client has not taken."""
    unrecorded_bytes: int
    """What its recorder has not taken."""
    dropped_logs: int
    """Since it began."""
    lost_batches: int
    """Since it began: batches that its recording lacks."""


class IngressMetrics:
    """Ray metrics of one ingress; Ray adds the replica and the node as tags. An update takes one to three µs."""

    def __init__(self) -> None:
        self._sessions = Gauge("biome_sessions", "Open sessions by phase.", tag_keys=("phase",))
        self._queued = Gauge("biome_outbox_messages", "Messages and batches that clients have not taken, all together.")
        self._queued_most = Gauge("biome_outbox_messages_most", "The same, of the session that has the most.")
        self._unrecorded = Gauge("biome_unrecorded_bytes", "Bytes on their way to the recorder, all together.")
        self._loop_lag_ms = Gauge(
            "biome_ingress_loop_lag_ms", "By how much the event loop was late when last looked at."
        )
        self._admissions = Counter(
            "biome_admissions", "Sessions that asked for a world, by what became of it.", tag_keys=("result",)
        )
        self._admission_ms = Histogram(
            "biome_admission_ms",
            "From asking for a world until there is one, or an answer that there is none.",
            boundaries=ADMISSION_BOUNDARIES_MS,
            tag_keys=("result",),
        )
        self._endings = Counter("biome_session_endings", "Sessions that ended, by why.", tag_keys=("reason",))
        self._controls = Counter("biome_controls", "Controls that worlds were given.")
        self._invalid = Counter("biome_invalid_messages", "Messages from clients that were none.")
        self._batches = Counter("biome_batches_sent", "Batches that clients took.")
        self._sent_bytes = Counter("biome_sent_bytes", "Bytes that clients took.", tag_keys=("kind",))
        self._send_ms = Histogram(
            "biome_batch_send_ms",
            "From writing a batch to the client's socket until it is taken.",
            boundaries=LATENCY_BOUNDARIES_MS,
        )
        self._control_to_frame_ms = Histogram(
            "biome_control_to_frame_ms",
            "From reading a control until its frames are taken by the client's socket.",
            boundaries=LATENCY_BOUNDARIES_MS,
        )
        self._dropped_logs = Counter("biome_dropped_logs", "Log records that slow clients did not get.")
        self._lost_batches = Counter("biome_unrecorded_batches", "Batches that recordings lack.")

    def sampled(self, loads: "Sequence[SessionLoad]", loop_lag_ms: float) -> None:
        """What all open sessions hold now, and how late the event loop was."""
        phases = Tally(load.phase for load in loads)
        for phase in Phase:
            self._sessions.set(phases[phase], {"phase": phase.name.lower()})
        self._queued.set(sum(load.queued_messages for load in loads))
        self._queued_most.set(max((load.queued_messages for load in loads), default=0))
        self._unrecorded.set(sum(load.unrecorded_bytes for load in loads))
        self._loop_lag_ms.set(loop_lag_ms)

    def admission(self, outcome: "Outcome", elapsed_s: float) -> None:
        """A session that asked for a world has its answer."""
        tags = {"result": outcome.value}
        self._admissions.inc(1, tags)
        self._admission_ms.observe(elapsed_s * 1e3, tags)

    def session_over(self, cause: Exception, load: SessionLoad) -> None:
        """A session ended because of `cause`."""
        self._endings.inc(1, {"reason": type(cause).__name__.removesuffix("Error")})
        if load.dropped_logs:
            self._dropped_logs.inc(load.dropped_logs)
        if load.lost_batches:
            self._lost_batches.inc(load.lost_batches)

    def controls(self, count: int) -> None:
        """Worlds were given so many."""
        self._controls.inc(count)

    def message_invalid(self) -> None:
        """A client sent what is no message."""
        self._invalid.inc()

    def text_sent(self, size_bytes: int) -> None:
        """A client took a JSON message."""
        self._sent_bytes.inc(size_bytes, {"kind": "messages"})

    def batch_sent(self, size_bytes: int, elapsed_s: float) -> None:
        """A client took an envelope, `elapsed_s` after it was written to its socket."""
        self._batches.inc()
        self._sent_bytes.inc(size_bytes, {"kind": "frames"})
        self._send_ms.observe(elapsed_s * 1e3)

    def control_answered(self, elapsed_s: float) -> None:
        """The frames that a control led to are with the client."""
        self._control_to_frame_ms.observe(elapsed_s * 1e3)
