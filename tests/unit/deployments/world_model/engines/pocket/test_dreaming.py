"""Making keys: what was seen stays, what was not is dreamt, the same way each time."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from deployments.images import Frame
from deployments.world_model.engines.pocket import composing
from deployments.world_model.engines.pocket.clarity import clarity
from deployments.world_model.engines.pocket.crispness import fineness
from deployments.world_model.engines.pocket.dreaming import Dream, first_key, next_key
from deployments.world_model.engines.pocket.exemplars import BESIDE_THE_SEED, FARTHER_ON, Trust
from deployments.world_model.engines.pocket.geometry import GRID_HEIGHT, GRID_WIDTH, PICTURE_WIDTH
from deployments.world_model.engines.pocket.keys import Key
from deployments.world_model.engines.pocket.networks import Networks, Sketch, Start
from deployments.world_model.engines.pocket.seeding import project_seed
from deployments.world_model.engines.pocket.texels import SEED_AT, SEED_SIZE, unpacked
from tests.unit.deployments.world_model.engines.pocket import rooms

if TYPE_CHECKING:
    from collections.abc import Callable

HOME = (0.0, 0.0, 0.0)
AHEAD = (0.0, 0.0, 1.2)
FARTHER = (0.5, 0.0, 2.4)

PURPLE = 200.0
"""Red and blue of a dream without green."""


@pytest.fixture(scope="module")
def networks() -> Networks:
    return Networks()


@pytest.fixture(scope="module")
def frame() -> Frame:
    return rooms.view(HOME)


@pytest.fixture(scope="module")
def first(networks: Networks, frame: Frame) -> tuple[Dream, Key]:
    return first_key(networks, frame, 3)


@pytest.fixture(scope="module")
def ahead(first: tuple[Dream, Key]) -> Key:
    dream, key = first
    return next_key(dream, [key], AHEAD, 1)


def test_the_first_key_keeps_the_seed_as_it_is(first: tuple[Dream, Key], frame: Frame) -> None:
    _, key = first
    assert key.position == HOME
    assert (unpacked(key.texels[SEED_AT:].reshape(SEED_SIZE))[::2, ::2] == frame).all()
    picture, known = project_seed(frame, key.seed_pitch_rad)
    seen = known.repeat(5, axis=0).repeat(5, axis=1)
    assert np.abs(key.picture[seen].astype(np.int16) - picture[seen]).mean() < 1, "but for being sharpened"


def test_it_has_something_to_show_all_around(first: tuple[Dream, Key]) -> None:
    _, key = first
    behind = np.roll(key.picture, PICTURE_WIDTH // 2, axis=1)[:, PICTURE_WIDTH // 4 : -PICTURE_WIDTH // 4]
    assert behind.std() > 1
    assert np.isfinite(key.inverse_distance).all()
    assert key.inverse_distance.shape[1] == GRID_WIDTH


def test_the_same_seed_and_number_give_the_same_world(
    first: tuple[Dream, Key], ahead: Key, networks: Networks, frame: Frame
) -> None:
    dream, key = first
    other_dream, other = first_key(networks, frame, 3)
    assert (other.texels == key.texels).all()
    assert (other.points == key.points).all()
    one, same = (next_key(each, [ahead, key], FARTHER, 2) for each in (dream, other_dream))
    assert (one.texels == same.texels).all()
    assert (one.points == same.points).all()


def test_a_key_at_the_same_place_shows_what_its_source_shows(first: tuple[Dream, Key]) -> None:
    dream, key = first
    again = next_key(dream, [key], HOME, 1)
    change = np.abs(again.picture.astype(np.int16) - key.picture)
    assert np.median(change) <= 2
    assert change.mean() < 8
    assert np.median(np.abs(again.inverse_distance / key.inverse_distance - 1)) < 0.05


def test_a_key_farther_on_is_there_and_is_another_picture(first: tuple[Dream, Key], ahead: Key) -> None:
    _, key = first
    assert ahead.position == AHEAD
    assert len(ahead.texels) == SEED_AT, "it has no seed"
    assert np.abs(ahead.picture.astype(np.int16) - key.picture).mean() > 2


def test_who_walks_into_a_thing_finds_something_else_behind_it(first: tuple[Dream, Key]) -> None:
    dream, _ = first
    before_the_box = (0.0, 0.0, 1.5)
    seen = next_key(dream, [rooms.key()], before_the_box, 1)
    ahead = (slice(GRID_HEIGHT // 2, GRID_HEIGHT // 2 + 6), slice(GRID_WIDTH // 2 - 6, GRID_WIDTH // 2 + 6))
    assert np.median(rooms.panorama(before_the_box)[1][ahead]) > 0.9, "the box is an eye height away"
    assert np.median(seen.inverse_distance[ahead]) < 0.7


def test_keys_made_from_keys_stay_as_sharp(first: tuple[Dream, Key]) -> None:
    dream, key = first
    sharpness = fineness(key.picture)
    for count in range(1, 4):
        key = next_key(dream, [key], (0.0, 0.0, 0.13 * count), count)
    assert fineness(key.picture) > 0.8 * sharpness


@pytest.mark.parametrize(("tilt", "believed"), [(0.05, 0.0), (-0.05, 0.0), (0.18, 0.1), (-0.5, -0.2)])
def test_a_small_pitch_is_doubted_and_a_large_one_is_limited(
    tilt: float, believed: float, networks: Networks, frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    inverse, _ = networks.distance(frame)

    def distance(_: Frame) -> tuple[object, float]:
        return inverse, tilt

    monkeypatch.setattr(networks, "distance", distance)
    _, key = first_key(networks, frame, 3)
    assert key.seed_pitch_rad == pytest.approx(believed)


@pytest.fixture
def purple_dreams(networks: Networks, monkeypatch: pytest.MonkeyPatch) -> list[Start | None]:
    """Whatever is dreamt is purple; what each dream started from is noted."""
    starts: list[Start | None] = []

    def complete(sketch: Sketch, _known: object, _steps: int, _seed: int, start: Start | None = None) -> Sketch:
        starts.append(start)
        colours = np.full_like(sketch.colours, PURPLE)
        colours[..., 1] = 0.0
        return replace(sketch, colours=colours)

    monkeypatch.setattr(networks, "complete", complete)
    return starts


def most_purple(picture: Frame) -> float:
    """How much more red and blue than green the most purple of large parts has."""
    small = cv2.resize(picture, (64, 20), interpolation=cv2.INTER_AREA).astype(np.float32)
    return float((small[..., [0, 2]].min(axis=2) - small[..., 1]).max())


def test_colours_that_the_seed_never_had_are_not_dreamt(
    networks: Networks, frame: Frame, purple_dreams: list[Start | None]
) -> None:
    dream, key = first_key(networks, frame, 3)
    assert most_purple(key.picture) < 0.6 * PURPLE
    assert most_purple(next_key(dream, [key], FARTHER, 1).picture) < 0.6 * PURPLE
    assert len(purple_dreams) == 2


def test_the_first_dream_starts_from_noise_and_later_ones_from_pieces_of_the_seed(
    networks: Networks, frame: Frame, purple_dreams: list[Start | None]
) -> None:
    dream, key = first_key(networks, frame, 3)
    for count in (1, 2):
        next_key(dream, [key], FARTHER, count)
    first, second, third = purple_dreams
    assert first is None
    assert second is not None
    assert third is not None
    assert (second.sketch.colours != third.sketch.colours).any(), "and from others each time"


@pytest.mark.parametrize(("place", "heading_rad"), [(AHEAD, 0.0), ((1.2, 0.0, 0.0), math.pi / 2)])
def test_the_way_on_is_where_one_goes(
    place: tuple[float, float, float],
    heading_rad: float,
    networks: Networks,
    frame: Frame,
    purple_dreams: list[Start | None],
) -> None:
    dream, key = first_key(networks, frame, 3)
    next_key(dream, [key], place, 1)
    start = purple_dreams[-1]
    assert start is not None
    expected = dream.likeness.around(3 + 7919, heading_rad)
    assert (start.sketch.inverse_distance == expected.inverse_distance).all()


def test_sketches_are_trusted_beside_the_seed_and_less_farther_on(
    networks: Networks, frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusts: list[Trust] = []
    blend: Callable[..., None] = composing.blend

    def noted(*arguments: float) -> None:
        *_, guided, alike, _sweeps = arguments
        trusts.append(Trust(guided, alike))
        blend(*arguments)

    monkeypatch.setattr(composing, "blend", noted)
    dream, key = first_key(networks, frame, 3)
    next_key(dream, [key], FARTHER, 1)
    assert trusts == [BESIDE_THE_SEED, FARTHER_ON]


def test_light_and_shade_are_kept_up(first: tuple[Dream, Key]) -> None:
    dream, key = first
    unseen = np.zeros((GRID_HEIGHT, GRID_WIDTH), np.float32)
    unseen[:, : GRID_WIDTH // 4] = 1
    dull, clear = (
        clarity(next_key(replace(dream, clarity=wanted), [key], FARTHER, 1).picture, unseen) for wanted in (0.0, 1e5)
    )
    assert clear > 1.05 * dull
