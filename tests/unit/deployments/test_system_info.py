"""The machine as clients are told of it."""

import json
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import psutil
import pytest

from deployments.system_info import (
    HostKind,
    capabilities_of,
    host_kind,
    read_capabilities,
    read_system_info,
    take_snapshot,
)
from protocol.client import EngineBackend, Quant
from tests.fakes.nvml import FakeNvml, Gpu

ONE_GPU = [Gpu("GeForce", "GPU-aaa")]


@pytest.fixture(autouse=True)
def _everything_is_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def installed(folder: Path, name: str, direct_url: str | None) -> None:
    info = folder / f"{name}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    if direct_url is not None:
        (info / "direct_url.json").write_text(direct_url)


def test_a_machine_without_a_gpu_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeNvml().install(monkeypatch)
    info = read_system_info()
    assert info.cpu_name
    assert info.torch_version == metadata.version("torch")
    assert (info.gpu_count, info.gpu_name, info.vram_total_bytes, info.driver_version) == (0, None, None, None)
    assert (info.world_engine, info.quark) == (None, None)


def test_a_gpu_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeNvml(ONE_GPU).install(monkeypatch)
    info = read_system_info()
    assert (info.gpu_count, info.gpu_name, info.vram_total_bytes) == (1, "GeForce", 24_000)
    assert info.driver_version == "580.1"


@pytest.mark.parametrize(
    ("direct_url", "commit"),
    [
        (None, None),
        (json.dumps({"url": "git+x", "vcs_info": {"vcs": "git", "commit_id": "abc123"}}), "abc123"),
        (json.dumps({"url": "file:///x", "dir_info": {}}), None),
        ("{", None),
    ],
)
def test_an_installed_package_has_a_version_and_perhaps_a_commit(
    direct_url: str | None, commit: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, "world_engine", direct_url)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    package = read_system_info("cpu").world_engine
    assert package is not None
    assert (package.version, package.commit) == ("1.2", commit)


def test_a_snapshot_tells_memory_and_load(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeNvml(ONE_GPU).install(monkeypatch)
    snapshot = take_snapshot("cuda")
    assert snapshot.process_rss_bytes
    assert snapshot.ram_used_bytes
    assert snapshot.ram_total_bytes == psutil.virtual_memory().total
    assert (snapshot.vram_used_bytes, snapshot.gpu_util_percent) == (4_000, 37.0)


def test_a_snapshot_of_a_cpu_has_no_vram(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeNvml(ONE_GPU).install(monkeypatch)
    snapshot = take_snapshot("cpu")
    assert (snapshot.vram_used_bytes, snapshot.vram_reserved_bytes, snapshot.gpu_util_percent) == (None, None, None)


def test_the_kind_of_a_host_follows_its_hardware(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    FakeNvml().install(monkeypatch)
    assert host_kind() is HostKind.CPU
    FakeNvml(ONE_GPU).install(monkeypatch)
    assert host_kind() is HostKind.CUDA
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert host_kind() is HostKind.APPLE


def test_capabilities_are_those_of_the_contract() -> None:
    assert capabilities_of(HostKind.CUDA).quants == {
        EngineBackend.WORLD_ENGINE: (None, Quant.FP8W8A8, Quant.INTW8A8),
        EngineBackend.QUARK: (None, Quant.FP8W8A8),
    }
    assert capabilities_of(HostKind.APPLE).quants == {EngineBackend.QUARK: (None,)}
    assert capabilities_of(HostKind.CPU).backends == ()


@pytest.mark.parametrize(
    ("device", "gpus", "kind"),
    [
        ("cuda", [], HostKind.CUDA),
        ("cuda:1", [], HostKind.CUDA),
        ("mps", [], HostKind.APPLE),
        ("mps", ONE_GPU, HostKind.APPLE),
        ("cpu", [], HostKind.CPU),
        ("cpu", ONE_GPU, HostKind.CUDA),
    ],
)
def test_capabilities_are_those_of_the_worlds_device_and_of_this_host_where_it_names_none(
    device: str, gpus: list[Gpu], kind: HostKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    FakeNvml(gpus).install(monkeypatch)
    assert read_capabilities(device) == capabilities_of(kind)


def test_looking_at_the_machine_imports_no_model_library() -> None:
    code = (
        "import sys; from deployments.system_info import read_system_info, take_snapshot; "
        "read_system_info(); take_snapshot(); print('torch' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
