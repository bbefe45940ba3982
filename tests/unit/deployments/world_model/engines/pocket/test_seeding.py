"""A seed in the panorama."""

import math

import cv2
import numpy as np
import pytest

from deployments.world_model.engines.pocket import geometry
from deployments.world_model.engines.pocket.seeding import project_seed


def test_the_frame_s_middle_lies_ahead() -> None:
    frame = np.zeros((geometry.FRAME_HEIGHT, geometry.FRAME_WIDTH, 3), dtype=np.uint8)
    cv2.circle(frame, (geometry.FRAME_WIDTH // 2, geometry.FRAME_HEIGHT // 2), 20, (255, 255, 255), -1)
    picture, _ = project_seed(frame, 0.0)
    y, x = np.nonzero(picture[..., 0] > 128)
    assert x.mean() == pytest.approx(geometry.PICTURE_WIDTH / 2, abs=1)
    assert y.mean() == pytest.approx(geometry.PICTURE_HEIGHT / 2, abs=1)


def test_it_fills_its_field_of_view() -> None:
    frame = np.full((geometry.FRAME_HEIGHT, geometry.FRAME_WIDTH, 3), 200, dtype=np.uint8)
    picture, known = project_seed(frame, 0.0)
    columns = np.flatnonzero(known[geometry.GRID_HEIGHT // 2])
    wide_rad = len(columns) / geometry.GRID_WIDTH * 2 * math.pi
    assert wide_rad == pytest.approx(geometry.FIELD_OF_VIEW_RAD, abs=0.04)
    assert (picture[known.repeat(5, axis=0).repeat(5, axis=1)] == 200).all()


def test_a_frame_seen_looking_up_lies_higher() -> None:
    frame = np.full((geometry.FRAME_HEIGHT, geometry.FRAME_WIDTH, 3), 200, dtype=np.uint8)
    rows = np.nonzero(project_seed(frame, 0.3)[1])[0]
    level = np.nonzero(project_seed(frame, 0.0)[1])[0]
    assert rows.min() < level.min()
    assert rows.max() < level.max()
