from collections.abc import Callable

start_ray_process: Callable[..., object]
