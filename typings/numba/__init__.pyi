from collections.abc import Callable
from typing import Any, TypeVar, overload

_Function = TypeVar("_Function", bound=Callable[..., Any])

@overload
def njit(function: _Function, /) -> _Function: ...
@overload
def njit(
    signature: str | list[str],
    /,
    *,
    cache: bool = ...,
    nogil: bool = ...,
    parallel: bool = ...,
    fastmath: bool | set[str] = ...,
    error_model: str = ...,
    inline: str = ...,
    boundscheck: bool = ...,
) -> Callable[[_Function], _Function]: ...
@overload
def njit(
    *,
    cache: bool = ...,
    nogil: bool = ...,
    parallel: bool = ...,
    fastmath: bool | set[str] = ...,
    error_model: str = ...,
    inline: str = ...,
    boundscheck: bool = ...,
) -> Callable[[_Function], _Function]: ...
def prange(start: int, stop: int = ..., step: int = ..., /) -> range: ...
def set_num_threads(count: int) -> None: ...
def get_num_threads() -> int: ...
