"""Bursts: how many passes they have, what a pass consumes, and what becomes of it on the event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import islice

import numpy as np
import pytest

from deployments.images import Frame
from deployments.world_model.batches import Pass
from deployments.world_model.engine import DeviceError, EngineInput, EngineRequest, Generated
from deployments.world_model.gate import PassGate
from deployments.world_model.outbox import Outbox
from deployments.world_model.pacing import BATCHES_OUT_LIMIT
from deployments.world_model.playing import Playing, make_burst
from deployments.world_model.timeline import Timeline
from protocol.client import EngineBackend
from protocol.link import WORLD_COMMANDS, WORLD_FACTS, Batch, Restarted, StageReached, Steer, WorldFact
from protocol.stages import Stage
from tests.fakes.engines import SPEC, ScriptedEngine
from tests.fakes.links import PATIENCE_S, linked_pair
from tests.fakes.worlds import FakeReplica, replica

FRAME: Frame = np.zeros((SPEC.frame_height, SPEC.frame_width, 3), np.uint8)


def steer(dx: float, button: int) -> Steer:
    return Steer(buttons=frozenset({button}), mouse_dx=dx, mouse_dy=0.0, client_ts=dx)


STEER = steer(2.0, 87)


def started() -> Timeline:
    timeline = Timeline()
    timeline.start(FRAME, is_original=True)
    return timeline


def uncapped() -> PassGate:
    """A gate that a control has come to."""
    gate = PassGate()
    gate.set_cap(caps_fps=False)
    gate.steer(STEER)
    return gate


class Scene:
    """Bursts of a scripted engine, on the test's own thread. While a pass runs, `meanwhile` happens to the gate."""

    def __init__(self, meanwhile: Callable[[PassGate], None]) -> None:
        self.gate = uncapped()
        self.timeline = started()
        self.engine = ScriptedEngine()
        self.made: list[Pass] = []
        self._meanwhile = meanwhile

    def play(self) -> list[int]:
        """The frame ids of one burst."""
        before = len(self.made)
        make_burst(self._generate, gate=self.gate, timeline=self.timeline, spec=SPEC, hand_on=self.made.append)
        return [made.frame_id for made in self.made[before:]]

    def _generate(self, controls: EngineInput) -> Generated:
        generated = self.engine.generate(controls)
        self._meanwhile(self.gate)
        return generated


def nothing(_gate: PassGate) -> None:
    """Hands off, and the client's socket takes nothing."""


def steering(gate: PassGate) -> None:
    gate.steer(STEER)


def test_a_burst_lasts_as_long_as_controls_come() -> None:
    steers = iter([STEER, STEER])

    def meanwhile(gate: PassGate) -> None:
        gate.credit(1)
        for steer in islice(steers, 1):
            gate.steer(steer)

    scene = Scene(meanwhile)
    assert scene.play() == [1, 5, 9]
    assert scene.play() == []


def test_frame_ids_follow_on_from_burst_to_burst_in_one_epoch() -> None:
    scene = Scene(nothing)
    assert scene.play() == [1]
    scene.gate.steer(STEER)
    assert scene.play() == [5]
    assert {made.epoch for made in scene.made} == {1}
    assert scene.timeline.last is not None
    assert scene.timeline.last.max() == 2


def test_controls_that_come_during_a_pass_are_merged_for_the_next() -> None:
    steers = iter([steer(dx, button=int(dx)) for dx in (1.0, 10.0, 100.0)])

    def meanwhile(gate: PassGate) -> None:
        for each in steers:
            gate.steer(each)

    scene = Scene(meanwhile)
    assert scene.play() == [1, 5]
    assert [controls.mouse_dx for controls in scene.engine.inputs] == [2.0, 111.0]
    assert scene.engine.inputs[1].buttons == {100}
    assert scene.made[1].consumed.client_ts == 100.0


def test_a_burst_ends_when_two_batches_are_out() -> None:
    scene = Scene(steering)
    assert scene.play() == [1 + 4 * number for number in range(BATCHES_OUT_LIMIT)]
    scene.gate.credit(1)
    assert scene.play() == [1 + 4 * BATCHES_OUT_LIMIT]


def test_a_capped_burst_is_one_pass() -> None:
    scene = Scene(steering)
    scene.gate.set_cap(caps_fps=True)
    assert scene.play() == [1]


@pytest.mark.parametrize("stop", [PassGate.pause, PassGate.command_came, PassGate.forget_controls, PassGate.close])
def test_a_burst_ends_after_the_pass_that_ran_when_something_came(stop: Callable[[PassGate], None]) -> None:
    def meanwhile(gate: PassGate) -> None:
        gate.steer(STEER)
        stop(gate)

    assert Scene(meanwhile).play() == [1]


