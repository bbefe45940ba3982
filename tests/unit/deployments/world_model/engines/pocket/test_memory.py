"""Which keys the pocket world wishes for, draws from and puts away."""

import math

from deployments.world_model.engines.pocket.memory import (
    AT_HAND,
    LEAD_FRAMES,
    REMEMBERED,
    SPACING,
    KeyId,
    Memory,
)

WALKING = (0.0, 2.2 / 60)
HOME = (0.0, 0.0, 0.0)


def memory_of(*positions: tuple[float, float, float]) -> Memory:
    memory = Memory()
    for position in positions:
        memory.add(position)
    return memory


def test_nobody_who_stands_still_wishes_for_anything() -> None:
    assert memory_of(HOME).wish((0.0, 0.0, 5.0), (0.0, 0.0), 60) is None


def test_a_wish_lies_ahead_of_where_one_will_be_when_it_is_fulfilled() -> None:
    wish = memory_of(HOME).wish((0.0, 0.0, 0.5), WALKING, 60)
    assert wish is not None
    soon = 0.5 + WALKING[1] * LEAD_FRAMES
    assert soon < wish.position[2] < soon + SPACING
    assert wish.sources == (0,)


def test_near_a_key_there_is_nothing_to_wish_for() -> None:
    assert memory_of(HOME, (0.0, 0.0, SPACING)).wish(HOME, WALKING, 60) is None


def test_a_runner_wishes_farther_ahead() -> None:
    memory = memory_of(HOME)
    walker = memory.wish((0.0, 0.0, 1.0), WALKING, 60)
    runner = memory.wish((0.0, 0.0, 1.0), (0.0, WALKING[1] * 2), 60)
    assert walker is not None
    assert runner is not None
    assert runner.position[2] > walker.position[2] + SPACING / 2


def test_a_place_that_was_seen_is_fetched_and_not_dreamt_again() -> None:
    memory = memory_of(HOME, (0.0, 0.0, 4.0))
    memory.at_hand.discard(KeyId(1))
    wish = memory.wish((0.0, 0.0, 3.0), WALKING, 60)
    assert wish is not None
    assert wish.remembered == 1
    assert wish.position == (0.0, 0.0, 4.0)


def test_the_nearest_keys_at_hand_are_the_sources() -> None:
    memory = memory_of(HOME, (3.0, 0.0, 0.0), (-1.0, 0.0, 0.0))
    wish = memory.wish((0.0, 0.0, 2.0), WALKING, 60)
    assert wish is not None
    assert wish.sources == (0, 2)


def test_another_key_takes_over_only_when_it_is_clearly_nearer() -> None:
    memory = memory_of(HOME, (0.0, 0.0, 1.0))
    assert memory.better((0.0, 0.0, 0.51)) is None
    assert memory.better((0.0, 0.0, 0.6)) == 1


def test_keys_far_away_are_put_away_but_never_the_present_one() -> None:
    memory = memory_of(*((0.0, 0.0, float(index)) for index in range(AT_HAND + 2)))
    gone = memory.put_away((0.0, 0.0, AT_HAND + 1.0), set())
    assert gone == [1, 2]
    assert memory.present in memory.at_hand


def test_the_seeds_key_is_never_forgotten() -> None:
    memory = memory_of(*((0.0, 0.0, float(index)) for index in range(REMEMBERED + 3)))
    memory.put_away((0.0, 0.0, 100.0), set())
    memory.present = KeyId(REMEMBERED)
    gone = memory.forget((0.0, 0.0, 100.0))
    assert gone == [1, 2, 3]
    assert 0 in memory.positions


def test_the_same_walk_makes_the_same_wishes() -> None:
    def wishes() -> list[tuple[float, float, float]]:
        memory, found = memory_of(HOME), list[tuple[float, float, float]]()
        for frame in range(600):
            angle = frame / 200
            here = (math.sin(angle) * 5, 0.0, 5 - math.cos(angle) * 5)
            wish = memory.wish(here, (math.cos(angle) * 0.037, math.sin(angle) * 0.037), 60)
            if wish is not None:
                memory.add(wish.position)
                found.append(wish.position)
        return found

    first = wishes()
    assert first == wishes()
    assert 5 <= len(first) <= 40
