"""What a pass sees of the player's hands."""

from deployments.world_model.controls import ControlMailbox
from protocol.link import Steer


def steer(*buttons: int, dx: float = 0.0, dy: float = 0.0, ts: float | None = None) -> Steer:
    return Steer(buttons=frozenset(buttons), mouse_dx=dx, mouse_dy=dy, client_ts=ts)


def test_nothing_is_fresh_before_the_first_control() -> None:
    assert not ControlMailbox().is_fresh


def test_buttons_replace_and_mouse_movement_adds_up() -> None:
    mailbox = ControlMailbox()
    mailbox.put(steer(87, dx=2.0, dy=1.0))
    mailbox.put(steer(65, dx=3.0, dy=-4.0))
    consumed = mailbox.take()
    assert consumed.input.buttons == {65}
    assert (consumed.input.mouse_dx, consumed.input.mouse_dy) == (5.0, -3.0)


def test_the_latest_timestamp_is_echoed_even_if_a_later_control_has_none() -> None:
    mailbox = ControlMailbox()
    mailbox.put(steer(ts=10.0))
    mailbox.put(steer(ts=None))
    assert mailbox.take().client_ts == 10.0


def test_taking_starts_the_movement_over_and_keeps_the_buttons_down() -> None:
    mailbox = ControlMailbox()
    mailbox.put(steer(87, dx=2.0))
    mailbox.take()
    assert not mailbox.is_fresh
    mailbox.put(steer(87))
    assert mailbox.take().input.mouse_dx == 0.0


def test_a_sum_that_overflows_moves_nothing() -> None:
    mailbox = ControlMailbox()
    for _ in range(3):
        mailbox.put(steer(dx=1.5e308))
    assert mailbox.take().input.mouse_dx == 0.0


def test_a_new_world_inherits_neither_buttons_nor_movement() -> None:
    mailbox = ControlMailbox()
    mailbox.put(steer(87, dx=2.0))
    mailbox.clear()
    assert not mailbox.is_fresh
    mailbox.put(steer())
    assert mailbox.take().input.mouse_dx == 0.0
