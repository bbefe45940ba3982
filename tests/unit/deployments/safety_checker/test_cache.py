"""The cache remembers, forgets the oldest, and survives whatever happens to its file."""

import multiprocessing
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deployments.safety_checker.cache import VerdictCache
from deployments.safety_checker.contract import Assessment

HARMLESS = Assessment(0.25, {"sfw": 0.75, "nsfw": 0.25})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "verdicts.sqlite3"


@pytest.fixture
def opened(path: Path) -> Iterator[Callable[..., VerdictCache]]:
    caches: list[VerdictCache] = []

    def opens(classifier: str = "a", limit_entries: int = 100) -> VerdictCache:
        caches.append(VerdictCache(path, classifier=classifier, limit_entries=limit_entries))
        return caches[-1]

    yield opens
    for cache in caches:
        cache.close()


Opens = Callable[..., VerdictCache]


def test_an_assessment_is_found_by_another_replica(opened: Opens) -> None:
    opened().put({"1": HARMLESS})
    assert opened().get("1") == HARMLESS


def test_an_unknown_picture_is_a_miss(opened: Opens) -> None:
    cache = opened()
    assert cache.get("1") is None
    assert cache.failures == 0


def test_classifiers_do_not_see_each_others_assessments(opened: Opens) -> None:
    opened("a").put({"1": HARMLESS})
    assert opened("b").get("1") is None


def test_the_first_assessment_of_a_picture_stays(opened: Opens) -> None:
    cache = opened()
    cache.put({"1": HARMLESS})
    cache.put({"1": Assessment(0.9, {})})
    assert cache.get("1") == HARMLESS


def test_the_oldest_make_room_and_the_newest_stay(opened: Opens) -> None:
    cache = opened(limit_entries=3)
    for number in range(10):
        cache.put({str(number): HARMLESS})
    assert [cache.get(str(number)) is not None for number in range(10)] == [False] * 7 + [True] * 3


def test_a_batch_larger_than_the_cache_leaves_its_last_entries(opened: Opens) -> None:
    cache = opened(limit_entries=2)
    cache.put({str(number): HARMLESS for number in range(5)})
    assert [cache.get(str(number)) is not None for number in range(5)] == [False, False, False, True, True]


def test_a_file_that_is_no_database_is_made_anew(opened: Opens, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is not SQLite" * 500)
    cache = opened()
    assert cache.get("1") is None
    cache.put({"1": HARMLESS})
    assert (cache.get("1"), cache.failures) == (HARMLESS, 0)


def test_a_database_of_another_make_is_made_anew(opened: Opens, path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE assessments (something_else TEXT)")
    connection.close()
    cache = opened()
    cache.put({"1": HARMLESS})
    assert (cache.get("1"), cache.failures) == (HARMLESS, 0)


def test_a_file_that_is_damaged_while_open_is_made_anew(opened: Opens, path: Path) -> None:
    writer = opened()
    writer.put({str(number): HARMLESS for number in range(100)})
    writer.close()
    reader = opened()
    reader.get("1")
    data = bytearray(path.read_bytes())
    data[100:] = os.urandom(len(data) - 100)
    path.write_bytes(data)
    fresh = opened()
    fresh.put({"1": HARMLESS})
    assert (fresh.get("1"), fresh.failures) == (HARMLESS, 0)
    reader.put({"2": HARMLESS})
    assert opened().get("1") == HARMLESS


def test_a_deleted_folder_is_no_reason_to_fail(opened: Opens, path: Path) -> None:
    cache = opened()
    cache.put({"1": HARMLESS})
    for file in path.parent.iterdir():
        file.unlink()
    path.parent.rmdir()
    cache.put({"2": HARMLESS})
    cache.close()
    cache.put({"3": HARMLESS})
    assert cache.get("3") == HARMLESS


def test_a_place_where_nothing_can_be_written_makes_every_look_up_a_miss(opened: Opens, path: Path) -> None:
    path.parent.write_text("a file where the folder should be")
    cache = opened()
    cache.put({"1": HARMLESS})
    assert cache.get("1") is None
    assert cache.failures == 2


def test_a_locked_database_is_a_miss_and_keeps_its_content(opened: Opens, path: Path) -> None:
    opened().put({"1": HARMLESS})
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    cache = opened()
    cache.put({"2": HARMLESS})
    holder.execute("ROLLBACK")
    holder.close()
    assert cache.failures == 1
    assert (cache.get("1"), cache.get("2")) == (HARMLESS, None)


def test_a_repair_under_way_elsewhere_is_left_alone(opened: Opens, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is not SQLite" * 500)
    lock = path.with_name(path.name + ".lock")
    lock.touch()
    cache = opened()
    assert cache.get("1") is None
    assert (cache.failures, path.read_bytes()[:4]) == (1, b"this")


def test_the_lock_of_a_dead_process_does_not_hinder_a_repair(opened: Opens, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is not SQLite" * 500)
    lock = path.with_name(path.name + ".lock")
    lock.touch()
    os.utime(lock, (0, 0))
    cache = opened()
    cache.put({"1": HARMLESS})
    assert (cache.get("1"), lock.exists()) == (HARMLESS, False)


@pytest.mark.parametrize(
    ("risk", "scores"), [(0.1, "no json"), (7.0, "{}"), (-0.5, "{}"), ("text", "{}"), (0.1, b"\xff")]
)
def test_a_row_that_makes_no_sense_is_a_miss(opened: Opens, path: Path, risk: object, scores: object) -> None:
    cache = opened()
    cache.put({"1": HARMLESS})
    connection = sqlite3.connect(path)
    connection.execute("UPDATE assessments SET risk = ?, scores = ?", (risk, scores))
    connection.commit()
    connection.close()
    assert cache.get("1") is None


def write_many(path: Path, prefix: str) -> int:
    cache = VerdictCache(path, classifier="a", limit_entries=1000)
    for number in range(100):
        cache.put({f"{prefix}{number}": HARMLESS})
    failures = cache.failures
    cache.close()
    return failures


def test_several_processes_share_one_file(opened: Opens, path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        failures = sum(pool.starmap(write_many, [(path, "x"), (path, "y")]))
    cache = opened()
    found = sum(cache.get(f"{prefix}{number}") == HARMLESS for prefix in "xy" for number in range(100))
    assert found + failures == 200
    assert found > 150
