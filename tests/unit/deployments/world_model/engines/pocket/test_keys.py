"""What becomes of a panorama and its distances."""

import numpy as np

from deployments.world_model.engines.pocket import relief
from deployments.world_model.engines.pocket.geometry import (
    FRAME_HEIGHT,
    FRAME_WIDTH,
    GRID_HEIGHT,
    GRID_WIDTH,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
)
from deployments.world_model.engines.pocket.keys import CAP_ROWS, Seed, build_key
from deployments.world_model.engines.pocket.texels import (
    BACKDROP_AT,
    BACKDROP_SIZE,
    CAPS_AT,
    SEED_AT,
    SEED_SIZE,
    packed,
    unpacked,
)
from tests.unit.deployments.world_model.engines.pocket import rooms

MIDDLE_ROW, MIDDLE_COLUMN = GRID_HEIGHT // 2, GRID_WIDTH // 2


def cut() -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    return rooms.key().cut[CAP_ROWS:-CAP_ROWS]


def test_ground_is_not_cut_however_flat_the_angle() -> None:
    behind = np.r_[0:100, 412:512]
    assert not cut()[MIDDLE_ROW + 2 :, behind].any()


def test_the_outline_of_a_box_is_cut_all_along_its_sides() -> None:
    rows = slice(MIDDLE_ROW - 10, MIDDLE_ROW + 20)
    assert cut()[rows, MIDDLE_COLUMN - 40 : MIDDLE_COLUMN].any(axis=1).all()
    assert cut()[rows, MIDDLE_COLUMN : MIDDLE_COLUMN + 40].any(axis=1).all()


def test_the_front_of_a_box_is_whole() -> None:
    assert not cut()[MIDDLE_ROW : MIDDLE_ROW + 20, MIDDLE_COLUMN - 8 : MIDDLE_COLUMN + 8].any()


def test_the_backdrop_never_comes_before_the_front() -> None:
    key = rooms.key()
    assert (key.backdrop.inverse_distance <= key.inverse_distance + 1e-6).all()


def test_behind_the_edge_of_a_box_is_what_lies_beside_it() -> None:
    key, row = rooms.key(), MIDDLE_ROW + 4
    edge = int(np.flatnonzero(cut()[row, MIDDLE_COLUMN : MIDDLE_COLUMN + 60])[0]) + MIDDLE_COLUMN
    under, beside = key.backdrop.inverse_distance[row, edge - 3], key.inverse_distance[row, edge + 4]
    assert abs(under - beside) < 0.3 * beside
    assert key.backdrop.quads[row, edge - 3]
    behind = key.texels[BACKDROP_AT:CAPS_AT].reshape(BACKDROP_SIZE)
    colour = unpacked(behind)[int((row + 0.5) * 2.5), int((edge - 2) * 2.5)].astype(int)
    assert colour[0] < 1.5 * colour[1], "the box's red shows through"


def test_a_blurred_break_is_made_steep() -> None:
    picture = np.zeros((PICTURE_HEIGHT, PICTURE_WIDTH, 3), np.uint8)
    inverse = np.full((GRID_HEIGHT, GRID_WIDTH), 0.1, np.float32)
    inverse[:, 256:300] = 0.5
    blurred = inverse.copy()
    blurred[:, 255], blurred[:, 256] = 0.22, 0.38
    assert np.abs(build_key((0.0, 0.0, 0.0), picture, blurred).inverse_distance - inverse).max() < 0.02


def test_distances_are_kept_within_bounds() -> None:
    picture = np.zeros((PICTURE_HEIGHT, PICTURE_WIDTH, 3), np.uint8)
    inverse = np.zeros((GRID_HEIGHT, GRID_WIDTH), np.float32)
    inverse[100:, :] = 50.0
    key = build_key((0.0, 0.0, 0.0), picture, inverse)
    assert 0.0024 < key.inverse_distance.min() <= key.inverse_distance.max() <= 5.0
    assert np.isfinite(key.points).all()


def test_pixels_are_unpacked_as_they_were_packed() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (8, 10, 3), np.uint8)
    assert (unpacked(packed(picture)) == picture).all()


def test_the_same_panorama_makes_the_same_key() -> None:
    one, other = rooms.key(), build_key((0.0, 0.0, 0.0), *rooms.panorama())
    assert (one.texels == other.texels).all()
    assert (one.cuts.matte == other.cuts.matte).all()
    assert (one.points == other.points).all()


def test_distances_that_break_everywhere_are_cut_only_where_they_break_most() -> None:
    _, inverse = rooms.panorama()
    noise = np.random.default_rng(3).normal(1.0, 0.15, inverse.shape)
    noisy = (inverse * noise).astype(np.float32)
    noisy[80:, 200:240] *= 4.0
    cut = relief.cut_quads(np.ascontiguousarray(noisy))
    assert 0.9 * relief.MOST_CUTS < cut.sum() <= relief.MOST_CUTS
    assert cut[90:, 239].mean() > 0.9, "the strongest break stays"


def test_cells_that_stand_alone_are_evened_out_and_a_pole_stays() -> None:
    inverse = np.full((GRID_HEIGHT, GRID_WIDTH), 0.1, np.float32)
    inverse[40:60, 100] = 0.5
    with_speck = inverse.copy()
    with_speck[20, 30] = with_speck[120, 511] = with_speck[121, 0] = 2.0
    np.testing.assert_array_equal(relief.despeckled(with_speck), inverse)


def test_a_seed_holds_its_frame_and_what_lies_between_its_pixels() -> None:
    frame = np.zeros((FRAME_HEIGHT, FRAME_WIDTH, 3), np.uint8)
    frame[:, :40] = np.arange(0, 240, 6, dtype=np.uint8)[None, :, None]
    key = build_key((0.0, 0.0, 0.0), *rooms.panorama(), Seed(frame))
    between = unpacked(key.texels[SEED_AT:].reshape(SEED_SIZE))
    assert (between[::2, ::2] == frame).all()
    assert (between[10, 10:70, 0] == np.arange(10, 70) * 3).all()
