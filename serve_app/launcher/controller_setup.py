"""Runs inside of Serve's controller, before it starts anything else.

With direct ingress clients connect to the ingress replica itself, and Serve still starts a proxy actor that serves
nobody. On one machine that is a second of start-up, 140 MB and an open port for nothing.
"""

from ray.serve._private.proxy_state import ProxyStateManager


def start_no_proxies() -> None:
    """Make the controller want a proxy on no node. Which interface the replicas listen on is not affected."""

    def no_nodes(self: ProxyStateManager, proxy_nodes: object) -> list[tuple[str, str, str]]:  # noqa: ARG001
        return []

    ProxyStateManager._get_target_nodes = no_nodes  # pyright: ignore[reportPrivateUsage]
