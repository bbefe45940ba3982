"""Where a world stands."""

import numpy as np

from deployments.images import Frame
from deployments.world_model.timeline import Timeline


def frame(value: int) -> Frame:
    return np.full((2, 2, 3), value, np.uint8)


def test_the_first_seed_is_the_original_whatever_it_claims() -> None:
    timeline, seed = Timeline(), frame(1)
    timeline.start(seed, is_original=False)
    assert timeline.original is timeline.seed is timeline.last is seed


def test_an_edit_is_the_seed_but_not_the_original() -> None:
    timeline, first, edit = Timeline(), frame(1), frame(2)
    timeline.start(first, is_original=True)
    timeline.start(edit, is_original=False)
    assert timeline.original is first
    assert timeline.seed is timeline.last is edit


def test_every_start_is_another_epoch_and_restarts_the_frame_ids() -> None:
    timeline = Timeline()
    timeline.start(frame(1), is_original=True)
    timeline.passed(np.stack([frame(2), frame(3)]))
    assert (timeline.epoch, timeline.next_frame_id) == (1, 3)
    timeline.start(frame(1), is_original=True)
    assert (timeline.epoch, timeline.next_frame_id) == (2, 1)


def test_the_last_frame_is_the_last_of_the_pass() -> None:
    timeline = Timeline()
    timeline.start(frame(1), is_original=True)
    timeline.passed(np.stack([frame(2), frame(3)]))
    assert timeline.last is not None
    assert timeline.last.max() == 3


def test_a_dropped_world_has_nothing_to_return_to() -> None:
    timeline = Timeline()
    timeline.start(frame(1), is_original=True)
    timeline.drop()
    assert timeline.original is timeline.seed is timeline.last is None
    assert timeline.epoch == 1
