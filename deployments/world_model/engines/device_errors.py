"""What an exception from a device means.

Owns the recognition, by the words that torch, CUDA and cuBLAS use: they have no exception classes for it. Pure; what
is then done stands where the call was made.
"""

import re
from typing import Final

_DEVICE: Final = re.compile(r"cuda|cublas|graph capture|offset increment", re.IGNORECASE)

_OUT_OF_MEMORY: Final = re.compile(r"out of memory|can't allocate memory|CUBLAS_STATUS_ALLOC_FAILED", re.IGNORECASE)

_QUANT: Final = re.compile(r"compute capability|scaled_mm", re.IGNORECASE)


def is_device_error(error: BaseException) -> bool:
    """Whether the device failed, rather than the code: clearing caches and re-seeding may repair it."""
    return _DEVICE.search(str(error)) is not None


def is_out_of_memory(error: BaseException) -> bool:
    """Whether something did not fit into the device's memory, or into the host's."""
    return isinstance(error, MemoryError) or _OUT_OF_MEMORY.search(str(error)) is not None


def is_quant_unsupported(error: BaseException) -> bool:
    """Whether the device lacks the arithmetic of a quantisation. Only means that where one was asked for."""
    return _QUANT.search(str(error)) is not None
