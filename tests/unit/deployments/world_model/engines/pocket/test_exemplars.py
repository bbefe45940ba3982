"""Detail from the seed for the rest of the panorama."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from deployments.world_model.engines.pocket import geometry
from deployments.world_model.engines.pocket.exemplars import ExemplarBank
from deployments.world_model.engines.pocket.seeding import project_seed

Picture = NDArray[np.uint8]
Grid = NDArray[np.float32]
PHOTO = Path(__file__).parents[5] / "fakes" / "photos" / "picos_path.jpg"


def level_distances() -> Grid:
    """Of a plain under an open sky."""
    down = -geometry.cell_directions(geometry.GRID_HEIGHT, geometry.GRID_WIDTH)[..., 1]
    return np.clip(down, 1 / geometry.FARTHEST, None).astype(np.float32)


def seeded(frame: Picture) -> tuple[Picture, NDArray[np.bool_]]:
    size = (geometry.FRAME_WIDTH, geometry.FRAME_HEIGHT)
    return project_seed(cv2.resize(frame, size, interpolation=cv2.INTER_AREA).astype(np.uint8), 0.0)


def sketch_of(picture: Picture, known: NDArray[np.bool_]) -> Grid:
    """Each row's mean colour, as a completer paints that knows nothing more."""
    pixels = known.repeat(5, axis=0).repeat(5, axis=1)
    rows = np.flatnonzero(pixels.any(axis=1))
    means = np.array([picture[row][pixels[row]].mean(axis=0) for row in rows], dtype=np.float32)
    column = means[np.clip(np.arange(geometry.PICTURE_HEIGHT), rows[0], rows[-1]) - rows[0]]
    small = column.reshape(geometry.SKETCH_HEIGHT, 10, 3).mean(axis=1)
    return np.ascontiguousarray(np.repeat(small[:, None], geometry.SKETCH_WIDTH, axis=1), dtype=np.float32)


def grey(picture: Picture) -> Grid:
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)


def sharpness(picture: Picture) -> float:
    return float(cv2.Laplacian(grey(picture), cv2.CV_32F).var())


class Place:
    """A photograph's panorama, completed."""

    def __init__(self, frame: Picture) -> None:
        self.picture, self.known = seeded(frame)
        self.sketch = sketch_of(self.picture, self.known)
        self.need = (~self.known).astype(np.float32)
        self.bank = ExemplarBank(self.picture, self.known, level_distances())
        self.whole = self.complete(1)
        self.pixels = self.known.repeat(5, axis=0).repeat(5, axis=1)

    def complete(self, seed: int) -> Picture:
        return self.bank.synthesise(self.sketch, level_distances(), self.picture, self.need, seed).picture


@pytest.fixture(scope="module")
def place() -> Place:
    photo = cv2.imread(str(PHOTO))
    assert photo is not None
    return Place(cv2.cvtColor(photo, cv2.COLOR_BGR2RGB).astype(np.uint8))


def test_the_same_arguments_give_the_same_picture(place: Place) -> None:
    again = ExemplarBank(place.picture, place.known, level_distances())
    painting = again.synthesise(place.sketch, level_distances(), place.picture, place.need, 1)
    assert np.array_equal(painting.picture, place.whole)


def test_another_seed_number_gives_another_picture(place: Place) -> None:
    assert not np.array_equal(place.complete(2), place.whole)


def test_what_lacks_nothing_stays_as_it_is(place: Place) -> None:
    nothing = np.zeros_like(place.need)
    painting = place.bank.synthesise(place.sketch, level_distances(), place.whole, nothing, 3)
    assert np.array_equal(painting.picture, place.whole)
    assert np.array_equal(painting.inverse_distance, level_distances())


def test_the_seed_stays_where_it_is(place: Place) -> None:
    assert np.array_equal(place.whole[place.pixels], place.picture[place.pixels])


def test_what_is_new_is_about_as_sharp_as_the_seed(place: Place) -> None:
    inside = sharpness(place.whole[250:550, 1050:1500])
    for left in (100, 550, 1600, 2050):
        assert inside / 2 < sharpness(place.whole[250:550, left : left + 450]) < inside * 2


def test_the_seed_is_nowhere_mirrored(place: Place) -> None:
    flipped = np.ascontiguousarray(grey(place.whole[250:550, 1050:1500])[:, ::-1])
    around = np.hstack([grey(place.whole[250:550]), grey(place.whole[250:550, :450])])
    flipped -= cv2.blur(flipped, (81, 81))
    around -= cv2.blur(around, (81, 81))
    assert float(cv2.matchTemplate(around, flipped, cv2.TM_CCOEFF_NORMED).max()) < 0.5


