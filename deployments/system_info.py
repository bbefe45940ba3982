"""The machine: what it is and how full it is; and which backends can run the worlds.

Owns the look at hardware and installed packages. Imports no model library: what torch alone knows is asked of it only
where it is loaded already. Facts that cannot be had are left out; nothing here raises.
"""

import platform
import subprocess
import sys
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Final, Protocol, cast

import psutil
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from deployments.gpus import count_gpus, read_gpu, read_gpu_load
from protocol.client import EngineBackend, Quant
from protocol.http import Capabilities
from protocol.server import PackageVersion, Snapshot, SystemInfo

_CPU_INFO: Final = Path("/proc/cpuinfo")
_CUDA_RUNTIMES: Final = ("nvidia-cuda-runtime", "nvidia-cuda-runtime-cu13", "nvidia-cuda-runtime-cu12")
"""Packages that bring torch's CUDA runtime; their version is the runtime's."""


class HostKind(StrEnum):
    """What worlds are computed on, as far as backends care."""

    CUDA = "cuda"
    APPLE = "apple"
    CPU = "cpu"


_CAPABILITIES: Final[dict[HostKind, dict[EngineBackend, tuple[Quant | None, ...]]]] = {
    HostKind.CUDA: {
        EngineBackend.WORLD_ENGINE: (None, Quant.FP8W8A8, Quant.INTW8A8),
        EngineBackend.QUARK: (None, Quant.FP8W8A8),
    },
    HostKind.APPLE: {EngineBackend.QUARK: (None,)},
    HostKind.CPU: {},
}


def host_kind() -> HostKind:
    """What this machine computes on."""
    if sys.platform == "darwin" and platform.machine() == "arm64":
        return HostKind.APPLE
    return HostKind.CUDA if count_gpus() > 0 else HostKind.CPU


def world_kind(device: str) -> HostKind:
    """What worlds on `device` compute on. A GPU in its name is that of the worlds' host, which may be another one than
    this; `cpu` is also what stands there when nobody chose, so that this machine's hardware counts."""
    if device.startswith("cuda"):
        return HostKind.CUDA
    return HostKind.APPLE if device == "mps" else host_kind()


def capabilities_of(kind: HostKind) -> Capabilities:
    """The backends that a kind of host can run and with which quantisations; None is "none"."""
    quants = _CAPABILITIES[kind]
    return Capabilities(backends=tuple(quants), quants=quants)


def read_capabilities(device: str) -> Capabilities:
    """The backends that can run worlds on `device`."""
    return capabilities_of(world_kind(device))


def read_system_info(device: str = "cuda") -> SystemInfo:
    """What this machine is. `device` says which GPU is described where there are several; `cpu` describes none."""
    gpu = read_gpu(device)
    return SystemInfo(
        cpu_name=_cpu_name(),
        gpu_name=None if gpu is None else gpu.name,
        vram_total_bytes=None if gpu is None else gpu.memory_bytes,
        runtime_version=None if gpu is None else _cuda_runtime_version(),
        driver_version=None if gpu is None else gpu.driver_version,
        torch_version=_version("torch") or "",
        gpu_count=count_gpus(),
        world_engine=_package("world_engine"),
        quark=_package("quark"),
    )


def take_snapshot(device: str = "cuda") -> Snapshot:
    """Memory and load of this machine, this process and the GPU behind `device`, now."""
    memory = psutil.virtual_memory()
    load = read_gpu_load(device)
    return Snapshot(
        process_rss_bytes=psutil.Process().memory_info().rss,
        ram_used_bytes=memory.used,
        ram_total_bytes=memory.total,
        vram_used_bytes=load.memory_used_bytes,
        vram_reserved_bytes=_vram_reserved_bytes(device),
        gpu_util_percent=load.util_percent,
    )


def _cpu_name() -> str | None:
    if sys.platform == "darwin":
        return _sysctl("machdep.cpu.brand_string")
    try:
        lines = _CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine() or None


def _sysctl(name: str) -> str | None:
    try:
        found = subprocess.run(["/usr/sbin/sysctl", "-n", name], capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip() or None


class _VcsInfo(TypedDict):
    commit_id: str


class _DirectUrl(TypedDict):
    """`direct_url.json` of a package installed from a repository (PEP 610)."""

    vcs_info: _VcsInfo


_DIRECT_URL: Final = TypeAdapter(_DirectUrl)


def _package(name: str) -> PackageVersion | None:
    """Which build of a package is installed; None when none is."""
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None
    origin = distribution.read_text("direct_url.json")
    try:
        commit = _DIRECT_URL.validate_json(origin)["vcs_info"]["commit_id"] if origin else None
    except ValidationError:
        commit = None
    return PackageVersion(version=distribution.version, commit=commit)


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _cuda_runtime_version() -> str | None:
    return next((found for found in map(_version, _CUDA_RUNTIMES) if found), None)


class _TorchCuda(Protocol):
    def is_initialized(self) -> bool: ...
    def memory_reserved(self, device: str) -> int: ...


class _Torch(Protocol):
    cuda: _TorchCuda


def _vram_reserved_bytes(device: str) -> int | None:
    """What torch holds of the GPU in this process; None where it holds none."""
    if "torch" not in sys.modules or not device.startswith("cuda"):
        return None
    cuda = cast("_Torch", sys.modules["torch"]).cuda
    return cuda.memory_reserved(device) if cuda.is_initialized() else None
