"""Messages as torch, CUDA and cuBLAS write them."""

import pytest

from deployments.world_model.engines.device_errors import is_device_error, is_out_of_memory, is_quant_unsupported


@pytest.mark.parametrize(
    "message",
    [
        "CUDA error: device-side assert triggered",
        "CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`",
        "Cannot call this during graph capture",
        "Offset increment outside graph capture encountered unexpectedly.",
    ],
)
def test_device_errors_are_recognised(message: str) -> None:
    assert is_device_error(RuntimeError(message))


@pytest.mark.parametrize("message", ["", "mat1 and mat2 shapes cannot be multiplied", "index out of range"])
def test_other_errors_are_not_the_device_s(message: str) -> None:
    assert not is_device_error(RuntimeError(message))


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED"),
        MemoryError(),
    ],
)
def test_running_out_of_memory_is_recognised(error: Exception) -> None:
    assert is_out_of_memory(error)


def test_a_missing_file_is_not_a_lack_of_memory() -> None:
    assert not is_out_of_memory(OSError("no such file"))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("torch._scaled_mm is only supported on CUDA devices with compute capability >= 9.0 or 8.9", True),
        ("Requires a GPU of Compute Capability 8.0", True),
        ("CUDA error: unspecified launch failure", False),
    ],
)
def test_a_lacking_quantisation_is_recognised(message: str, *, expected: bool) -> None:
    assert is_quant_unsupported(RuntimeError(message)) is expected
