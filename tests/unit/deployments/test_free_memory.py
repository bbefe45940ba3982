"""Freed memory goes back to the system, where the C library can do that."""

import subprocess
import sys

import pytest

from deployments import free_memory

KEPT_SCRIPT = """
import sys
import psutil
from deployments.free_memory import give_back_large_arrays
if sys.argv[1] == "given back":
    give_back_large_arrays()
bytearray(24_000_000)  # Freed at once; from here on glibc would take less than this from its heap.
arrays = [bytearray(4_000_000) for _ in range(50)]
stays = bytearray(100_000)
full_bytes = psutil.Process().memory_info().rss
del arrays
print(full_bytes - psutil.Process().memory_info().rss)
"""


def freed_bytes(way: str) -> int:
    done = subprocess.run([sys.executable, "-c", KEPT_SCRIPT, way], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's own call")
def test_large_arrays_are_given_back_although_something_stays_above_them() -> None:
    assert freed_bytes("kept") < 20_000_000
    assert freed_bytes("given back") > 180_000_000


def test_a_system_without_the_call_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    free_memory.give_back_large_arrays()
