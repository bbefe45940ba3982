"""Copies that become a picture: they take on the light of what is known, but not the colour of another thing."""

import numpy as np
import pytest

from deployments.world_model.engines.pocket.composing import COPIED, PLAIN, blend
from deployments.world_model.engines.pocket.widths import Floats

ALIKE = 45.0
HEIGHT, WIDTH, CHANNELS = 8, 24, 4
SWEEPS = 200
KNOWN = 4
"""So many columns at the left are known, the others copied from level places of the source."""


def blended(known: float, copy: float, guide: float, *, state: int = COPIED, guided: float = 1.0) -> Floats:
    base = np.full((HEIGHT, WIDTH, CHANNELS), copy, np.float32)
    base[:, :KNOWN] = known
    copied = np.full((HEIGHT, WIDTH), state, np.uint8)
    copied[:, :KNOWN] = 0
    source = np.full((HEIGHT, WIDTH, CHANNELS), copy, np.float32)
    places = np.indices((HEIGHT, WIDTH), np.int32)
    pull = np.full((HEIGHT, WIDTH), 1e-4, np.float32)
    wanted = np.full_like(source, guide)
    blend(base, wanted, copied, places[0].copy(), places[1].copy(), source, source, pull, guided, ALIKE, SWEEPS)
    return base


@pytest.mark.parametrize("off", [-0.9, 0.9])
def test_a_copy_takes_on_the_light_of_what_is_next_to_it(off: float) -> None:
    there = 100 + off * ALIKE
    assert blended(there, 100, guide=100)[:, KNOWN:] == pytest.approx(there, abs=3)


@pytest.mark.parametrize("off", [-1.1, 3.0])
def test_next_to_another_thing_it_stays_as_it_is(off: float) -> None:
    there = 100 + off * ALIKE
    whole = blended(there, 100, guide=100)
    assert whole[:, KNOWN:] == pytest.approx(100, abs=0.1)
    assert (whole[:, :KNOWN] == np.float32(there)).all()


def test_what_is_plain_is_joined_to_whatever_is_next_to_it() -> None:
    there = 100 + 3 * ALIKE
    assert blended(there, 0, guide=100, state=PLAIN)[:, KNOWN:] == pytest.approx(there, abs=8)


@pytest.mark.parametrize(("guided", "becomes"), [(0.0, 100), (0.3, 112), (1.0, 140)])
def test_apart_from_what_is_known_a_copy_takes_on_its_share_of_the_guide(guided: float, becomes: float) -> None:
    assert blended(300, 100, guide=140, guided=guided)[:, KNOWN:] == pytest.approx(becomes, abs=0.1)