def test_a_pass_that_fails_ends_the_burst_as_if_it_had_never_been() -> None:
    scene = Scene(nothing)
    scene.engine.pass_errors.extend(DeviceError("CUDA error") for _ in range(BATCHES_OUT_LIMIT))
    for _ in range(BATCHES_OUT_LIMIT):
        with pytest.raises(DeviceError):
            scene.play()
        scene.gate.steer(STEER)
    assert scene.made == []
    assert scene.play() == [1]


class Stand:
    """A session's playing half on a replica's engine and device thread, without commands and without a link."""

    def __init__(self, host: FakeReplica) -> None:
        self.engine = host.shelf.engine
        self.host = host
        self.gate = PassGate()
        self.gate.set_cap(caps_fps=False)
        self.timeline = started()
        self.outbox = Outbox()
        self.engine_free = asyncio.Lock()
        self.playing = Playing(host.parts, self.gate, self.timeline, self.outbox, self.engine_free)

    def steer(self) -> None:
        self.gate.steer(STEER)
        self.playing.look_again()

    async def pass_begins(self) -> None:
        """Wait until the engine is in a pass, which hangs until `may_pass` is set."""
        assert await asyncio.to_thread(self.engine.pass_began.wait, PATIENCE_S)
        self.engine.pass_began.clear()

    async def facts(self, tasks: asyncio.TaskGroup, count: int) -> list[WorldFact]:
        """The next facts that go up."""
        async with linked_pair(WORLD_COMMANDS, WORLD_FACTS) as pair:
            pumping = tasks.create_task(self.outbox.pump(pair.far))
            facts = aiter(pair.near)
            async with asyncio.timeout(PATIENCE_S):
                sent = [await anext(facts) for _ in range(count)]
            pumping.cancel()
        return sent


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with replica() as host:
        await host.holder.hold(EngineRequest("m", None, EngineBackend.WORLD_ENGINE), lambda _stage: None)
        yield Stand(host)


async def test_the_next_pass_starts_without_the_event_loop(stand: Stand) -> None:
    stand.engine.may_pass.clear()
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(stand.playing.run(tasks))
        stand.steer()
        await stand.pass_begins()
        stand.steer()
        stand.engine.may_pass.set()
        # The loop does nothing meanwhile: this call blocks it.
        assert stand.engine.pass_began.wait(PATIENCE_S)
        assert [type(fact) for fact in await stand.facts(tasks, 2)] == [Batch, Batch]
        playing.cancel()


async def test_whoever_waits_for_the_engine_gets_it_after_the_pass_that_runs(stand: Stand) -> None:
    stand.engine.may_pass.clear()
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(stand.playing.run(tasks))
        stand.steer()
        await stand.pass_begins()
        stand.gate.command_came()
        stand.steer()
        stand.engine.may_pass.set()
        async with asyncio.timeout(PATIENCE_S), stand.engine_free:
            assert len(stand.engine.inputs) == 1
            assert stand.timeline.next_frame_id == 5
        stand.gate.command_done()
        stand.playing.look_again()
        assert len(await stand.facts(tasks, 2)) == 2
        playing.cancel()


async def test_a_session_that_ends_leaves_no_pass_behind_the_one_that_runs(stand: Stand) -> None:
    stand.engine.may_pass.clear()
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(stand.playing.run(tasks))
        stand.steer()
        await stand.pass_begins()
        stand.steer()
        playing.cancel()
        await asyncio.wait([playing])
        stand.engine.may_pass.set()
    await stand.host.holder.reseed(FRAME)
    assert stand.engine.calls == ["generate", "reset", "append_frame"]
    assert stand.host.metrics.passes == 0


async def test_passes_before_a_device_error_go_up_before_its_recovery(stand: Stand) -> None:
    stand.engine.may_pass.clear()
    stand.engine.pass_errors.extend([None, DeviceError("CUDA error")])
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(stand.playing.run(tasks))
        stand.steer()
        await stand.pass_begins()
        stand.steer()
        stand.engine.may_pass.set()
        batch, *recovery = await stand.facts(tasks, 3)
        assert isinstance(batch, Batch)
        assert recovery == [StageReached(stage=Stage.RESET), Restarted(epoch=batch.epoch + 1)]
        playing.cancel()
    assert stand.engine.calls == ["generate", "generate", "recover", "reset", "append_frame"]


async def test_a_defect_behind_a_pass_ends_playing(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_finished: Pass) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(stand.host.metrics, "pass_done", fail)
    with pytest.raises(ExceptionGroup) as failed:
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
            tasks.create_task(stand.playing.run(tasks))
            stand.steer()
    assert failed.group_contains(ZeroDivisionError)
