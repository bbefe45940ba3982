"""How a replica that cannot start says so to the operator.

Serve shows the whole traceback of a failed start in `serve status`, chained exceptions and all, and its last line says
what to do. An error made here brings one frame of ours, and its text is one line.
"""

from typing import TYPE_CHECKING

from protocol.errors import StartupError

if TYPE_CHECKING:
    from protocol.errors import BiomeError


def startup_failure(cause: "BiomeError") -> StartupError:
    """The error to raise from a health check, `from None`, when what a replica cannot do without did not load."""
    return StartupError(" ".join(cause.message.split()))
