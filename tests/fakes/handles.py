"""A deployment's handle whose replica a test plays."""

import asyncio
from typing import TYPE_CHECKING, Self, cast

if TYPE_CHECKING:
    from ray.serve.handle import DeploymentHandle

    from protocol.link import LeaseGrant


class FakeStream:
    """The response to `lease.remote`: gives what is put into it; an exception is raised, None ends it."""

    def __init__(self) -> None:
        self.items: asyncio.Queue[LeaseGrant | BaseException | None] = asyncio.Queue()
        self.cancellations = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> "LeaseGrant":
        item = await self.items.get()
        if item is None:
            raise StopAsyncIteration
        if isinstance(item, BaseException):
            raise item
        return item

    def cancel(self) -> None:
        """The caller does not want it any more."""
        self.cancellations += 1


class FakeHandle:
    """Answers `options(stream=True).lease.remote(session_id)` with its one stream."""

    def __init__(self) -> None:
        self.stream = FakeStream()
        self.sessions: list[str] = []
        self.called = asyncio.Event()

    @property
    def handle(self) -> "DeploymentHandle":
        """Itself, as what it stands for."""
        return cast("DeploymentHandle", self)

    def options(self, *, stream: bool) -> Self:
        """A streaming handle."""
        assert stream
        return self

    @property
    def lease(self) -> Self:
        """The method."""
        return self

    def remote(self, session_id: str) -> FakeStream:
        """The call."""
        self.sessions.append(session_id)
        self.called.set()
        return self.stream
