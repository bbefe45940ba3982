"""How the kernels are compiled.

Owns the one decorator they share: machine code cached beside the sources, without the global lock; a division by zero
gives infinity instead of raising. Only those liberties of floating point are taken that keep NaN and infinity intact.
"""

from numba import njit

compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "arcp", "nsz"})
