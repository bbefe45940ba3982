"""What gRPC raises when the way to another process fails."""

from grpc import StatusCode  # pyright: ignore[reportMissingTypeStubs]
from grpc.aio import AioRpcError, Metadata  # pyright: ignore[reportMissingTypeStubs]


def rpc_failure(details: str | None = "Socket closed") -> AioRpcError:
    """A call whose other end is gone."""
    return AioRpcError(StatusCode.UNAVAILABLE, Metadata(), Metadata(), details)
