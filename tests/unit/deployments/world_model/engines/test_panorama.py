"""What the camera sees of a seed."""

import numpy as np
import pytest

from deployments.world_model.engine import Frame
from deployments.world_model.engines.camera import CYCLE_OCTAVES, WINDOW_OCTAVES, Camera
from deployments.world_model.engines.panorama import Panorama
from tests.fakes import pictures

HEIGHT, WIDTH = 48, 64


@pytest.fixture
def seed() -> Frame:
    return np.asarray(pictures.noise(WIDTH, HEIGHT), dtype=np.uint8)


def seen(seed: Frame, camera: Camera) -> Frame:
    return Panorama(seed).draw([camera])[0]


def test_a_camera_that_never_moved_sees_the_seed(seed: Frame) -> None:
    assert np.array_equal(seen(seed, Camera()), seed)


def test_every_camera_gives_a_frame_in_order(seed: Frame) -> None:
    cameras = [Camera(x_heights=step / 10) for step in range(3)]
    frames = Panorama(seed).draw(cameras)
    assert frames.shape == (3, HEIGHT, WIDTH, 3)
    assert frames.flags.c_contiguous
    for camera, frame in zip(cameras, frames, strict=True):
        assert np.array_equal(frame, seen(seed, camera))


def test_a_camera_further_right_sees_the_picture_further_left(seed: Frame) -> None:
    right = seen(seed, Camera(x_heights=8 / HEIGHT))
    assert np.array_equal(right[:, : WIDTH - 8], seed[:, 8:])


def test_a_camera_further_down_sees_the_picture_further_up(seed: Frame) -> None:
    down = seen(seed, Camera(y_heights=8 / HEIGHT))
    assert np.array_equal(down[: HEIGHT - 8], seed[8:])


def test_the_picture_goes_on_mirrored_past_its_edges(seed: Frame) -> None:
    assert np.array_equal(seen(seed, Camera(x_heights=WIDTH / HEIGHT)), seed[:, ::-1])
    assert np.array_equal(seen(seed, Camera(x_heights=-WIDTH / HEIGHT)), seed[:, ::-1])
    assert np.array_equal(seen(seed, Camera(y_heights=1.0)), seed[::-1])


def test_it_never_runs_out(seed: Frame) -> None:
    around = Camera(x_heights=2 * WIDTH / HEIGHT * 1000, y_heights=-2.0 * 1000)
    assert np.array_equal(seen(seed, around), seed)


def test_half_a_pixel_shows_the_mean_of_two(seed: Frame) -> None:
    between = seen(seed, Camera(x_heights=0.5 / HEIGHT))
    mean = (seed[:, :-1].astype(int) + seed[:, 1:]) // 2
    assert np.array_equal(between[:, :-1], mean)


def test_twice_as_near_the_middle_fills_the_frame(seed: Frame) -> None:
    near = seen(seed, Camera(octaves=1.0))
    middle = seed[HEIGHT // 4 : -HEIGHT // 4, WIDTH // 4 : -WIDTH // 4]
    enlarged = middle.repeat(2, axis=0).repeat(2, axis=1)
    assert np.abs(near.astype(int) - enlarged).mean() < 0.2 * np.abs(near.astype(int) - seed).mean()


def test_through_the_window_one_sees_the_cycle_s_beginning() -> None:
    ramp = np.empty((HEIGHT, WIDTH, 3), dtype=np.uint8)
    ramp[:] = 3 * np.arange(WIDTH, dtype=np.uint8)[:, None]
    camera = Camera(octaves=CYCLE_OCTAVES - WINDOW_OCTAVES / 2)
    row = seen(ramp, camera)[HEIGHT // 2, :, 0].astype(float)
    inside = row[WIDTH // 2 - 15 : WIDTH // 2 + 15]
    assert np.diff(inside).mean() == pytest.approx(3 / camera.far_zoom, rel=0.05)
    assert np.diff(row[: WIDTH // 4]).mean() == pytest.approx(3 / camera.zoom, rel=0.1)


def test_coming_round_is_seamless(seed: Frame) -> None:
    assert np.array_equal(seen(seed, Camera(octaves=CYCLE_OCTAVES - 1e-6)), seed)


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (5, 3)])
def test_any_size_is_drawn(size: tuple[int, int]) -> None:
    picture = np.arange(size[0] * size[1] * 3, dtype=np.uint8).reshape(*size, 3)
    frames = Panorama(picture).draw([Camera(0.3, -0.4, octaves / 10) for octaves in range(15)])
    assert frames.shape == (15, *size, 3)
