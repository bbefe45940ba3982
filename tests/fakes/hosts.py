"""Who a session leases from: a world's replica and a recorder, at the other ends of real links."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from deployments.link import Link, LinkLostError
from deployments.safety_checker.contract import Verdict, VerdictSource
from protocol.errors import BiomeError, ReplicaLostError
from protocol.link import (
    RECORDER_COMMANDS,
    RECORDER_FACTS,
    WORLD_COMMANDS,
    WORLD_FACTS,
    RecorderCommand,
    RecorderFact,
    RecordingFailed,
    SessionId,
    WorldCommand,
    WorldFact,
)
from serve_app.admission import Hosted
from tests.fakes.links import PATIENCE_S, LinkPair, cut, linked_pair
from tests.fakes.worlds import FakeReplica


class FakeWorldHost:
    """Leases one replica. `open_world` is what a session is given."""

    def __init__(self, replica: FakeReplica) -> None:
        self.replica = replica
        self.refusal: BiomeError | None = None
        self.leases = 0
        self.leases_so_far = 0
        self.may_lease = asyncio.Event()
        """Clear it, and nobody is let in until it is set."""
        self.may_lease.set()
        self.asked = asyncio.Event()
        self.left = asyncio.Event()
        """A lease has ended."""
        self._died: asyncio.Future[None] | None = None
        self._pair: LinkPair[WorldCommand, WorldFact] | None = None

    @asynccontextmanager
    async def open_world(self, session_id: SessionId) -> AsyncGenerator[Hosted[WorldFact, WorldCommand]]:
        """A lease for `session_id`."""
        assert session_id
        self.asked.set()
        await self.may_lease.wait()
        if self.refusal is not None:
            raise self.refusal
        self.leases += 1
        self.leases_so_far += 1
        self._died = died = asyncio.get_running_loop().create_future()
        try:
            async with linked_pair(WORLD_COMMANDS, WORLD_FACTS) as pair:
                self._pair = pair
                running = asyncio.create_task(self.replica.world(pair.far).run())

                async def watch() -> None:
                    await died

                try:
                    yield Hosted("a-replica", pair.near, watch)
                finally:
                    for engine in self.replica.shelf.engines:
                        engine.may_pass.set()
                    self.replica.shelf.may_load.set()
                    await pair.near.close()
                    await running
        finally:
            self.leases -= 1
            self.left.set()

    def kill(self) -> None:
        """The replica's process dies: its link is cut, its lease's stream raises."""
        assert self._pair is not None
        assert self._died is not None
        self._died.set_exception(ReplicaLostError("The actor died"))
        cut(self._pair.near)


class FakeRecorder:
    """Takes in what a session hands over. `open_recorder` is what the session is given."""

    def __init__(self) -> None:
        self.refusals: list[Exception] = []
        """Raised one by one instead of giving a lease."""
        self.commands: list[RecorderCommand] = []
        self.leases = 0
        self.leases_so_far = 0
        self.left = asyncio.Event()
        """A lease has ended."""
        self.changed = asyncio.Condition()
        self._link: Link[RecorderFact, RecorderCommand] | None = None
        self._far: Link[RecorderCommand, RecorderFact] | None = None

    @asynccontextmanager
    async def open_recorder(self, session_id: SessionId) -> AsyncGenerator[Hosted[RecorderFact, RecorderCommand]]:
        """A lease for `session_id`."""
        assert session_id
        self.leases_so_far += 1
        if self.refusals:
            raise self.refusals.pop(0)
        async with linked_pair(RECORDER_COMMANDS, RECORDER_FACTS) as pair, asyncio.TaskGroup() as tasks:
            self._link, self._far = pair.near, pair.far
            tasks.create_task(self._take(pair.far))
            self.leases += 1

            async def watch() -> None:
                await asyncio.get_running_loop().create_future()

            try:
                yield Hosted("a-recorder", pair.near, watch)
            finally:
                self.leases -= 1
                self.left.set()
                await pair.near.close()

    async def has(self, *kinds: str) -> None:
        """Wait until exactly these commands have come, batches in a row counted once."""
        async with asyncio.timeout(PATIENCE_S), self.changed:
            await self.changed.wait_for(lambda: self.kinds() == list(kinds))

    def kinds(self) -> list[str]:
        """What came, in short."""
        found: list[str] = []
        for command in self.commands:
            if not found or command.type != "record_batch" or found[-1] != "record_batch":
                found.append(command.type)
        return found

    def die(self) -> None:
        """The recorder's process dies."""
        assert self._link is not None
        cut(self._link)

    async def fail(self, reason: str) -> None:
        """Say that the open segment ended early."""
        assert self._far is not None
        await self._far.send(RecordingFailed(reason=reason))

    async def _take(self, link: Link[RecorderCommand, RecorderFact]) -> None:
        try:
            async for command in link:
                async with self.changed:
                    self.commands.append(command)
                    self.changed.notify_all()
        except LinkLostError:
            pass


class FakeSafety:
    """Judges by a list of unsafe pictures. `ask` is what a seed gate is given."""

    def __init__(self) -> None:
        self.unsafe: set[bytes] = set()
        self.error: Exception | None = None
        self.asked: list[bytes] = []
        self.may_answer = asyncio.Event()
        """Clear it, and nobody is answered until it is set."""
        self.may_answer.set()
        self.verdict: Verdict | None = None
        """Given to everything when set."""

    async def ask(self, picture: bytes) -> Verdict:
        """The verdict on one picture."""
        self.asked.append(picture)
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        if self.verdict is not None:
            return self.verdict
        is_safe = picture not in self.unsafe
        reason = None if is_safe else "on the list"
        return Verdict(is_safe, f"sha256 of {len(picture)} bytes {hash(picture)}", VerdictSource.MODEL, {}, reason)
