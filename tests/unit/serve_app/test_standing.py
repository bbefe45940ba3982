"""What `/health` knows of the world replicas."""

from protocol.http import WorldEngineHealth
from serve_app.standing import Standing


def health(*, loaded: bool, warmed_up: bool, has_seed: bool) -> WorldEngineHealth:
    return WorldEngineHealth(loaded=loaded, warmed_up=warmed_up, has_seed=has_seed)


def test_a_preloaded_model_counts_as_loaded_from_the_start() -> None:
    assert Standing(is_preloaded=True).health() == health(loaded=True, warmed_up=False, has_seed=False)
    assert Standing(is_preloaded=False).health() == health(loaded=False, warmed_up=False, has_seed=False)


def test_a_session_leaves_the_engine_warm_and_without_a_seed() -> None:
    standing = Standing(is_preloaded=False)
    standing.model_held(is_new=True)
    standing.seeded()
    assert standing.health() == health(loaded=True, warmed_up=True, has_seed=True)
    standing.released()
    assert standing.health() == health(loaded=True, warmed_up=True, has_seed=False)


def test_another_model_is_cold_and_the_same_one_stays_warm() -> None:
    standing = Standing(is_preloaded=False)
    standing.model_held(is_new=True)
    standing.seeded()
    standing.model_held(is_new=False)
    assert standing.health() == health(loaded=True, warmed_up=True, has_seed=True)
    standing.model_held(is_new=True)
    assert standing.health() == health(loaded=True, warmed_up=False, has_seed=False)


def test_a_lost_replica_takes_everything_with_it() -> None:
    standing = Standing(is_preloaded=True)
    standing.seeded()
    standing.lost()
    assert standing.health() == health(loaded=False, warmed_up=False, has_seed=False)
