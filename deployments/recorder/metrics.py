"""What an operator sees of a recorder."""

from ray.util.metrics import Counter, Gauge

from deployments.recorder.report import EncodeReport
from deployments.recorder.spool import Backlog


class RecorderMetrics:
    """Ray metrics of one replica; Ray adds the replica and the node as tags."""

    def __init__(self) -> None:
        self._sessions = Gauge("biome_recorder_sessions", "Sessions that are linked now.")
        self._segments = Counter("biome_recorder_segments", "Segments by how they ended.", tag_keys=("ending",))
        self._frames = Counter("biome_recorder_spooled_frames", "Perceptual frames appended to spools.")
        self._bytes = Counter("biome_recorder_spooled_bytes", "Bytes appended to spools.")
        self._ignored = Counter("biome_recorder_ignored_batches", "Batches that came while no segment was open.")
        self._backlog_bytes = Gauge("biome_recorder_backlog_bytes", "Spooled bytes that wait to be encoded.")
        self._backlog_files = Gauge("biome_recorder_backlog_files", "Spool files that wait to be encoded.")
        self._encoded = Counter("biome_recorder_encoded_frames", "Frames encoded.")
        self._damaged = Counter("biome_recorder_damaged_frames", "Frames that could not be decoded.")
        self._encode_s = Counter("biome_recorder_encode_seconds", "Time that encoder processes have run.")
        self._failures = Counter("biome_recorder_encode_failures", "Failed runs of the encoder.")
        self._set_aside = Counter("biome_recorder_set_aside", "Recordings that could not be encoded at all.")

    def sessions_now(self, count: int) -> None:
        """So many sessions are linked."""
        self._sessions.set(count)

    def segment_ended(self, ending: str) -> None:
        """A segment was `closed`, `discarded` or `failed`."""
        self._segments.inc(1, {"ending": ending})

    def spooled(self, frames: int, size_bytes: int) -> None:
        """A batch was appended."""
        if frames:
            self._frames.inc(frames)
        if size_bytes:
            self._bytes.inc(size_bytes)

    def batch_ignored(self) -> None:
        """A batch came while no segment was open."""
        self._ignored.inc()

    def backlog_now(self, backlog: Backlog) -> None:
        """So much waits."""
        self._backlog_bytes.set(backlog.bytes)
        self._backlog_files.set(backlog.files)

    def encoder_ran(self, elapsed_s: float, report: EncodeReport | None) -> None:
        """A run of the encoder ended; without a report it failed."""
        if elapsed_s > 0:
            self._encode_s.inc(elapsed_s)
        if report is None:
            self._failures.inc()
            return
        if report.frames:
            self._encoded.inc(report.frames)
        if report.damaged:
            self._damaged.inc(report.damaged)

    def recording_set_aside(self) -> None:
        """A recording was given up."""
        self._set_aside.inc()
