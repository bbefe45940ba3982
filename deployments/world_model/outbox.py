"""What leaves a replica, in the order in which it happened.

Owns the queue between a world and its link. A batch enters as soon as its pass is over, while it is still being
encoded; it leaves when that is done, and nothing overtakes it.
"""

import asyncio
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from deployments.link import Link
    from protocol.link import Batch, LogRecord, WorldCommand, WorldFact

QUEUED_LIMIT: Final = 256
"""Batches are bounded by credits and answers by commands, so a world never comes near it."""

LOGS_LIMIT: Final = 128
"""Past so many queued facts, log records are dropped and counted."""

Item: TypeAlias = "WorldFact | asyncio.Task[Batch]"


class Outbox:
    """First in, first out. Full means that the link is stuck: that ends the session."""

    def __init__(self) -> None:
        self._items: asyncio.Queue[Item] = asyncio.Queue(QUEUED_LIMIT)
        self.dropped_logs = 0

    def post(self, item: Item) -> None:
        """Queue a fact, or a batch that is being encoded. Raises asyncio.QueueFull."""
        self._items.put_nowait(item)

    def post_log(self, record: "LogRecord") -> None:
        """Queue a log record, unless facts are waiting that matter more."""
        if self._items.qsize() < LOGS_LIMIT:
            self._items.put_nowait(record)
        else:
            self.dropped_logs += 1

    async def pump(self, link: "Link[WorldCommand, WorldFact]") -> None:
        """Send what is queued until cancelled. Raises LinkLostError."""
        while True:
            item = await self._items.get()
            await link.send(await item if isinstance(item, asyncio.Task) else item)
