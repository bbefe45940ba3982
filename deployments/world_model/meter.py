"""The device's memory and load, for the header of every batch.

Owns how often the driver is asked: many batches share one answer.
"""

import time
from typing import TYPE_CHECKING, Final

from deployments.gpus import read_gpu_load
from deployments.world_model.batches import DeviceLoad

if TYPE_CHECKING:
    from collections.abc import Callable

REFRESH_S: Final = 0.5


class DeviceMeter:
    """What `ReadsLoad` asks for, of the GPU behind `device`; -1 for whatever the driver does not say."""

    def __init__(self, device: str, clock_s: "Callable[[], float]" = time.monotonic) -> None:
        self._device = device
        self._clock_s = clock_s
        self._last = DeviceLoad()
        self._read_at_s: float | None = None

    def read(self) -> DeviceLoad:
        """The load as of at most half a second ago."""
        if not self._device.startswith("cuda"):
            return self._last
        now_s = self._clock_s()
        if self._read_at_s is None or now_s - self._read_at_s >= REFRESH_S:
            self._read_at_s = now_s
            load = read_gpu_load(self._device)
            self._last = DeviceLoad(
                vram_used_bytes=-1 if load.memory_used_bytes is None else load.memory_used_bytes,
                gpu_util_percent=-1 if load.util_percent is None else load.util_percent,
            )
        return self._last
