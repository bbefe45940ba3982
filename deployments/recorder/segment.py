"""One open segment: its place on the disk, its spool and its action log.

Owns what a segment writes while it is open, and where its files will go. Blocking: it belongs on the disk thread.
Encoding what it leaves is the supervisor's business.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from deployments.recorder.action_log import ActionLog
from deployments.recorder.folder import Claim, SegmentInfo, is_too_short
from deployments.recorder.naming import RecordingId, new_recording_id
from deployments.recorder.publishing import discard
from deployments.recorder.spool import SegmentSpool, SpoolError, SpoolLimits, told_to_a_person
from protocol.link import OpenSegment, RecordBatch, RecordSceneEdit


@dataclass(frozen=True, slots=True)
class RecordingRules:
    """Where segments go, and which are kept."""

    root: Path
    spool_dir: Path
    honour_client_dir: bool
    min_segment_s: float
    limits: SpoolLimits


class Segment:
    """Made by `begin`, ended by `close`. Not for two threads at once."""

    def __init__(self, claim: Claim, info: SegmentInfo, rules: RecordingRules) -> None:
        self.claim = claim
        self.frames = 0
        self._info = info
        self._rules = rules
        self._spool: SegmentSpool | None = None
        self._log: ActionLog | None = None

    @classmethod
    def begin(cls, command: OpenSegment, rules: RecordingRules, now_s: float) -> Self:
        """Make the folder and begin the files. Raises SpoolError; then nothing is left behind."""
        with told_to_a_person():
            target_dir = choose_target(command.output_dir, rules)
            recording_id = new_recording_id(now_s)
            claim = Claim.on_new(rules.spool_dir, recording_id)
        info = SegmentInfo(
            recording_id=recording_id,
            target_dir=target_dir,
            video=command.video,
            actions=command.actions,
            metadata=command.metadata,
            spec=command.spec,
        )
        segment = cls(claim, info, rules)
        try:
            with told_to_a_person():
                segment._begin_files(command.frame_id, now_s)
        except SpoolError:
            segment.close_files(now_s)
            with suppress(OSError):
                discard(claim.folder)
            claim.release()
            raise
        return segment

    @property
    def recording_id(self) -> RecordingId:
        """The name of its files."""
        return self._info.recording_id

    def batch(self, command: RecordBatch) -> bool:
        """Append a batch; whether a chunk is now ready to be encoded. Raises SpoolError."""
        with told_to_a_person():
            self.frames += command.sub_frames
            if self._log is not None and command.consumed is not None:
                self._log.frame_input(command.frame_id, command.consumed)
            return self._spool is not None and self._spool.append_batch(command.payload, command.sub_frames)

    def scene_edit(self, command: RecordSceneEdit) -> None:
        """Append a caption and its line. Raises SpoolError."""
        with told_to_a_person():
            if self._log is not None:
                self._log.scene_edit(command.ts_s, command.frame_id, command.prompt)
            if self._spool is not None:
                self._spool.append_edit(command.prompt)

    def close(self, now_s: float) -> bool:
        """Complete the files; whether they are worth encoding, else they are deleted. Never fails.

        A disk that does not take the last bytes has all that was appended before.
        """
        self.close_files(now_s)
        if self._spool is None or not is_too_short(self.frames, self._info.fps, self._rules.min_segment_s):
            return True
        with suppress(OSError):
            discard(self.claim.folder)
            return False
        return True

    def close_files(self, now_s: float) -> None:
        """Complete what is open, as far as the disk lets us."""
        if self._log is not None:
            with suppress(OSError):
                self._log.close(now_s)
        if self._spool is not None:
            with suppress(SpoolError):
                self._spool.close()

    def _begin_files(self, frame_id: int, now_s: float) -> None:
        folder = self.claim.folder
        folder.write_info(self._info)
        if self._info.actions:
            self._log = ActionLog(folder.log_path, self._info, frame_id=frame_id, now_s=now_s)
        if self._info.video:
            self._spool = SegmentSpool(folder, self._rules.limits)


def choose_target(client_dir: str | None, rules: RecordingRules) -> Path:
    """The folder of the finished files; made if it is missing. Raises SpoolError, OSError.

    The client's is taken only where the configuration says so; elsewhere it is ignored.
    """
    if client_dir is None or not rules.honour_client_dir:
        rules.root.mkdir(parents=True, exist_ok=True)
        return rules.root
    target = Path(client_dir)
    if not target.is_absolute() or "\0" in client_dir:
        msg = f"the output folder {client_dir!r} is not an absolute path"
        raise SpoolError(msg)
    target.mkdir(parents=True, exist_ok=True)
    if not os.access(target, os.W_OK | os.X_OK):
        msg = f"the output folder {client_dir!r} cannot be written to"
        raise SpoolError(msg)
    return target
