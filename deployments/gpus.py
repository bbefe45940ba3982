"""NVIDIA's GPUs, as their driver describes them.

Owns every call of NVML, and which GPU a device name means in a process that sees only some of them. A machine
without a driver has no GPUs; a fact that the driver does not give is None. Nothing here raises.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import pynvml

if TYPE_CHECKING:
    from pynvml import Device

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class GpuFacts:
    """What a GPU is."""

    name: str | None
    memory_bytes: int | None
    driver_version: str | None


@dataclass(frozen=True, slots=True)
class GpuLoad:
    """How busy a GPU is, all its processes together."""

    memory_used_bytes: int | None = None
    util_percent: float | None = None


def count_gpus() -> int:
    """GPUs of this machine, also those that this process may not use."""
    return _asked(_count) or 0


def read_gpu(device: str) -> GpuFacts | None:
    """What the GPU behind a device name such as `cuda` or `cuda:1` is; None when there is no such GPU."""
    handle = _find(device)
    if handle is None:
        return None
    return GpuFacts(
        name=_asked(lambda: pynvml.nvmlDeviceGetName(handle)),
        memory_bytes=_asked(lambda: pynvml.nvmlDeviceGetMemoryInfo(handle).total),
        driver_version=_asked(pynvml.nvmlSystemGetDriverVersion),
    )


def read_gpu_load(device: str) -> GpuLoad:
    """How busy the GPU behind a device name is now."""
    handle = _find(device)
    if handle is None:
        return GpuLoad()
    return GpuLoad(
        memory_used_bytes=_asked(lambda: pynvml.nvmlDeviceGetMemoryInfo(handle).used),
        util_percent=_asked(lambda: float(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu)),
    )


def _find(device: str) -> "Device | None":
    """The GPU that CUDA means by this name: its number counts what `CUDA_VISIBLE_DEVICES` lets the process see.

    An empty list is how Ray keeps actors without a GPU off all of them; those may still describe the machine.
    """
    kind, _, number = device.partition(":")
    if kind != "cuda":
        return None
    index = int(number or 0)
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if not visible:
        return _asked(lambda: _by_index(index))
    names = [name.strip() for name in visible.split(",")]
    name = names[index] if index < len(names) else ""
    if name.isdecimal():
        return _asked(lambda: _by_index(int(name)))
    return _asked(lambda: _by_uuid(name)) if name else None


def _count() -> int:
    pynvml.nvmlInit()
    return pynvml.nvmlDeviceGetCount()


def _by_index(index: int) -> "Device":
    pynvml.nvmlInit()
    return pynvml.nvmlDeviceGetHandleByIndex(index)


def _by_uuid(uuid: str) -> "Device":
    pynvml.nvmlInit()
    return pynvml.nvmlDeviceGetHandleByUUID(uuid)


def _asked(question: Callable[[], T]) -> T | None:
    try:
        return question()
    except pynvml.NVMLError:
        return None
