"""Where blocks are cut: by colour, and by distance where colours say nothing."""

import numpy as np
import pytest

from deployments.world_model.engines.pocket.seams import EMPTY, KEPT, NEW, paste

HIGH, WIDE = 14, 28
BROAD = WIDE * 3 // 7
"""Columns in which a cut may run."""


class Patchwork:
    """A strip that one block fills already, and a source of one block more of the same colour."""

    def __init__(self, state: int = NEW) -> None:
        self.estimate = np.zeros((HIGH, WIDE * 2, 4), np.float32)
        self.filled = np.full((HIGH, WIDE * 2), EMPTY, np.uint8)
        self.filled[:, :BROAD] = state
        self.source = np.zeros((HIGH, WIDE, 4), np.float32)
        self.source_y = np.full((HIGH, WIDE * 2), -1, np.int32)
        self.source_x = np.full((HIGH, WIDE * 2), -1, np.int32)

    def paste(self) -> np.ndarray:
        """Put the source's block over the left half; the first new column of each row."""
        pasted = np.zeros((HIGH // 2, WIDE // 2), np.int32)
        spot = np.array([0, 0, HIGH, WIDE], np.int32)
        paste(self.estimate, self.filled, self.source_y, self.source_x, self.source, spot, 0, 0, pasted)
        assert int(pasted.sum()) == int((self.source_x >= 0).sum())
        return np.argmax(self.source_x >= 0, axis=1)


@pytest.mark.parametrize("channel", [0, 1, 2, 3], ids=["red", "green", "blue", "distance"])
@pytest.mark.parametrize("alike", [2, 7])
def test_a_cut_runs_where_both_are_alike(channel: int, alike: int) -> None:
    patchwork = Patchwork()
    patchwork.source[:, :, channel] = 50
    patchwork.source[:, alike, channel] = 0
    middle = patchwork.paste()[HIGH // 2]
    assert middle == alike


def test_what_is_known_is_not_pasted_over() -> None:
    patchwork = Patchwork(KEPT)
    assert set(patchwork.paste()) == {BROAD}
    assert (patchwork.filled[:, :BROAD] == KEPT).all()
    assert (patchwork.filled[:, BROAD:WIDE] == NEW).all()
    assert (patchwork.filled[:, WIDE:] == EMPTY).all()
