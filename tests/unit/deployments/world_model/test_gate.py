"""What lets a pass start, and what it then consumes, by the clock that the tests pass in."""

import pytest

from deployments.world_model.controls import Consumed
from deployments.world_model.gate import PassGate
from deployments.world_model.pacing import BATCHES_OUT_LIMIT
from protocol.link import Steer
from tests.fakes.engines import SPEC

STEER = Steer(buttons=frozenset({87}), mouse_dx=2.0, mouse_dy=0.0, client_ts=77.0)
INTERVAL_S = SPEC.sub_frames / SPEC.inference_fps


def ready(*, caps_fps: bool = False) -> PassGate:
    """A gate that a control has come to."""
    gate = PassGate()
    gate.set_cap(caps_fps=caps_fps)
    gate.steer(STEER)
    return gate


def entered(gate: PassGate, now_s: float = 10.0) -> Consumed:
    consumed = gate.enter(SPEC, now_s)
    assert consumed is not None
    return consumed


def is_shut(gate: PassGate, now_s: float = 10.0) -> bool:
    """Whether no pass starts until something changes."""
    if gate.next_start_s(SPEC, now_s) is not None:
        return False
    assert gate.enter(SPEC, now_s) is None
    return True


def test_without_a_control_no_pass_starts() -> None:
    assert is_shut(PassGate())


def test_a_pass_consumes_what_came_until_it_starts() -> None:
    gate = ready()
    assert gate.next_start_s(SPEC, 10.0) == 10.0
    gate.steer(STEER)
    consumed = entered(gate)
    assert (consumed.input.buttons, consumed.input.mouse_dx, consumed.client_ts) == (frozenset({87}), 4.0, 77.0)


def test_without_a_control_since_the_last_pass_no_other_starts() -> None:
    gate = ready()
    entered(gate)
    gate.sent()
    assert is_shut(gate)
    gate.steer(STEER)
    assert entered(gate).input.mouse_dx == 2.0


def test_a_pass_that_may_not_start_consumes_nothing() -> None:
    gate = ready()
    gate.command_came()
    assert gate.enter(SPEC, 10.0) is None
    gate.command_done()
    assert entered(gate).input.mouse_dx == 2.0


def test_two_batches_out_keep_the_next_pass_from_starting() -> None:
    gate = ready()
    for _ in range(BATCHES_OUT_LIMIT):
        entered(gate)
        gate.sent()
        gate.steer(STEER)
    assert is_shut(gate)
    gate.credit(1)
    entered(gate)


def test_a_pass_that_failed_costs_no_credit() -> None:
    gate = ready()
    for _ in range(BATCHES_OUT_LIMIT + 1):
        entered(gate)
        gate.steer(STEER)
    assert not is_shut(gate)


def test_every_command_that_waits_goes_first() -> None:
    gate = ready()
    gate.command_came()
    gate.command_came()
    gate.command_done()
    assert is_shut(gate)
    gate.command_done()
    assert not is_shut(gate)


def test_a_pause_forgets_what_came_before_it_and_ignores_what_comes_during_it() -> None:
    gate = ready()
    gate.pause()
    gate.steer(STEER)
    assert is_shut(gate)
    gate.resume()
    assert is_shut(gate)
    gate.steer(STEER)
    assert entered(gate).input.mouse_dx == 2.0


def test_controls_of_another_world_move_nothing() -> None:
    gate = ready()
    gate.forget_controls()
    assert is_shut(gate)


def test_after_the_end_no_pass_starts() -> None:
    gate = ready()
    gate.close()
    gate.steer(STEER)
    assert is_shut(gate)


def test_a_capped_pass_does_not_start_before_it_is_due() -> None:
    gate = ready(caps_fps=True)
    entered(gate, 10.0)
    gate.steer(STEER)
    due_s = gate.next_start_s(SPEC, 10.03)
    assert due_s == pytest.approx(10.0 + INTERVAL_S)
    assert gate.enter(SPEC, 10.03) is None
    assert entered(gate, 10.0 + INTERVAL_S).input.mouse_dx == 2.0


def test_the_cap_reckons_from_when_a_pass_was_due_and_not_from_when_it_started() -> None:
    gate = ready(caps_fps=True)
    entered(gate, 10.0)
    gate.steer(STEER)
    entered(gate, 10.0 + INTERVAL_S + 0.004)
    gate.steer(STEER)
    assert gate.next_start_s(SPEC, 10.0 + INTERVAL_S + 0.03) == pytest.approx(10.0 + 2 * INTERVAL_S)


def test_without_the_cap_a_pass_starts_right_behind_the_last() -> None:
    gate = ready()
    entered(gate, 10.0)
    gate.steer(STEER)
    entered(gate, 10.03)


def test_a_cap_that_is_lifted_lets_the_next_pass_start_at_once() -> None:
    gate = ready(caps_fps=True)
    entered(gate, 10.0)
    gate.steer(STEER)
    gate.set_cap(caps_fps=False)
    assert gate.next_start_s(SPEC, 10.03) == 10.03