def test_a_clear_sky_gets_no_texture_of_the_ground() -> None:
    frame = np.empty((geometry.FRAME_HEIGHT, geometry.FRAME_WIDTH, 3), dtype=np.uint8)
    frame[:180] = (120, 170, 230)
    frame[180:] = np.random.default_rng(1).integers(20, 140, (180, geometry.FRAME_WIDTH, 1))
    whole = Place(frame).whole
    assert grey(whole[:340]).std(axis=(0, 1)) < 3
    assert sharpness(whole[460:]) > 100 * max(sharpness(whole[:340]), 1)


def test_what_is_blurred_becomes_sharp_and_keeps_its_shapes(place: Place) -> None:
    middle = place.whole[250:550, 1050:1500]
    raw = place.whole.copy()
    near = cv2.resize(middle[50:250, 75:375], (450, 300), interpolation=cv2.INTER_LINEAR)
    raw[250:550, 1050:1500] = near
    need = np.zeros_like(place.need)
    need[50:110, 210:300] = 0.7
    sketch = cv2.resize(raw, (geometry.SKETCH_WIDTH, geometry.SKETCH_HEIGHT), interpolation=cv2.INTER_AREA)
    whole = place.bank.synthesise(sketch.astype(np.float32), level_distances(), raw, need, 1).picture
    assert sharpness(whole[250:550, 1050:1500]) > 0.5 * sharpness(middle)
    shapes = np.corrcoef(grey(whole[250:550, 1050:1500]).ravel(), grey(raw[250:550, 1050:1500]).ravel())[0, 1]
    assert shapes > 0.95
    outside = need.repeat(5, axis=0).repeat(5, axis=1) == 0
    assert np.array_equal(whole[outside], raw[outside])


def test_nothing_known_at_all_can_be_painted(place: Place) -> None:
    need = np.ones_like(place.need)
    whole = place.bank.synthesise(place.sketch, level_distances(), None, need, 1).picture
    assert sharpness(whole[250:550]) > 0.4 * sharpness(place.whole[250:550, 1050:1500])


def test_what_is_pasted_brings_its_distance() -> None:
    """The left of the seed is a red wall at two eye heights, the right is blue and far away."""
    frame = np.zeros((geometry.FRAME_HEIGHT, geometry.FRAME_WIDTH, 3), dtype=np.uint8)
    frame[:, :320, 0], frame[:, 320:, 2] = 200, 200
    picture, known = seeded(frame)
    middle = geometry.GRID_WIDTH // 2
    true = np.full((geometry.GRID_HEIGHT, geometry.GRID_WIDTH), 1 / 2, dtype=np.float32)
    true[:, middle:] = 1 / 40
    bank = ExemplarBank(picture, known, true)
    dreamt = np.where(known, true, 1 / 9).astype(np.float32)
    sketch = sketch_of(picture, known)
    painting = bank.synthesise(sketch, dreamt, picture, (~known).astype(np.float32), 1)
    cells = cv2.resize(painting.picture, (geometry.GRID_WIDTH, geometry.GRID_HEIGHT), interpolation=cv2.INTER_AREA)
    rows = slice(geometry.GRID_HEIGHT // 2 - 20, geometry.GRID_HEIGHT // 2 + 20)
    near, far = (
        np.median(painting.inverse_distance[rows][(cells[..., colour] > 150)[rows] & ~known[rows]]) for colour in (0, 2)
    )
    assert near > 4 * far
    assert np.array_equal(painting.inverse_distance[known], true[known])


def test_what_stands_on_the_ground_comes_with_the_ground() -> None:
    """Posts, each in one colour above and below a grey band that hides its middle. In smaller blocks, one in six keeps
    its foot."""
    colours = np.array([[200, 60, 60], [60, 200, 60], [60, 60, 200], [200, 200, 60], [60, 200, 200]], np.uint8)
    posts = colours[np.arange(geometry.FRAME_WIDTH) * len(colours) // geometry.FRAME_WIDTH]
    frame = np.tile(posts, (geometry.FRAME_HEIGHT, 1, 1))
    frame[140:220] = 128
    whole = Place(frame).whole
    known = seeded(frame)[1].any(axis=0).repeat(5)
    top, foot = (whole[rows].mean(axis=0)[~known] for rows in (slice(290, 310), slice(490, 510)))
    nearest = [np.linalg.norm(part[:, None] - colours, axis=2).argmin(axis=1) for part in (top, foot)]
    assert np.mean(nearest[0] == nearest[1]) > 0.5


def test_a_bank_without_a_seed_is_refused(place: Place) -> None:
    with pytest.raises(ValueError, match="fills no cell"):
        ExemplarBank(place.picture, np.zeros_like(place.known), level_distances())
