"""A session's world, over a real link, on an engine that does what it is told."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import pytest

from deployments.link import Link
from deployments.world_model.engine import DeviceError
from deployments.world_model.outbox import LOGS_LIMIT
from deployments.world_model.pacing import BATCHES_OUT_LIMIT
from deployments.world_model.world import World
from protocol.errors import MessageId, ModelUnavailableError
from protocol.frame import unpack_envelope
from protocol.link import (
    WORLD_COMMANDS,
    WORLD_FACTS,
    Batch,
    CommandFailed,
    CommandId,
    Configure,
    Configured,
    Credit,
    FrameTaken,
    Hello,
    LogRecord,
    PauseWorld,
    ResetWorld,
    Restarted,
    ResumeWorld,
    Seed,
    Seeded,
    SetPace,
    StageReached,
    TakeSnapshot,
    WorldCommand,
    WorldFact,
    WorldFailed,
)
from protocol.server import LogPush
from protocol.stages import Stage
from tests.fakes.links import PATIENCE_S, cut, linked_pair
from tests.fakes.pictures import encoded, plain
from tests.fakes.worlds import FORWARD, LIMITS, REPLICA_SNAPSHOT, SYSTEM_INFO, FakeReplica, brightness, replica

GREY = encoded(plain("rgb(128, 128, 128)", 16, 8))
BLACK = encoded(plain("black", 16, 8))
RECORD = LogPush(event="something happened")


def configure(number: int = 1, model: str = "m") -> Configure:
    return Configure(command_id=CommandId(number), model=model)


def seed(number: int = 2, picture: bytes = GREY, *, is_original: bool = True, announce: bool = False) -> Seed:
    return Seed(command_id=CommandId(number), is_original=is_original, announce=announce, payload=picture)


class Visit:
    """The ingress's end of a session."""

    def __init__(self, link: Link[WorldFact, WorldCommand], world: World, running: "asyncio.Task[None]") -> None:
        self.link = link
        self.world = world
        self.running = running
        self._facts = aiter(link)

    async def send(self, *commands: WorldCommand) -> None:
        for command in commands:
            await self.link.send(command)

    async def fact(self) -> WorldFact:
        async with asyncio.timeout(PATIENCE_S):
            return await anext(self._facts)

    async def until(self, kind: type[WorldFact]) -> list[WorldFact]:
        """The facts up to the first of this kind, which comes last."""
        facts = [await self.fact()]
        while not isinstance(facts[-1], kind):
            facts.append(await self.fact())
        return facts

    async def batch(self) -> Batch:
        (fact,) = (await self.until(Batch))[-1:]
        assert isinstance(fact, Batch)
        return fact

    async def failure(self) -> CommandFailed:
        (fact,) = (await self.until(CommandFailed))[-1:]
        assert isinstance(fact, CommandFailed)
        return fact

    async def rest(self) -> list[WorldFact]:
        """What else comes once this end has nothing more to say."""
        await self.link.close()
        return [fact async for fact in self._facts]


@asynccontextmanager
async def visit(host: FakeReplica) -> AsyncGenerator[Visit]:
    """A session on a replica."""
    async with linked_pair(WORLD_COMMANDS, WORLD_FACTS) as pair:
        world = host.world(pair.far)
        running = asyncio.create_task(world.run())
        visiting = Visit(pair.near, world, running)
        try:
            yield visiting
        finally:
            for engine in host.shelf.engines:
                engine.may_pass.set()
                engine.may_go_on.set()
            await pair.near.close()
            await running


@pytest.fixture
async def host() -> AsyncIterator[FakeReplica]:
    async with replica() as made:
        yield made


@pytest.fixture
async def fresh(host: FakeReplica) -> AsyncIterator[Visit]:
    """A session that has said hello."""
    async with visit(host) as visiting:
        await visiting.until(Hello)
        yield visiting


@pytest.fixture
async def playing(fresh: Visit) -> Visit:
    """A session whose world stands at a seed, uncapped."""
    await fresh.send(configure(), SetPace(cap_fps=False), seed())
    await fresh.until(Seeded)
    return fresh


async def test_hello_comes_first_and_says_what_is_held(host: FakeReplica) -> None:
    async with visit(host) as first:
        assert await first.fact() == Hello(system_info=SYSTEM_INFO, spec=None)
        await first.send(configure())
        await first.until(Configured)
    async with visit(host) as second:
        assert await second.fact() == Hello(system_info=SYSTEM_INFO, spec=host.shelf.engine.spec)


