"""How finished files get into the recordings folder: whole, or not at all.

Owns the move from a spool folder to the target, also between file systems. Blocking.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from deployments.recorder.action_log import mend_log
from deployments.recorder.folder import SegmentFolder, SegmentInfo
from deployments.recorder.naming import log_path


def draft_path(final: Path) -> Path:
    """Where a file is built that becomes `final`: the same folder, hidden, and the same name at every attempt."""
    return final.with_name(f".{final.name}.tmp")


def publish(draft: Path, final: Path) -> None:
    """Give a complete draft its name, durably. Raises OSError."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(final)


def publish_log(folder: SegmentFolder, info: SegmentInfo) -> None:
    """Move the action log to its target; one without input is removed. Harmless when repeated. Raises OSError."""
    source = folder.log_path
    if not source.exists():
        return
    if mend_log(source):
        final = log_path(info.target_dir, info.recording_id)
        draft = draft_path(final)
        shutil.copyfile(source, draft)
        publish(draft, final)
    source.unlink()


def discard(folder: SegmentFolder) -> None:
    """Delete the folder of a recording that is finished or not worth keeping."""
    with suppress(FileNotFoundError):
        shutil.rmtree(folder.path)
