"""Memory that is free goes back to the system.

Owns the one call for it. glibc maps what is large on its own and unmaps it when it is freed, but takes the size of what
was freed last for the new bound of "large": soon every array of a key comes from the heap, where what stays keeps what
is gone, and a process grows to a tenth more than it uses. A bound that was set by hand stays.
"""

import ctypes
import sys
from typing import Final

LARGE_BYTES: Final = 3_000_000
"""More than a pass's frames at 640x360: those come and go all the time, and mapping takes as long as filling."""
_M_MMAP_THRESHOLD: Final = -3
"""From glibc's malloc.h."""


def give_back_large_arrays(from_bytes: int = LARGE_BYTES) -> None:
    """Return arrays of that size to the system as soon as they are freed, from now on and in the whole process.

    Does nothing where the C library has no such call.
    """
    if sys.platform != "linux":
        return
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_M_MMAP_THRESHOLD, from_bytes)
