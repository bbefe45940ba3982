from collections.abc import Callable

get_dashboard_dependency_error: Callable[[], ImportError | None]
