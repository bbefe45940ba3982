"""Freed memory goes back to the system, where the C library can do that."""

import importlib
import sys

import psutil
import pytest

from deployments import free_memory

BLOCK_BYTES = 64 * 1024
"""Below what glibc maps on its own."""
BLOCKS = 1500


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's own call")
def test_what_was_freed_below_something_that_stays_is_given_back() -> None:
    process = psutil.Process()
    blocks = [bytearray(BLOCK_BYTES) for _ in range(BLOCKS)]
    stays = bytearray(BLOCK_BYTES)
    full_bytes = process.memory_info().rss
    del blocks
    free_memory.give_back_memory()
    assert process.memory_info().rss < full_bytes - BLOCKS * BLOCK_BYTES / 2
    assert len(stays) == BLOCK_BYTES


def test_a_system_without_the_call_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    importlib.reload(free_memory).give_back_memory()
