"""How often the driver is asked, and what is said where there is none."""

import pytest

from deployments.gpus import GpuLoad
from deployments.world_model import meter
from deployments.world_model.batches import DeviceLoad
from deployments.world_model.meter import REFRESH_S, DeviceMeter


def test_a_device_without_a_driver_has_no_load() -> None:
    assert DeviceMeter("cpu").read() == DeviceLoad(-1, -1)
    assert DeviceMeter("cuda").read() == DeviceLoad(-1, -1)


def test_many_batches_share_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([GpuLoad(100, 50.0), GpuLoad(200, None)])

    def answer(_device: str) -> GpuLoad:
        return next(answers)

    monkeypatch.setattr(meter, "read_gpu_load", answer)
    now_s = 100.0
    measured = DeviceMeter("cuda:0", clock_s=lambda: now_s)
    assert measured.read() == DeviceLoad(100, 50.0)
    now_s += REFRESH_S / 2
    assert measured.read() == DeviceLoad(100, 50.0)
    now_s += REFRESH_S
    assert measured.read() == DeviceLoad(200, -1)
