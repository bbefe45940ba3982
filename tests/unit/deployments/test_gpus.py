"""Which GPU a device name means, and what is said of it."""

import pynvml
import pytest

from deployments.gpus import GpuFacts, GpuLoad, count_gpus, read_gpu, read_gpu_load
from tests.fakes.nvml import FakeNvml, Gpu

TWO = [Gpu("First", "GPU-aaa"), Gpu("Second", "GPU-bbb")]


@pytest.fixture(autouse=True)
def _everything_is_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def name_of(device: str) -> str | None:
    gpu = read_gpu(device)
    return None if gpu is None else gpu.name


def test_without_a_driver_there_are_no_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise pynvml.NVMLError(12)

    monkeypatch.setattr(pynvml, "nvmlInit", refuse)
    assert count_gpus() == 0
    assert read_gpu("cuda") is None
    assert read_gpu_load("cuda") == GpuLoad(None, None)


def test_a_gpu_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeNvml(TWO).install(monkeypatch)
    assert count_gpus() == 2
    assert read_gpu("cuda") == GpuFacts("First", 24_000, "580.1")
    assert read_gpu_load("cuda:1") == GpuLoad(4_000, 37.0)


@pytest.mark.parametrize(
    ("visible", "device", "expected"),
    [
        (None, "cuda", "First"),
        (None, "cuda:1", "Second"),
        (None, "cuda:2", None),
        ("1", "cuda", "Second"),
        ("1,0", "cuda:1", "First"),
        ("1", "cuda:1", None),
        ("GPU-bbb", "cuda:0", "Second"),
        ("GPU-ccc", "cuda", None),
        ("", "cuda", "First"),
        ("0", "cpu", None),
        ("0", "mps", None),
    ],
)
def test_a_device_name_counts_what_the_process_may_see(
    visible: str | None, device: str, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeNvml(TWO).install(monkeypatch)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert name_of(device) == expected


def test_what_the_driver_does_not_say_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeNvml([Gpu("Old", "GPU-ccc", lacks=frozenset({"utilization"}))]).install(monkeypatch)
    assert read_gpu_load("cuda") == GpuLoad(4_000, None)
    FakeNvml([Gpu("Shared", "GPU-ddd", lacks=frozenset({"memory"}))]).install(monkeypatch)
    assert read_gpu("cuda") == GpuFacts("Shared", None, "580.1")