async def test_facts_of_a_first_start_come_in_the_order_in_which_things_happen(fresh: Visit) -> None:
    await fresh.send(configure(), seed(announce=True))
    facts = [fact.stage if isinstance(fact, StageReached) else fact.type for fact in await fresh.until(Seeded)]
    assert facts == [
        Stage.LOADING_MODEL_LOAD,
        Stage.LOADING_MODEL_INSTANTIATE,
        "configured",
        Stage.WARMUP_COMPILE,
        Stage.INIT_RESET,
        Stage.INIT_SEED,
        Stage.INIT_FRAME,
        "batch",
        "seeded",
    ]


async def test_the_announced_seed_is_frame_0_with_one_sub_frame(fresh: Visit) -> None:
    await fresh.send(configure(), seed(announce=True))
    batch = await fresh.batch()
    envelope = unpack_envelope(batch.payload)
    assert (batch.frame_id, batch.sub_frames, batch.consumed) == (0, 1, None)
    assert (envelope.header.frame_id, envelope.header.client_ts, envelope.header.gen_ms) == (0, 0.0, 0.0)
    assert envelope.header.t_infer_ms is None
    assert [brightness(jpeg) for jpeg in envelope.jpegs] == [128]


async def test_a_seed_that_is_not_announced_sends_no_batch(playing: Visit) -> None:
    assert [fact for fact in await playing.rest() if isinstance(fact, Batch)] == []


@pytest.mark.parametrize("uses_host_cores", [False, True])
async def test_jpeg_threads_are_kept_apart_where_the_engine_leaves_the_cores_free(
    monkeypatch: pytest.MonkeyPatch, host: FakeReplica, fresh: Visit, *, uses_host_cores: bool
) -> None:
    said: list[bool] = []

    def note(*, wanted: bool) -> None:
        said.append(wanted)

    monkeypatch.setattr(host.parts.encoder, "keep_apart", note)
    host.shelf.prepare = lambda engine: setattr(engine, "uses_host_cores", uses_host_cores)
    await fresh.send(configure())
    await fresh.until(Configured)
    assert said == [not uses_host_cores]


async def test_a_model_that_is_held_is_not_loaded_again(host: FakeReplica, fresh: Visit) -> None:
    await fresh.send(configure(1), configure(2))
    one, two = (await fresh.until(Configured))[-1], (await fresh.until(Configured))[-1]
    assert isinstance(one, Configured)
    assert isinstance(two, Configured)
    assert (one.was_loaded_now, two.was_loaded_now) == (True, False)
    assert len(host.shelf.engines) == 1


async def test_a_warm_engine_is_not_warmed_up_again(host: FakeReplica, playing: Visit) -> None:
    await playing.send(seed(3))
    await playing.until(Seeded)
    assert host.shelf.engine.calls.count("warm_up") == 1


async def test_the_first_batch_starts_at_frame_1_and_the_next_follows_on(playing: Visit) -> None:
    await playing.send(FORWARD)
    first = await playing.batch()
    await playing.send(FORWARD)
    second = await playing.batch()
    assert (first.frame_id, first.sub_frames, second.frame_id) == (1, 4, 5)
    assert first.epoch == second.epoch


async def test_a_batch_carries_the_controls_that_it_consumed(host: FakeReplica, playing: Visit) -> None:
    await playing.send(FORWARD)
    batch = await playing.batch()
    (consumed,) = host.shelf.engine.inputs
    assert batch.consumed is not None
    assert (consumed.buttons, consumed.mouse_dx, consumed.mouse_dy) == (frozenset({87}), 2.0, -1.0)
    assert (batch.consumed.buttons, batch.consumed.mouse_dx, batch.consumed.client_ts) == (frozenset({87}), 2.0, 77.0)
    assert unpack_envelope(batch.payload).header.client_ts == 77.0


async def test_without_controls_nothing_is_generated(host: FakeReplica, playing: Visit) -> None:
    await playing.send(FORWARD)
    await playing.batch()
    assert [fact for fact in await playing.rest() if isinstance(fact, Batch)] == []
    assert host.shelf.engine.calls.count("generate") == 1


