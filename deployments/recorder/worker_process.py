"""Starts the encoder's process and tells how it ended. What it does is in `encode_worker`."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from pydantic import ValidationError

from configs.recorder import RecorderConfig
from deployments.recorder.encode_queue import RunResult
from deployments.recorder.report import TRY_LATER_CODE, EncodeReport

REASON_LIMIT_CHARS: Final = 500
_PROJECT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class WorkerEnd:
    """How a run ended, and what it said."""

    result: RunResult
    report: EncodeReport | None
    reason: str = ""


class RunsWorker(Protocol):
    """Runs the encoder on a folder; cancelling it ends the process."""

    async def __call__(self, folder: Path, *, finish: bool) -> WorkerEnd: ...


def worker_runner(config: RecorderConfig) -> RunsWorker:
    """Runs `encode_worker` as a process of its own."""

    async def run(folder: Path, *, finish: bool) -> WorkerEnd:
        arguments = [str(folder), "--config", config.model_dump_json(), "--parent", str(os.getpid())]
        try:
            process = await _start([*arguments, "--finish"] if finish else arguments)
        except OSError as error:
            return WorkerEnd(RunResult.TRY_LATER, None, f"cannot start: {error}")
        try:
            output, complaints = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return judge(process.returncode, output, complaints)

    return run


async def _start(arguments: list[str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "deployments.recorder.encode_worker",
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": _python_path()},
    )


def judge(code: int | None, output: bytes, complaints: bytes) -> WorkerEnd:
    """What an exit code and the two streams mean."""
    if code == 0:
        try:
            return WorkerEnd(RunResult.DONE, EncodeReport.model_validate_json(output))
        except ValidationError as error:
            return WorkerEnd(RunResult.FAILED, None, f"its report cannot be read: {error}"[:REASON_LIMIT_CHARS])
    said = complaints.decode(errors="replace").strip()[-REASON_LIMIT_CHARS:] or f"exit code {code}"
    return WorkerEnd(RunResult.TRY_LATER if code == TRY_LATER_CODE else RunResult.FAILED, None, said)


def _python_path() -> str:
    """The worker has to find this package, from wherever the recorder was started."""
    return os.pathsep.join(filter(None, (str(_PROJECT), os.environ.get("PYTHONPATH", ""))))
