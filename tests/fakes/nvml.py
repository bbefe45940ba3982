"""A driver with scripted GPUs in place of NVML."""

from dataclasses import dataclass, field

import pynvml
import pytest

NOT_FOUND = 6
"""NVML_ERROR_NOT_FOUND."""


@dataclass(frozen=True)
class Memory:
    """Sizes in bytes."""

    total: int
    free: int
    used: int


@dataclass(frozen=True)
class Utilization:
    """Percentages."""

    gpu: int
    memory: int


@dataclass(frozen=True)
class Gpu:
    """One GPU; its handle is itself."""

    name: str
    uuid: str
    memory: Memory = Memory(total=24_000, free=20_000, used=4_000)
    util_percent: int = 37
    lacks: frozenset[str] = frozenset()
    """Questions that this GPU's driver does not answer."""


@dataclass
class FakeNvml:
    """What `install` puts in place of the module's functions."""

    gpus: list[Gpu] = field(default_factory=list[Gpu])

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Replace NVML for the rest of a test."""
        for name in (
            "nvmlInit",
            "nvmlDeviceGetCount",
            "nvmlDeviceGetHandleByIndex",
            "nvmlDeviceGetHandleByUUID",
            "nvmlSystemGetDriverVersion",
            "nvmlDeviceGetName",
            "nvmlDeviceGetMemoryInfo",
            "nvmlDeviceGetUtilizationRates",
        ):
            monkeypatch.setattr(pynvml, name, getattr(self, name))

    def nvmlInit(self) -> None:  # noqa: N802 - NVML's own name
        """Always there."""

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802 - NVML's own name
        """How many."""
        return len(self.gpus)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> Gpu:  # noqa: N802 - NVML's own name
        """By number."""
        if index >= len(self.gpus):
            raise pynvml.NVMLError(NOT_FOUND)
        return self.gpus[index]

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> Gpu:  # noqa: N802 - NVML's own name
        """By name."""
        for gpu in self.gpus:
            if gpu.uuid == uuid:
                return gpu
        raise pynvml.NVMLError(NOT_FOUND)

    def nvmlSystemGetDriverVersion(self) -> str:  # noqa: N802 - NVML's own name
        """Of the one driver."""
        return "580.1"

    def nvmlDeviceGetName(self, handle: Gpu) -> str:  # noqa: N802 - NVML's own name
        """As sold."""
        return handle.name

    def nvmlDeviceGetMemoryInfo(self, handle: Gpu) -> Memory:  # noqa: N802 - NVML's own name
        """Memory, unless it is lacking."""
        if "memory" in handle.lacks:
            raise pynvml.NVMLError(NOT_FOUND)
        return handle.memory

    def nvmlDeviceGetUtilizationRates(self, handle: Gpu) -> Utilization:  # noqa: N802 - NVML's own name
        """Load, unless it is lacking."""
        if "utilization" in handle.lacks:
            raise pynvml.NVMLError(NOT_FOUND)
        return Utilization(handle.util_percent, 0)
