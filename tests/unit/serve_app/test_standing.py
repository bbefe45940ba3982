"""What `/health` knows of the world replicas."""

import pytest

from protocol.http import WorldEngineHealth
from serve_app.standing import Standing


def health(*, loaded: bool, warmed_up: bool, has_seed: bool) -> WorldEngineHealth:
    return WorldEngineHealth(loaded=loaded, warmed_up=warmed_up, has_seed=has_seed)


def test_a_preloaded_model_counts_as_loaded_once_a_replica_is_up() -> None:
    standing = Standing(has_preload=True)
    assert standing.health(is_up=False) == health(loaded=False, warmed_up=False, has_seed=False)
    assert standing.health(is_up=True) == health(loaded=True, warmed_up=False, has_seed=False)


def test_without_a_preload_nothing_is_loaded_before_a_session_asks() -> None:
    standing = Standing(has_preload=False)
    assert standing.health(is_up=True) == health(loaded=False, warmed_up=False, has_seed=False)
    standing.model_held(is_new=True)
    assert standing.health(is_up=True) == health(loaded=True, warmed_up=False, has_seed=False)


def test_a_session_leaves_the_engine_warm_and_without_a_seed() -> None:
    standing = Standing(has_preload=False)
    standing.model_held(is_new=True)
    standing.seeded()
    assert standing.health(is_up=True) == health(loaded=True, warmed_up=True, has_seed=True)
    standing.released()
    assert standing.health(is_up=True) == health(loaded=True, warmed_up=True, has_seed=False)


def test_another_model_is_cold_and_the_same_one_stays_warm() -> None:
    standing = Standing(has_preload=False)
    standing.model_held(is_new=True)
    standing.seeded()
    standing.model_held(is_new=False)
    assert standing.health(is_up=True) == health(loaded=True, warmed_up=True, has_seed=True)
    standing.model_held(is_new=True)
    assert standing.health(is_up=True) == health(loaded=True, warmed_up=False, has_seed=False)


def test_a_model_that_could_not_be_loaded_leaves_nothing() -> None:
    standing = Standing(has_preload=True)
    standing.model_held(is_new=False)
    standing.seeded()
    standing.load_failed()
    assert standing.health(is_up=True) == health(loaded=False, warmed_up=False, has_seed=False)


@pytest.mark.parametrize("has_preload", [True, False])
def test_the_successor_of_a_lost_replica_holds_the_preload_and_nothing_else(*, has_preload: bool) -> None:
    standing = Standing(has_preload=has_preload)
    standing.model_held(is_new=True)
    standing.seeded()
    standing.lost()
    assert standing.health(is_up=True) == health(loaded=has_preload, warmed_up=False, has_seed=False)
