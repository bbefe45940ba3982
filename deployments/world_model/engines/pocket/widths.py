"""Numbers of a stated width, for compiled loops: there a plain literal would widen what it meets.

To a type checker they are what they stand for, numbers.
"""

from typing import TYPE_CHECKING, Final, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

F4: Final = cast("Callable[[float], float]", np.float32)
I4: Final = cast("Callable[[float], int]", np.int32)
U1: Final = cast("Callable[[float], int]", np.uint8)
U4: Final = cast("Callable[[int], int]", np.uint32)
U8: Final = cast("Callable[[int], int]", np.uint64)

Floats: TypeAlias = NDArray[np.float32]
Shorts: TypeAlias = NDArray[np.int16]
Integers: TypeAlias = NDArray[np.int32]
Longs: TypeAlias = NDArray[np.int64]
Bytes: TypeAlias = NDArray[np.uint8]
Words: TypeAlias = NDArray[np.uint32]
Flags: TypeAlias = NDArray[np.bool_]