async def test_controls_before_a_seed_start_no_pass(host: FakeReplica, fresh: Visit) -> None:
    await fresh.send(configure(), FORWARD, seed())
    await fresh.until(Seeded)
    assert [fact for fact in await fresh.rest() if isinstance(fact, Batch)] == []
    assert "generate" not in host.shelf.engine.calls


async def test_no_more_batches_leave_than_there_are_credits(host: FakeReplica, playing: Visit) -> None:
    for number in range(BATCHES_OUT_LIMIT):
        await playing.send(FORWARD)
        assert (await playing.batch()).frame_id == 1 + 4 * number
    await playing.send(FORWARD, TakeSnapshot(command_id=CommandId(9)))
    assert [fact.type for fact in await playing.until(FrameTaken)] == ["frame_taken"]
    assert host.shelf.engine.calls.count("generate") == BATCHES_OUT_LIMIT
    await playing.send(Credit(batches=1))
    assert (await playing.batch()).frame_id == 1 + 4 * BATCHES_OUT_LIMIT


async def test_controls_that_wait_for_a_credit_merge(host: FakeReplica, playing: Visit) -> None:
    for _ in range(BATCHES_OUT_LIMIT):
        await playing.send(FORWARD)
        await playing.batch()
    await playing.send(FORWARD, FORWARD, FORWARD, Credit(batches=1))
    await playing.batch()
    assert host.shelf.engine.inputs[-1].mouse_dx == 6.0


async def test_a_paused_world_ignores_controls_and_goes_on_where_it_was(host: FakeReplica, playing: Visit) -> None:
    await playing.send(FORWARD)
    await playing.batch()
    await playing.send(PauseWorld(), FORWARD, TakeSnapshot(command_id=CommandId(9)))
    assert [fact.type for fact in await playing.until(FrameTaken)] == ["frame_taken"]
    await playing.send(ResumeWorld(), TakeSnapshot(command_id=CommandId(10)))
    assert [fact.type for fact in await playing.until(FrameTaken)] == ["frame_taken"]
    await playing.send(FORWARD)
    assert (await playing.batch()).frame_id == 5
    assert host.shelf.engine.inputs[-1].mouse_dx == 2.0


async def test_a_control_from_before_a_pause_does_not_move_the_world_after_it(
    host: FakeReplica, playing: Visit
) -> None:
    for _ in range(BATCHES_OUT_LIMIT):
        await playing.send(FORWARD)
        await playing.batch()
    await playing.send(FORWARD, PauseWorld(), Credit(batches=BATCHES_OUT_LIMIT), ResumeWorld())
    await playing.send(TakeSnapshot(command_id=CommandId(9)))
    assert [fact.type for fact in await playing.until(FrameTaken)] == ["frame_taken"]
    assert host.shelf.engine.calls.count("generate") == BATCHES_OUT_LIMIT


async def test_a_reset_restarts_frame_ids_in_another_epoch(host: FakeReplica, playing: Visit) -> None:
    await playing.send(FORWARD)
    before = await playing.batch()
    await playing.send(ResetWorld())
    (restarted,) = await playing.until(Restarted)
    await playing.send(FORWARD)
    after = await playing.batch()
    assert restarted == Restarted(epoch=after.epoch)
    assert (after.frame_id, after.epoch) == (1, before.epoch + 1)
    assert host.shelf.engine.calls[-3:] == ["reset", "append_frame", "generate"]


async def test_a_control_behind_a_reset_moves_the_world_after_it_and_one_before_it_does_not(
    host: FakeReplica, playing: Visit
) -> None:
    for _ in range(BATCHES_OUT_LIMIT):
        await playing.send(FORWARD)
        await playing.batch()
    await playing.send(FORWARD, FORWARD, ResetWorld(), FORWARD, Credit(batches=1))
    assert (await playing.fact()).type == "restarted"
    assert (await playing.batch()).frame_id == 1
    assert host.shelf.engine.inputs[-1].mouse_dx == FORWARD.mouse_dx


async def test_a_reset_returns_to_the_original_and_not_to_an_edit(playing: Visit) -> None:
    await playing.send(seed(3, BLACK, is_original=False), TakeSnapshot(command_id=CommandId(4)))
    edited = (await playing.until(FrameTaken))[-1]
    await playing.send(ResetWorld(), TakeSnapshot(command_id=CommandId(5)))
    restored = (await playing.until(FrameTaken))[-1]
    assert isinstance(edited, FrameTaken)
    assert isinstance(restored, FrameTaken)
    assert (brightness(edited.payload), brightness(restored.payload)) == (0, 128)


