"""The process that encodes one recording.

    python -m deployments.recorder.encode_worker FOLDER --config JSON --parent PID [--finish]

It works on one recording's spool folder, prints one `EncodeReport` as JSON, and exits: 0 when all is done, 75 when the
disk refused and trying again later makes sense, 1 with the reason on stderr when the recording itself is the trouble.
It runs with the lowest priority and dies with the recorder that started it.
"""

import argparse
import errno
import sys
from pathlib import Path
from typing import Final

from configs.recorder import RecorderConfig
from deployments.recorder.finishing import Encoding
from deployments.recorder.folder import SegmentFolder
from deployments.recorder.priority import die_with_parent, exit_if_orphaned, yield_to_everyone
from deployments.recorder.report import TRY_LATER_CODE

DISK_ERRORS: Final = frozenset(
    {
        errno.ENOSPC,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.EIO,
        errno.EFBIG,
        getattr(errno, "EDQUOT", errno.ENOSPC),
    }
)
"""A full, read-only, forbidden or unplugged disk. It may come back; the recording is sound."""


def main(arguments: list[str]) -> int:
    """Exit code of one run."""
    parser = argparse.ArgumentParser(prog="encode_worker")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--config", type=RecorderConfig.model_validate_json, required=True)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--finish", action="store_true")
    options = parser.parse_args(arguments)
    folder, config, parent, finish = options.folder, options.config, options.parent, options.finish
    die_with_parent(parent)
    yield_to_everyone(config.encode_priority)
    return encode(SegmentFolder(folder), config, parent, finish=finish)


def encode(folder: SegmentFolder, config: RecorderConfig, parent_pid: int, *, finish: bool) -> int:
    """Exit code of one run on `folder`."""
    info = folder.read_info()
    if info is None:
        print(f"{folder.info_path} is missing or damaged", file=sys.stderr)
        return 1
    try:
        report = Encoding(folder, info, config, lambda: exit_if_orphaned(parent_pid)).run(finish=finish)
    except OSError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return TRY_LATER_CODE if error.errno in DISK_ERRORS else 1
    print(report.model_dump_json())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
