"""Calls to deployments: what they raise, and calling off what nobody waits for any more.

Owns no error of ours: what it means that a call failed is for its caller to say.
"""

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from grpc.aio import AioRpcError  # pyright: ignore[reportMissingTypeStubs]
from ray.exceptions import RayError
from ray.serve.exceptions import RayServeException

if TYPE_CHECKING:
    from ray.serve.handle import DeploymentResponse, DeploymentResponseGenerator

RAY_FAILURES: Final = (RayError, RayServeException, AioRpcError)
"""What a call to a deployment raises when Ray, Serve or the way between two processes fails."""

WAY_S: Final = 5.0
"""For the way there and back."""


async def answer_of(response: "DeploymentResponse[Any]") -> Any:
    """What the deployment answers. The call is called off when the caller is cancelled, or its time is over."""
    try:
        return await response
    except BaseException:
        withdraw(response)
        raise


def withdraw(call: "DeploymentResponse[Any] | DeploymentResponseGenerator[Any]") -> None:
    """Call it off, as far as anybody is there to hear it."""
    with suppress(*RAY_FAILURES):
        call.cancel()


def first_line(error: BaseException) -> str:
    """What an operator reads first of an exception that carries a remote traceback, or gRPC's account of a call."""
    text = ((error.details() or "") if isinstance(error, AioRpcError) else str(error)).strip()
    return text.splitlines()[0] if text else type(error).__name__
