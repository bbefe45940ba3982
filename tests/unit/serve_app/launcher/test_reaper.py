"""Whom the reaper ends, how long it goes on, and what it removes."""

import os
import subprocess
from pathlib import Path

from serve_app.launcher.reaper import Candidate, find_launch_id, read_candidates, remove_folder, select_leftovers, sweep

OURS = "launch-1"


class FakeMachine:
    """Processes that can be ended; some fork when they are."""

    def __init__(self, *living: Candidate) -> None:
        self.living = {candidate.pid: candidate for candidate in living}
        self.children: dict[int, Candidate] = {}
        self.immortal: set[int] = set()
        self.ended: list[int] = []
        self.pauses_left = 50

    def look(self) -> list[Candidate]:
        return list(self.living.values())

    def end(self, pid: int) -> None:
        self.ended.append(pid)
        if pid not in self.immortal:
            del self.living[pid]
        if child := self.children.pop(pid, None):
            self.living[child.pid] = child

    def pause(self) -> bool:
        self.pauses_left -= 1
        return self.pauses_left > 0


def test_everybody_of_the_launch_is_chosen_and_nobody_else() -> None:
    candidates = [Candidate(1, None), Candidate(10, OURS), Candidate(11, "launch-2"), Candidate(12, OURS)]

    assert select_leftovers(candidates, OURS, own_pid=99) == [10, 12]


def test_the_reaper_never_chooses_itself() -> None:
    assert select_leftovers([Candidate(10, OURS)], OURS, own_pid=10) == []


def test_a_process_that_overwrote_part_of_its_environment_is_recognised() -> None:
    assert find_launch_id(b"ray::Agent\0\0\0\0UMP=1\0BIOME_LAUNCH_ID=launch-1\0HOME=/\0") == OURS
    assert find_launch_id(b"\0\0NOT_BIOME_LAUNCH_ID=launch-1\0") is None
    assert find_launch_id(b"") is None


def test_a_real_process_is_recognised_by_what_it_inherited() -> None:
    environment = {**os.environ, "BIOME_LAUNCH_ID": OURS}
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, env=environment) as process:
        assert select_leftovers(read_candidates(), OURS, own_pid=os.getpid()) == [process.pid]


def test_the_sweep_ends_all_of_ours_and_leaves_the_rest() -> None:
    machine = FakeMachine(Candidate(10, OURS), Candidate(11, "launch-2"), Candidate(12, OURS))

    assert sweep(OURS, machine.look, machine.end, machine.pause)
    assert machine.ended == [10, 12]
    assert set(machine.living) == {11}


def test_a_process_born_while_its_parent_is_ended_is_found() -> None:
    machine = FakeMachine(Candidate(10, OURS))
    machine.children[10] = Candidate(20, OURS)

    assert sweep(OURS, machine.look, machine.end, machine.pause)
    assert machine.ended == [10, 20]


def test_one_empty_look_is_not_trusted() -> None:
    looks = iter([[], [Candidate(10, OURS)], [], []])
    ended: list[int] = []

    assert sweep(OURS, lambda: next(looks), ended.append, lambda: True)
    assert ended == [10]


def test_the_sweep_gives_up_when_time_is_up() -> None:
    machine = FakeMachine(Candidate(10, OURS))
    machine.immortal.add(10)

    assert not sweep(OURS, machine.look, machine.end, machine.pause)


def test_the_sweep_does_not_end_the_process_it_runs_in() -> None:
    machine = FakeMachine(Candidate(os.getpid(), OURS))

    assert sweep(OURS, machine.look, machine.end, machine.pause)
    assert machine.ended == []


def test_rays_folder_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "biome-x"
    (folder / "session").mkdir(parents=True)

    remove_folder(folder)

    assert not folder.exists()


def test_no_other_folder_is_ever_removed(tmp_path: Path) -> None:
    other = tmp_path / "home"
    other.mkdir()
    link = tmp_path / "biome-link"
    link.symlink_to(other)

    remove_folder(other)
    remove_folder(link)

    assert other.exists()
