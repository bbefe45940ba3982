"""Stand-ins for the encoder's process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from configs.recorder import RecorderConfig
from deployments.recorder.encode_queue import RunResult
from deployments.recorder.finishing import Encoding
from deployments.recorder.folder import SegmentFolder
from deployments.recorder.report import EncodeReport, Ending
from deployments.recorder.worker_process import WorkerEnd


@dataclass
class ScriptedRuns:
    """Answers each run with the next of the given results, then with success; notes what was asked."""

    results: list[RunResult] = field(default_factory=list[RunResult])
    asked: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    before: Callable[[Path], None] = lambda _: None

    async def __call__(self, folder: Path, *, finish: bool) -> WorkerEnd:
        """One run."""
        self.asked.append((folder.name, finish))
        self.before(folder)
        result = self.results.pop(0) if self.results else RunResult.DONE
        if result is RunResult.DONE:
            return WorkerEnd(result, EncodeReport(ending=Ending.FINISHED if finish else Ending.GOES_ON))
        return WorkerEnd(result, None, "scripted")


class RunsHere:
    """Encodes in this process: as the real one does, without its start-up time."""

    def __init__(self, config: RecorderConfig) -> None:
        self._config = config

    async def __call__(self, folder: Path, *, finish: bool) -> WorkerEnd:
        """One run."""
        segment_folder = SegmentFolder(folder)
        info = segment_folder.read_info()
        assert info is not None, "a claimed folder has its info"
        return WorkerEnd(RunResult.DONE, Encoding(segment_folder, info, self._config, lambda: None).run(finish=finish))
