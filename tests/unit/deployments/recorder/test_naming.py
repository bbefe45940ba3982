"""Names sort by time, and nothing else becomes a path."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.recorder.naming import new_recording_id, opened_at, parse_recording_id
from tests.fakes.recordings import OPENED_S


def test_a_name_says_when_the_segment_was_opened() -> None:
    name = new_recording_id(OPENED_S)
    assert name.startswith("biome-20260801T120304250Z-")
    assert opened_at(name).timestamp() == OPENED_S


@given(st.lists(st.integers(0, 4 * 10**12), min_size=2, max_size=10, unique=True))
def test_names_sort_by_time(moments_ms: list[int]) -> None:
    names = [new_recording_id(moment_ms / 1000) for moment_ms in moments_ms]
    assert [opened_at(name) for name in sorted(names)] == sorted(opened_at(name) for name in names)


def test_two_segments_of_the_same_moment_have_different_names() -> None:
    assert new_recording_id(OPENED_S) != new_recording_id(OPENED_S)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "/etc/passwd",
        "../biome-20260801T120304250Z-0123abcd",
        "biome-20260801T120304250Z-0123abcd/../../x",
        "biome-20260801T120304250Z-0123abcd.mp4",
        "biome-20260801T120304250Z-0123abcd\n",
        "biome-20260801T120304250Z-0123abcd\0",
        "biome-20260801T120304250Z-0123ABCD",
        "biome-20261301T120304250Z-0123abcd",
        "biome-٢٠٢٦٠٨٠١T120304250Z-0123abcd",  # noqa: RUF001 (digits that are not ASCII are the point)
        "biome-20260801T120304250Z-0123abcd.failed",
    ],
)
def test_what_is_no_name_is_refused(text: str) -> None:
    assert parse_recording_id(text) is None


def test_a_name_is_accepted() -> None:
    name = new_recording_id(OPENED_S)
    assert parse_recording_id(name) == name
