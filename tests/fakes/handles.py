"""Handles of deployments whose replica a test plays."""

import asyncio
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Self, cast

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


class FakeMethods:
    """A handle whose every method gives the same answer, or raises. Without an answer the call does not end."""

    def __init__(self, answer: object = None) -> None:
        self.answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self.calls: list[tuple[str, tuple[object, ...]]] = []
        self.called = asyncio.Event()
        self.cancellations = 0
        if isinstance(answer, Exception):
            self.answer.set_exception(answer)
        elif answer is not None:
            self.answer.set_result(answer)

    @property
    def handle(self) -> "DeploymentHandle":
        """Itself, as what it stands for."""
        return cast("DeploymentHandle", self)

    def __getattr__(self, name: str) -> Self:
        self.calls.append((name, ()))
        return self

    def remote(self, *arguments: object) -> Self:
        """The call."""
        name, _ = self.calls.pop()
        self.calls.append((name, arguments))
        self.called.set()
        return self

    def __await__(self) -> Generator[Any, None, object]:
        return asyncio.shield(self.answer).__await__()

    def cancel(self) -> None:
        """The caller does not want it any more."""
        self.cancellations += 1