async def test_a_reset_before_there_is_a_seed_does_nothing(fresh: Visit) -> None:
    await fresh.send(ResetWorld(), configure())
    assert [fact.type for fact in await fresh.until(Configured) if fact.type != "stage"] == ["configured"]


async def test_resets_that_wait_in_a_row_are_one(host: FakeReplica, playing: Visit) -> None:
    engine = host.shelf.engine
    engine.may_pass.clear()
    await playing.send(FORWARD)
    assert await asyncio.to_thread(engine.pass_began.wait, PATIENCE_S)
    await playing.send(*[ResetWorld()] * 50, TakeSnapshot(command_id=CommandId(9)))
    engine.may_pass.set()
    facts = [fact.type for fact in await playing.until(FrameTaken)]
    assert facts[0] == "batch"
    assert 1 <= facts.count("restarted") <= 2


async def test_a_snapshot_is_the_last_frame(playing: Visit) -> None:
    await playing.send(FORWARD)
    await playing.batch()
    await playing.send(TakeSnapshot(command_id=CommandId(9)))
    taken = await playing.fact()
    assert isinstance(taken, FrameTaken)
    assert (taken.command_id, brightness(taken.payload)) == (9, 1)


async def test_a_snapshot_before_there_is_a_frame_fails(fresh: Visit) -> None:
    await fresh.send(TakeSnapshot(command_id=CommandId(9)))
    failed = await fresh.failure()
    assert (failed.command_id, failed.report.message) == (9, "the world has no frame yet")


async def test_a_model_that_cannot_be_loaded_is_a_failure_with_its_message(host: FakeReplica, fresh: Visit) -> None:
    host.shelf.errors.append(ModelUnavailableError("there is no such model"))
    await fresh.send(configure(7))
    failed = await fresh.failure()
    assert (failed.command_id, failed.report.message) == (7, "there is no such model")
    assert failed.report.snapshot == REPLICA_SNAPSHOT


async def test_after_a_failed_load_the_world_is_gone_and_another_model_can_be_loaded(
    host: FakeReplica, playing: Visit
) -> None:
    host.shelf.errors.append(OSError("weights are missing"))
    await playing.send(configure(3, "other"), FORWARD)
    assert (await playing.failure()).report.message == "weights are missing"
    assert host.shelf.engines[0].calls[-1] == "close"
    await playing.send(seed(4))
    assert (await playing.failure()).report.message == "no model is loaded"
    await playing.send(configure(5), seed(6), FORWARD)
    assert (await playing.until(Seeded))[-1].type == "seeded"


