"""The two networks behind their runtime, whatever they have learned."""

from pathlib import Path

import numpy as np
import pytest

from deployments.world_model.engines.pocket.geometry import FARTHEST, NEAREST, SKETCH_HEIGHT, SKETCH_WIDTH
from deployments.world_model.engines.pocket.networks import WEIGHTS, Networks, Sketch, Start, WeightsError
from tests.fakes import pictures

SHAPE = (SKETCH_HEIGHT, SKETCH_WIDTH)


@pytest.fixture(scope="module")
def networks() -> Networks:
    return Networks()


def sketch_of(value: float) -> Sketch:
    return Sketch(np.full((*SHAPE, 3), value, np.float32), np.full(SHAPE, 0.25, np.float32))


def left_half() -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    known = np.zeros(SHAPE, np.float32)
    known[:, : SKETCH_WIDTH // 2] = 1
    return known


def test_a_frame_has_distances_within_bounds_and_a_pitch(networks: Networks) -> None:
    frame = np.asarray(pictures.noise(640, 360), dtype=np.uint8)
    inverse, pitch_rad = networks.distance(frame)
    assert inverse.shape == (72, 128)
    assert inverse.dtype == np.float32
    assert 1 / FARTHEST <= inverse.min() <= inverse.max() <= 1 / NEAREST
    assert abs(pitch_rad) < np.pi / 2
    again, _ = networks.distance(frame)
    assert (again == inverse).all()


def test_a_mirrored_frame_is_as_far_away(networks: Networks) -> None:
    frame = np.asarray(pictures.noise(640, 360), dtype=np.uint8)
    inverse, pitch_rad = networks.distance(frame)
    mirrored, same_pitch_rad = networks.distance(np.ascontiguousarray(frame[:, ::-1]))
    assert mirrored[:, ::-1] == pytest.approx(inverse, rel=1e-3)
    assert same_pitch_rad == pytest.approx(pitch_rad, abs=1e-4)


def test_what_is_known_of_a_sketch_stays_and_the_rest_is_within_bounds(networks: Networks) -> None:
    dreamt = networks.complete(sketch_of(90.0), left_half(), 2, 5)
    known = left_half() > 0
    assert dreamt.colours.shape == (*SHAPE, 3)
    assert dreamt.colours[known] == pytest.approx(90.0, abs=0.01)
    assert dreamt.inverse_distance[known] == pytest.approx(0.25, abs=1e-3)
    assert 0 <= dreamt.colours.min() <= dreamt.colours.max() <= 255
    assert 1 / FARTHEST <= dreamt.inverse_distance.min() <= dreamt.inverse_distance.max() <= 1 / NEAREST


def test_the_same_seed_dreams_the_same_and_another_one_something_else(networks: Networks) -> None:
    one, same, other = (networks.complete(sketch_of(90.0), left_half(), 2, seed) for seed in (5, 5, 6))
    assert (one.colours == same.colours).all()
    assert (one.inverse_distance == same.inverse_distance).all()
    assert (one.colours != other.colours).any()


def test_a_dream_that_starts_near_a_sketch_comes_out_like_it(networks: Networks) -> None:
    dark, light = (
        networks.complete(sketch_of(90.0), left_half(), 2, 5, Start(sketch_of(value), 0.8)).colours[left_half() == 0]
        for value in (40.0, 140.0)
    )
    plain = networks.complete(sketch_of(90.0), left_half(), 2, 5).colours[left_half() == 0]
    assert dark.mean() < plain.mean() - 3
    assert light.mean() > plain.mean() + 3


def test_what_lies_under_unknown_cells_does_not_count(networks: Networks) -> None:
    sketch = sketch_of(90.0)
    sketch.colours[left_half() == 0] = 7.0
    one, other = (networks.complete(each, left_half(), 2, 5) for each in (sketch_of(90.0), sketch))
    assert (one.colours == other.colours).all()


def test_missing_and_damaged_weights_are_told_apart_from_everything_else(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="depth"):
        Networks(tmp_path)
    (tmp_path / "depth.onnx").write_bytes(b"nonsense")
    with pytest.raises(WeightsError):
        Networks(tmp_path)
    (tmp_path / "depth.onnx").write_bytes((WEIGHTS / "depth.onnx").read_bytes())
    with pytest.raises(WeightsError):
        Networks(tmp_path)
