"""Meshes in a depth buffer: nothing shows between their quads, and each pixel is as near as its surface."""

import numpy as np
import pytest
from numpy.typing import NDArray

from deployments.world_model.engines.pocket.quads import LANES, draw_quads
from deployments.world_model.engines.pocket.vertices import BEHIND

HEIGHT, WIDTH = 60, 96
ROWS, COLUMNS = 13, 21
"""Of vertices."""
Floats = NDArray[np.float32]


def mesh(jitter: float, seed: int = 1) -> tuple[Floats, Floats]:
    """Vertices of a grid that covers the buffer and more, each moved by chance."""
    draw = np.random.default_rng(seed)
    ys, xs = np.meshgrid(np.linspace(-4.0, HEIGHT + 4.0, ROWS), np.linspace(-4.0, WIDTH + 4.0, COLUMNS), indexing="ij")
    shifts = draw.uniform(-jitter, jitter, (2, ROWS, COLUMNS))
    return (xs + shifts[0]).astype(np.float32), (ys + shifts[1]).astype(np.float32)


def drawn(
    xs: Floats,
    ys: Floats,
    ws: Floats,
    *,
    codes: NDArray[np.uint8] | None = None,
    layer: int = 0,
    turn: float = 0.0,
    depths: Floats | None = None,
) -> tuple[Floats, NDArray[np.uint8]]:
    """The buffer and its layers with the whole mesh in it."""
    depths = np.zeros((HEIGHT, WIDTH), np.float32) if depths is None else depths
    layers = np.zeros((HEIGHT, WIDTH), np.uint8)
    codes = np.zeros(xs.shape, np.uint8) if codes is None else codes
    flags = np.ones((xs.shape[0] - 1, xs.shape[1] - 1), np.uint8)
    draw_quads(depths, layers, layer, xs, ys, np.asarray(ws, np.float32), codes, flags, 1, turn, LANES)
    return depths, layers


def plane(xs: NDArray[np.floating], ys: NDArray[np.floating]) -> Floats:
    """Inverse depths of a plane, by pixel coordinates."""
    return np.asarray(0.5 + 0.002 * xs + 0.003 * ys, np.float32)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("jitter", [0.0, 1.8])
def test_a_mesh_of_a_plane_is_that_plane_without_a_gap(jitter: float, seed: int) -> None:
    xs, ys = mesh(jitter, seed)
    depths, _ = drawn(xs, ys, plane(xs, ys))
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    np.testing.assert_allclose(depths, plane(columns, rows), atol=1e-4)


def test_lines_through_pixel_centres_leave_no_gap() -> None:
    ys, xs = np.meshgrid(np.arange(-1.5, HEIGHT + 4, 3.0), np.arange(-1.5, WIDTH + 4, 3.0), indexing="ij")
    xs, ys = xs.astype(np.float32), ys.astype(np.float32)
    assert (drawn(xs, ys, plane(xs, ys))[0] > 0).all()


def test_a_quad_seen_from_behind_is_not_drawn() -> None:
    xs, ys = mesh(0.0)
    assert not drawn(xs[:, ::-1].copy(), ys, plane(xs, ys))[0].any()


def test_a_quad_with_a_corner_behind_the_eye_is_not_drawn_and_its_neighbours_are() -> None:
    xs, ys = mesh(0.0)
    codes = np.zeros(xs.shape, np.uint8)
    codes[6, 10] = BEHIND
    depths, _ = drawn(xs, ys, plane(xs, ys), codes=codes)
    gap = depths == 0
    assert gap[int(ys[6, 10]), int(xs[6, 10])]
    assert 0.8 < gap.sum() / (4 * (ys[1, 0] - ys[0, 0]) * (xs[0, 1] - xs[0, 0])) < 1.2


def test_what_is_nearer_hides_what_is_farther_in_either_order() -> None:
    xs, ys = mesh(1.8)
    near, far = np.full(xs.shape, 2.0, np.float32), np.full(xs.shape, 1.0, np.float32)
    one, _ = drawn(xs, ys, far, depths=drawn(xs, ys, near)[0])
    other, _ = drawn(xs, ys, near, depths=drawn(xs, ys, far)[0])
    assert (one == 2.0).all()
    assert (other == 2.0).all()


def test_a_layer_stands_back_a_little_and_is_told_where_it_is_drawn() -> None:
    xs, ys = mesh(1.8)
    same = np.ones(xs.shape, np.float32)
    front = drawn(xs, ys, same)[0]
    front[:, WIDTH // 2 :] = 0.0
    depths, layers = drawn(xs, ys, same, layer=1, depths=front)
    assert (depths[:, : WIDTH // 2] == 1.0).all()
    assert not layers[:, : WIDTH // 2].any()
    assert ((depths[:, WIDTH // 2 :] > 0.9) & (depths[:, WIDTH // 2 :] < 1.0)).all()
    assert (layers[:, WIDTH // 2 :] == 1).all()


def test_around_a_panorama_there_is_no_seam() -> None:
    xs, ys = mesh(0.0)
    start = np.linspace(0.0, WIDTH, COLUMNS)[None, :]
    xs = np.ascontiguousarray(np.broadcast_to((start + 37.3) % WIDTH, xs.shape), np.float32)
    xs[:, -1] = xs[:, 0]
    depths, _ = drawn(xs, ys, np.ones(xs.shape, np.float32), turn=float(WIDTH))
    assert (depths == 1.0).all()
