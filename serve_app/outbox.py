"""What leaves for the client: messages and batches in one line, nothing overtakes, nothing is dropped.

Owns the queue's bound and the credits. The writer is one task; it ends when the outbox is closed and empty, so that
a session's last words are sent too.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from protocol.errors import ServerError
from protocol.link import Batch

if TYPE_CHECKING:
    from protocol.server import LogPush, ServerMessage

LOGS_SHARE: Final = 4
"""Log records may fill a quarter of the queue; past it they are dropped and counted."""

Taken: TypeAlias = Callable[[Batch], Awaitable[None]]
"""Called when the client's socket has taken a batch."""


class WritesFrames(Protocol):
    """The sending half of a client's socket. Each call returns when the socket has taken the message."""

    async def send_text(self, data: str) -> None:
        """Send a JSON message."""
        ...

    async def send_bytes(self, data: bytes) -> None:
        """Send an envelope."""
        ...


class ClientTooSlowError(ServerError):
    """The client leaves so much unread that the session cannot go on without losing something."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the client left {limit} messages unread")


class Outbox:
    """First in, first out, bounded by `limit`. Credits bound the batches in it, requests bound the replies."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[ServerMessage | Batch] = deque()
        self._changed = asyncio.Event()
        self._is_closed = False
        self.dropped_logs = 0

    @property
    def queued_messages(self) -> int:
        """What has not left yet."""
        return len(self._items)

    def post(self, item: "ServerMessage | Batch") -> None:
        """Queue a message or a batch. Raises ClientTooSlowError when the queue is full; ignored once closed."""
        if self._is_closed:
            return
        if len(self._items) >= self._limit:
            raise ClientTooSlowError(self._limit)
        self._items.append(item)
        self._changed.set()

    def post_log(self, record: "LogPush") -> None:
        """Queue a log record, unless the client is behind."""
        if len(self._items) < self._limit // LOGS_SHARE:
            self.post(record)
        else:
            self.dropped_logs += 1

    def close(self, *last_words: "ServerMessage") -> None:
        """No more is queued; what is there is still sent, except batches that nobody waits for any more.

        `last_words` go out behind it, also when the queue is full.
        """
        self._is_closed = True
        self._items = deque(item for item in self._items if not isinstance(item, Batch))
        self._items.extend(last_words)
        self._changed.set()

    async def write(self, socket: WritesFrames, taken: Taken) -> None:
        """Send in order until closed and empty. Raises what the socket raises when the client is gone."""
        while True:
            while self._items:
                item = self._items.popleft()
                if isinstance(item, Batch):
                    await socket.send_bytes(item.payload)
                    await taken(item)
                else:
                    await socket.send_text(item.to_json())
            if self._is_closed:
                return
            self._changed.clear()
            await self._changed.wait()
