from collections.abc import Callable
from typing import Any, overload

@overload
def njit[F: Callable[..., Any]](function: F, /) -> F: ...
@overload
def njit[F: Callable[..., Any]](
    *,
    cache: bool = ...,
    nogil: bool = ...,
    parallel: bool = ...,
    fastmath: bool = ...,
    inline: str = ...,
    boundscheck: bool = ...,
) -> Callable[[F], F]: ...
def prange(start: int, stop: int = ..., step: int = ..., /) -> range: ...
def set_num_threads(count: int) -> None: ...
def get_num_threads() -> int: ...