@pytest.mark.parametrize("picture", [b"", b"no picture", GREY[: len(GREY) // 2]], ids=["none", "text", "truncated"])
async def test_a_seed_that_is_no_picture_fails_and_the_world_goes_on(playing: Visit, picture: bytes) -> None:
    await playing.send(FORWARD)
    await playing.batch()
    await playing.send(seed(3, picture))
    assert (await playing.failure()).report.message_id is MessageId.INVALID_SEED_DATA
    await playing.send(FORWARD)
    assert (await playing.batch()).frame_id == 5


async def test_a_seed_that_the_engine_refuses_puts_the_world_back_to_the_one_before(
    host: FakeReplica, playing: Visit
) -> None:
    host.shelf.engine.seed_errors.append(ValueError("cannot see that"))
    await playing.send(seed(3, BLACK))
    facts = await playing.until(CommandFailed)
    assert [fact.type for fact in facts if fact.type != "stage"] == ["restarted", "command_failed"]
    failed = facts[-1]
    assert isinstance(failed, CommandFailed)
    assert failed.report.message_id is MessageId.SEED_LOAD_FAILED
    await playing.send(TakeSnapshot(command_id=CommandId(4)))
    taken = await playing.fact()
    assert isinstance(taken, FrameTaken)
    assert brightness(taken.payload) == 128


async def test_a_device_error_is_recovered_from_the_seed(host: FakeReplica, playing: Visit) -> None:
    engine = host.shelf.engine
    await playing.send(FORWARD)
    before = await playing.batch()
    engine.pass_errors.append(DeviceError("CUDA error"))
    await playing.send(FORWARD)
    assert await playing.fact() == StageReached(stage=Stage.RESET)
    assert await playing.fact() == Restarted(epoch=before.epoch + 1)
    assert engine.calls[-3:] == ["recover", "reset", "append_frame"]
    await playing.send(FORWARD)
    assert (await playing.batch()).frame_id == 1
    assert host.metrics.device_errors == 1
    assert not host.holder.is_lost


async def test_a_device_that_does_not_recover_ends_the_world_for_good(host: FakeReplica, playing: Visit) -> None:
    engine = host.shelf.engine
    engine.pass_errors.append(DeviceError("CUDA error"))
    engine.recovery_errors.append(RuntimeError("still broken"))
    await playing.send(FORWARD)
    failed = await playing.fact()
    assert isinstance(failed, WorldFailed)
    assert (failed.is_fatal, failed.report.message_id) == (True, MessageId.DEVICE_RECOVERY_FAILED)
    assert (failed.report.message, failed.report.snapshot) == ("still broken", REPLICA_SNAPSHOT)
    assert host.holder.is_lost
    await playing.send(FORWARD)
    assert [fact for fact in await playing.rest() if isinstance(fact, Batch)] == []


async def test_a_device_that_fails_after_every_recovery_is_given_up(host: FakeReplica, playing: Visit) -> None:
    host.shelf.engine.pass_errors.extend(DeviceError(f"CUDA error {number}") for number in range(10))
    fatal = None
    while fatal is None:
        await playing.send(FORWARD)
        last = (await playing.until(WorldFailed if host.shelf.engine.calls.count("recover") >= 3 else Restarted))[-1]
        fatal = last if isinstance(last, WorldFailed) else None
    assert fatal.is_fatal
    assert host.shelf.engine.calls.count("recover") == 3
    assert host.holder.is_lost


async def test_a_device_lost_during_a_reset_is_fatal(host: FakeReplica, playing: Visit) -> None:
    host.shelf.engine.seed_errors.append(DeviceError("CUDA error"))
    host.shelf.engine.recovery_errors.append(DeviceError("still broken"))
    await playing.send(ResetWorld())
    failed = await playing.fact()
    assert isinstance(failed, WorldFailed)
    assert (failed.is_fatal, failed.report.message_id) == (True, MessageId.DEVICE_RECOVERY_FAILED)


async def test_a_device_lost_during_a_seed_answers_the_command_and_is_fatal(host: FakeReplica, playing: Visit) -> None:
    host.shelf.engine.seed_errors.append(DeviceError("CUDA error"))
    host.shelf.engine.recovery_errors.append(DeviceError("still broken"))
    await playing.send(seed(3))
    facts = [fact for fact in await playing.until(WorldFailed) if not isinstance(fact, StageReached)]
    assert [fact.type for fact in facts] == ["command_failed", "failed"]


async def test_a_device_error_while_seeding_is_recovered(host: FakeReplica, playing: Visit) -> None:
    host.shelf.engine.seed_errors.append(DeviceError("CUDA error"))
    await playing.send(seed(3))
    assert (await playing.until(Seeded))[-1].type == "seeded"
    assert host.shelf.engine.calls[-3:] == ["recover", "reset", "append_frame"]


async def test_a_pass_that_hangs_ends_the_world_for_good(host: FakeReplica, playing: Visit) -> None:
    engine = host.shelf.engine
    engine.may_pass.clear()
    await playing.send(FORWARD)
    assert await asyncio.to_thread(engine.pass_began.wait, PATIENCE_S)
    await playing.send(FORWARD)
    host.clock.now_s += LIMITS.pass_s + 1
    failed = await playing.fact()
    assert isinstance(failed, WorldFailed)
    assert (failed.is_fatal, failed.report.message_id) == (True, MessageId.DEVICE_RECOVERY_FAILED)
    assert failed.report.message == "the device hangs: a pass has not ended within 60 s"
    assert host.metrics.device_errors == 1
    await playing.send(seed(3))
    assert (await playing.failure()).report.message_id == MessageId.DEVICE_RECOVERY_FAILED
    host.clock.now_s -= LIMITS.pass_s + 1
    engine.may_pass.set()
    await host.device.run(int)
    assert engine.calls.count("generate") == 1, "the pass that was given up is the last"
    assert [fact for fact in await playing.rest() if isinstance(fact, Batch)] == []


async def test_a_seed_that_hangs_answers_the_command_and_is_fatal(host: FakeReplica, playing: Visit) -> None:
    engine = host.shelf.engine
    engine.hangs_in = "append_frame"
    await playing.send(seed(3))
    assert await asyncio.to_thread(engine.hang_began.wait, PATIENCE_S)
    host.clock.now_s += LIMITS.pass_s + 1
    facts = [fact for fact in await playing.until(WorldFailed) if not isinstance(fact, StageReached)]
    assert [fact.type for fact in facts] == ["command_failed", "failed"]
    assert host.holder.is_lost


@pytest.mark.parametrize("where", ["a pass", "a seed", "a load"])
async def test_a_defect_reaches_the_client_as_a_fatal_failure(host: FakeReplica, playing: Visit, where: str) -> None:
    defect = KeyError("a defect")
    match where:
        case "a pass":
            host.shelf.engine.pass_errors.append(defect)
            await playing.send(FORWARD)
        case "a seed":
            host.shelf.engine.seed_errors.append(defect)
            await playing.send(seed(3))
        case _:
            host.shelf.errors.append(defect)
            await playing.send(configure(3, "other"))
    failed = (await playing.until(WorldFailed))[-1]
    assert isinstance(failed, WorldFailed)
    assert (failed.is_fatal, failed.report.message) == (True, "the world failed: KeyError: 'a defect'")
    assert failed.report.snapshot == REPLICA_SNAPSHOT
    await playing.running


async def test_commands_wait_for_the_pass_that_is_running(host: FakeReplica, playing: Visit) -> None:
    engine = host.shelf.engine
    engine.may_pass.clear()
    await playing.send(FORWARD)
    assert await asyncio.to_thread(engine.pass_began.wait, PATIENCE_S)
    await playing.send(seed(3), ResetWorld(), configure(4, "other"))
    engine.may_pass.set()
    facts = [fact.type for fact in await playing.until(Configured) if fact.type != "stage"]
    assert facts == ["batch", "seeded", "restarted", "configured"]
    assert not engine.was_entered_twice


async def test_a_broken_link_ends_the_world(host: FakeReplica) -> None:
    async with linked_pair(WORLD_COMMANDS, WORLD_FACTS) as pair:
        running = asyncio.create_task(host.world(pair.far).run())
        cut(pair.near)
        async with asyncio.timeout(PATIENCE_S):
            await running


async def test_a_closed_link_ends_the_world(host: FakeReplica) -> None:
    async with linked_pair(WORLD_COMMANDS, WORLD_FACTS) as pair:
        running = asyncio.create_task(host.world(pair.far).run())
        await pair.near.close()
        async with asyncio.timeout(PATIENCE_S):
            await running


async def test_a_model_whose_client_left_while_it_loaded_is_there_for_the_next(host: FakeReplica) -> None:
    host.shelf.may_load.clear()
    async with visit(host) as gone:
        await gone.send(configure())
        assert await asyncio.to_thread(host.shelf.load_began.wait, PATIENCE_S)
    async with visit(host) as following:
        assert await following.fact() == Hello(system_info=SYSTEM_INFO, spec=None)
        await following.send(configure())
        host.shelf.may_load.set()
        assert (await following.until(Configured))[-1].type == "configured"
    assert len(host.shelf.engines) == 1
    assert host.shelf.engine.calls == []


async def test_the_next_session_starts_without_a_seed_of_the_last(host: FakeReplica) -> None:
    async with visit(host) as first:
        await first.send(configure(), seed())
        await first.until(Seeded)
    async with visit(host) as second:
        await second.send(configure(), FORWARD, TakeSnapshot(command_id=CommandId(9)))
        assert (await second.failure()).report.message == "the world has no frame yet"


async def test_log_records_go_up_in_line_with_the_facts(playing: Visit) -> None:
    playing.world.post_log(RECORD)
    assert await playing.fact() == LogRecord(record=RECORD)
    assert playing.world.dropped_logs == 0


async def test_log_records_that_the_link_does_not_take_are_dropped_and_counted(host: FakeReplica) -> None:
    async with linked_pair(WORLD_COMMANDS, WORLD_FACTS) as pair:
        world = host.world(pair.far)
        for _ in range(LOGS_LIMIT + 7):
            world.post_log(RECORD)
        assert world.dropped_logs == 7
        running = asyncio.create_task(world.run())
        await pair.near.close()
        await running
